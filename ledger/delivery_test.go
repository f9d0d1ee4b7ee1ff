package ledger_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/ledger"
)

// TestRoad walks one document from end to end and looks at every row it left.
func TestRoad(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "All words.")
	makeReady(t, l, id)
	d := send(t, l, id, "HD-AAAAAAAA-BBBB")
	if v := version(t, l, id); v.State != carryover.Sending || v.Delivery != d {
		t.Errorf("version is %s with delivery %s, want sending with %s", v.State, v.Delivery, d)
	}
	file(t, l, d, "n1")
	prove(t, l, d)

	want := ledger.Delivery{
		ID: d, Version: id, Number: 1, Patient: "7", Practitioner: "41", Booking: "9",
		Destination: carryover.ToTreatmentNote, Reference: "HD-AAAAAAAA-BBBB", WordsDigest: []byte("words"), Profile: "full",
		State: carryover.Proven, Note: "n1", IntentAt: monday, FiledAt: after(time.Second), ProvenAt: after(2 * time.Second),
		UpdatedAt: after(2 * time.Second), Attempts: 1,
	}
	if diff := cmp.Diff(want, delivery(t, l, d)); diff != "" {
		t.Errorf("delivery (-want +got):\n%s", diff)
	}
	v := version(t, l, id)
	if v.State != carryover.Proven || !v.Due.IsZero() || !v.ChangedAt.Equal(after(2*time.Second)) {
		t.Errorf("version = %+v, want proven, due never", v)
	}
	refused(t, l, carryover.ErrGone, "Content of a proven version", func(tx *ledger.Tx) error {
		_, err := tx.Content(ctx, id)
		return err
	})
	view(t, l, func(tx *ledger.Tx) error {
		as, err := tx.Attempts(ctx, d)
		want := []ledger.Attempt{{
			Delivery: d, Number: 1, StartedAt: monday, AnsweredAt: after(time.Second), Status: 201,
			Outcome: ledger.Done, RequestKind: ledger.FileNote,
		}}
		if diff := cmp.Diff(want, as); diff != "" {
			t.Errorf("Attempts (-want +got):\n%s", diff)
		}
		return err
	})
}

// TestLostAnswer walks the road of a delivery whose answer was lost twice.
func TestLostAnswer(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "All words.")
	makeReady(t, l, id)
	d := send(t, l, id, "HD-AAAAAAAA-BBBB")
	end := func(n int, o ledger.Outcome) func(*ledger.Tx) error {
		return func(tx *ledger.Tx) error {
			return tx.EndAttempt(ctx, ledger.Attempt{Delivery: d, Number: n, AnsweredAt: after(time.Minute), Outcome: o})
		}
	}
	refused(t, l, ledger.ErrConflict, "a second attempt while one is open", func(tx *ledger.Tx) error {
		_, err := tx.StartAttempt(ctx, d, monday)
		return err
	})
	refused(t, l, carryover.ErrInvalid, "an ending outside the list", end(1, "maybe"))
	update(t, l, func(tx *ledger.Tx) error { // a restart
		if err := end(1, ledger.LostAtRestart)(tx); err != nil {
			return err
		}
		return tx.MoveDelivery(ctx, d, carryover.Sending, carryover.InDoubt, func(d *ledger.Delivery) { d.Due = after(10 * time.Minute) }, after(time.Minute))
	})
	if v := version(t, l, id); v.State != carryover.InDoubt || !v.Due.Equal(after(10*time.Minute)) {
		t.Errorf("version is %s, due %v, want in_doubt, in ten minutes", v.State, v.Due)
	}
	refused(t, l, ledger.ErrConflict, "another ending", end(1, ledger.Done))
	refused(t, l, ledger.ErrConflict, "an ending of no attempt", end(2, ledger.Done))
	update(t, l, func(tx *ledger.Tx) error { // settling finds nothing: once more
		if err := end(1, ledger.Absent)(tx); err != nil {
			return err
		}
		if err := tx.MoveDelivery(ctx, d, carryover.InDoubt, carryover.Ready, nil, after(11*time.Minute)); err != nil {
			return err
		}
		if err := tx.MoveDelivery(ctx, d, carryover.Ready, carryover.Sending, nil, after(11*time.Minute)); err != nil {
			return err
		}
		n, err := tx.StartAttempt(ctx, d, after(11*time.Minute))
		if n != 2 {
			t.Errorf("StartAttempt = %d, want 2", n)
		}
		return err
	})
	refused(t, l, ledger.ErrConflict, "an ending that was decided already", end(1, ledger.Adopted))
	update(t, l, func(tx *ledger.Tx) error {
		if err := end(2, ledger.InDoubt)(tx); err != nil {
			return err
		}
		return tx.MoveDelivery(ctx, d, carryover.Sending, carryover.InDoubt, nil, after(12*time.Minute))
	})
	update(t, l, func(tx *ledger.Tx) error { // found after all
		if err := end(2, ledger.Adopted)(tx); err != nil {
			return err
		}
		return tx.MoveDelivery(ctx, d, carryover.InDoubt, carryover.Filed, func(d *ledger.Delivery) { d.Note = "n1" }, after(13*time.Minute))
	})
	view(t, l, func(tx *ledger.Tx) error {
		as, err := tx.Attempts(ctx, d)
		if len(as) != 2 || as[0].Outcome != ledger.Absent || as[1].Outcome != ledger.Adopted {
			t.Errorf("Attempts = %v, want absent, adopted", as)
		}
		return err
	})
}

