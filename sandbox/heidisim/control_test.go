package heidisim

import (
	"strings"
	"sync"
	"testing"
	"time"

	"carryover/sandbox"

	"github.com/google/go-cmp/cmp"
)

func TestAddSession(t *testing.T) {
	b := newBench(t, Options{})
	const id = "99999999999999999999999999999999999999"
	added := sandbox.Session{
		ID: id, PractitionerID: "101", PatientName: "Testa Added",
		Documents: []sandbox.Document{{ID: "aa", Name: "Plan", Stages: []sandbox.Stage{{Text: "one"}, {At: 0.4, Text: "two"}}}},
	}
	if err := b.AddSession(added); err != nil {
		t.Fatal(err)
	}
	if got := b.documents(b.wren(), id); got != "0 Plan: one" {
		t.Errorf("documents = %q, want the first stage", got)
	}
	b.at(0.4)
	if got := b.documents(b.wren(), id); got != "0 Plan: two" {
		t.Errorf("documents at 0.4 = %q, want the second stage", got)
	}
	for _, wrong := range []sandbox.Session{added, {PractitionerID: "101"}} {
		if err := b.AddSession(wrong); err == nil {
			t.Errorf("AddSession(%q) again = nil, want an error", wrong.ID)
		}
	}
}

func TestDocumentControls(t *testing.T) {
	b := newBench(t, Options{})
	token := b.wren()
	steps := []struct {
		name string
		do   func() error
		want string
	}{
		{"add", func() error {
			return b.AddDocument(knee, sandbox.Document{ID: "aa", Name: "Plan", Stages: []sandbox.Stage{{At: 0.7, Text: "one"}}})
		}, "2 Plan: one"},
		{"edit", func() error { return b.EditDocument(knee, "aa", "two") }, "2 Plan: two"},
		{"rename", func() error { return b.RenameDocument(knee, "aa", "Plan B") }, "2 Plan B: two"},
		{"remove", func() error { return b.RemoveDocument(knee, "aa") }, ""},
		{"edit a removed one", func() error { return b.EditDocument(knee, "aa", "two") }, "2 Plan B: two"},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := b.documents(token, knee); got != step.want {
			t.Errorf("after %s documents = %q, want %q", step.name, got, step.want)
		}
	}
	want := []DocumentRecord{{
		SessionID: knee, DocumentID: "aa", Name: "Plan B", Content: "two",
		Versions: []string{"one", "two"}, PractitionerID: "101",
	}}
	if diff := cmp.Diff(want, b.Documents()); diff != "" {
		t.Errorf("Documents() differs (-want +got):\n%s", diff)
	}
}

func TestControlErrorsNameWhatIsMissing(t *testing.T) {
	b := newBench(t, Options{})
	for want, err := range map[string]error{
		"edit session 7: not found":                                                b.EditSession("7", sandbox.Correction{}),
		"delete session 7: not found":                                              b.DeleteSession("7"),
		"set consult note session 7: not found":                                    b.SetConsultNote("7", "x"),
		"rename document: session " + knee + ": document x: not found":             b.RenameDocument(knee, "x", "y"),
		"add document: session " + knee + ": document " + letter + ": id is taken": b.AddDocument(knee, sandbox.Document{ID: letter}),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("error = %v, want %s", err, want)
		}
	}
}

func TestBooksKeepEveryVersion(t *testing.T) {
	b := newBench(t, Options{})
	if got := b.Documents(); len(got) != 0 {
		t.Errorf("Documents() at the start = %v, want none", got)
	}
	b.at(0.9)
	want := []DocumentRecord{
		{
			SessionID: knee, DocumentID: letter, Name: "GP letter (final)", TemplateID: "64b000000000000000000002",
			Content: "Dear Dr Invented", Gone: true, Versions: []string{"", "Dear", "Dear Dr Invented"}, PractitionerID: "101",
		},
		{
			SessionID: knee, DocumentID: report, Name: "Report", Content: "<p>BP <120</p>",
			Gone: true, Versions: []string{"<p>BP <120</p>"}, PractitionerID: "101", // its session is gone
		},
	}
	if diff := cmp.Diff(want, b.Documents()); diff != "" {
		t.Errorf("Documents() differs (-want +got):\n%s", diff)
	}
}

func TestEditSession(t *testing.T) {
	b := newBench(t, Options{})
	token := b.wren()
	before := b.session(token, knee)["updated_at"]
	if err := b.EditSession(knee, sandbox.Correction{EHRPatientID: "502"}); err != nil {
		t.Fatal(err)
	}
	got := b.session(token, knee)
	if got["ehr_patient_id"] != "502" || got["ehr_appt_id"] != "601" || got["updated_at"] == before {
		t.Errorf("session = %v, want patient 502, the same appointment and a new stamp", got)
	}
}

func TestClockDrivesTheDay(t *testing.T) {
	clock := sandbox.NewClock(time.Hour)
	b := newBench(t, Options{Clock: clock})
	if got := len(b.Documents()); got != 0 {
		t.Errorf("documents before the day = %d, want 0", got)
	}
	clock.Finish()
	if got := len(b.Documents()); got != 2 {
		t.Errorf("documents after the day = %d, want 2", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	b := newBench(t, Options{Clock: sandbox.NewClock(50 * time.Millisecond)})
	b.clock.Begin()
	token := b.wren()
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for range 20 {
				b.get(token, "/sessions/linked-user")
				b.get(token, "/sessions/"+shoulder)
				b.do("POST", Base+"/patient-profiles", token, `{"identifiers":[1,2]}`)
				b.SetSwitches(SeededSwitches(7))
				_ = b.EditDocument(knee, report, strings.Repeat("x", 100))
				b.Documents()
			}
		})
	}
	callers.Wait()
	if got := b.WriteCalls()["POST /patient-profiles"]; got != 80 {
		t.Errorf("WriteCalls() = %d profile writes, want 80", got)
	}
}
