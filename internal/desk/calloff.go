package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/audit"
	"carryover/ledger"
)

// A person who has asked for an undo or a move may decide otherwise, as long as
// nothing has been sent to Cliniko for it. From the first request on, what
// Cliniko has done is found out first, and is a person's to decide about anew.

// calledOff is why a reversal was given up that a person called off.
const calledOff = "called_off"

// callOffAsked ends what was asked for about one filing and has not begun.
func (d *Local) callOffAsked(ctx context.Context, r UndoRequest) (Reversal, error) {
	act := d.Ledger.Update
	if r.DryRun {
		act = d.Ledger.View
	}
	var out Reversal
	err := act(ctx, func(tx *ledger.Tx) error {
		p, err := d.filingToKeep(ctx, tx, r)
		if err != nil {
			return err
		}
		out = keeping(p.of, p.underWay == ledger.ReversalByHand || p.underWay == ledger.ReversalPutBack)
		if !r.DryRun {
			out.State = string(ledger.ReversalGivenUp)
			if err := d.callOffNow(ctx, tx, p, r.Actor); err != nil {
				return err
			}
		}
		out.Item, err = itemOf(ctx, tx, p.v)
		return err
	})
	if errors.Is(err, ledger.ErrConflict) {
		return Reversal{}, changed("call off " + printable(r.ID))
	}
	if err != nil {
		return Reversal{}, err
	}
	return d.addressed(ctx, out)
}

// keeping says what becomes of a filing whose reversal is called off.
func keeping(of ledger.Delivery, byHand bool) Reversal {
	out := Reversal{
		Of: string(of.ID), OfReference: string(of.Reference), OfNote: string(of.Note), OfTo: string(of.Destination),
		From: string(of.Patient), Will: WillNothing,
	}
	out.Says = []string{called(out) + " stays where it is: nothing was sent for what had been asked for, and nothing will be."}
	switch {
	case byHand:
		out.Says = []string{called(out) + " waits for a person's hand in Cliniko as before. The document is not filed elsewhere."}
	case of.State == carryover.Undone:
		out.Says = []string{called(out) + " stays out of the record, and the document is not filed again."}
	}
	return out
}

// filingToKeep finds the filing that a person means, and refuses one about which
// nothing was asked for, or too much has happened already.
func (d *Local) filingToKeep(ctx context.Context, tx *ledger.Tx, r UndoRequest) (plan, error) {
	v, err := find(ctx, tx, r.ID)
	if err != nil {
		return plan{}, err
	}
	op := "call off " + markOf(v)
	m, err := evidence(ctx, tx, v.ID)
	if err != nil {
		return plan{}, err
	}
	if err := d.asShown(op, r.Digest, v, m); err != nil {
		return plan{}, err
	}
	all, err := tx.VersionsOf(ctx, v.Session, v.Document)
	if err != nil {
		return plan{}, err
	}
	p := plan{v: v}
	if p.of, err = filingOf(ctx, tx, r.ID, v, all); err != nil {
		return plan{}, err
	}
	rev, err := tx.Reversal(ctx, p.of.ID)
	if errors.Is(err, carryover.ErrGone) {
		return plan{}, refused(op, "nobody has asked for it to be taken back", "")
	}
	if err != nil {
		return plan{}, err
	}
	if p.v, err = tx.Version(ctx, p.of.Version); err != nil {
		return plan{}, err
	}
	p.underWay = rev.State
	again, err := isOpen(ctx, tx, alarm.DecideAgain, string(rev.Delivery))
	if err != nil {
		return plan{}, err
	}
	left, err := requestLeft(ctx, tx, rev)
	switch {
	case err != nil:
		return plan{}, err
	case again:
		return p, nil
	case left:
		return plan{}, refused(op, "Cliniko has been asked to take it out", "Wait until `carryover show "+markOf(v)+"` says what became of it. What is out of the record is filed again with `carryover retry "+markOf(v)+"`.")
	case rev.State == ledger.ReversalByHand, rev.State == ledger.ReversalPutBack:
		return plan{}, refused(op, "it waits for a person's hand in Cliniko", "If it may stay as it is: `carryover retry "+markOf(v)+"`.")
	case rev.State != ledger.ReversalAsked && (rev.State != ledger.ReversalDone || !rev.Refiles()):
		return plan{}, refused(op, "nothing of it is under way", "`carryover show "+markOf(v)+"` tells what has been done.")
	}
	return p, nil
}