func TestMoveDeliveryRefuses(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "All words.")
	makeReady(t, l, id)
	d := send(t, l, id, "HD-AAAAAAAA-BBBB")
	try := func(from, to carryover.State, change func(*ledger.Delivery)) func(*ledger.Tx) error {
		return func(tx *ledger.Tx) error { return tx.MoveDelivery(ctx, d, from, to, change, after(time.Minute)) }
	}
	refused(t, l, ledger.ErrConflict, "from where it is not", try(carryover.Ready, carryover.Sending, nil))
	refused(t, l, carryover.ErrInvalid, "off the road", try(carryover.Sending, carryover.Proven, nil))
	refused(t, l, carryover.ErrInvalid, "to Filed without a note", try(carryover.Sending, carryover.Filed, nil))
	refused(t, l, carryover.ErrInvalid, "to Filed without a patient", try(carryover.Sending, carryover.Filed, func(d *ledger.Delivery) { d.Note, d.Patient = "n1", "" }))
	refused(t, l, carryover.ErrInvalid, "a reason outside the list", try(carryover.Sending, carryover.Refused, func(d *ledger.Delivery) { d.Reason = "Ms Quokka" }))
	refused(t, l, ledger.ErrConflict, "another delivery while this one may be on the wire", func(tx *ledger.Tx) error {
		_, err := tx.AddDelivery(ctx, ledger.Delivery{Version: id})
		return err
	})
	refused(t, l, carryover.ErrGone, "of an unknown delivery", func(tx *ledger.Tx) error {
		return tx.MoveDelivery(ctx, "none", carryover.Ready, carryover.Sending, nil, monday)
	})

	file(t, l, d, "n1")
	update(t, l, try(carryover.Filed, carryover.Held, func(d *ledger.Delivery) {
		d.Reason = carryover.NotProven
		d.ID, d.Version, d.Number, d.State, d.Attempts = "other", "other", 9, carryover.Proven, 9 // not its to set
	}))
	if got := delivery(t, l, d); got.Number != 1 || got.Version != id || got.State != carryover.Held || got.Attempts != 1 {
		t.Errorf("delivery = %+v, want its identity untouched", got)
	}
	if v := version(t, l, id); v.Reason != carryover.NotProven {
		t.Errorf("version is held for %q, want %q", v.Reason, carryover.NotProven)
	}
	refused(t, l, carryover.ErrInvalid, "to Ready with a note", try(carryover.Held, carryover.Ready, nil))
	move(t, l, id, carryover.Held, carryover.Ready, "", after(time.Minute)) // somebody releases it
	refused(t, l, carryover.ErrInvalid, "to Sending with a note", try(carryover.Held, carryover.Sending, nil))
	if got, v := delivery(t, l, d), version(t, l, id); got.State != carryover.Held || v.Delivery != "" {
		t.Errorf("the delivery is %s and current as %q, want it held and left behind: its note is in Cliniko", got.State, v.Delivery)
	}
}

