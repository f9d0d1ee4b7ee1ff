package heidisim

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
)

// session reads one session and returns its fields.
func (b *bench) session(token, id string) map[string]any {
	b.t.Helper()
	got := b.get(token, "/sessions/"+id)
	o, _ := got.object()["session"].(map[string]any)
	if got.status != 200 || o == nil {
		b.t.Fatalf("GET /sessions/%s = %d %s, want a session", id, got.status, got.text)
	}
	return o
}

func TestSessionFields(t *testing.T) {
	b := newBench(t, Options{})
	b.at(0.5)
	got := b.session(b.wren(), knee)
	want := map[string]string{
		"session_id": knee, "session_name": "SANDBOX Knee", "ehr_appt_id": "601", "ehr_patient_id": "501",
		"ehr_provider": "Cliniko", "duration": "1500", "documents": "<nil>", "audio": "[]", "clinician_notes": "[]",
		"patient": "map[dob:1980-02-29 gender:<nil> name:Testa Fictional]",
	}
	for field, value := range want {
		if fmt.Sprint(got[field]) != value {
			t.Errorf("%s = %v, want %s", field, got[field], value)
		}
	}
	for _, absent := range []string{"ehr_appointment_id", "status", "patient_profile", "consent_obtained"} {
		if _, shown := got[absent]; shown {
			t.Errorf("%s is shown, want it absent", absent)
		}
	}
	unset := b.session(b.wren(), shoulder)
	if got := fmt.Sprint(unset["patient"], unset["duration"], unset["ehr_appt_id"]); got != "map[dob:<nil> gender:<nil> name:] <nil> <nil>" {
		t.Errorf("unset fields = %s, want nulls", got)
	}
	if unset["session_name"] != "SANDBOX" {
		t.Errorf("session_name of a session without one = %v, want SANDBOX", unset["session_name"])
	}
}

func TestSessionSwitches(t *testing.T) {
	b := newBench(t, Options{})
	b.at(0.5)
	token := b.wren()
	b.SetSwitches(Switches{
		PatientNull: true, SessionDocuments: true, SessionProfile: true, SessionStatus: true, SessionConsent: true,
	})
	got := b.session(token, knee)
	if got["patient"] == nil || got["status"] != "COMPLETED" || got["consent_obtained"] != true {
		t.Errorf("session = %v, want patient, status and consent", got)
	}
	if profile, _ := got["patient_profile"].(map[string]any); profile["ehr_patient_id"] != "501" || profile["id"] != got["patient_profile_id"] {
		t.Errorf("patient_profile = %v, want that of patient 501", got["patient_profile"])
	}
	if documents, _ := got["documents"].([]any); len(documents) != 2 {
		t.Errorf("documents = %v, want two", got["documents"])
	}
	if patient, shown := b.session(token, shoulder)["patient"]; patient != nil || !shown {
		t.Errorf("unset patient = %v, want null", patient)
	}
	b.SetSwitches(Switches{BareSession: true, SessionIDAsNumber: true})
	if got := b.get(token, "/sessions/"+knee); !strings.HasPrefix(got.text, `{"session_id":`+knee+`,`) {
		t.Errorf("bare session with a number = %.80s", got.text)
	}
}

func TestConsultNoteForms(t *testing.T) {
	b := newBench(t, Options{Practice: manySessions(40)})
	token := b.wren()
	forms := map[string]int{}
	count := func() {
		for i := range 40 {
			note, shown := b.session(token, fmt.Sprint(1000+i))["consult_note"].(map[string]any)
			result, present := note["result"]
			forms[fmt.Sprintf("note %t, result %t %v, status %v", shown, present, result, note["status"])]++
		}
	}
	count()
	for i := range 40 {
		if err := b.SetConsultNote(fmt.Sprint(1000+i), ""); err != nil {
			t.Fatal(err)
		}
	}
	count()
	for _, form := range []string{
		"note false, result false <nil>, status <nil>", "note true, result false <nil>, status CREATED",
		"note true, result true <nil>, status CREATED", "note true, result true , status CREATED",
	} {
		if forms[form] == 0 {
			t.Errorf("no session in the form %q; seen: %v", form, forms)
		}
	}
	if err := b.SetConsultNote("1000", "## Plan"); err != nil {
		t.Fatal(err)
	}
	note, _ := b.session(token, "1000")["consult_note"].(map[string]any)
	if note["status"] != "CREATED" || note["result"] != "## Plan" || note["generation_method"] != "TEMPLATE" {
		t.Errorf("consult_note = %v, want CREATED with text", note)
	}
}

