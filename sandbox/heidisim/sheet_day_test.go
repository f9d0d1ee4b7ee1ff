package heidisim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinic"
	"carryover/sandbox/heidisim"
)

// §10, §19: a clinic's day holds sessions without a tie, with a tie of another
// integration, and with the id of a wrong, merged or archived patient; names
// with macrons, apostrophes and hyphens; births that are missing or off by a day.
func TestSheetDayHoldsAwkwardTies(t *testing.T) {
	found := map[string]int{}
	for seed := range uint64(10) {
		practice := clinic.Generate(seed, time.Date(2026, 11, 4, 12, 0, 0, 0, time.UTC))
		patients := map[string]sandbox.Patient{}
		for _, p := range practice.Patients {
			patients[p.ID] = p
		}
		c := opened(t, heidisim.Options{Practice: practice, Seed: seed, Switches: heidisim.Switches{ReadScope: heidisim.ScopeKey}})
		token := c.token(practice.Practitioners[0].Email, practice.Practitioners[0].InternalID)
		for _, told := range practice.Sessions {
			if told.GoneAt != 0 {
				continue
			}
			s := c.session(token, told.ID)
			found[tieOf(s, told, patients)]++
			for _, what := range oddities(s, patients[told.Belongs]) {
				found[what]++
			}
		}
	}
	for _, what := range []string{
		"no tie", "good tie", "wrong patient", "retired patient", "tie of another integration",
		"no birth", "birth off by a day", "macron", "apostrophe", "hyphen",
	} {
		if found[what] == 0 {
			t.Errorf("ten days hold no session with %s: %v", what, found)
		}
	}
}

// tieOf says what a session's tie is worth, by the register.
func tieOf(s map[string]any, told sandbox.Session, patients map[string]sandbox.Patient) string {
	id, _ := s["ehr_patient_id"].(string)
	patient, known := patients[id]
	switch {
	case id == "" && s["ehr_appt_id"] == nil:
		return "no tie"
	case id == "":
		return "tie to an appointment alone"
	case patient.MergedInto != "" || !patient.ArchivedAt.IsZero():
		return "retired patient"
	case !known || told.Belongs != "" && id != told.Belongs:
		return "wrong patient"
	}
	return "good tie"
}

// oddities names what is awkward about a session's patient fields.
func oddities(s map[string]any, belongs sandbox.Patient) (found []string) {
	person, _ := s["patient"].(map[string]any)
	name, _ := person["name"].(string)
	for mark, what := range map[string]string{"āēīōūĀĒĪŌŪ": "macron", "'’": "apostrophe", "-‐": "hyphen"} {
		if strings.ContainsAny(name, mark) {
			found = append(found, what)
		}
	}
	if name != "" && person["dob"] == nil {
		found = append(found, "no birth")
	}
	stated, statedErr := time.Parse(time.DateOnly, fmt.Sprint(person["dob"]))
	onFile, onFileErr := time.Parse(time.DateOnly, belongs.BirthDate)
	if statedErr == nil && onFileErr == nil && stated.Sub(onFile).Abs() == 24*time.Hour {
		found = append(found, "birth off by a day")
	}
	if provider, _ := s["ehr_provider"].(string); s["ehr_patient_id"] != nil && provider != "Cliniko" {
		found = append(found, "tie of another integration")
	}
	return found
}

// §6, §7, §19: the generated day's documents hold the corpus: tables, nested
// lists, comparisons, CR LF, emoji, HTML that is styled or active, documents
// that grow, change, vanish, have no template or are the note itself. Blanks
// that do not break and texts of 200 kB are in TestSheetContentCorpus alone.
func TestSheetDayHoldsCorpus(t *testing.T) {
	found := map[string]int{}
	for seed := range uint64(10) {
		practice := clinic.Generate(seed, time.Date(2026, 11, 4, 12, 0, 0, 0, time.UTC))
		notes := map[string]string{}
		for _, s := range practice.Sessions {
			if n := len(s.ConsultNote); n > 0 {
				notes[s.ID] = s.ConsultNote[n-1].Text
			}
		}
		c := opened(t, heidisim.Options{Practice: practice, Seed: seed})
		for _, d := range c.server.Documents() {
			for what, present := range map[string]bool{
				"empty at first": d.Versions[0] == "", "edited": len(d.Versions) > 2, "deleted": d.Gone, "no template": d.TemplateID == "",
				"equal to the note": d.Content != "" && d.Content == notes[d.SessionID],
				"emoji":             strings.ContainsFunc(d.Content, func(r rune) bool { return r > 0x1f000 }),
				"table":             strings.Contains(d.Content, "|--"), "nested list": strings.Contains(d.Content, "\n  - "), "CR LF": strings.Contains(d.Content, "\r\n"),
				"HTML": strings.Contains(d.Content, "</p>"), "script": strings.Contains(d.Content, "<script"), "style": strings.Contains(d.Content, "style"),
			} {
				if present {
					found[what]++
				}
			}
		}
	}
	for _, what := range []string{
		"empty at first", "edited", "deleted", "no template", "equal to the note", "emoji", "table", "nested list", "CR LF", "HTML", "script", "style",
	} {
		if found[what] == 0 {
			t.Errorf("ten days hold no document of this kind: %s", what)
		}
	}
}
