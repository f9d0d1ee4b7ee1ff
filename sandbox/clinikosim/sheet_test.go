package clinikosim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// The tests in the files sheet_*_test.go hold the simulator against the
// reference sheet on the Cliniko API, section by section, over a real socket.
// They were written without sight of the simulator's code or of any client, so
// that a misreading on one side does not pass for agreement; only those on
// attachments and uploads came together with it. They know no Go type of the
// answers: JSON is read as a stranger would read it.

// Ids of the practice that the sheet's tests use. Some have 8 digits, as on an
// old shard (6.1).
const (
	piaKey, piaUser, piaSheet    = "SANDBOXpia-with-hyphens-au4", "31000001", "2000000000000000101"
	paulKey, paulUser, paulSheet = "SANDBOXpaul-au4", "31000002", "2000000000000000102"
	adaKey, adaUser, adaSheet    = "SANDBOXada-au4", "31000003", "2000000000000000103" // administrator who practises
	rheaKey, rheaUser            = "SANDBOXrhea-au4", "31000004"                       // receptionist
	oscarKey, oscarUser          = "SANDBOXoscar-au4", "31000005"                      // administrator without a profile
	idaKey, idaUser, idaSheet    = "SANDBOXida-au4", "31000006", "2000000000000000106" // profile out of use
	northSheet, southSheet       = "2000000000000000201", "2000000000000000202"

	zoeID, zacID, noraID     = "2000000000000000301", "40000302", "2000000000000000303"
	lostOne, lostTwo         = "2000000000000000304", "2000000000000000305"
	oldPatient, sameID       = "2000000000000000306", "2000000000000000307"
	soloVisit, soloAttendee  = "2000000000000000401", "2000000000000000501"
	goneVisit, absentVisit   = "2000000000000000402", "2000000000000000403"
	classVisit, lunchBlock   = "2000000000000000404", "2000000000000000405"
	classZoe, classNora      = "2000000000000000502", "2000000000000000503"
	planTemplate, dupTemplat = "2000000000000000601", "2000000000000000602"
	oldTemplate              = "2000000000000000603"
)

// The practice's day in UTC.
var (
	sheetDay  = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	sheetYear = time.Date(2025, 3, 2, 0, 0, 0, 0, time.UTC)
)

const (
	planContent = `{"sections":[{"name":"Visit","description":"What was said","questions":[` +
		`{"name":"Subjective","type":"paragraph","answer":"<p>Reports:</p>"},` +
		`{"name":"Line","type":"text"},` +
		`{"name":"When","type":"date"},` +
		`{"name":"Consent","type":"checkboxes","answers":[{"value":"Yes"},{"value":"No"}],"other":{"enabled":true}}]},` +
		`{"questions":[{"name":"Chart","type":"bodycharts"}]}]}`
	dupContent = `{"sections":[{"name":"Twice","questions":[` +
		`{"name":"Same","type":"paragraph"},{"name":"Same","type":"paragraph"}]}]}`
)