func TestConsultNoteFollowsTheDay(t *testing.T) {
	b := newBench(t, Options{})
	token := b.wren()
	before := b.session(token, knee)["updated_at"]
	b.at(0.2)
	got := b.session(token, knee)
	if note, _ := got["consult_note"].(map[string]any); note["status"] != "COMPLETED" || note["result"] != "## Subjective" {
		t.Errorf("consult_note at 0.2 = %v, want the second stage", note)
	}
	if got["updated_at"] == before {
		t.Errorf("updated_at = %v after the note was made, want it moved", before)
	}
}

func TestCorrectionFollowsTheDay(t *testing.T) {
	b := newBench(t, Options{})
	b.at(0.6)
	got := b.session(b.wren(), knee)
	if fmt.Sprint(got["patient"]) != "map[dob:1980-02-29 gender:<nil> name:Testa Corrected]" || got["ehr_appt_id"] != nil {
		t.Errorf("corrected session = %v, want a new name, the same birth date and no appointment", got)
	}
}

func TestTimestampsAreNaive(t *testing.T) {
	b := newBench(t, Options{Practice: manySessions(30)})
	token := b.wren()
	naive := regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?$`)
	lengths := map[int]bool{}
	for _, item := range b.get(token, "/sessions/linked-user?page_size=30").items() {
		session, _ := item.(map[string]any)
		for _, field := range []string{"created_at", "updated_at"} {
			stamp, _ := session[field].(string)
			lengths[len(stamp)] = true
			if !naive.MatchString(stamp) {
				t.Errorf("%s = %q, want a naive timestamp", field, stamp)
			}
		}
	}
	if len(lengths) != 3 {
		t.Errorf("lengths of timestamps = %v, want those of 0, 3 and 6 decimals", lengths)
	}
	for form, want := range map[string]string{
		StampSeconds: "2026-11-03T22:14:05", StampMillis: "2026-11-03T22:14:05.120",
		StampMicros: "2026-11-03T22:14:05.120000", StampSpace: "2026-11-03 22:14:05.120000",
	} {
		b.SetSwitches(Switches{Timestamps: form})
		if got := b.session(token, "1000")["created_at"]; got != want {
			t.Errorf("timestamps %s: created_at = %v, want %s", form, got, want)
		}
	}
}

func TestSessionsThatAreNotThere(t *testing.T) {
	b := newBench(t, Options{})
	token := b.wren()
	const want = `{"detail":{"msg":"Session not found","type":"SessionNotFoundError"}}`
	check := func(what, id string) {
		for _, path := range []string{"/sessions/" + id, "/sessions/" + id + "/documents"} {
			if got := b.get(token, path); got.status != 404 || got.text != want {
				t.Errorf("%s: GET %s = %d %s, want 404 %s", what, path, got.status, got.text, want)
			}
		}
	}
	check("unknown", "1")
	check("not yet there", shoulder)
	b.at(0.9)
	check("past its share", knee)
	if err := b.DeleteSession(shoulder); err != nil {
		t.Fatal(err)
	}
	check("deleted", shoulder)
}

func TestRetention(t *testing.T) {
	clock := sandbox.NewClock(time.Hour)
	practice := littlePractice()
	practice.Sessions[0].StartedAt = clock.Now()
	b := newBench(t, Options{Practice: practice, Clock: clock, TokenLife: 100 * 24 * time.Hour, Switches: Switches{RetentionDays: 10}})
	token := b.wren()
	clock.Advance(9 * 24 * time.Hour)
	if got := b.get(token, "/sessions/"+knee); got.status != 200 {
		t.Errorf("after 9 days of 10 = %d, want 200", got.status)
	}
	clock.Advance(24 * time.Hour)
	if got := b.get(token, "/sessions/"+knee); got.status != 404 {
		t.Errorf("after 10 days of 10 = %d, want 404", got.status)
	}
}

func TestPatchSession(t *testing.T) {
	b := newBench(t, Options{})
	token := b.wren()
	got := b.do("PATCH", Base+"/sessions/"+knee, token,
		`{"ehr_appointment_id":"602","patient":{"name":"Testa Patched"},"clinician_notes":["a","b"],"linked_sessions_for_context":["`+shoulder+`"]}`)
	session, _ := got.object()["session"].(map[string]any)
	if got.status != 200 || session["ehr_appt_id"] != "602" || fmt.Sprint(session["clinician_notes"]) != "[]" {
		t.Errorf("PATCH = %d %s, want ehr_appt_id 602 and no notes echoed", got.status, got.text)
	}
	if patient := fmt.Sprint(session["patient"]); patient != "map[dob:1980-02-29 gender:<nil> name:Testa Patched]" {
		t.Errorf("patient = %s, want only the name changed", patient)
	}
	if got := b.do("PATCH", Base+"/sessions/"+knee, token, `{"duration":"long"`); got.status != 422 {
		t.Errorf("PATCH of no JSON = %d, want 422", got.status)
	}
}

func TestCreateSessionWithProfile(t *testing.T) {
	b := newBench(t, Options{Switches: Switches{CreatedStatus: 201}})
	token := b.wren()
	profile, _ := b.do("POST", Base+"/patient-profiles", token,
		`{"first_name":"Testa","last_name":"Fictional","birth_date":"1980-02-29","gender":"female","ehr_patient_id":"501x"}`).object()["data"].(map[string]any)
	got := b.do("POST", Base+"/sessions", token, fmt.Sprintf(`{"patient_profile_id":%q,"ehr_appointment_id":"603"}`, profile["id"]))
	if got.status != 201 {
		t.Fatalf("POST /sessions = %d %s, want 201", got.status, got.text)
	}
	id := fmt.Sprint(got.object()["session_id"])
	session := b.session(token, id)
	if fmt.Sprint(session["ehr_patient_id"], session["ehr_appt_id"], session["patient"]) !=
		"501x603map[dob:1980-02-29 gender:female name:Testa Fictional]" {
		t.Errorf("session = %v, want the profile's patient", session)
	}
	if got := sessionIDs(b.get(token, "/sessions/linked-user").items()); len(got) != 2 {
		t.Errorf("listing = %v, want the new session in it", got)
	}
	if got := b.do("POST", Base+"/sessions", token, `{"patient_profile_id":"nobody"}`); got.status != 404 {
		t.Errorf("POST with an unknown profile = %d, want 404", got.status)
	}
}

func TestGenerating(t *testing.T) {
	b := newBench(t, Options{})
	b.at(0.2)
	token := b.wren()
	if got := b.do("POST", Base+"/sessions/"+knee+"/consult-note", token, `{}`); got.status != 422 {
		t.Errorf("consult-note without addition = %d, want 422", got.status)
	}
	got := b.do("POST", Base+"/sessions/"+knee+"/consult-note", token, `{"addition":""}`)
	if got.header.Get("Content-Type") != "text/event-stream; charset=utf-8" || !strings.HasPrefix(got.text, `data: {"data":"SANDBOX: "}`) {
		t.Errorf("consult-note = %s %.60q, want an event stream", got.header.Get("Content-Type"), got.text)
	}
	if note, _ := b.session(token, knee)["consult_note"].(map[string]any); !strings.HasPrefix(fmt.Sprint(note["result"]), "SANDBOX") {
		t.Errorf("note = %v, want it overwritten", note)
	}
	if got := b.do("POST", Base+"/sessions/"+knee+"/ask-ai", token, `{}`); got.status != 200 {
		t.Errorf("ask-ai = %d, want 200", got.status)
	}
	if got := b.get(token, "/sessions/"+knee+"/transcript"); got.object()["transcript"] == nil {
		t.Errorf("transcript = %s, want one", got.text)
	}
}
