package heidisim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/heidisim"
)

// The tests in sheet_*_test.go hold the simulator against the fact sheet on the
// Heidi API and against nothing else: they were written without a look at the
// simulator's code or at the client's, speak plain HTTP to a real socket, and
// name the section (§) that each expectation comes from.

// notFoundDetail is §11's body for a session that is unknown, foreign or gone.
var notFoundDetail = map[string]any{"msg": "Session not found", "type": "SessionNotFoundError"}

var (
	naiveTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?$`)
	hex24     = regexp.MustCompile(`^[0-9a-f]{24}$`)
)

// A caller is somebody with an HTTP client, an address and an API key.
type caller struct {
	t      *testing.T
	server *heidisim.Server
	url    string // of the host, without the base path
}

// An answer is one response, read whole.
type answer struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	raw    []byte
}

// opened serves a simulator on a loopback socket until the test ends.
func opened(t *testing.T, o heidisim.Options) *caller {
	t.Helper()
	server := heidisim.New(o)
	ts := httptest.NewServer(server)
	t.Cleanup(ts.Close)
	return &caller{t: t, server: server, url: ts.URL}
}

// send makes one request to a path of the host, or of the API when it does not
// name the base. It follows no redirect. Header is names and values in turn.
func (c *caller) send(method, path, body string, header ...string) answer {
	c.t.Helper()
	if !strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/integration/") {
		path = "/api/v2/ml-scribe/open-api" + path
	}
	r, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatalf("%s %s: body: %v", method, path, err)
	}
	return answer{c.t, method + " " + path, response.StatusCode, response.Header, raw}
}

// with makes a request with a bearer token, as every call but /jwt needs (§2).
func (c *caller) with(token, method, path, body string) answer {
	c.t.Helper()
	return c.send(method, path, body, "Authorization", "Bearer "+token)
}

// get reads a path with a bearer token.
func (c *caller) get(token, path string) answer {
	c.t.Helper()
	return c.with(token, "GET", path, "")
}

// jwtPath is the address of a token (§2).
func jwtPath(email, internalID string) string {
	return "/jwt?" + url.Values{"email": {email}, "third_party_internal_id": {internalID}}.Encode()
}

// token exchanges the default key for a token of the API user.
func (c *caller) token(email, internalID string) string {
	c.t.Helper()
	return c.tokenUnder(heidisim.DefaultKey, email, internalID)
}

// tokenUnder exchanges a key for a token of the API user.
func (c *caller) tokenUnder(key, email, internalID string) string {
	c.t.Helper()
	token, _ := c.send("GET", jwtPath(email, internalID), "", "Heidi-Api-Key", key).want(200).object()["token"].(string)
	if token == "" {
		c.t.Fatal("GET /jwt has no token")
	}
	return token
}

// want fails the test unless the status is the one given.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s = %d %.300s, want %d", a.what, a.status, a.raw, status)
	}
	return a
}

// value decodes the body without loss: numbers stay as they were written.
func (a answer) value() any {
	a.t.Helper()
	d := json.NewDecoder(bytes.NewReader(a.raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		a.t.Fatalf("%s: %v in %.300s", a.what, err, a.raw)
	}
	return v
}

// object decodes a body that must be an object.
func (a answer) object() map[string]any {
	a.t.Helper()
	o, ok := a.value().(map[string]any)
	if !ok {
		a.t.Fatalf("%s = %.300s, want an object", a.what, a.raw)
	}
	return o
}

// session reads one session inside its wrapper (§6).
func (c *caller) session(token, id string) map[string]any {
	c.t.Helper()
	s, ok := c.get(token, "/sessions/"+id).want(200).object()["session"].(map[string]any)
	if !ok {
		c.t.Fatalf("GET /sessions/%s has no session object", id)
	}
	return s
}

// documents reads a session's documents in their default wrapper (§7).
func (c *caller) documents(token, id string) []map[string]any {
	c.t.Helper()
	return objects(c.t, c.get(token, "/sessions/"+id+"/documents").want(200).object()["documents"])
}

// objects turns a decoded array of objects into one.
func objects(t *testing.T, v any) []map[string]any {
	t.Helper()
	list, ok := v.([]any)
	if !ok {
		t.Fatalf("%T %v, want an array", v, v)
	}
	out := make([]map[string]any, len(list))
	for i := range list {
		if out[i], ok = list[i].(map[string]any); !ok {
			t.Fatalf("item %d is a %T, want an object", i, list[i])
		}
	}
	return out
}

// wantKeys fails unless o has exactly the keys.
func wantKeys(t *testing.T, what string, o map[string]any, keys ...string) {
	t.Helper()
	wanted := map[string]bool{}
	for _, k := range keys {
		wanted[k] = true
		if _, ok := o[k]; !ok {
			t.Errorf("%s lacks %s: %v", what, k, o)
		}
	}
	for k := range o {
		if !wanted[k] {
			t.Errorf("%s has %s, want only %v", what, k, keys)
		}
	}
}

// Two sessions' ids that overflow every integer type (§6).
const (
	kneeID  = "271828182845904523536028747135266249775"
	ankleID = "31415926535897932384626433832795028841"
)

// team is the clinic of §19's team case: wren and finch are linked, heron is
// not, egret's link has expired. Finch recorded one session and shares it.
func team() *sandbox.Practice {
	start := time.Date(2026, 11, 3, 22, 14, 5, 120_000_000, time.UTC)
	person := func(n int, name string) sandbox.Practitioner {
		return sandbox.Practitioner{
			ID: fmt.Sprint(n), UserID: fmt.Sprint(10 + n), FirstName: name, LastName: "Invented",
			Email: strings.ToLower(name) + "@example.com", InternalID: fmt.Sprint("user-", n),
		}
	}
	wren, finch, heron, egret := person(1, "Wren"), person(2, "Finch"), person(3, "Heron"), person(4, "Egret")
	wren.Linked, finch.Linked, egret.Linked, egret.LinkExpired = true, true, true, true
	return &sandbox.Practice{
		Name: "Invented Physio", TimeZone: "Australia/Hobart", Region: "AU",
		Practitioners: []sandbox.Practitioner{wren, finch, heron, egret},
		Templates: []sandbox.Template{
			{ID: "64b000000000000000000001", Name: "Physio note", Category: "CONSULT_NOTE_TEMPLATE"},
			{ID: "64b000000000000000000002", Name: "GP letter", Category: "DOCUMENT_TEMPLATE"},
		},
		Sessions: []sandbox.Session{
			{
				ID: kneeID, PractitionerID: "1", Name: "Follow-up knee", StartedAt: start, Duration: 1512 * time.Second,
				ConsultNote: []sandbox.Stage{{Text: "## Subjective\n- knee"}},
				Documents: []sandbox.Document{{
					ID: "64b0000000000000000000d1", Name: "GP letter", TemplateID: "64b000000000000000000002",
					ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "Dear Dr Invented"}},
				}},
			},
			{
				ID: ankleID, PractitionerID: "2", SharedWith: []string{"1"}, Name: "Ankle", StartedAt: start.Add(time.Hour),
				PatientName: "Mara Māori-O'Invented", PatientDOB: "1980-02-29", PatientGender: "FEMALE",
				EHRProvider: "Cliniko", EHRPatientID: "501", EHRApptID: "901",
			},
		},
	}
}
