package ledger_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/ledger"
)

// filedLetter is a ledger with one proven letter, its version and delivery.
func filedLetter(t *testing.T) (*ledger.Ledger, carryover.VersionID, carryover.DeliveryID) {
	t.Helper()
	l := open(t)
	id := addVersion(t, l, "d1", "All words.")
	makeReady(t, l, id)
	d := send(t, l, id, "HD-AAAAAAAA-BBBB")
	file(t, l, d, "n1")
	prove(t, l, d)
	return l, id, d
}

func TestReversal(t *testing.T) {
	l, id, d := filedLetter(t)
	ctx := t.Context()
	asked := ledger.Reversal{
		Delivery: d, Practitioner: "41", Version: id, Patient: "8",
		State: ledger.ReversalAsked, AskedAt: after(time.Hour), DueAt: after(time.Hour),
	}
	update(t, l, func(tx *ledger.Tx) error { return tx.AskReversal(ctx, asked) })
	refused(t, l, ledger.ErrConflict, "asking twice", func(tx *ledger.Tx) error { return tx.AskReversal(ctx, asked) })
	view(t, l, func(tx *ledger.Tx) error {
		got, err := tx.Reversal(ctx, d)
		if diff := cmp.Diff(asked, got); diff != "" {
			t.Errorf("Reversal (-asked +got):\n%s", diff)
		}
		due, err2 := tx.ReversalsDue(ctx, "41", after(time.Hour), 9)
		early, err3 := tx.ReversalsDue(ctx, "41", after(time.Minute), 9)
		others, err4 := tx.ReversalsDue(ctx, "42", after(time.Hour), 9)
		if len(due) != 1 || len(early)+len(others) != 0 {
			t.Errorf("due: %d on time, %d before, %d of another author; want 1, 0, 0", len(due), len(early), len(others))
		}
		return firstError(err, err2, err3, err4)
	})

	update(t, l, func(tx *ledger.Tx) error {
		if _, err := tx.StartRequest(ctx, d, ledger.ArchiveNote, after(2*time.Hour)); err != nil {
			return err
		}
		return tx.MoveReversal(ctx, d, ledger.ReversalAsked, ledger.ReversalArchiving, func(r *ledger.Reversal) {
			r.DueAt, r.Patient = after(2*time.Hour), "9" // whose record it is to be is not a step's to change
		}, after(2*time.Hour))
	})
	check(t, l)
	refused(t, l, ledger.ErrConflict, "a second request while one may be on the wire", func(tx *ledger.Tx) error {
		_, err := tx.StartRequest(ctx, d, ledger.ArchiveNote, after(2*time.Hour))
		return err
	})
	refused(t, l, ledger.ErrConflict, "from where it is not", func(tx *ledger.Tx) error {
		return tx.MoveReversal(ctx, d, ledger.ReversalAsked, ledger.ReversalDone, nil, after(2*time.Hour))
	})
	refused(t, l, carryover.ErrGone, "of a delivery that nobody asked about", func(tx *ledger.Tx) error {
		return tx.MoveReversal(ctx, "none", ledger.ReversalAsked, ledger.ReversalDone, nil, monday)
	})
	view(t, l, func(tx *ledger.Tx) error {
		r, err := tx.Reversal(ctx, d)
		if r.State != ledger.ReversalArchiving || r.Patient != "8" {
			t.Errorf("reversal = %+v, want it archiving, for patient 8", r)
		}
		as, err2 := tx.Attempts(ctx, d)
		if len(as) != 2 || as[1].Files() || !as[0].Files() {
			t.Errorf("attempts = %+v, want the second to file nothing", as)
		}
		return firstError(err, err2)
	})
}

// TestUndoneIsFiledAnew: the note that was taken out stays what it was, and the
// version goes on without it.
func TestUndoneIsFiledAnew(t *testing.T) {
	l, id, d := filedLetter(t)
	ctx := t.Context()
	again := letter("d1", "All words, once more.")
	again.Format = carryover.FormatHTML
	update(t, l, func(tx *ledger.Tx) error { return tx.KeepFor(ctx, d, again) })
	check(t, l) // a proven version keeps no text: the delivery does
	update(t, l, func(tx *ledger.Tx) error {
		if err := tx.MoveDelivery(ctx, d, carryover.Proven, carryover.Undone, func(x *ledger.Delivery) {
			x.ArchivedAt = after(time.Hour)
		}, after(time.Hour)); err != nil {
			return err
		}
		if err := tx.GiveText(ctx, d, id, after(time.Hour)); err != nil {
			return err
		}
		return tx.Move(ctx, id, carryover.Undone, carryover.Ready, "", after(time.Hour), after(time.Hour))
	})
	check(t, l)
	view(t, l, func(tx *ledger.Tx) error {
		doc, err := tx.Content(ctx, id)
		if got := doc.Content.Reveal(); got != "All words, once more." || doc.Format != carryover.FormatHTML || doc.Name != again.Name {
			t.Errorf("Content = %q as %s, want what was kept", got, doc.Format)
		}
		kept, err2 := tx.KeptFor(ctx, d)
		if kept {
			t.Error("the delivery's copy of the text is not destroyed")
		}
		return firstError(err, err2)
	})
	if got, v := delivery(t, l, d), version(t, l, id); got.State != carryover.Undone || v.State != carryover.Ready || v.Delivery != "" {
		t.Errorf("delivery %s, version %s with delivery %q; want undone, ready, none", got.State, v.State, v.Delivery)
	}
	if next := send(t, l, id, "HD-AAAAAAAA-CCCC"); delivery(t, l, next).Number != 2 {
		t.Error("the next delivery does not count on")
	}
	check(t, l)
}
