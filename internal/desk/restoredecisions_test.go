package desk

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// restored backs the ledger up, restores it elsewhere and opens that.
func (tb *table) restored(keyFile string) (*table, RestoreResult) {
	tb.t.Helper()
	ctx, dir := tb.t.Context(), tb.t.TempDir()
	b, err := tb.Backup(ctx, BackupRequest{Path: filepath.Join(dir, "b.db"), Actor: somebody})
	if err != nil {
		tb.t.Fatal(err)
	}
	into := filepath.Join(dir, "data", "ledger.db")
	out, err := Restore(ctx, RestoreRequest{File: b.File, Ledger: into, KeyFile: keyFile, Actor: somebody})
	if err != nil {
		tb.t.Fatal(err)
	}
	d, done, err := Open(ctx, into, keyFile)
	if err != nil {
		tb.t.Fatal(err)
	}
	tb.t.Cleanup(func() { _ = done() })
	return &table{t: tb.t, Local: d}, out
}

// alarmed says whether an alarm is open.
func (tb *table) alarmed(k alarm.Kind, subject string) (open bool) {
	tb.t.Helper()
	tb.update(func(tx *ledger.Tx) (err error) {
		open, err = isOpen(tb.t.Context(), tx, k, subject)
		return err
	})
	return open
}

// TestRestoreAsksAgain: what was to be taken back or moved in the backup waits,
// however far it had come, until a person decides again; then it is as new.
func TestRestoreAsksAgain(t *testing.T) {
	for _, tt := range []struct {
		name    string
		into    carryover.PatientID
		outcome ledger.Outcome // of a request
		sent    bool
	}{
		{"undo", "", "", false},
		{"move", "777", "", false},
		{"undo on the wire", "", ledger.NoOutcome, true},
		{"undo in doubt", "", ledger.InDoubt, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			was, _, keyFile := newKept(t)
			v, d := was.filed()
			ctx := t.Context()
			var err error
			if tt.into == "" {
				_, err = was.Undo(ctx, UndoRequest{ID: string(v.ID), Actor: somebody})
			} else {
				_, err = was.Move(ctx, MoveRequest{ID: string(v.ID), Patient: tt.into, Actor: somebody})
			}
			if err != nil {
				t.Fatal(err)
			}
			if tt.sent {
				was.update(func(tx *ledger.Tx) error { return was.archiving(tx, d, tt.outcome, false) })
			}
			tb, out := was.restored(keyFile)
			if got := tb.reversal(d); got.State != ledger.ReversalAskAgain || got.Patient != tt.into {
				t.Errorf("reversal %+v, want it to wait for a person", got)
			}
			if len(out.AskAgain) != 1 || !strings.HasPrefix(out.AskAgain[0], markOf(v)) || !tb.alarmed(alarm.DecideAgain, string(d)) {
				t.Errorf("Restore = %+v, alarm %t; want it to name the filing", out, tb.alarmed(alarm.DecideAgain, string(d)))
			}
			tb.sound()
			next, again := tb.restored(keyFile)
			if next.reversal(d).State != ledger.ReversalAskAgain || len(again.AskAgain) != 1 {
				t.Errorf("restored twice: %+v, %v; want the same", next.reversal(d), again.AskAgain)
			}
			if r, err := next.Undo(ctx, UndoRequest{ID: string(v.ID), CallOff: true, Actor: somebody}); err != nil || r.State != "given_up" || next.alarmed(alarm.DecideAgain, string(d)) {
				t.Errorf("call off = %+v, %v; want the end of it", r, err)
			}
			// Whoever had asked for a move may want an undo now.
			if r, err := tb.Undo(ctx, UndoRequest{ID: string(v.ID), Actor: somebody}); err != nil || r.State != "asked" || tb.alarmed(alarm.DecideAgain, string(d)) {
				t.Errorf("asked again = %+v, %v; want it under way", r, err)
			}
			if got := tb.reversal(d); got.State != ledger.ReversalAsked || got.Patient != "" {
				t.Errorf("reversal %+v, want an undo", got)
			}
		})
	}
}

// TestRestoreFilesNothingAnew: what was out of the record, and was to be filed
// in another one, waits as well.
func TestRestoreFilesNothingAnew(t *testing.T) {
	was, _, keyFile := newKept(t)
	v, d := was.filed()
	ctx := t.Context()
	was.update(func(tx *ledger.Tx) error {
		return tx.MoveDelivery(ctx, d, carryover.Proven, carryover.Undone, func(x *ledger.Delivery) { x.ArchivedAt = was.now() }, was.now())
	})
	if _, err := was.Move(ctx, MoveRequest{ID: string(v.ID), Patient: "777", Actor: somebody}); err != nil {
		t.Fatal(err)
	}
	tb, out := was.restored(keyFile)
	if got := tb.reversal(d); got.Refiles() || len(out.AskAgain) != 1 {
		t.Errorf("reversal %+v, Restore %v; want nothing filed by itself", got, out.AskAgain)
	}
	tb.sound()
	if _, err := tb.Move(ctx, MoveRequest{ID: string(v.ID), Patient: "777", Actor: somebody}); err != nil {
		t.Errorf("moving it once more = %v", err)
	}
	if got := tb.reversal(d); !got.Refiles() || tb.alarmed(alarm.DecideAgain, string(d)) {
		t.Errorf("reversal %+v, want it to be filed, and nobody told any more", got)
	}
}

// TestRestoreSaysWhatIsLost: from when on decisions are lost, and that pauses of
// the backup stand.
func TestRestoreSaysWhatIsLost(t *testing.T) {
	was, _, keyFile := newKept(t)
	ctx := t.Context()
	for _, who := range []carryover.PractitionerID{author, ""} {
		if _, err := was.Pause(ctx, PauseRequest{On: true, Practitioner: who, Actor: somebody}); err != nil {
			t.Fatal(err)
		}
	}
	var newest time.Time
	was.update(func(tx *ledger.Tx) (err error) {
		newest, err = tx.NewestRow(ctx)
		return err
	})
	tb, out := was.restored(keyFile)
	if !out.KnownUntil.Equal(newest) || !out.PausedAll || !slices.Equal(out.Paused, []string{string(author)}) {
		t.Errorf("Restore = %+v, want it to know until %v, with both pauses", out, newest)
	}
	s, err := tb.Status(ctx)
	if err != nil || !s.Paused || !s.Practitioners[0].Paused || s.KnownUntil.Unix() != newest.Unix() || !tb.alarmed(alarm.RestoredLedger, "ledger") {
		t.Errorf("Status = %+v, %v; want the pauses, and what is lost since when", s, err)
	}
}
