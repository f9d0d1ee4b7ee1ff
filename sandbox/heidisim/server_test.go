package heidisim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
)

// Ids and moments of the little practice that the tests share.
const (
	knee     = "271828182845904523536028747135266249775"
	shoulder = "314159265358979323846264338327950288419"
	letter   = "64b0000000000000000000d1"
	report   = "64b0000000000000000000d2"
)

var morning = time.Date(2026, 11, 3, 22, 14, 5, 120_000_000, time.UTC)

// littlePractice has a linked clinician with two sessions, of which she shares
// the second; a clinician who is not linked; and one whose link has expired.
func littlePractice() *sandbox.Practice {
	return &sandbox.Practice{
		Name: "SANDBOX Physio", Region: "AU",
		Practitioners: []sandbox.Practitioner{
			{ID: "101", Email: "wren@example.com", InternalID: "user-1", Linked: true},
			{ID: "102", Email: "teal@example.com", InternalID: "user-2"},
			{ID: "103", Email: "ibis@example.com", InternalID: "user-3", Linked: true, LinkExpired: true},
		},
		Templates: []sandbox.Template{{ID: "64b000000000000000000002", Name: "GP letter", Category: categoryDocument}},
		Sessions: []sandbox.Session{
			{
				ID: knee, PractitionerID: "101", Name: "Knee", PatientName: "Testa Fictional", PatientDOB: "1980-02-29",
				EHRProvider: "Cliniko", EHRPatientID: "501", EHRApptID: "601", StartedAt: morning, Duration: 25 * time.Minute,
				ConsultNote: []sandbox.Stage{{At: 0.1}, {At: 0.2, Text: "## Subjective", Status: "COMPLETED"}},
				Documents: []sandbox.Document{
					{ID: letter, Name: "GP letter", TemplateID: "64b000000000000000000002", Stages: []sandbox.Stage{
						{At: 0.2}, {At: 0.3, Text: "Dear"}, {At: 0.4, Text: "Dear Dr Invented", Name: "GP letter (final)"}, {At: 0.8, Gone: true},
					}},
					{ID: report, Name: "Report", ContentType: "HTML", Stages: []sandbox.Stage{{At: 0.3, Text: "<p>BP <120</p>"}}},
				},
				Corrections: []sandbox.Correction{{At: 0.6, PatientName: "Testa Corrected", EHRApptID: "-"}},
				GoneAt:      0.9,
			},
			{ID: shoulder, PractitionerID: "101", SharedWith: []string{"102"}, StartedAt: morning.Add(time.Hour), At: 0.5},
		},
	}
}

// A bench is a server on a real socket with a clock that a test can move.
type bench struct {
	*Server
	t    *testing.T
	http *httptest.Server
}

// newBench serves o; without a clock of its own the day stands still until at
// moves it.
func newBench(t *testing.T, o Options) *bench {
	t.Helper()
	if o.Practice == nil {
		o.Practice = littlePractice()
	}
	if o.Clock == nil {
		o.Clock = sandbox.NewClock(time.Hour)
	}
	s := New(o)
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	return &bench{Server: s, t: t, http: ts}
}

// at makes the share of the day pass, without waiting for a clock.
func (b *bench) at(share float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.agenda.run(share)
}

// A reply is what came back, decoded without losing a digit.
type reply struct {
	status int
	header http.Header
	text   string
	body   any
}

// object returns the body as an object, empty when it is none.
func (r reply) object() map[string]any { o, _ := r.body.(map[string]any); return o }

// list returns the array under key.
func (r reply) list(key string) []any { l, _ := r.object()[key].([]any); return l }

// detail returns the error's detail as text, whatever its form.
func (r reply) detail() string { return fmt.Sprint(r.object()["detail"]) }

