package pipeline_test

import (
	"context"
	"testing"

	"carryover"
	"carryover/ledger"
	"carryover/pipeline"
)

// TestLedgerThatContradictsItself: rows that cannot both be true stop their
// author and nobody else; somebody is told, once, and told when it is well.
func TestLedgerThatContradictsItself(t *testing.T) {
	const whose = " WHERE practitioner = '" + physio + "'"
	for _, tt := range []struct{ why, query, back string }{
		{"a version and its delivery stand apart", "UPDATE version SET state = 'ready'" + whose, "UPDATE version SET state = 'proven'" + whose},
		{"a filed note without an id", "UPDATE delivery SET note = ''" + whose, ""},
		{"a sent request without an attempt", "DELETE FROM attempt WHERE delivery IN (SELECT id FROM delivery" + whose + ")", ""},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newCounting(t, only(bothAuthors))
			h.until(carryover.Proven)
			h.untilDoc("2718", document2, carryover.Proven)
			must(t, h.line.Sweep(t.Context(), physio))
			if h.alarms() != "" {
				t.Fatalf("alarms %q about a ledger that is well", h.alarms())
			}
			h.exec(tt.query)
			must(t, h.line.Sweep(t.Context(), physio2))
			must(t, h.line.Sweep(t.Context(), physio))
			if h.alarms() != "impossible_state" {
				t.Errorf("alarms %q, want one about what cannot be", h.alarms())
			}
			for who, want := range map[carryover.PractitionerID]ledger.PauseReason{physio: ledger.PausedImpossibleState, physio2: ""} {
				if got := h.practitioner(who).PauseReason; got != want {
					t.Errorf("practitioner %s is paused for %q, want %q", who, got, want)
				}
			}
			if tt.back == "" {
				return
			}
			h.exec(tt.back)
			must(t, h.line.Sweep(t.Context(), physio2))
			if h.alarms() != "" || h.practitioner(physio).PauseReason == "" {
				t.Errorf("alarms %q after the mend, paused for %q; want none, and that a person lets the author go on", h.alarms(), h.practitioner(physio).PauseReason)
			}
		})
	}
}

// A gone chart says that a patient it is asked for is no record at all, which no
// settling can build on.
type gone struct{ pipeline.Chart }

func (gone) PatientsByID(context.Context, []carryover.PatientID) ([]carryover.Patient, error) {
	return nil, &carryover.Problem{Op: "read 1 patients", Kind: carryover.ErrInvalid}
}

// TestDoubtThatCannotBeSettled: an error that is a delivery's own does not end
// every round unseen; its author is paused, and the others' rounds go on.
func TestDoubtThatCannotBeSettled(t *testing.T) {
	for kind := range bothDestinations {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h := lost(t, kind, false)
			side := h.line.Sides[physio]
			side.Chart = gone{side.Chart}
			h.line.Sides[physio] = side
			h.line.Timing.Grace = 1
			must(t, h.line.Deliver(t.Context(), h.line.Begin(physio)))
			if v, _ := h.version(session1, document1); v.State != carryover.InDoubt || h.sent() != 1 {
				t.Errorf("%s after %d POSTs, want in doubt after one", v.State, h.sent())
			}
			if h.alarms() != "impossible_state" || h.practitioner(physio).PauseReason != ledger.PausedImpossibleState {
				t.Errorf("alarms %q, paused for %q, want both about what cannot be", h.alarms(), h.practitioner(physio).PauseReason)
			}
		})
	}
}
