package clinikosim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// Ids of the invented practice that most tests use.
const (
	annaKey, annaUser, annaID    = "SANDBOXanna-with-hyphens-au3", "20000000000000001", "1968645883121640001"
	benKey, benUser, benID       = "SANDBOXben-au3", "20000000000000002", "1968645883121640002"
	deskKey, deskUser            = "SANDBOXdesk-au3", "20000000000000003"
	bossKey, bossUser            = "SANDBOXboss-au3", "20000000000000004"
	goneID                       = "1968645883121640009"
	fionaID, twinID, lostID      = "1968645883121641001", "1968645883121641002", "1968645883121641003"
	mergedID, archivedID         = "1968645883121641004", "1968645883121641005"
	visitID, cancelledID, teamID = "1968645883121642001", "1968645883121642002", "1968645883121642003"
	blockID, visitAttendee       = "1968645883121642004", "1968645883121643001"
	teamAttendee                 = "1968645883121643002"
	templateID, siteID           = "1968645883121644001", "1968645883121645001"
	oldNote                      = "1968645883121646001"
)

// nine is when the practice's day starts: 2026-03-02, 09:00 in Hobart.
var nine = time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)

const templateContent = `{"sections":[{"name":"Visit","questions":[
	{"name":"Subjective","type":"paragraph","answer":"<p>Reports:</p>"},
	{"name":"Consent","type":"checkboxes","answers":[{"value":"Yes"},{"value":"No"}]}]}]}`

func inventedPractice() *sandbox.Practice {
	return &sandbox.Practice{
		Name: "Invented Physio", TimeZone: "Australia/Hobart", Shard: "au3",
		Businesses: []sandbox.Business{{ID: siteID, Name: "Invented Street"}},
		Practitioners: []sandbox.Practitioner{
			{ID: annaID, UserID: annaUser, Key: annaKey, Role: "practitioner", FirstName: "Anna", LastName: "Inventedova", Email: "anna@example.com"},
			{ID: benID, UserID: benUser, Key: benKey, Role: "practitioner", FirstName: "Ben", LastName: "Madeup", Email: "ben@example.com"},
			{UserID: deskUser, Key: deskKey, Role: "receptionist", FirstName: "Dora", LastName: "Desk", Email: "dora@example.com"},
			{UserID: bossUser, Key: bossKey, Role: "administrator", FirstName: "Olive", LastName: "Owner", Email: "olive@example.com"},
			{ID: goneID, UserID: "20000000000000005", Role: "practitioner", FirstName: "Gus", LastName: "Gone", Email: "gus@example.com", Inactive: true},
		},
		Patients: []sandbox.Patient{
			{ID: fionaID, FirstName: "Fiona", LastName: "O'Testy-Müller", PreferredName: "Fi", BirthDate: "1980-05-17", Sex: "Female", Email: "fiona@example.com", Phone: "0400 000 001", CreatedAt: nine.AddDate(-1, 0, 0)},
			{ID: twinID, FirstName: "Fergus", LastName: "O'Testy-Müller", BirthDate: "1980-05-17", CreatedAt: nine.AddDate(-1, 0, 1)},
			{ID: lostID, FirstName: "Nobirth", LastName: "Daterson", CreatedAt: nine.AddDate(-1, 0, 2)},
			{ID: mergedID, FirstName: "Fiona", LastName: "Testy", MergedInto: fionaID, MergedAt: nine.AddDate(0, -1, 0), CreatedAt: nine.AddDate(-1, 0, 3)},
			{ID: archivedID, FirstName: "Archie", LastName: "Vedson", BirthDate: "1950-01-01", ArchivedAt: nine.AddDate(0, -2, 0), CreatedAt: nine.AddDate(-1, 0, 4)},
		},
		Appointments: []sandbox.Appointment{
			{ID: visitID, PractitionerID: annaID, BusinessID: siteID, PatientID: fionaID, StartsAt: nine, EndsAt: nine.Add(30 * time.Minute), Attendees: []sandbox.Attendee{{ID: visitAttendee, PatientID: fionaID}}},
			{ID: cancelledID, PractitionerID: annaID, BusinessID: siteID, PatientID: twinID, StartsAt: nine.Add(time.Hour), EndsAt: nine.Add(90 * time.Minute), CancelledAt: nine.Add(-time.Hour)},
			{ID: teamID, PractitionerID: benID, BusinessID: siteID, StartsAt: nine.Add(2 * time.Hour), EndsAt: nine.Add(3 * time.Hour), Attendees: []sandbox.Attendee{{ID: teamAttendee, PatientID: lostID}, {PatientID: twinID}}},
			{ID: blockID, PractitionerID: annaID, BusinessID: siteID, StartsAt: nine.Add(4 * time.Hour), EndsAt: nine.Add(5 * time.Hour)},
		},
		NoteTemplates: []sandbox.NoteTemplate{{ID: templateID, Name: "Standard visit", Content: templateContent}},
		Notes: []sandbox.ExistingNote{{
			ID: oldNote, PatientID: fionaID, PractitionerID: annaID, Title: "Earlier", Paragraphs: []string{"First visit, a < b & c.", "", "Went well."},
			CreatedAt: nine.AddDate(0, 0, -14),
		}},
	}
}

