package clinic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"
	"testing"

	"carryover/sandbox"
	"carryover/sandbox/heidisim"
)

// open starts a clinic for the length of a test, with its day already over.
func open(t *testing.T, o Options) *Clinic {
	t.Helper()
	if o.Practice == nil {
		o.Practice = Generate(o.Seed+1, testDay)
	}
	if o.RateLimit == 0 {
		o.RateLimit = -1
	}
	c, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.Clock.Finish()
	return c
}

// A filing is a note that a program files through the API.
type filing struct{ patient, title, answer string }

// file posts a note with the key of the practitioner and returns its id.
func file(t *testing.T, c *Clinic, practitionerID string, f filing) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"patient_id": f.patient, "title": f.title, "draft": true,
		"content": map[string]any{"sections": []any{map[string]any{"name": "Document", "questions": []any{
			map[string]any{"name": "Text", "type": "paragraph", "answer": f.answer},
		}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, c.ClinikoURL+"/treatment_notes", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(keyOf(c, practitionerID), "")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "Clinic test (test@example.com)")
	var made struct{ ID string }
	if status := do(t, r, &made); status != http.StatusCreated {
		t.Fatalf("POST /treatment_notes = %d, want 201", status)
	}
	return made.ID
}

func keyOf(c *Clinic, practitionerID string) string {
	for _, p := range c.Practice.Practitioners {
		if p.ID == practitionerID {
			return p.Key
		}
	}
	return ""
}

// do sends r, decodes the answer into v and returns the status.
func do(t *testing.T, r *http.Request, v any) int {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatalf("%s %s = %d %.200q, want JSON", r.Method, r.URL.Path, resp.StatusCode, text)
	}
	return resp.StatusCode
}

// asAnswer renders a document carelessly but whole: every line a paragraph.
func asAnswer(d heidisim.DocumentRecord, text string) string {
	if looksLikeHTML(text) {
		body, heads := htmlText(text)
		text = heads + "\n" + body
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintf(&b, "<p>%s</p>", html.EscapeString(line))
		}
	}
	fmt.Fprintf(&b, "<p>Heidi document HD-%s-TEST · carried by a test</p>", referenceOf(d.SessionID, d.DocumentID))
	return b.String()
}

// fileDay files every document that has to be proven, as a good program would.
func fileDay(t *testing.T, c *Clinic) {
	t.Helper()
	records := map[string]heidisim.DocumentRecord{}
	for _, d := range c.Heidi.Documents() {
		records[d.DocumentID] = d
	}
	for _, d := range c.Truth().Documents {
		if d.Expect == expectProven {
			file(t, c, d.PractitionerID, filing{patient: *d.PatientID, title: d.Name, answer: asAnswer(records[d.DocumentID], records[d.DocumentID].Content)})
		}
	}
}

// pick1 returns the first document that should be proven and is long enough to
// lose words.
func pick1(t *testing.T, c *Clinic) (DocumentTruth, heidisim.DocumentRecord) {
	t.Helper()
	truth, records := c.Truth(), c.Heidi.Documents()
	for i, d := range truth.Documents {
		if d.Expect == expectProven && d.Words > 150 && !strings.Contains(d.Case, "+") && !looksLikeHTML(records[i].Content) {
			return d, records[i]
		}
	}
	t.Fatal("no document to file")
	panic("unreachable")
}

// practiceOf is the least practice that works: one practitioner, the given
// patients, and sessions.
func practiceOf(patients []sandbox.Patient, sessions ...sandbox.Session) *sandbox.Practice {
	d := newDice(1)
	return &sandbox.Practice{
		Name: "SANDBOX small", TimeZone: timeZone, Shard: shard, Region: "AU", Businesses: newBusinesses(d),
		Practitioners: newStaff(d), Patients: patients, Sessions: sessions,
	}
}
