package clinic

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func writeLines[T any](t *testing.T, dir, name string, lines []T) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, l := range lines {
		if err := enc.Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// control sends a request to the control interface.
func control(t *testing.T, c *Clinic, method, path, body string) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequest(method, c.ControlURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]any{}
	return do(t, r, &got), got
}

// must is control where nothing may go wrong.
func must(t *testing.T, c *Clinic, method, path, body string) map[string]any {
	t.Helper()
	status, got := control(t, c, method, path, body)
	if status != http.StatusOK {
		t.Fatalf("%s %s = %d %v, want 200", method, path, status, got)
	}
	return got
}

func TestControlAddsASessionAndItsTruth(t *testing.T) {
	c := open(t, Options{})
	patient := c.Practice.Patients[100]
	made := must(t, c, "POST", "/heidi/sessions", `{"clinician":"`+c.Practice.Practitioners[1].Email+`","patient":{"name":"x","dob":null,"gender":null},
		"belongs":"`+patient.ID+`","expect":"proven","case":"by hand","documents":[{"name":"Letter","markdown":"One two three."}]}`)
	id, documents := made["session_id"].(string), made["documents"].([]any)
	added := must(t, c, "POST", "/heidi/documents", `{"session_id":"`+id+`","name":"Second","content":"Four five.","expect":"held"}`)
	must(t, c, "POST", "/heidi/edit-document", `{"session_id":"`+id+`","document_id":"`+documents[0].(string)+`","text":"One two three four."}`)
	must(t, c, "POST", "/heidi/remove-document", `{"session_id":"`+id+`","document_id":"`+added["document_id"].(string)+`"}`)

	found := map[string]DocumentTruth{}
	for _, d := range c.Truth().Documents {
		if d.SessionID == id {
			found[d.Name] = d
		}
	}
	if d := found["Letter"]; d.Expect != expectProven || d.PatientID == nil || *d.PatientID != patient.ID || d.Words != 4 || d.Case != "by hand" || d.PractitionerID != c.Practice.Practitioners[1].ID {
		t.Errorf("truth of the first document = %+v, want proven for %s with 4 words", d, patient.ID)
	}
	if d := found["Second"]; d.Expect != expectHeld {
		t.Errorf("truth of the second document = %+v, want held", d)
	}
	must(t, c, "POST", "/heidi/edit-session", `{"session_id":"`+id+`","patient":{"name":"y"},"belongs":null}`)
	for _, d := range c.Truth().Documents {
		if d.SessionID == id && (d.PatientID != nil || d.Expect != expectHeld) {
			t.Errorf("truth after the session is nobody's = %+v, want no patient and held", d)
		}
	}
	must(t, c, "POST", "/heidi/delete-session", `{"session_id":"`+id+`"}`)
}

func TestControlActsAsPeopleInCliniko(t *testing.T) {
	c := open(t, Options{})
	who := c.Practice.Practitioners[0]
	patient := must(t, c, "POST", "/cliniko/add-patient", `{"first_name":"Ottoline","last_name":"Handmade","date_of_birth":"1990-01-02"}`)["patient_id"].(string)
	other := must(t, c, "POST", "/cliniko/add-patient", `{"first_name":"Ottoline","last_name":"Handmayd"}`)["patient_id"].(string)
	must(t, c, "POST", "/cliniko/edit-patient", `{"patient_id":"`+patient+`","last_name":"Handmade-Bell"}`)
	booking := must(t, c, "POST", "/cliniko/add-appointment", `{"practitioner":"`+who.ID+`","patient_id":"`+patient+`","starts_at":"2026-11-04T01:00:00Z","ends_at":"2026-11-04T01:30:00Z"}`)["appointment_id"].(string)
	note := must(t, c, "POST", "/cliniko/open-note", `{"booking_id":"`+booking+`"}`)["note_id"].(string)
	must(t, c, "POST", "/cliniko/edit-note", `{"note_id":"`+note+`","paragraphs":["one","two"]}`)
	must(t, c, "POST", "/cliniko/finalise-note", `{"note_id":"`+note+`"}`)
	must(t, c, "POST", "/cliniko/archive-note", `{"note_id":"`+note+`"}`)
	must(t, c, "POST", "/cliniko/unarchive-note", `{"note_id":"`+note+`"}`)
	must(t, c, "POST", "/cliniko/merge-patients", `{"loser_id":"`+patient+`","survivor_id":"`+other+`"}`)
	must(t, c, "POST", "/cliniko/cancel-appointment", `{"appointment_id":"`+booking+`"}`)
	second := must(t, c, "POST", "/cliniko/add-note", `{"patient_id":"`+other+`","practitioner_id":"`+who.ID+`","title":"t","paragraphs":["p"]}`)["note_id"].(string)
	must(t, c, "POST", "/cliniko/archive-patient", `{"patient_id":"`+c.Practice.Patients[120].ID+`"}`)
	must(t, c, "POST", "/cliniko/revoke-key", `{"key":"`+who.Key+`"}`)
	must(t, c, "POST", "/cliniko/restore-key", `{"key":"`+who.Key+`"}`)

	for _, n := range c.Truth().Notes {
		switch n.ID {
		case note:
			if n.Draft || n.Archived || !n.ByHand || n.BeforeDay || n.PatientID != other || n.PractitionerID != who.ID {
				t.Errorf("note opened by hand = %+v, want final, live, by hand, of the survivor %s", n, other)
			}
		case second:
			if !n.Draft || n.Title != "t" {
				t.Errorf("note added by hand = %+v, want a draft titled t", n)
			}
		}
	}
}