// A caller sends requests to a simulator with one key.
type caller struct {
	t       *testing.T
	handler http.Handler
	key     string
	header  http.Header // set on every request, over the ordinary ones
}

// start loads the invented practice and returns its simulator with Anna at the
// keyboard.
func start(t *testing.T, change ...func(*clinikosim.Options)) (*clinikosim.Server, caller) {
	t.Helper()
	o := clinikosim.Options{Practice: inventedPractice(), RateLimit: -1}
	for _, f := range change {
		f(&o)
	}
	server := clinikosim.New(o)
	return server, caller{t: t, handler: server, key: annaKey}
}

// as returns c with another key.
func (c caller) as(key string) caller {
	c.key = key
	return c
}

// with returns c with one more header.
func (c caller) with(name, value string) caller {
	c.header = c.header.Clone()
	if c.header == nil {
		c.header = http.Header{}
	}
	c.header.Set(name, value)
	return c
}

// An answered is an answer with its body, decoded when it is a JSON object.
type answered struct {
	code   int
	header http.Header
	text   string
	body   map[string]any
}

// do sends a request and returns the answer. Path is under /v1.
func (c caller) do(method, path, body string) answered {
	c.t.Helper()
	r := httptest.NewRequest(method, "/v1"+path, strings.NewReader(body))
	r.SetBasicAuth(c.key, "")
	r.Header.Set("User-Agent", "Invented bridge (ops@example.com)")
	r.Header.Set("Accept", "application/json")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(r.Header, c.header)
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	text, err := io.ReadAll(w.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := answered{code: w.Code, header: w.Header(), text: string(text)}
	_ = json.NewDecoder(bytes.NewReader(text)).Decode(&a.body)
	return a
}

// want does a request and fails unless it has the status.
func (c caller) want(status int, method, path, body string) answered {
	c.t.Helper()
	a := c.do(method, path, body)
	if a.code != status {
		c.t.Fatalf("%s %s = %d %s, want %d", method, path, a.code, a.text, status)
	}
	return a
}

// filter is a list path with q[] filters.
func filter(path string, expressions ...string) string {
	return path + "?" + url.Values{"q[]": expressions}.Encode()
}

// ids are the ids of a list answer, in order.
func (a answered) ids(plural string) []string {
	rows, _ := a.body[plural].([]any)
	found := []string{}
	for _, row := range rows {
		found = append(found, row.(map[string]any)["id"].(string))
	}
	return found
}

// linked is the id at the end of a relation's link, "" if there is none.
func (a answered) linked(relation string) string {
	r, _ := a.body[relation].(map[string]any)
	links, _ := r["links"].(map[string]any)
	self, _ := links["self"].(string)
	return self[strings.LastIndexByte(self, '/')+1:]
}
