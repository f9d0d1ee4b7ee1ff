package heidi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"carryover"
)

// comparable lets cmp look into the types that refuse to print.
var comparable = cmp.Options{
	cmpopts.EquateComparable(carryover.Text{}, carryover.Date{}),
	cmpopts.EquateEmpty(),
}

// officialSession is the official example with the fields filled in.
const officialSession = `{"session":{"session_id":"271828182845904523536028747135266249775","session_name":"Follow-up knee",
 "patient":{"name":" Zephyrine Quux ","gender":"FEMALE","dob":"1980-02-29"},"audio":[],"clinician_notes":[],
 "consult_note":{"status":"CREATED","result":"## Subjective\n- ...","heading":"Note","brain":"LEFT","ai_command_id":null},
 "duration":1512,"created_at":"2026-11-03T22:14:05.120000","updated_at":"2026-11-03T22:47:31",
 "language_code":"en","documents":null,"ehr_appt_id":" 987 ","ehr_provider":"Cliniko","ehr_patient_id":"https://x.au3.cliniko.com/patients/123"}}`

func TestSession(t *testing.T) {
	s := serveBody(t, 200, officialSession)
	got, err := newClient(t, s.URL).Session(t.Context(), sampleID)
	want := carryover.Session{
		ID: sampleID, Title: carryover.NewText("Follow-up knee"), Practitioner: "456",
		StartedAt: time.Date(2026, 11, 3, 22, 14, 5, 120e6, time.UTC), UpdatedAt: time.Date(2026, 11, 3, 22, 47, 31, 0, time.UTC),
		Duration: 1512 * time.Second, NoteText: carryover.NewText("## Subjective\n- ..."),
		Claim: carryover.PatientClaim{
			Name: carryover.NewText("Zephyrine Quux"), BirthDate: date(t, "1980-02-29"), Sex: carryover.Female,
			Provider: "Cliniko", PatientID: "123", BookingID: "987",
		},
	}
	if diff := cmp.Diff(want, got, comparable); err != nil || diff != "" {
		t.Errorf("Session, %v (-want +got):\n%s", err, diff)
	}
	if p := s.requests()[0].Path; p != "/sessions/"+string(sampleID) {
		t.Errorf("Session asked %s", p)
	}
}

