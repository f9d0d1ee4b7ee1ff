package pipeline_test

import (
	"testing"

	"carryover"
	"carryover/match"
	"carryover/sandbox"
)

// TestMatchingSettings: the practice's choices reach every decision, the first
// one, the second look, and the one after a patient's record has changed.
func TestMatchingSettings(t *testing.T) {
	t.Parallel()
	noBooking := func(p *sandbox.Practice) { p.Appointments = nil }
	firstName := func(p *sandbox.Practice) { p.Sessions[0].PatientName, p.Sessions[0].PatientDOB = "Mira", "" }
	for _, tt := range []struct {
		name     string
		setup    func(*sandbox.Practice)
		settings match.Settings
		want     carryover.State
	}{
		{"name and birth date are enough", noBooking, match.Settings{}, carryover.Proven},
		{"three are asked for, two agree", noBooking, match.Settings{Identifiers: 3}, carryover.Held},
		{"three are asked for, three agree", func(*sandbox.Practice) {}, match.Settings{Identifiers: 3}, carryover.Proven},
		{"a first name and the booking", firstName, match.Settings{}, carryover.Held},
		{"a first name and the booking, allowed", firstName, match.Settings{FirstNameAndBooking: true}, carryover.Proven},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, only(tt.setup))
			h.line.Matching = tt.settings
			v := h.until(tt.want)
			if tt.want != carryover.Held {
				return
			}
			h.due(v.ID)
			h.looked() // the second look asks for as much as the first
			if now, _ := h.version(session1, document1); now.State != carryover.Held || h.posts() != 0 {
				t.Errorf("%s after the second look, %d POSTs", now.State, h.posts())
			}
			h.line.Matching = match.Settings{Identifiers: 2, FirstNameAndBooking: true}
			h.due(v.ID)
			h.until(carryover.Proven) // and as much as the practice says now
		})
	}
}

// TestThreeIdentifiersAfterAChange: between the decision and the POST the
// record changed and the booking went, so two identifiers are left.
func TestThreeIdentifiersAfterAChange(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.line.Matching = match.Settings{Identifiers: 3}
	h.stopAt(carryover.Ready)
	must(t, h.cliniko.CancelAppointment(booking1))
	must(t, h.cliniko.EditPatient(mira, func(p *sandbox.Patient) { p.PreferredName = "Mimi" }))
	if v := h.until(carryover.Held); v.Reason != carryover.OneClue || h.posts() != 0 {
		t.Errorf("held as %q after %d POSTs, want %q and none", v.Reason, h.posts(), carryover.OneClue)
	}
}