// TestVersionTakesItsDeliveryAlong shows that the two never differ, whichever
// of them is moved.
func TestVersionTakesItsDeliveryAlong(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "All words.")
	makeReady(t, l, id)
	d := send(t, l, id, "HD-AAAAAAAA-BBBB")
	update(t, l, func(tx *ledger.Tx) error { // Cliniko was busy
		if err := tx.EndAttempt(ctx, ledger.Attempt{Delivery: d, Number: 1, Status: 429, Outcome: ledger.NotDone}); err != nil {
			return err
		}
		return tx.MoveDelivery(ctx, d, carryover.Sending, carryover.Ready, nil, after(time.Minute))
	})
	move(t, l, id, carryover.Ready, carryover.Held, carryover.EvidenceChanged, after(2*time.Minute))
	if got := delivery(t, l, d); got.State != carryover.Held || got.Reason != carryover.EvidenceChanged {
		t.Errorf("delivery is %s for %q, want held with its version", got.State, got.Reason)
	}
	move(t, l, id, carryover.Held, carryover.Ready, "", after(3*time.Minute))
	var second carryover.DeliveryID
	update(t, l, func(tx *ledger.Tx) (err error) { // to somebody else this time
		second, err = tx.AddDelivery(ctx, ledger.Delivery{Version: id, Patient: "8", Practitioner: "42", Reference: "HD-AAAAAAAA-CCCC"})
		return err
	})
	if got := delivery(t, l, d); got.State != carryover.Superseded {
		t.Errorf("the delivery before is %s, want superseded", got.State)
	}
	if got := delivery(t, l, second); got.Number != 2 || got.Patient != "8" || got.Booking != "" || got.Practitioner != "42" || got.State != carryover.Ready {
		t.Errorf("second delivery = %+v, want number 2, patient 8, no booking of patient 7's, ready", got)
	}
	if v := version(t, l, id); v.Delivery != second {
		t.Errorf("current delivery is %s, want the second", v.Delivery)
	}
}

// TestUndoOfAnEarlierDelivery: a document was moved to another file, so two
// deliveries have states of their own, and the version shows the second's.
func TestUndoOfAnEarlierDelivery(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "All words.")
	makeReady(t, l, id)
	first := send(t, l, id, "HD-AAAAAAAA-BBBB")
	file(t, l, first, "n1")
	update(t, l, func(tx *ledger.Tx) error {
		return tx.MoveDelivery(ctx, first, carryover.Filed, carryover.Held, func(d *ledger.Delivery) { d.Reason = carryover.EvidenceChanged }, after(time.Minute))
	})
	var second carryover.DeliveryID
	update(t, l, func(tx *ledger.Tx) (err error) { // somebody found the note already in the right file
		second, err = tx.AddDelivery(ctx, ledger.Delivery{
			Version: id, Patient: "8", Reference: "HD-AAAAAAAA-CCCC", Note: "n2", State: carryover.Filed, FiledAt: after(2 * time.Minute),
		})
		return err
	})
	prove(t, l, second)
	if got := delivery(t, l, first); got.State != carryover.Held || got.Note != "n1" {
		t.Errorf("first delivery = %+v, want held with its note", got)
	}
	refused(t, l, ledger.ErrConflict, "a note that another delivery has", func(tx *ledger.Tx) error {
		_, err := tx.AddDelivery(ctx, ledger.Delivery{Version: id, Patient: "8", Note: "n1"})
		return err
	})
	view(t, l, func(tx *ledger.Tx) error {
		known, err := tx.KnownNotes(ctx, "41", carryover.ToTreatmentNote, []carryover.NoteID{"n1", "n2", "n3", ""})
		if diff := cmp.Diff(map[carryover.NoteID]carryover.DeliveryID{"n1": first, "n2": second}, known); diff != "" {
			t.Errorf("KnownNotes (-want +got):\n%s", diff)
		}
		others, err2 := tx.KnownNotes(ctx, "42", carryover.ToTreatmentNote, []carryover.NoteID{"n1"})
		if len(others) != 0 {
			t.Errorf("KnownNotes of another author = %v, want none", others)
		}
		of, err3 := tx.DeliveriesOf(ctx, id)
		if len(of) != 2 || of[0].ID != first || of[1].ID != second {
			t.Errorf("DeliveriesOf = %v, want both in order", of)
		}
		in, err4 := tx.DeliveriesIn(ctx, carryover.Proven, carryover.Held)
		if len(in) != 2 || in[0].ID != second || in[1].ID != first {
			t.Errorf("DeliveriesIn(proven, held) = %v, want the second, then the first", in)
		}
		ref, err5 := tx.ByReference(ctx, "HD-AAAAAAAA-CCCC")
		if len(ref) != 1 || ref[0].ID != second {
			t.Errorf("ByReference = %v, want the second", ref)
		}
		mark, err6 := tx.ByMark(ctx, "HD-AAAAAAAA")
		if len(mark) != 2 {
			t.Errorf("ByMark = %v, want both", mark)
		}
		return firstError(err, err2, err3, err4, err5, err6)
	})
}

