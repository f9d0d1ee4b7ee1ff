package pipeline_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/sandbox"
)

// putBack makes of the ledger what a restore of its backup is.
func (h *harness) putBack() {
	h.t.Helper()
	must(h.t, h.ledger.Update(h.t.Context(), func(tx *ledger.Tx) error {
		waiting, err := tx.AskAgain(h.t.Context(), time.Now())
		if err != nil || len(waiting) != 1 {
			h.t.Errorf("AskAgain = %v, %v, want the one reversal", waiting, err)
			return err
		}
		_, err = alarm.Raise(h.t.Context(), tx, alarm.DecideAgain, string(waiting[0].Delivery), time.Now())
		return err
	}))
}

// TestRestoredUndoWaits: an undo and a move of before a restore send nothing, to
// whatever record, until a person asks again.
func TestRestoredUndoWaits(t *testing.T) {
	for name, into := range map[string]carryover.PatientID{"undo": "", "move": otto} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.until(carryover.Proven)
			ask := func() error {
				if into != "" {
					return h.move(into)
				}
				h.undo()
				return nil
			}
			must(t, ask())
			h.putBack()
			for r, _ := h.reversal(); r.ReadAt.IsZero(); r, _ = h.reversal() {
				h.cycle()
			}
			h.spin(20 * time.Millisecond)
			if r, d := h.reversal(); r.State != ledger.ReversalAskAgain || d.State != carryover.Proven || h.asks(archivePath) != 0 || h.posts() != 1 {
				t.Errorf("reversal %s, delivery %s, %d requests to archive, %d notes made; want nothing done", r.State, d.State, h.asks(archivePath), h.posts())
			}
			must(t, ask())
			if into != "" {
				h.untilIn(otto)
				return
			}
			h.untilReversal(ledger.ReversalDone)
		})
	}
}

// TestRestoredUndoIsOverAlready: what had been done by the time of the restore
// is seen, and needs no decision, but for a document that was to go elsewhere.
func TestRestoredUndoIsOverAlready(t *testing.T) {
	for name, into := range map[string]carryover.PatientID{"undo": "", "move": otto} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.until(carryover.Proven)
			note := h.notes()[0].ID
			if into == "" {
				h.undo()
			} else {
				must(t, h.move(into))
			}
			h.putBack()
			must(t, h.cliniko.ArchiveNote(note))
			h.untilReversal(ledger.ReversalDone)
			h.spin(20 * time.Millisecond)
			if told := strings.Contains(h.alarms(), "decide_again"); told != (into != "") || h.posts() != 1 {
				t.Errorf("alarms %q, %d notes made; want somebody told only of the move, and nothing filed", h.alarms(), h.posts())
			}
		})
	}
}

// TestRestoredUndoOverSomebodysWork: a request was on the wire when the backup
// was made, and a clinician's words went into the archive with it.
func TestRestoredUndoOverSomebodysWork(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	note := h.notes()[0].ID
	h.before(archivePath, func(string) error {
		_, err := h.desk().Pause(t.Context(), desk.PauseRequest{On: true, Actor: "cli:1000"}) // it is not brought back before the restore
		must(t, err)
		return h.cliniko.EditNote(note, []string{"A clinician's words."})
	})
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes/*/archive", Fault: sandbox.FaultCutAfter, Count: 1})
	h.undo()
	h.untilReversal(ledger.ReversalArchiving)
	h.putBack()
	if r, _ := h.untilReversal(ledger.ReversalPutBack); !strings.Contains(h.alarms(), "bring_back_by_hand") || strings.Contains(h.alarms(), "decide_again") {
		t.Errorf("reversal %+v, alarms %q; want a person told to bring it back", r, h.alarms())
	}
	if h.asks(restorePath) != 0 {
		t.Error("it was brought back by a decision of before the restore")
	}
}

// TestRestoreIsToldForAWeek: then the word about it goes, once.
func TestRestoreIsToldForAWeek(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	raised := time.Now().Add(-7*24*time.Hour + time.Hour)
	for range 2 {
		must(t, h.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
			_, err := alarm.Raise(t.Context(), tx, alarm.RestoredLedger, "ledger", raised)
			return errors.Join(err, tx.SetSetting(t.Context(), ledger.SettingKnownUntil, raised.UTC().Format(time.RFC3339)))
		}))
		must(t, h.line.Tidy(t.Context()))
		s, err := h.desk().Status(t.Context())
		must(t, err)
		if young := time.Since(raised) < 7*24*time.Hour; len(s.Alarms) != map[bool]int{true: 1}[young] || s.KnownUntil.IsZero() == young {
			t.Errorf("%v after a restore: %d alarms, known until %v", time.Since(raised), len(s.Alarms), s.KnownUntil)
		}
		must(t, h.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
			_, err := alarm.Clear(t.Context(), tx, alarm.RestoredLedger, "ledger", time.Now())
			return err
		}))
		raised = raised.Add(-2 * time.Hour)
	}
}
