package clinic

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"

	"github.com/google/go-cmp/cmp"
)

func TestLoadTiny(t *testing.T) {
	p, err := Load("testdata/tiny")
	if err != nil {
		t.Fatal(err)
	}
	if p.TimeZone != "Australia/Hobart" || len(p.Practitioners) != 2 || len(p.Patients) != 3 || len(p.Appointments) != 2 || len(p.Sessions) != 3 {
		t.Fatalf("Load = %s, %d practitioners, %d patients, %d appointments, %d sessions; want Australia/Hobart, 2, 3, 2, 3",
			p.TimeZone, len(p.Practitioners), len(p.Patients), len(p.Appointments), len(p.Sessions))
	}
	first, second, third := p.Sessions[0], p.Sessions[1], p.Sessions[2]
	if first.ID != "271828182845904523536028747135266249775" || first.Documents[0].ID != "64b0000000000000000000d1" {
		t.Errorf("ids in the API's form are not kept: session %s, document %s", first.ID, first.Documents[0].ID)
	}
	if !sessionForm.MatchString(second.ID) || len(second.ID) < 36 || !hexForm.MatchString(second.Documents[0].ID) {
		t.Errorf("other ids are not replaced by ids in the API's form: session %s, document %s", second.ID, second.Documents[0].ID)
	}
	osric := p.Patients[1]
	if !clinikoForm.MatchString(osric.ID) || second.Belongs != osric.ID || p.Patients[2].MergedInto != osric.ID {
		t.Errorf("P-2 became %q, the truth %q, the merge %q; want one id", osric.ID, second.Belongs, p.Patients[2].MergedInto)
	}
	if second.EHRApptID != p.Appointments[1].ID || second.EHRProvider != trustedProvider || second.PractitionerID != p.Appointments[1].PractitionerID {
		t.Errorf("session hs_b is tied to %s of %q, want the booking %s of Cliniko", second.EHRApptID, second.EHRProvider, p.Appointments[1].ID)
	}
	var got []string
	for _, s := range p.Sessions {
		for _, d := range s.Documents {
			got = append(got, strings.Join([]string{d.Name, d.ContentType, d.Expect, s.Case}, "|"))
		}
	}
	want := []string{"GP letter|MARKDOWN|proven|", "Plan|MARKDOWN|proven|", "letter|HTML|either|appt_id"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if first.At != 0 || second.At <= first.At || third.At <= second.At || third.At > finalBy {
		t.Errorf("shares of the day = %.2f, %.2f, %.2f, want rising from 0 to at most %.1f", first.At, second.At, third.At, finalBy)
	}
	if want := time.Date(2026, 11, 2, 22, 34, 0, 0, time.UTC); !second.StartedAt.Equal(want) {
		t.Errorf("started_at = %v, want %v", second.StartedAt, want)
	}
}

// The truth shows the id that a session had in the files.
func TestLoadedTruthShowsOriginals(t *testing.T) {
	p, err := Load("testdata/tiny")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range open(t, Options{Practice: p}).Truth().Documents {
		got = append(got, d.Original)
	}
	if diff := cmp.Diff([]string{"", "", "hs_b"}, got); diff != "" {
		t.Errorf("originals (-want +got):\n%s", diff)
	}
}

func TestLoadRefuses(t *testing.T) {
	const patient = `{"id":"10000","first_name":"Ada","last_name":"Testley"}`
	const session = `{"session_id":"s1","patient":{"name":""},"started_at":"2026-11-02T22:00:00Z","clinician":"a"`
	for _, tt := range []struct{ name, file, text, want string }{
		{"not JSON", "patients.jsonl", patient + "\n{id: 1}", `patients.jsonl:2: not JSON`},
		{"half a line", "patients.jsonl", `{"id":"1"`, "patients.jsonl:1:"},
		{"number for an id", "patients.jsonl", `{"id":10000,"first_name":"Ada","last_name":"Testley"}`, `patients.jsonl:1: field "id" is a number, want text in quotes`},
		{"no name", "patients.jsonl", `{"id":"10000","first_name":"Ada"}`, "patients.jsonl:1: first_name or last_name is missing"},
		{"twice", "patients.jsonl", patient + "\n\n" + patient, "patients.jsonl:3: id: this patient stands on an earlier line"},
		{"birth date", "patients.jsonl", `{"id":"10000","first_name":"Ada","last_name":"Testley","date_of_birth":"18/04/1953"}`, "date_of_birth: want YYYY-MM-DD"},
		{"merge into nobody", "patients.jsonl", `{"id":"10000","first_name":"Ada","last_name":"Testley","merged_into":"9"}`, "merged_into names no patient"},
		{"merge circle", "patients.jsonl", `{"id":"10000","first_name":"Ada","last_name":"Testley","merged_into":"10001"}` + "\n" +
			`{"id":"10001","first_name":"Ada","last_name":"Testley","merged_into":"10000"}`, "go round in a circle"},
		{"booking of nobody", "appointments.jsonl", `{"id":"20000","patient_id":"9","practitioner":"a","starts_at":"2026-11-02T22:00:00Z","ends_at":"2026-11-02T22:30:00Z"}`, "appointments.jsonl:1: patient_id names no patient"},
		{"no start", "appointments.jsonl", `{"id":"20000","patient_id":null,"practitioner":"a"}`, "starts_at is missing"},
		{"time without zone", "appointments.jsonl", `{"id":"20000","practitioner":"a","starts_at":"2026-11-02 22:00"}`, "starts_at: want a time such as"},
		{"no clinician", "sessions.jsonl", `{"session_id":"s1","started_at":"2026-11-02T22:00:00Z"}`, "sessions.jsonl:1: clinician is missing"},
		{"misspelt text", "sessions.jsonl", session + `,"documents":[{"markdwon":"x"}]}`, `sessions.jsonl:1: documents[0]: json: unknown field "markdwon"`},
		{"two texts", "sessions.jsonl", session + `,"documents":[{"markdown":"x","html":"y"}]}`, "want one of content, markdown and html"},
		{"content type", "sessions.jsonl", session + `,"documents":[{"content":"x","content_type":"PDF"}]}`, "content_type: want MARKDOWN or HTML"},
		{"expectation", "sessions.jsonl", session + `,"expect":"certain"}`, "expect: want one of proven"},
		{"belongs to nobody known", "sessions.jsonl", session + `,"belongs":"9"}`, "names no patient"},
		{"truth of nothing", "truth.jsonl", `{"session_id":"s9","patient_id":null}`, "truth.jsonl:1: session_id names no session"},
		{"real key", "practitioners.jsonl", `{"practitioner":"a","key":"MS0xLTIzNDU2Nzg5-au3"}`, "key: does not begin with SANDBOX"},
		{"zone", "practice.json", `{"time_zone":"Tasmania"}`, "time_zone: want a name such as Australia/Hobart"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			files := map[string]string{"patients.jsonl": patient, "sessions.jsonl": session + "}"}
			files[tt.file] = tt.text
			for name, text := range files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := Load(dir)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load = %v, want an error with %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "Testley") {
				t.Errorf("Load = %v, repeats a name", err)
			}
		})
	}
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "patients.jsonl") {
		t.Errorf("Load of an empty folder = %v, want an error that names patients.jsonl", err)
	}
}