func TestControlActsOnFilesAndTemplates(t *testing.T) {
	c := open(t, Options{})
	patient, user := c.Practice.Patients[100].ID, c.Practice.Practitioners[0].UserID
	data := base64.StdEncoding.EncodeToString(filePDF("one two three"))
	id := must(t, c, "POST", "/cliniko/add-attachment", `{"patient_id":"`+patient+`","user_id":"`+user+`","filename":"scan.pdf","content_type":"application/pdf","description":"d","data":"`+data+`"}`)["attachment_id"].(string)
	must(t, c, "POST", "/cliniko/describe-attachment", `{"attachment_id":"`+id+`","description":"worded anew"}`)
	must(t, c, "POST", "/cliniko/archive-attachment", `{"attachment_id":"`+id+`"}`)
	export := must(t, c, "POST", "/cliniko/export-patient", `{"patient_id":"`+patient+`"}`)["attachment_id"].(string)
	found := map[string]AttachmentTruth{}
	for _, a := range c.Truth().Attachments {
		found[a.ID] = a
	}
	if a := found[id]; a.PatientID != patient || a.PractitionerID != c.Practice.Practitioners[0].ID || a.Description != "worded anew" || a.Filename != "scan.pdf" || !a.Archived || !a.ByHand {
		t.Errorf("file added by hand = %+v, want it archived, described anew, by the practitioner", a)
	}
	if a := found[export]; a.PatientID != patient || a.UserID != "" || a.PractitionerID != "" || a.Archived {
		t.Errorf("export = %+v, want a live one that nobody made", a)
	}

	form := c.Practice.NoteTemplates[0].ID
	must(t, c, "POST", "/cliniko/edit-template", `{"template_id":"`+form+`","content":{"sections":[{"name":"Only","questions":[{"name":"Q","type":"text"}]}]}}`)
	must(t, c, "POST", "/cliniko/rename-template", `{"template_id":"`+form+`","name":"Another name"}`)
	var shown struct {
		Name    string
		Content struct{ Sections []struct{ Name string } }
	}
	who := c.Practice.Practitioners[0].ID
	call(t, c, who, "GET", "/treatment_note_templates/"+form, nil, http.StatusOK, &shown)
	if shown.Name != "Another name" || len(shown.Content.Sections) != 1 || shown.Content.Sections[0].Name != "Only" {
		t.Errorf("template after the changes = %+v, want another name and one section", shown)
	}
	var list struct {
		Templates []struct{ ID string } `json:"treatment_note_templates"`
	}
	listed := func() bool {
		call(t, c, who, "GET", "/treatment_note_templates", nil, http.StatusOK, &list)
		return slices.ContainsFunc(list.Templates, func(x struct{ ID string }) bool { return x.ID == form })
	}
	must(t, c, "POST", "/cliniko/archive-template", `{"template_id":"`+form+`"}`)
	if listed() {
		t.Error("an archived template is listed")
	}
	must(t, c, "POST", "/cliniko/unarchive-template", `{"template_id":"`+form+`"}`)
	if !listed() {
		t.Error("a template that was brought back is not listed")
	}
}

func TestControlLinksAndTokens(t *testing.T) {
	c := open(t, Options{})
	account := `{"email":"` + c.Practice.Practitioners[0].Email + `","third_party_internal_id":"` + c.Practice.Practitioners[0].InternalID + `"}`
	for _, action := range []string{"unlink", "link", "expire-link", "link"} {
		must(t, c, "POST", "/heidi/"+action, account)
	}
	must(t, c, "POST", "/heidi/revoke-tokens", "")
}