// requestLeft says that a request may have left for a reversal that is not at
// an end: one is under way, or one of its own was not plainly refused.
func requestLeft(ctx context.Context, tx *ledger.Tx, r ledger.Reversal) (bool, error) {
	switch r.State {
	case ledger.ReversalArchiving, ledger.ReversalRestoring:
		return true, nil
	case ledger.ReversalAsked:
	default:
		return false, nil
	}
	all, err := tx.Attempts(ctx, r.Delivery)
	return slices.ContainsFunc(all, func(a ledger.Attempt) bool {
		return !a.Files() && !a.StartedAt.Before(r.AskedAt) && a.Outcome != ledger.NotDone
	}), err
}

// callOffNow records that a person called a reversal off.
func (d *Local) callOffNow(ctx context.Context, tx *ledger.Tx, p plan, actor string) error {
	now := time.Now().UTC()
	rev, err := tx.Reversal(ctx, p.of.ID)
	if err != nil {
		return err
	}
	if rev.State == ledger.ReversalByHand || rev.State == ledger.ReversalPutBack { // the note is a person's to deal with, as before
		err = d.calmOne(ctx, tx, p.v, alarm.DecideAgain, string(p.of.ID), actor, now)
	} else {
		err = d.endReversal(ctx, tx, p.v, rev, actor, now)
	}
	if err != nil {
		return err
	}
	return d.enter(ctx, tx, p.v.Session, audit.Entry{
		Actor: actor, Action: audit.CalledOff, Subject: string(p.of.Version), Note: string(p.of.ID), From: p.of.State,
	})
}

// callOff ends a reversal that has touched nothing, or waits for a person, when
// that person decides otherwise about the document.
func (d *Local) callOff(ctx context.Context, tx *ledger.Tx, op string, v ledger.Version, actor string, now time.Time) error {
	if v.Delivery == "" {
		return nil
	}
	r, err := tx.Reversal(ctx, v.Delivery)
	if errors.Is(err, carryover.ErrGone) || err == nil && !r.State.Open() {
		return nil
	}
	if err != nil {
		return err
	}
	left, err := requestLeft(ctx, tx, r)
	switch {
	case err != nil:
		return err
	case left:
		return refused(op, "it is being taken out of its record this moment", "Wait a minute, then look with `carryover show "+markOf(v)+"`.")
	}
	return d.endReversal(ctx, tx, v, r, actor, now)
}

// endReversal gives a reversal up, with the words that were kept for it and with
// what a person was told of it. What is out of the record already stays out.
func (d *Local) endReversal(ctx context.Context, tx *ledger.Tx, v ledger.Version, r ledger.Reversal, actor string, now time.Time) error {
	var err error
	if r.State == ledger.ReversalDone {
		err = tx.DropRefiling(ctx, r.Delivery, calledOff, now)
	} else {
		err = tx.MoveReversal(ctx, r.Delivery, r.State, ledger.ReversalGivenUp, func(x *ledger.Reversal) { x.Why = calledOff }, now)
	}
	if err != nil {
		return err
	}
	if err := tx.Destroy(ctx, string(r.Delivery)); err != nil {
		return err
	}
	for _, k := range []alarm.Kind{alarm.RemoveByHand, alarm.BringBackByHand, alarm.DecideAgain} {
		if err := d.calmOne(ctx, tx, v, k, string(r.Delivery), actor, now); err != nil {
			return err
		}
	}
	return nil
}

// called is what a reversal's note or file is called.
func called(r Reversal) string {
	if r.OfTo == string(carryover.ToAttachment) {
		return "Attachment " + r.OfNote
	}
	return "Note " + r.OfNote
}