// sheetPractice is two locations, six users and seven patients, among them a
// merge of a merge (11), twins without a shared first name, and a stranger of
// the same name.
func sheetPractice() *sandbox.Practice {
	born := func(n int) time.Time { return sheetYear.AddDate(0, 0, n) }
	return &sandbox.Practice{
		Name: "Sheet Physio", TimeZone: "Australia/Hobart", Shard: "au4",
		Businesses: []sandbox.Business{{ID: northSheet, Name: "North Sheet"}, {ID: southSheet, Name: "South Sheet"}},
		Practitioners: []sandbox.Practitioner{
			{ID: piaSheet, UserID: piaUser, Key: piaKey, Role: "practitioner", FirstName: "Pia", LastName: "Pretendova", Title: "Dr", Email: "pia@example.com"},
			{ID: paulSheet, UserID: paulUser, Key: paulKey, Role: "practitioner", FirstName: "Paul", LastName: "Pretend", Email: "paul@example.com"},
			{ID: adaSheet, UserID: adaUser, Key: adaKey, Role: "administrator", FirstName: "Ada", LastName: "Adminski", Email: "ada@example.com"},
			{UserID: rheaUser, Key: rheaKey, Role: "receptionist", FirstName: "Rhea", LastName: "Reception", Email: "rhea@example.com"},
			{UserID: oscarUser, Key: oscarKey, Role: "administrator", FirstName: "Oscar", LastName: "Office", Email: "oscar@example.com"},
			{ID: idaSheet, UserID: idaUser, Key: idaKey, Role: "practitioner", FirstName: "Ida", LastName: "Inactive", Email: "ida@example.com", Inactive: true},
		},
		Patients: []sandbox.Patient{
			{ID: zoeID, FirstName: "Zoë", LastName: "O'Sheet-Ångström", PreferredName: "Zo", BirthDate: "1980-05-17", Sex: "Female", Email: "zoe@example.com", Phone: "0400 000 011", CreatedAt: born(0)},
			{ID: zacID, FirstName: "Zac", LastName: "O'Sheet-Ångström", BirthDate: "1980-05-17", CreatedAt: born(1)},
			{ID: noraID, FirstName: "Nora", LastName: "Nodate", CreatedAt: born(2)},
			{ID: lostOne, FirstName: "Zoe", LastName: "Osheet", MergedInto: lostTwo, MergedAt: born(20), CreatedAt: born(3)},
			{ID: lostTwo, FirstName: "Zoe", LastName: "O'Sheet", MergedInto: zoeID, MergedAt: born(30), CreatedAt: born(4)},
			{ID: oldPatient, FirstName: "Arno", LastName: "Archived", BirthDate: "1950-12-01", ArchivedAt: born(40), CreatedAt: born(5)},
			{ID: sameID, FirstName: "Nora", LastName: "Nodate", BirthDate: "1999-05-02", CreatedAt: born(6)},
		},
		Appointments: []sandbox.Appointment{
			{ID: soloVisit, PractitionerID: piaSheet, BusinessID: northSheet, PatientID: zoeID, StartsAt: sheetDay, EndsAt: sheetDay.Add(30 * time.Minute), Attendees: []sandbox.Attendee{{ID: soloAttendee, PatientID: zoeID}}},
			{ID: goneVisit, PractitionerID: piaSheet, BusinessID: northSheet, PatientID: zacID, StartsAt: sheetDay.Add(time.Hour), EndsAt: sheetDay.Add(90 * time.Minute), CancelledAt: sheetDay.Add(-24 * time.Hour)},
			{ID: absentVisit, PractitionerID: paulSheet, BusinessID: southSheet, PatientID: noraID, StartsAt: sheetDay.Add(2 * time.Hour), EndsAt: sheetDay.Add(150 * time.Minute), DidNotArrive: true},
			{ID: classVisit, PractitionerID: piaSheet, BusinessID: southSheet, StartsAt: sheetDay.Add(3 * time.Hour), EndsAt: sheetDay.Add(4 * time.Hour), Attendees: []sandbox.Attendee{{ID: classZoe, PatientID: zoeID}, {ID: classNora, PatientID: noraID}}},
			{ID: lunchBlock, PractitionerID: piaSheet, BusinessID: northSheet, StartsAt: sheetDay.Add(5 * time.Hour), EndsAt: sheetDay.Add(6 * time.Hour)},
		},
		NoteTemplates: []sandbox.NoteTemplate{
			{ID: planTemplate, Name: "Plan of care", Content: planContent},
			{ID: dupTemplat, Name: "Twice the same", Content: dupContent},
			{ID: oldTemplate, Name: "Out of use", Content: planContent, ArchivedAt: born(50)},
		},
	}
}

// A desk is a stranger with an HTTP client and one API key.
type desk struct {
	t      *testing.T
	server *clinikosim.Server
	root   string // address of the simulator, without /v1
	key    string
	agent  string
	accept string
	ctype  string
	extra  http.Header
}

// openDesk serves the sheet's practice on a loopback socket and sits down with
// Pia's key.
func openDesk(t *testing.T, change ...func(*clinikosim.Options)) desk {
	t.Helper()
	o := clinikosim.Options{Practice: sheetPractice(), RateLimit: -1}
	for _, f := range change {
		f(&o)
	}
	s := clinikosim.New(o)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return desk{
		t: t, server: s, root: web.URL, key: piaKey,
		agent: "Sheet reader (sheet@example.com)", accept: "application/json", ctype: "application/json",
	}
}

// switched opens a desk whose server has the switches that set turns.
func switched(t *testing.T, set func(*clinikosim.Switches)) desk {
	t.Helper()
	return openDesk(t, func(o *clinikosim.Options) { set(&o.Switches) })
}

// sits returns the desk with another key.
func (d desk) sits(key string) desk {
	d.key = key
	return d
}

// A heard is an answer: its status, its headers and its body as sent, and as an
// object if it is one. Numbers stay json.Number.
type heard struct {
	t      *testing.T
	what   string
	code   int
	header http.Header
	raw    string
	obj    map[string]any
}

// say sends a request. Path begins under /v1; body is nil, a string sent as it
// stands, or a value sent as JSON.
func (d desk) say(method, path string, body any) heard {
	d.t.Helper()
	var sent io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		sent = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			d.t.Fatal(err)
		}
		sent = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, d.root+"/v1"+path, sent)
	if err != nil {
		d.t.Fatal(err)
	}
	if d.key != "" {
		r.SetBasicAuth(d.key, "")
	}
	set := func(name, value string) {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	r.Header.Set("User-Agent", d.agent) // empty: none is sent
	set("Accept", d.accept)
	if sent != nil {
		set("Content-Type", d.ctype)
	}
	maps.Copy(r.Header, d.extra)
	return d.send(r)
}