func date(t *testing.T, s string) carryover.Date {
	t.Helper()
	d, err := carryover.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSessionShapes(t *testing.T) {
	claim := func(change func(*carryover.PatientClaim)) carryover.Session {
		s := carryover.Session{ID: "1"}
		change(&s.Claim)
		return s
	}
	for _, tt := range []struct {
		in   string
		want carryover.Session
	}{
		{`{"session_id":"1"}`, carryover.Session{ID: "1"}},
		{`{"id":"1","patient":null,"consult_note":null,"duration":null,"created_at":null}`, carryover.Session{ID: "1"}},
		{`{"data":{"session":{"_id":"1"}}}`, carryover.Session{ID: "1"}},
		{`{"data":{"session_id":1}}`, carryover.Session{ID: "1"}},
		{`{"session_id":271828182845904523536028747135266249775}`, carryover.Session{ID: sampleID}},
		{`{"session_id":"1","patient":{"name":"","gender":null,"dob":null}}`, carryover.Session{ID: "1"}},
		{`{"session_id":"1","patient":"x","consult_note":[],"patient_profile":7,"documents":[1],"audio":{}}`, carryover.Session{ID: "1"}},
		{`{"session_id":"1","patient":{"name":"Q","gender":7,"dob":"not a date"}}`, claim(func(c *carryover.PatientClaim) { c.Name, c.Unread = carryover.NewText("Q"), true })},
		{`{"session_id":"1","patient":{"dob":"31/12/1980"}}`, claim(func(c *carryover.PatientClaim) { c.Unread = true })},
		{`{"session_id":"1","patient":{"dob":"1980-02-30"}}`, claim(func(c *carryover.PatientClaim) { c.Unread = true })},
		{`{"session_id":"1","patient":{"dob":"1980-02-28T00:00:00"}}`, claim(func(c *carryover.PatientClaim) { c.BirthDate = date(t, "1980-02-28") })},
		{`{"session_id":"1","patient":{"first_name":"Zeph","last_name":"Quux","gender":"other"}}`, claim(func(c *carryover.PatientClaim) {
			c.Name, c.Sex = carryover.NewText("Zeph Quux"), carryover.OtherSex
		})},
		{`{"session_id":"1","ehr_appointment_id":987,"patient_profile":{"ehr_patient_id":"123"}}`, claim(func(c *carryover.PatientClaim) {
			c.BookingID, c.PatientID = "987", "123"
		})},
		{`{"session_id":"1","ehr_appt_id":"https://x.cliniko.com/appointments/987/?a=1","ehr_patient_id":1968645883121642782}`, claim(func(c *carryover.PatientClaim) {
			c.BookingID, c.PatientID = "987", "1968645883121642782"
		})},
		{`{"session_id":"1","duration":"61","created_at":1762208045,"updated_at":"1762208045000"}`, carryover.Session{
			ID: "1", Duration: 61 * time.Second, StartedAt: time.Unix(1762208045, 0).UTC(), UpdatedAt: time.Unix(1762208045, 0).UTC(),
		}},
		{`{"session_id":"1","duration":-5,"created_at":"soon"}`, carryover.Session{ID: "1"}},
		{`{"session_id":"1","duration":1e300}`, carryover.Session{ID: "1"}},
	} {
		got, ok := readSession([]byte(tt.in), "")
		if diff := cmp.Diff(tt.want, got, comparable); !ok || diff != "" {
			t.Errorf("readSession(%s), %v (-want +got):\n%s", tt.in, ok, diff)
		}
	}
	for _, in := range []string{`{}`, `[]`, `null`, `"x"`, `{"session":null}`, `{"session_id":null}`, `{"session_id":2.7e38}`, `{"session_id":"a b"}`} {
		if got, ok := readSession([]byte(in), ""); ok {
			t.Errorf("readSession(%s) = %v, want it refused", in, got)
		}
	}
}

// A server that answers with another session is not believed.
func TestAnotherSession(t *testing.T) {
	s := serveBody(t, 200, `{"session":{"session_id":"5"}}`)
	if _, err := newClient(t, s.URL).Session(t.Context(), "4"); kindOf(err) != carryover.ErrTransient {
		t.Errorf("Session 4 answered with 5 = %v, want kind transient", err)
	}
}

func TestStamps(t *testing.T) {
	want := time.Date(2026, 11, 3, 22, 14, 5, 0, time.UTC)
	for in, off := range map[string]time.Duration{
		`"2026-11-03T22:14:05"`: 0, `"2026-11-03T22:14:05.120"`: 120 * time.Millisecond, `"2026-11-03T22:14:05.120000"`: 120 * time.Millisecond,
		`"2026-11-03T22:14:05.123456789"`: 123456789, `"2026-11-03 22:14:05"`: 0, `"2026-11-03T22:14:05Z"`: 0,
		`"2026-11-04T09:14:05+11:00"`: 0, `"2026-11-04T09:14:05+1100"`: 0, `"2026-11-03 22:14:05+00:00"`: 0,
		`1793744045`: 0, `1793744045000`: 0, `"1793744045"`: 0, `1793744045.5`: 500 * time.Millisecond,
	} {
		var got stamp
		if err := json.Unmarshal([]byte(in), &got); err != nil || !got.Equal(want.Add(off)) {
			t.Errorf("stamp of %s = %v, %v, want %v", in, got.Time, err, want.Add(off))
		}
	}
	for _, in := range []string{`null`, `""`, `"soon"`, `0`, `-5`, `1e300`, `true`, `{}`, `[]`, `"2026-13-45T00:00:00"`} {
		var got stamp
		if err := json.Unmarshal([]byte(in), &got); err != nil || !got.IsZero() {
			t.Errorf("stamp of %s = %v, %v, want zero", in, got.Time, err)
		}
	}
}

// docJSON is a document in the official form.
func docJSON(id, content string) string {
	return fmt.Sprintf(`{"id":%q,"session_id":"1","index":0,"name":"GP letter","template_id":"64b000000000000000000002",
		"content":%q,"generation_type":"TEMPLATE","brain":"LEFT"}`, id, content)
}

func TestDocuments(t *testing.T) {
	s := serveBody(t, 200, `{"documents":[`+docJSON("64b0d1", "Dear Dr ...")+`]}`)
	got, err := newClient(t, s.URL).Documents(t.Context(), "1")
	want := []carryover.Document{{
		Session: "1", ID: "64b0d1", Name: carryover.NewText("GP letter"), Template: "64b000000000000000000002", Content: carryover.NewText("Dear Dr ..."),
	}}
	if diff := cmp.Diff(want, got, comparable); err != nil || diff != "" {
		t.Errorf("Documents, %v (-want +got):\n%s", err, diff)
	}
	if p := s.requests()[0].Path; p != "/sessions/1/documents" {
		t.Errorf("Documents asked %s", p)
	}
}

func TestDocumentShapes(t *testing.T) {
	a, b := docJSON("a", "A"), docJSON("b", "B")
	for _, tt := range []struct {
		name, in string
		want     map[carryover.DocumentID]string // "" content too
	}{
		{"documents", `{"documents":[` + a + `,` + b + `]}`, map[carryover.DocumentID]string{"a": "A", "b": "B"}},
		{"data", `{"data":[` + a + `]}`, map[carryover.DocumentID]string{"a": "A"}},
		{"both wrappers", `{"data":{"documents":[` + a + `]}}`, map[carryover.DocumentID]string{"a": "A"}},
		{"bare", `[` + a + `]`, map[carryover.DocumentID]string{"a": "A"}},
		{"each wrapped", `[{"document":` + a + `}]`, map[carryover.DocumentID]string{"a": "A"}},
		{"empty", `{"documents":[]}`, nil},
		{"bare empty", `[]`, nil},
		{"null", `null`, nil},
		{"null in its place", `{"documents":null}`, nil},
		{"other names for the id", `[{"_id":"a","content":"A"},{"document_id":7,"content":"B"}]`, map[carryover.DocumentID]string{"a": "A", "7": "B"}},
		{"twice", `[` + a + `,` + a + `]`, map[carryover.DocumentID]string{"a": "A"}},
		{"twice, first empty", `[` + docJSON("a", " ") + `,` + a + `]`, map[carryover.DocumentID]string{"a": "A"}},
		{"still empty", `[` + docJSON("a", "") + `]`, map[carryover.DocumentID]string{"a": ""}},
		{"null content, name, template", `[{"id":"a","content":null,"name":null,"template_id":null,"index":null}]`, map[carryover.DocumentID]string{"a": ""}},
	} {
		docs, ok := readDocuments([]byte(tt.in), "1")
		got := map[carryover.DocumentID]string{}
		for _, d := range docs {
			got[d.ID] = d.Content.Reveal()
		}
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); !ok || diff != "" || len(docs) != len(tt.want) {
			t.Errorf("%s: readDocuments, %v (-want +got):\n%s", tt.name, ok, diff)
		}
	}
}

