package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/match"
)

// TestRun: one decision a line, in the order of the sessions, and nothing else
// on standard output.
func TestRun(t *testing.T) {
	var out, errs bytes.Buffer
	code := run([]string{"-patients", "testdata/patients.jsonl", "-appointments", "testdata/appointments.jsonl", "-sessions", "testdata/sessions.jsonl"}, &out, &errs)
	want, err := os.ReadFile("testdata/decisions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); code != 0 || diff != "" {
		t.Errorf("run = %d, decisions (-want +got):\n%s", code, diff)
	}
	if !strings.Contains(errs.String(), "3 matched, 2 held") {
		t.Errorf("standard error = %q, want the counts", errs.String())
	}
}

func TestRunRefuses(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.jsonl")
	if err := os.WriteFile(broken, []byte("{\"id\":\"1\"}\n{\"id\":\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, a, s := "testdata/patients.jsonl", "testdata/appointments.jsonl", "testdata/sessions.jsonl"
	tests := []struct {
		why  string
		args []string
		code int
		says string
	}{
		{"no flags", nil, 2, "needs -patients"},
		{"an unknown flag", []string{"-nonsense"}, 2, "nonsense"},
		{"a missing file", []string{"-patients", "missing", "-appointments", a, "-sessions", s}, 1, "missing"},
		{"a broken line", []string{"-patients", broken, "-appointments", a, "-sessions", s}, 1, "broken.jsonl:2"},
		{"an unknown zone", []string{"-patients", p, "-appointments", a, "-sessions", s, "-zone", "Mars/Olympus"}, 1, "Mars/Olympus"},
		{"help", []string{"-h"}, 0, "-sessions"},
	}
	for _, tt := range tests {
		var out, errs bytes.Buffer
		if code := run(tt.args, &out, &errs); code != tt.code || !strings.Contains(errs.String(), tt.says) || out.Len() > 0 {
			t.Errorf("%s: run = %d, %q on standard output, %q on standard error; want %d, nothing, %q", tt.why, code, out.String(), errs.String(), tt.code, tt.says)
		}
	}
}

// TestOddSessions: a line that nobody can read is held and ends nothing; a
// number is an id digit by digit.
func TestOddSessions(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	patients := file("patients", `{"id":"1853938291252464123","first_name":"Mira","last_name":"Quillfeather","date_of_birth":"1979-02-14"}
{"id":"1853938291252464124","first_name":"Otto","last_name":"Inkpen","date_of_birth":"1979-02-14"}
`)
	for _, tt := range []struct{ why, line, id, decision string }{
		{"an id as a number", `{"session_id":"s","patient":{"name":"Mira Quillfeather"},"ehr_patient_id":1853938291252464123}`, "s", "matched"},
		{"the next number is another patient's", `{"session_id":"s","patient":{"name":"Mira Quillfeather"},"ehr_patient_id":1853938291252464124}`, "s", "held"},
		{"a fraction is no id", `{"session_id":"s","patient":{"name":"Mira Quillfeather","dob":"1979-02-14"},"ehr_patient_id":1.853938291252464e18}`, "s", "held"},
		{"a booking id as a number", `{"session_id":"s","patient":{"name":"Mira Quillfeather","dob":"1979-02-14"},"ehr_appt_id":7}`, "s", "matched"},
		{"a birth date in another form", `{"session_id":"s","patient":{"name":"Mira Quillfeather","dob":"14/02/1979"},"ehr_patient_id":"1853938291252464123"}`, "s", "held"},
		{"a birth date that is no day", `{"session_id":"s","patient":{"name":"Mira Quillfeather","dob":"1979-02-31"},"ehr_patient_id":"1853938291252464123"}`, "s", "held"},
		{"a time that is none", `{"session_id":"s","patient":{"name":"Mira Quillfeather","dob":"1979-02-14"},"started_at":"noon"}`, "s", "held"},
		{"a patient that is a list", `{"session_id":"s","patient":[]}`, "s", "held"},
		{"no id", `{"patient":{"name":"Mira Quillfeather","dob":"1979-02-14"}}`, "", "held"},
		{"no JSON", `{"session_id":"s",`, "", "held"},
	} {
		var out, errs bytes.Buffer
		code := run([]string{"-patients", patients, "-appointments", file("appointments", ""), "-sessions", file("sessions", tt.line+"\n")}, &out, &errs)
		var got decision
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || code != 0 || got.Decision != tt.decision || got.SessionID != tt.id {
			t.Errorf("%s: run = %d, %q, %q; want 0, %s for %q", tt.why, code, out.String(), errs.String(), tt.decision, tt.id)
		}
	}
}

// TestDevelopmentSet holds the figures that the matcher promises on the
// benchmark's development set, where it is at hand.
func TestDevelopmentSet(t *testing.T) {
	const dir = "../../../shared/bench/matching/dev"
	c := fromFiles(t, dir, 1)
	type answer struct {
		SessionID string  `json:"session_id"`
		PatientID *string `json:"patient_id"`
		Stratum   string  `json:"stratum"`
		Category  string  `json:"category"`
	}
	truth, err := load(dir+"/truth.jsonl", func(a answer) (answer, error) { return a, nil })
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := load(dir+"/sessions.jsonl", sessionRow.session)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]answer{}
	for _, a := range truth {
		of[a.SessionID] = a
	}
	reg := newRegister(c.people, c.diary)
	all, right, typical, typicalRight := 0, 0, 0, 0
	for _, s := range sessions {
		want := of[string(s.ID)]
		d := decisionOf(s.ID, reg.decide(s, match.Settings{}))
		all++
		if want.Stratum == "typical" {
			typical++
		}
		switch {
		case d.PatientID == nil:
		case want.PatientID != nil && *want.PatientID == *d.PatientID:
			right++
			if want.Stratum == "typical" {
				typicalRight++
			}
		default:
			line, _ := json.Marshal(d)
			t.Errorf("%s: wrong: %s", want.Category, line)
		}
	}
	t.Logf("%d sessions, %d matched (%.2f %%), of %d typical ones %d (%.2f %%)", all, right, 100*float64(right)/float64(all), typical, typicalRight, 100*float64(typicalRight)/float64(typical))
	if right < 2200 {
		t.Errorf("%d matches, want 2200 or more: fewer say too little about the zero", right)
	}
	if float64(right) < 0.69*float64(all) || float64(typicalRight) < 0.82*float64(typical) {
		t.Errorf("automatic %d of %d, typical %d of %d; want 69 and 82 in 100", right, all, typicalRight, typical)
	}
}