func (b *bench) do(method, path, token, body string, header ...string) reply {
	b.t.Helper()
	req, err := http.NewRequest(method, b.http.URL+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	r := reply{status: res.StatusCode, header: res.Header, text: string(text)}
	d := json.NewDecoder(strings.NewReader(r.text))
	d.UseNumber()
	_ = d.Decode(&r.body) // pages and streams are no JSON
	return r
}

func (b *bench) get(token, path string) reply {
	b.t.Helper()
	return b.do("GET", Base+path, token, "")
}

// askToken requests a token under a key.
func (b *bench) askToken(key, email, internalID string) reply {
	b.t.Helper()
	query := url.Values{"email": {email}, "third_party_internal_id": {internalID}}
	return b.do("GET", Base+"/jwt?"+query.Encode(), "", "", "Heidi-Api-Key", key)
}

func (b *bench) token(email, internalID string) string {
	b.t.Helper()
	return b.tokenUnder(DefaultKey, email, internalID)
}

func (b *bench) tokenUnder(key, email, internalID string) string {
	b.t.Helper()
	text, _ := b.askToken(key, email, internalID).object()["token"].(string)
	if text == "" {
		b.t.Fatalf("no token for %s under %s", email, key)
	}
	return text
}

// wren is the token of the linked clinician.
func (b *bench) wren() string { b.t.Helper(); return b.token("wren@example.com", "user-1") }

func TestRouting(t *testing.T) {
	b := newBench(t, Options{})
	token := b.wren()
	tests := []struct {
		name, method, path string
		status             int
		detail             string
	}{
		{"outside the base", "GET", "/", 404, "Not Found"},
		{"unknown path", "GET", Base + "/sessions/1/notes", 404, "Not Found"},
		{"unknown listing path", "GET", Base + "/patients", 404, "Not Found"},
		{"post to jwt", "POST", Base + "/jwt", 405, "Method Not Allowed"},
		{"delete a session", "DELETE", Base + "/sessions/" + knee, 405, "Method Not Allowed"},
		{"post to the listing", "POST", Base + "/sessions/linked-user", 405, "Method Not Allowed"},
		{"empty id", "GET", Base + "/sessions//documents", 404, "Not Found"},
		{"audio", "POST", Base + "/sessions/" + knee + "/upload-audio", 501, "SANDBOX: this endpoint exists at Heidi and is not simulated"},
	}
	for _, test := range tests {
		got := b.do(test.method, test.path, token, "")
		if got.status != test.status || got.detail() != test.detail {
			t.Errorf("%s: %s %s = %d %s, want %d %s", test.name, test.method, test.path, got.status, got.detail(), test.status, test.detail)
		}
	}
}

func TestTrailingSlashRedirects(t *testing.T) {
	b := newBench(t, Options{})
	got := b.do("GET", Base+"/sessions/linked-user/?page_size=5", "", "")
	want := b.http.URL + Base + "/sessions/linked-user?page_size=5"
	if got.status != 307 || got.header.Get("Location") != want {
		t.Errorf("trailing slash = %d to %q, want 307 to %q", got.status, got.header.Get("Location"), want)
	}
	if got := b.do("GET", Base+"/nowhere/", "", ""); got.status != 404 {
		t.Errorf("trailing slash on an unknown path = %d, want 404", got.status)
	}
}

func TestZeroOptionsWork(t *testing.T) {
	s := New(Options{})
	ts := httptest.NewServer(s)
	defer ts.Close()
	b := &bench{Server: s, t: t, http: ts}
	if err := s.Link("new@example.com", "user-9"); err != nil {
		t.Fatal(err)
	}
	got := b.get(b.token("new@example.com", "user-9"), "/sessions/linked-user")
	if got.status != 200 || len(got.list("sessions")) != 0 {
		t.Errorf("empty practice lists %d %s, want 200 and no sessions", got.status, got.text)
	}
}

func TestWriteCallsCountEverythingButGet(t *testing.T) {
	b := newBench(t, Options{})
	b.get(b.wren(), "/sessions/linked-user")
	if got := b.WriteCalls(); len(got) != 0 {
		t.Fatalf("WriteCalls() after reads = %v, want none", got)
	}
	b.do("POST", Base+"/sessions/"+knee+"/documents", "", "{}") // refused, and counted
	b.do("POST", Base+"/sessions/"+knee+"/consult-note", "", "{}")
	b.do("PUT", Base+"/patient-profiles/7", "", "{}") // no such verb, and counted
	for _, route := range []string{"POST /sessions/{id}/documents", "POST /sessions/{id}/consult-note", "PUT /patient-profiles/{id}"} {
		if got := b.WriteCalls()[route]; got != 1 {
			t.Errorf("WriteCalls()[%q] = %d, want 1", route, got)
		}
	}
}

func TestExtraFieldsReachEveryObject(t *testing.T) {
	b := newBench(t, Options{Switches: Switches{ExtraFields: true, SessionIDAsNumber: true}})
	b.at(0.5)
	got := b.get(b.wren(), "/sessions/"+knee)
	session, _ := got.object()["session"].(map[string]any)
	patient, _ := session["patient"].(map[string]any)
	for name, object := range map[string]map[string]any{"answer": got.object(), "session": session, "patient": patient} {
		if object["sandbox_unknown"] == nil {
			t.Errorf("%s has no unknown field", name)
		}
	}
	if id := fmt.Sprint(session["session_id"]); id != knee {
		t.Errorf("session_id = %s, want %s to the last digit", id, knee)
	}
}

func TestJournalLearnsWhoAsked(t *testing.T) {
	journal := sandbox.NewJournal()
	faults := sandbox.NewFaults(nil, nil)
	defer faults.Close()
	b := newBench(t, Options{})
	b.http.Config.Handler = faults.Wrap("heidi", journal, b.Server)
	b.get(b.wren(), "/sessions/linked-user")
	for _, e := range journal.Entries(nil) {
		if e.Who != "user-1" || e.Status != 200 {
			t.Errorf("journal entry %s %s = %d by %q, want 200 by user-1", e.Method, e.Path, e.Status, e.Who)
		}
	}
	if got := journal.Counts()["heidi GET /sessions/linked-user"]; got != 1 {
		t.Errorf("Counts() = %v, want one listing", journal.Counts())
	}
}