// What cannot be read whole is never "no documents": documents that are missing
// count as deleted.
func TestUnreadableDocuments(t *testing.T) {
	a := docJSON("a", "A")
	for _, in := range []string{
		`{}`, `7`, `"x"`, `{"detail":"x"}`, `{"documents":{}}`, `{"documents":"x"}`, `[null]`, `[7]`, `[[]]`,
		`[` + a + `,{}]`, `[` + a + `,{"id":null,"content":"x"}]`, `[{"id":"a","content":7}]`, `[{"id":"a","content":{"text":"x"}}]`, `[{"id":"a b"}]`,
		strings.Replace(`[`+a+`]`, `"session_id":"1"`, `"session_id":"2"`, 1),
	} {
		if got, ok := readDocuments([]byte(in), "1"); ok {
			t.Errorf("readDocuments(%s) = %d documents, want it refused", in, len(got))
		}
	}
}

func TestDocumentsNotFound(t *testing.T) {
	gone := `{"detail":{"msg":"Session not found","type":"SessionNotFoundError"}}`
	for _, tt := range []struct {
		name            string
		docs            string
		session         int
		sessionBody     string
		want            carryover.Kind
		requestsInTotal int
	}{
		{"session gone", gone, 404, gone, carryover.ErrGone, 1},
		{"no documents", `{"detail":"Not Found"}`, 200, `{"session_id":"1"}`, "", 2},
		{"no documents, then session gone", `{"detail":"Not Found"}`, 404, gone, carryover.ErrGone, 2},
		{"nothing found at all", `{"detail":"Not Found"}`, 404, `{"detail":"Not Found"}`, carryover.ErrRefused, 2},
		{"session cannot be read", `{"detail":"Not Found"}`, 200, `{}`, carryover.ErrTransient, 2},
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/documents") {
				w.WriteHeader(http.StatusNotFound)
				_, _ = w.Write([]byte(tt.docs))
				return
			}
			w.WriteHeader(tt.session)
			_, _ = w.Write([]byte(tt.sessionBody))
		})
		got, err := newClient(t, s.URL).Documents(t.Context(), "1")
		if kindOf(err) != tt.want || len(got) != 0 || len(s.requests()) != tt.requestsInTotal {
			t.Errorf("%s: Documents = %d, %v after %d requests, want kind %q after %d",
				tt.name, len(got), err, len(s.requests()), tt.want, tt.requestsInTotal)
		}
	}
}