// The matching benchmark's development set loads whole, and quickly.
func TestLoadDevelopmentSet(t *testing.T) {
	dir := "../../../shared/bench/matching/dev"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("bench/matching/dev: not here (../shared/bench/matching)")
	}
	start := time.Now()
	p, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Patients) != 3611 || len(p.Appointments) != 3125 || len(p.Sessions) != 3136 {
		t.Errorf("Load = %d patients, %d appointments, %d sessions; want 3611, 3125, 3136", len(p.Patients), len(p.Appointments), len(p.Sessions))
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("Load took %v, want under 5s", took)
	}
	ids, belongs := map[string]bool{}, 0
	for _, s := range p.Sessions {
		ids[s.ID] = true
		if s.Belongs != "" {
			belongs++
		}
	}
	if len(ids) != len(p.Sessions) || belongs == 0 {
		t.Errorf("%d different session ids, %d with a patient; want %d and some", len(ids), belongs, len(p.Sessions))
	}
	open(t, Options{Practice: p}).Truth()
}

// What the control interface shows of a practice can be loaded again.
func TestPracticeLinesLoadAgain(t *testing.T) {
	c := open(t, Options{Seed: 4})
	dir := t.TempDir()
	lines := c.practiceLines()
	writeLines(t, dir, "practitioners.jsonl", lines.Practitioners)
	writeLines(t, dir, "patients.jsonl", lines.Patients)
	writeLines(t, dir, "appointments.jsonl", lines.Appointments)
	writeLines(t, dir, "sessions.jsonl", lines.Sessions)
	again, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	// What a file does not hold: when a record was made, what a session is called.
	trim := func(all []sandbox.Patient) map[string]sandbox.Patient {
		by := map[string]sandbox.Patient{}
		for _, p := range all {
			p.CreatedAt, p.MergedAt = time.Time{}, time.Time{}
			by[p.ID] = p
		}
		return by
	}
	if diff := cmp.Diff(trim(c.Practice.Patients), trim(again.Patients)); diff != "" {
		t.Errorf("patients (-generated +loaded):\n%s", diff)
	}
	sessions := map[string]sandbox.Session{}
	for _, s := range again.Sessions {
		sessions[s.ID] = s
	}
	for _, want := range c.Practice.Sessions {
		got := sessions[want.ID]
		if got.ID != want.ID || got.Belongs != want.Belongs || got.EHRApptID != want.EHRApptID || len(got.Documents) != len(want.Documents) {
			t.Errorf("session %s comes back as %s, belonging to %s, with %d documents", want.ID, got.ID, got.Belongs, len(got.Documents))
		}
	}
}

// Old cases are moved to where a client looks, by whole weeks and all together.
func TestOldPracticeIsMovedForward(t *testing.T) {
	p, err := Load("testdata/tiny")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2027, 11, 3, 5, 0, 0, 0, time.UTC)
	m := recent(p, now)
	by := m.Sessions[0].StartedAt.Sub(p.Sessions[0].StartedAt)
	if by <= 0 || by%week != 0 || now.Sub(m.Sessions[2].StartedAt) > week+freshAge || now.Before(m.Sessions[2].StartedAt) {
		t.Errorf("sessions are moved by %v to %v, want whole weeks to shortly before %v", by, m.Sessions[2].StartedAt, now)
	}
	if got := m.Appointments[0].StartsAt.Sub(p.Appointments[0].StartsAt); got != by {
		t.Errorf("appointments are moved by %v, want %v like the sessions", got, by)
	}
	if hours := lookBack(m, now); hours < 25 || hours > mostHours {
		t.Errorf("lookBack = %dh, want up to %dh", hours, mostHours)
	}
	if near := p.Sessions[2].StartedAt.Add(20 * 24 * time.Hour); recent(p, near) != p {
		t.Error("a practice of three weeks ago is moved, want it left alone")
	}
}