// send sends r without following redirects.
func (d desk) send(r *http.Request) heard {
	d.t.Helper()
	client := http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	answer, err := client.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	h := heard{t: d.t, what: r.Method + " " + r.URL.RequestURI(), code: answer.StatusCode, header: answer.Header, raw: string(text)}
	reader := json.NewDecoder(bytes.NewReader(text))
	reader.UseNumber()
	_ = reader.Decode(&h.obj)
	return h
}

// get reads a path, with q[] filters if there are any.
func (d desk) get(path string, filters ...string) heard {
	d.t.Helper()
	if len(filters) > 0 {
		path += "?" + url.Values{"q[]": filters}.Encode()
	}
	return d.say("GET", path, nil)
}

// is fails the test unless the answer has the status.
func (h heard) is(code int) heard {
	h.t.Helper()
	if h.code != code {
		h.t.Fatalf("%s = %d %.300s, want %d", h.what, h.code, h.raw, code)
	}
	return h
}

// str is a field as a string, "" when it is null or missing.
func (h heard) str(field string) string {
	s, _ := h.obj[field].(string)
	return s
}

// id is the record's id.
func (h heard) id() string { return h.str("id") }

// rows are the records of a list.
func (h heard) rows(plural string) []map[string]any {
	h.t.Helper()
	list, ok := h.obj[plural].([]any)
	if !ok {
		h.t.Fatalf("%s: no array %q in %.300s", h.what, plural, h.raw)
	}
	var rows []map[string]any
	for _, row := range list {
		rows = append(rows, row.(map[string]any))
	}
	return rows
}

// list are the ids of a list in its order.
func (h heard) list(plural string) []string {
	h.t.Helper()
	ids := []string{}
	for _, row := range h.is(200).rows(plural) {
		ids = append(ids, fmt.Sprint(row["id"]))
	}
	return ids
}

// sorted are the ids of a list, ordered as strings.
func (h heard) sorted(plural string) []string {
	h.t.Helper()
	return slices.Sorted(slices.Values(h.list(plural)))
}

// self is the address in a link object such as {"links":{"self":…}}.
func self(relation any) string {
	r, _ := relation.(map[string]any)
	links, _ := r["links"].(map[string]any)
	address, _ := links["self"].(string)
	return address
}

// tail is the last segment of a link object's address.
func tail(relation any) string {
	address := self(relation)
	return address[strings.LastIndexByte(address, '/')+1:]
}

// blank reports whether a value stands for nothing (6.4).
func blank(v any) bool { return v == nil || v == "" }

// errorsOf is the errors object of a 422.
func (h heard) errorsOf() map[string]any {
	h.t.Helper()
	h.is(422)
	errors, ok := h.obj["errors"].(map[string]any)
	if !ok {
		h.t.Fatalf("%s: 422 without errors object: %s", h.what, h.raw)
	}
	return errors
}

// noteFor is a request body for a draft with one paragraph.
func noteFor(patient string, more ...any) map[string]any {
	body := map[string]any{
		"patient_id": patient, "title": "Sheet note", "draft": true,
		"content": paragraphs("<p>Walks well.</p>"),
	}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] == nil {
			delete(body, more[i].(string))
			continue
		}
		body[more[i].(string)] = more[i+1]
	}
	return body
}

// paragraphs is a content object with one section and an answer a question.
func paragraphs(answers ...string) map[string]any {
	var questions []any
	for i, a := range answers {
		questions = append(questions, map[string]any{"name": fmt.Sprintf("Question %d", i+1), "type": "paragraph", "answer": a})
	}
	return map[string]any{"sections": []any{map[string]any{"name": "Visit", "questions": questions}}}
}

// question is the n-th question of a record's first section.
func (h heard) question(n int) map[string]any {
	h.t.Helper()
	content, _ := h.obj["content"].(map[string]any)
	sections, _ := content["sections"].([]any)
	if len(sections) == 0 {
		h.t.Fatalf("%s: no sections in %s", h.what, h.raw)
	}
	questions, _ := sections[0].(map[string]any)["questions"].([]any)
	if n >= len(questions) {
		h.t.Fatalf("%s: no question %d in %s", h.what, n, h.raw)
	}
	return questions[n].(map[string]any)
}

// answer is the answer to the first question, "" when there is none.
func (h heard) answer() string {
	h.t.Helper()
	text, _ := h.question(0)["answer"].(string)
	return text
}

// sheetClock is a clock at the first second of a minute, so that a test does
// not run across the end of a fixed rate window.
func sheetClock() *sandbox.Clock {
	clock := sandbox.NewClock(0)
	now := clock.Now()
	clock.Advance(now.Truncate(time.Minute).Add(61 * time.Second).Sub(now))
	return clock
}