func TestFormat(t *testing.T) {
	for in, want := range map[words]carryover.Format{
		"MARKDOWN": carryover.FormatMarkdown, "text/markdown": carryover.FormatMarkdown, " Text/Markdown; charset=utf-8": carryover.FormatMarkdown,
		"HTML": carryover.FormatHTML, "text/html": carryover.FormatHTML, "": carryover.FormatUnknown, "pdf": carryover.FormatUnknown,
	} {
		if got := format(in); got != want {
			t.Errorf("format(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTemplates(t *testing.T) {
	want := []Template{{ID: "64b0", Name: carryover.NewText("GP letter"), Document: true}, {ID: "64b1", Name: carryover.NewText("SOAP")}}
	list := `[{"id":"64b0","name":"GP letter","structure_template":{"a":1},"template_category":"DOCUMENT_TEMPLATE"},
		{"_id":"64b1","name":"SOAP","structure_template":"x","template_category":"CONSULT_NOTE_TEMPLATE","template_html":null}]`
	for _, tt := range []struct{ path, body string }{
		{"/templates/document-templates", list},
		{"/templates/document-templates", `{"data":` + list + `}`},
		{"/templates/consult-note-templates", `{"templates":` + list + `}`},
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, tt.path) {
				w.WriteHeader(http.StatusNotFound)
				_, _ = w.Write([]byte(`{"detail":"Not Found"}`))
				return
			}
			_, _ = w.Write([]byte(tt.body))
		})
		got, err := newClient(t, s.URL).Templates(t.Context())
		if diff := cmp.Diff(want, got, comparable); err != nil || diff != "" {
			t.Errorf("Templates at %s, %v (-want +got):\n%s", tt.path, err, diff)
		}
	}
	s := serveBody(t, 404, `{"detail":"Not Found"}`)
	if _, err := newClient(t, s.URL).Templates(t.Context()); kindOf(err) != carryover.ErrRefused {
		t.Errorf("Templates at neither path = %v, want kind refused", err)
	}
	s = serveBody(t, 200, `{"x":[]}`)
	if _, err := newClient(t, s.URL).Templates(t.Context()); kindOf(err) != carryover.ErrTransient {
		t.Errorf("Templates in another shape = %v, want kind transient", err)
	}
}

// FuzzSessions feeds anything to the decoders: none may panic, and what passes
// has ids that can stand in a path.
func FuzzSessions(f *testing.F) {
	f.Add([]byte(officialSession))
	f.Add([]byte(`{"data":[{"session_id":1,"created_at":17622}],"has_next":true,"next":{}}`))
	f.Add([]byte(`{"data":{"sessions":[{"session":{"id":"1"}}],"next_cursor":"x"}}`))
	f.Add([]byte(`{"documents":[` + docJSON("a", "A") + `]}`))
	f.Add([]byte(`[{"document":{"id":"a"}},"1",null]`))
	f.Add([]byte(`{"data":{"data":{"data":{"data":null}}}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		if p, ok := readPage(in); ok {
			for _, r := range p.refs {
				if !isID(r.ID) {
					t.Errorf("readPage(%q) passes id %q", in, r.ID)
				}
			}
		}
		if s, ok := readSession(in, "456"); ok && !isID(s.ID) {
			t.Errorf("readSession(%q) passes id %q", in, s.ID)
		}
		docs, _ := readDocuments(in, "1")
		for _, d := range docs {
			if !isID(d.ID) || d.Session != "1" {
				t.Errorf("readDocuments(%q) passes document %q of session %q", in, d.ID, d.Session)
			}
		}
		_, _ = readTemplates(in)
		_ = detailOf(answer{form: jsonBody, body: in})
	})
}