func TestControlSwitchesFaultsClock(t *testing.T) {
	c := open(t, Options{})
	now := must(t, c, "PUT", "/switches", `{"heidi":{"listing":"A"},"cliniko":{"retry_after":true}}`)
	if got := c.Heidi.Switches().Listing; got != "A" || !c.Cliniko.Switches().RetryAfter {
		t.Errorf("switches after PUT = %v, want listing A and retry_after", now)
	}
	must(t, c, "PUT", "/faults", `{"seed":1,"rules":[{"api":"cliniko","fault":"status","status":503}]}`)
	if p := c.Faults.Plan(); p == nil || len(p.Rules) != 1 {
		t.Errorf("plan after PUT = %v, want one rule", p)
	}
	r, err := http.NewRequest("PUT", c.ControlURL+"/faults", strings.NewReader(`"off"`))
	if err != nil {
		t.Fatal(err)
	}
	var off any
	if status := do(t, r, &off); status != http.StatusOK || c.Faults.Plan() != nil {
		t.Errorf("PUT /faults off = %d with plan %v, want 200 and none", status, c.Faults.Plan())
	}
	before := c.Clock.Now()
	day := must(t, c, "POST", "/clock", `{"advance":"48h","finish":true}`)
	if day["share"].(float64) < 1 || c.Clock.Now().Sub(before).Hours() < 48 {
		t.Errorf("POST /clock = %v, want the day over and two days later", day)
	}
}

func TestControlJournal(t *testing.T) {
	c := open(t, Options{})
	d, r := pick1(t, c)
	file(t, c, d.PractitionerID, filing{patient: *d.PatientID, title: "x", answer: asAnswer(r, r.Content)})
	got := must(t, c, "GET", "/journal?api=cliniko&method=POST&path=/treatment_*", "")
	entries := got["entries"].([]any)
	if len(entries) != 1 || entries[0].(map[string]any)["status"].(float64) != 201 {
		t.Fatalf("journal = %v, want one POST with 201", got)
	}
	if rest := must(t, c, "GET", "/journal?since=1", "")["entries"].([]any); len(rest) != 0 {
		t.Errorf("journal since 1 has %d entries, want 0", len(rest))
	}
}

func TestControlRefuses(t *testing.T) {
	c := open(t, Options{})
	for _, tt := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/nothing", "", 404, "GET / lists"},
		{"POST", "/heidi/dance", "{}", 404, "there is no POST /heidi/dance"},
		{"POST", "/heidi/edit-document", "{", 400, "the body is not what this takes"},
		{"POST", "/heidi/edit-document", `{"document":"x"}`, 400, "unknown field"},
		{"POST", "/heidi/edit-document", `{"session_id":"1","document_id":"2"}`, 422, "nothing to change"},
		{"POST", "/heidi/edit-document", `{"session_id":"1","document_id":"2","text":"t"}`, 422, "not found"},
		{"POST", "/heidi/sessions", `{"clinician":"nobody"}`, 422, "clinician: want"},
		{"POST", "/heidi/sessions", `{"clinician":"` + c.Practice.Practitioners[0].ID + `","belongs":"1"}`, 422, "no patient of the register"},
		{"POST", "/heidi/documents", `{"session_id":"1","content":"x"}`, 422, "not found"},
		{"POST", "/cliniko/edit-note", `{"note_id":"1","paragraphs":["x"]}`, 422, "1"},
		{"POST", "/cliniko/add-patient", `{"first_name":"A"}`, 422, "want first_name and last_name"},
		{"POST", "/cliniko/add-attachment", `{"patient_id":"1"}`, 422, "no patient"},
		{"POST", "/cliniko/add-attachment", `{"patient_id":"1","data":"no base64!"}`, 400, "the body is not what this takes"},
		{"POST", "/cliniko/archive-attachment", `{"attachment_id":"1"}`, 422, "no attachment"},
		{"POST", "/cliniko/export-patient", `{"patient_id":"1"}`, 422, "no patient"},
		{"POST", "/cliniko/edit-template", `{"template_id":"1","content":{}}`, 422, "no template"},
		{"POST", "/cliniko/rename-template", `{"template_id":"` + c.Practice.NoteTemplates[0].ID + `","name":""}`, 422, "1 to 255"},
		{"PUT", "/faults", `{"rules":[{"fault":"rain"}]}`, 422, "rule 1"},
		{"PUT", "/switches", `{"heidi":{"listing":"Z"}}`, 422, "heidi"},
		{"PUT", "/switches", `{"heidi":{"weather":"Z"}}`, 422, "unknown field"},
		{"POST", "/clock", `{"advance":"soon"}`, 422, "want a duration"},
		{"GET", "/journal?since=x", "", 400, "whole number"},
		{"GET", "/journal?path=[", "", 400, "glob"},
	} {
		status, got := control(t, c, tt.method, tt.path, tt.body)
		if text, _ := got["error"].(string); status != tt.status || !strings.Contains(text, tt.want) {
			t.Errorf("%s %s %s = %d %v, want %d with %q", tt.method, tt.path, tt.body, status, got, tt.status, tt.want)
		}
	}
}

// A page that somebody has open in a browser must not reach the clinic.
func TestControlRefusesOtherSites(t *testing.T) {
	c := open(t, Options{})
	for name, change := range map[string]func(*http.Request){
		"cross site": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"other host": func(r *http.Request) { r.Host = "clinic.example.com" },
	} {
		r, err := http.NewRequest("POST", c.ControlURL+"/clock", strings.NewReader(`{"finish":true}`))
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: POST /clock = %d, want 403", name, resp.StatusCode)
		}
	}
}
