package pipeline_test

import (
	"strings"
	"testing"

	"carryover"
)

func TestDocumentCrosses(t *testing.T) {
	h := newHarness(t)
	v := h.until(carryover.Proven)
	notes := h.notes()
	if len(notes) != 1 {
		t.Fatalf("%d notes in Cliniko, want 1", len(notes))
	}
	n := notes[0]
	if n.PatientID != mira || n.PractitionerID != physio || n.BookingID != booking1 || !n.Draft || n.Title != "Exercise plan (from Heidi)" {
		t.Errorf("note = patient %s author %s booking %s draft %v title %q", n.PatientID, n.PractitionerID, n.BookingID, n.Draft, n.Title)
	}
	for _, words := range []string{"Squats 3 x 10, pain &lt;3/10", "| 3 | | 9 | lift |", "HD-"} {
		if !strings.Contains(n.Content, strings.ReplaceAll(words, "&", "\\u0026")) && !strings.Contains(n.Content, words) {
			t.Errorf("note lacks %q: %s", words, n.Content)
		}
	}
	if v.Patient != mira {
		t.Errorf("version's patient = %s", v.Patient)
	}
	for range 5 {
		h.cycle()
	}
	if h.posts() != 1 {
		t.Errorf("%d POSTs, want 1", h.posts())
	}
}
