package desk

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// TestCallOff: what was asked for and has not begun ends when a person says so,
// and may be asked for again.
func TestCallOff(t *testing.T) {
	for _, into := range []carryover.PatientID{"", "777"} {
		t.Run("into "+string(into), func(t *testing.T) {
			tb := newTable(t)
			v, d := tb.filed()
			c := serve(t, t.TempDir(), tb.Local)
			ask := func() (Reversal, error) {
				if into != "" {
					return c.Move(t.Context(), MoveRequest{ID: string(v.ID), Patient: into})
				}
				return c.Undo(t.Context(), UndoRequest{ID: string(v.ID)})
			}
			off := UndoRequest{ID: string(v.ID), CallOff: true}
			if _, err := c.Undo(t.Context(), off); !errors.Is(err, carryover.ErrRefused) {
				t.Errorf("calling off what nobody asked for = %v, want a refusal", err)
			}
			if _, err := ask(); err != nil {
				t.Fatal(err)
			}
			dry := off
			dry.DryRun = true
			if r, err := c.Undo(t.Context(), dry); err != nil || r.State != "" || tb.reversal(d).State != ledger.ReversalAsked {
				t.Errorf("dry run = %+v, %v, and the undo is %s; want it as it was", r, err, tb.reversal(d).State)
			}
			tb.update(func(tx *ledger.Tx) error {
				return tx.KeepFor(t.Context(), d, carryover.Document{Content: carryover.NewText("A letter.")})
			})
			r, err := c.Undo(t.Context(), off)
			if err != nil || r.State != "given_up" || r.Of != string(d) || len(r.Says) != 1 || !strings.Contains(r.Says[0], "stays where it is") {
				t.Errorf("call off = %+v, %v; want it given up, in a sentence", r, err)
			}
			if got := tb.reversal(d); got.State != ledger.ReversalGivenUp || got.Why != calledOff || !got.DueAt.IsZero() {
				t.Errorf("reversal %+v, want it given up as called off", got)
			}
			tb.update(func(tx *ledger.Tx) error {
				if kept, err := tx.KeptFor(t.Context(), d); kept || err != nil {
					t.Errorf("the words that were kept for it are still there: %v", err)
				}
				return nil
			})
			if got := tb.actions(v.ID); got[len(got)-1] != me+" called_off" {
				t.Errorf("entries %v, want that %s called it off", got, me)
			}
			if _, err := c.Undo(t.Context(), off); !errors.Is(err, carryover.ErrRefused) {
				t.Errorf("calling it off twice = %v, want a refusal", err)
			}
			if r, err := ask(); err != nil || r.State != "asked" {
				t.Errorf("asking again = %+v, %v", r, err)
			}
		})
	}
}

// TestCallOffOnlyBeforeARequest: once a request may have left, what it came to
// is found out first; a clear "not done" is as good as none.
func TestCallOffOnlyBeforeARequest(t *testing.T) {
	for _, tt := range []struct {
		name    string
		outcome ledger.Outcome
		asked   bool // the round is back at the start
		refused string
	}{
		{"on the wire", ledger.NoOutcome, false, "has been asked to take it out"},
		{"in doubt", ledger.InDoubt, false, "has been asked to take it out"},
		{"absent so far", ledger.Absent, true, "has been asked to take it out"},
		{"not done", ledger.NotDone, true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tb := newTable(t)
			v, d := tb.filed()
			if _, err := tb.Undo(t.Context(), UndoRequest{ID: string(v.ID), Actor: somebody}); err != nil {
				t.Fatal(err)
			}
			tb.update(func(tx *ledger.Tx) error { return tb.archiving(tx, d, tt.outcome, tt.asked) })
			_, err := tb.Undo(t.Context(), UndoRequest{ID: string(v.ID), CallOff: true, Actor: somebody})
			if tt.refused == "" && err != nil || tt.refused != "" && (err == nil || !strings.Contains(err.Error(), tt.refused) || carryover.HintOf(err) == "") {
				t.Errorf("call off = %v, want %q", err, tt.refused)
			}
		})
	}
}

// archiving is what a round writes when it asks Cliniko, and what came of it.
func (tb *table) archiving(tx *ledger.Tx, d carryover.DeliveryID, o ledger.Outcome, back bool) error {
	ctx, now := tb.t.Context(), tb.now()
	n, err := tx.StartRequest(ctx, d, ledger.ArchiveNote, now)
	if err != nil {
		return err
	}
	due := func(r *ledger.Reversal) { r.DueAt = now }
	if err := tx.MoveReversal(ctx, d, ledger.ReversalAsked, ledger.ReversalArchiving, due, now); err != nil || o == ledger.NoOutcome {
		return err
	}
	first := o
	if o == ledger.Absent {
		first = ledger.InDoubt
	}
	if err := tx.EndAttempt(ctx, ledger.Attempt{Delivery: d, Number: n, AnsweredAt: now, Outcome: first}); err != nil {
		return err
	}
	if o != first {
		if err := tx.EndAttempt(ctx, ledger.Attempt{Delivery: d, Number: n, AnsweredAt: now, Outcome: o}); err != nil {
			return err
		}
	}
	if !back {
		return nil
	}
	return tx.MoveReversal(ctx, d, ledger.ReversalArchiving, ledger.ReversalAsked, due, now)
}

func (tb *table) reversal(d carryover.DeliveryID) (r ledger.Reversal) {
	tb.t.Helper()
	tb.update(func(tx *ledger.Tx) (err error) {
		r, err = tx.Reversal(tb.t.Context(), d)
		return err
	})
	return r
}

// TestUndoSaysWhatItWaitsFor: a decision that nothing acts on now says so, and
// what helps.
func TestUndoSaysWhatItWaitsFor(t *testing.T) {
	for _, tt := range []struct {
		name   string
		set    func(tb *table, tx *ledger.Tx) error
		daemon bool
		says   []string
	}{
		{"nothing", nil, true, nil},
		{"all is paused", func(tb *table, tx *ledger.Tx) error { return tx.SetSetting(tb.t.Context(), pausedSetting, pausedYes) }, true, []string{"All writing to Cliniko is paused", "`carryover resume`"}},
		{"the practitioner is paused", func(tb *table, tx *ledger.Tx) error {
			return errors.Join(tx.SavePractitioner(tb.t.Context(), ledger.Practitioner{ID: author}), tx.Pause(tb.t.Context(), author, ledger.PausedKeyRefused, time.Now()))
		}, true, []string{"practitioner 71 is paused", "`carryover resume --practitioner 71`"}},
		{"no daemon runs", nil, false, []string{"No daemon runs", "`carryover run`"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tb := newTable(t)
			v, _ := tb.filed()
			if tb.Engine = nil; tt.daemon {
				tb.Engine = &inHand{byHand: byHand{table: tb}, there: true}
			}
			if tt.set != nil {
				tb.update(func(tx *ledger.Tx) error { return tt.set(tb, tx) })
			}
			r, err := tb.Undo(t.Context(), UndoRequest{ID: string(v.ID), DryRun: true, Actor: somebody})
			if err != nil {
				t.Fatal(err)
			}
			rest := strings.Join(r.Says[1:], " ")
			if tt.says == nil && rest != "" || slices.ContainsFunc(tt.says, func(s string) bool { return !strings.Contains(rest, s) }) {
				t.Errorf("Undo says %q besides, want %q", rest, tt.says)
			}
		})
	}
}
