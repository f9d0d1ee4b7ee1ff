package clinic

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"carryover/sandbox"
)

func TestLostInForm(t *testing.T) {
	const document = "# Assessment\n\n## Subjective\n\nPain 4/10 on stairs\n\n## Plan\n\nReview in 2 weeks\n\n| A | B |\n|---|---|\n| 1 | 2 |\n"
	for _, tt := range []struct {
		name, note string
		want       int
	}{
		{"in its order", "Assessment Subjective Pain 4/10 on stairs Plan Review in 2 weeks A: 1; B: 2", 0},
		{"in the form's order", "Plan Review in 2 weeks Subjective Pain 4/10 on stairs Also in this document Assessment A: 1; B: 2", 0},
		{"with names of its own", "Planning Plan Review in 2 weeks History Subjective Pain 4/10 on stairs Also Assessment A: 1; B: 2", 0},
		{"a word gone", "Plan Review in weeks Subjective Pain 4/10 on stairs Assessment A: 1; B: 2", 1},
		{"a line gone", "Plan Subjective Pain 4/10 on stairs Assessment A: 1; B: 2", 4},
		{"a line torn and turned", "Plan weeks Review Subjective Pain 4/10 on stairs Assessment A: 1; B: 2", 2}, // in, and one of the two that changed places; the table's 2 stands in for the other
		{"a heading gone", "Plan Review in 2 weeks Subjective Pain 4/10 on stairs Assessment 1; B: 2", 1},
		{"split otherwise", "Plan Review in 2 weeks Sub jective Pain 4/10 on stairs Assessment A: 1; B: 2", 0},
	} {
		l := lexicon{}
		s, note := l.read(document), l.words(tt.note)
		names := make([]string, len(l))
		for spelling, w := range l {
			names[w] = spelling
		}
		if got := new(measurer).lostInForm(s, note, names); got != tt.want {
			t.Errorf("%s: lostInForm(%q) = %d, want %d", tt.name, tt.note, got, tt.want)
		}
	}
}

func TestLostInFormCountsRepeatedLines(t *testing.T) {
	l := lexicon{}
	s, note := l.read("heel raises\n\nheel raises\n"), l.words("heel raises")
	names := make([]string, len(l))
	for spelling, w := range l {
		names[w] = spelling
	}
	if got := new(measurer).lostInForm(s, note, names); got != 2 {
		t.Errorf("lostInForm of a line that stood twice = %d, want 2", got)
	}
}

// A note that answers a form in the form's order carries its document; the same
// words in one paragraph in that order do not.
func TestTruthReadsForms(t *testing.T) {
	patient := sandbox.Patient{ID: "1968645883121642782", FirstName: "Ada", LastName: "Formable", BirthDate: "1980-05-05"}
	const subjective, plan = "Zebra quartz violin lantern meadow copper walnut thunder", "otter piano gravel ribbon candle harbour"
	p := practiceOf([]sandbox.Patient{patient}, sandbox.Session{
		ID: "271828182845904523536028747135266249775", Belongs: patient.ID, StartedAt: testDay,
		Documents: []sandbox.Document{{ID: addedDocument, Expect: expectProven, Stages: []sandbox.Stage{{Text: "## Subjective\n\n" + subjective + "\n\n## Plan\n\n" + plan}}}},
	})
	p.NoteTemplates = newNoteTemplates(newDice(2), testDay)
	p.Sessions[0].PractitionerID = p.Practitioners[0].ID
	question := func(name, answer string) map[string]any {
		return map[string]any{"name": name, "type": "paragraph", "answer": "<p>" + answer + "</p>"}
	}
	for _, tt := range []struct {
		template string
		want     Summary
	}{
		{p.NoteTemplates[0].ID, Summary{Documents: 1, NotesInCliniko: 1}},
		{"", Summary{Documents: 1, NotesInCliniko: 1, Missing: 1}},
	} {
		c := open(t, Options{Practice: p})
		body := map[string]any{
			"patient_id": patient.ID, "title": "x", "draft": true,
			"content": map[string]any{"sections": []any{map[string]any{"name": "Visit", "questions": []any{
				question("Plan", plan), question("Subjective", subjective),
			}}}},
		}
		if tt.template != "" {
			body["treatment_note_template_id"] = tt.template
		}
		var made json.RawMessage
		call(t, c, p.Practitioners[0].ID, http.MethodPost, "/treatment_notes", body, http.StatusCreated, &made)
		if len(bytes.TrimSpace(made)) == 0 {
			t.Fatal("no note was made")
		}
		if got := c.Truth().Summary; got != tt.want {
			t.Errorf("template %q: summary = %+v, want %+v", tt.template, got, tt.want)
		}
	}
}