// TestNotesAndFilesAreCountedApart: Cliniko may give a note and a file the same
// id; neither accounts for the other, and neither is claimed twice.
func TestNotesAndFilesAreCountedApart(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "All words.")
	makeReady(t, l, id)
	found := func(to carryover.Destination, ref carryover.Reference) (d carryover.DeliveryID) {
		update(t, l, func(tx *ledger.Tx) (err error) {
			d, err = tx.AddDelivery(ctx, ledger.Delivery{
				Version: id, Destination: to, Reference: ref, Note: "n1", State: carryover.Filed, FiledAt: after(time.Minute),
			})
			return err
		})
		return d
	}
	view(t, l, func(tx *ledger.Tx) error {
		some, err := tx.HasAttachments(ctx, "41")
		if some {
			t.Error("HasAttachments before there is one = true")
		}
		return err
	})
	note := found(carryover.ToTreatmentNote, "HD-AAAAAAAA-BBBB")
	update(t, l, func(tx *ledger.Tx) error {
		return tx.Move(ctx, id, carryover.Filed, carryover.Held, carryover.NotProven, time.Time{}, after(2*time.Minute))
	})
	attachment := found(carryover.ToAttachment, "HD-AAAAAAAA-CCCC")
	update(t, l, func(tx *ledger.Tx) error {
		return tx.Move(ctx, id, carryover.Filed, carryover.Held, carryover.NotProven, time.Time{}, after(3*time.Minute))
	})
	refused(t, l, ledger.ErrConflict, "a file that another delivery has", func(tx *ledger.Tx) error {
		_, err := tx.AddDelivery(ctx, ledger.Delivery{Version: id, Destination: carryover.ToAttachment, Note: "n1"})
		return err
	})
	for to, want := range map[carryover.Destination]carryover.DeliveryID{carryover.ToTreatmentNote: note, carryover.ToAttachment: attachment} {
		view(t, l, func(tx *ledger.Tx) error {
			known, err := tx.KnownNotes(ctx, "41", to, []carryover.NoteID{"n1"})
			if known["n1"] != want {
				t.Errorf("KnownNotes at %s = %v, want delivery %s", to, known, want)
			}
			mine, err2 := tx.HasAttachments(ctx, "41")
			others, err3 := tx.HasAttachments(ctx, "42")
			if !mine || others {
				t.Errorf("HasAttachments = %t of the author, %t of another, want true and false", mine, others)
			}
			return firstError(err, err2, err3)
		})
	}
}
