package desk

import (
	"context"
	"errors"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/audit"
	"carryover/ledger"
)

// This file records that a filing is to be taken back, or moved to another
// record. Only the daemon speaks to Cliniko: what is decided here it does next.

// An UndoRequest takes a filing back.
type UndoRequest struct {
	// ID is whatever names a document (see ShowRequest.ID), which means its latest
	// filing that is in Cliniko; a whole reference, or a delivery's id, means that
	// very filing.
	ID     string `json:"id"`
	Digest string `json:"digest,omitempty"` // of what was shown; empty skips the check
	DryRun bool   `json:"dry_run,omitempty"`
	// CallOff ends an undo or a move that was asked for and has not begun.
	CallOff bool   `json:"call_off,omitempty"`
	Actor   string `json:"actor,omitempty"`
}

// A MoveRequest takes a filing back and files the document in another record.
type MoveRequest struct {
	ID      string              `json:"id"` // as in UndoRequest
	Patient carryover.PatientID `json:"patient"`
	Digest  string              `json:"digest,omitempty"`
	DryRun  bool                `json:"dry_run,omitempty"`
	Actor   string              `json:"actor,omitempty"`
}

// An Examiner reads what Cliniko has of a delivery. An Engine may be one;
// without it nobody knows beforehand whether a note has been worked on.
type Examiner interface {
	// Examine says whether the note is in the record, and what somebody did to it,
	// a word of the pipeline's; "" when it is as it was filed.
	Examine(ctx context.Context, id carryover.DeliveryID) (there bool, touch string, err error)
}

// Undo implements Desk.
func (d *Local) Undo(ctx context.Context, r UndoRequest) (Reversal, error) {
	if r.CallOff {
		return d.callOffAsked(ctx, r)
	}
	return d.reverse(ctx, reversal{op: "undo", id: r.ID, digest: r.Digest, dry: r.DryRun, actor: r.Actor, action: audit.UndoAsked})
}

// Move implements Desk.
func (d *Local) Move(ctx context.Context, r MoveRequest) (Reversal, error) {
	if r.Patient == "" || !isPatientID(r.Patient) {
		return Reversal{}, invalid("move "+printable(r.ID), "that is not a patient's id", "It is the number at the end of the patient's address in Cliniko.")
	}
	return d.reverse(ctx, reversal{op: "move", id: r.ID, into: r.Patient, digest: r.Digest, dry: r.DryRun, actor: r.Actor, action: audit.MoveAsked})
}

// reversal is an undo or a move as it was asked for.
type reversal struct {
	op, id, digest, actor string
	into                  carryover.PatientID // empty: an undo
	dry                   bool
	action                audit.Action
}

// reverse says what will happen, and records the decision unless it is a dry
// run. What is said is read outside the transaction; that the version is still
// what the person saw is checked within it.
func (d *Local) reverse(ctx context.Context, r reversal) (Reversal, error) {
	var p plan
	if err := d.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		p, err = d.planOf(ctx, tx, r)
		return err
	}); err != nil {
		return Reversal{}, err
	}
	if err := d.liveRecord(ctx, p.op(r), r.into); err != nil {
		return Reversal{}, err
	}
	out := d.foretell(ctx, p, r)
	if r.dry {
		return d.addressed(ctx, out)
	}
	err := d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		now, err := d.planOf(ctx, tx, r)
		if err != nil {
			return err
		}
		if now.of.ID != p.of.ID {
			return changed(p.op(r))
		}
		if err := d.record(ctx, tx, now, r); err != nil {
			return err
		}
		rev, err := tx.Reversal(ctx, now.of.ID)
		if err != nil {
			return err
		}
		out.State, out.Asked = string(rev.State), rev.AskedAt
		v, err := tx.Version(ctx, now.v.ID)
		if err != nil {
			return err
		}
		out.Item, err = itemOf(ctx, tx, v)
		return err
	})
	if errors.Is(err, ledger.ErrConflict) {
		return Reversal{}, changed(p.op(r))
	}
	if err != nil {
		return Reversal{}, err
	}
	d.wake()
	return d.addressed(ctx, out)
}

// record writes the decision down. One that is under way already stays as it is.
func (d *Local) record(ctx context.Context, tx *ledger.Tx, p plan, r reversal) error {
	now := time.Now().UTC()
	switch {
	case p.underWay == ledger.ReversalPutBack: // it may stay archived
		err := tx.MoveReversal(ctx, p.of.ID, p.underWay, ledger.ReversalAsked, func(x *ledger.Reversal) { x.DueAt = now }, now)
		if err != nil {
			return err
		}
	case p.underWay != "":
		return nil
	default:
		ask := ledger.Reversal{
			Delivery: p.of.ID, Practitioner: p.of.Practitioner, Version: p.target, Patient: r.into,
			State: ledger.ReversalAsked, AskedAt: now, DueAt: now,
		}
		if p.of.State == carryover.Undone {
			ask.State, ask.EndedAt = ledger.ReversalDone, p.of.ArchivedAt
		}
		if err := tx.AskReversal(ctx, ask); err != nil {
			return err
		}
		if err := d.calmOne(ctx, tx, p.v, alarm.DecideAgain, string(p.of.ID), r.actor, now); err != nil {
			return err
		}
		if r.into == "" { // what a move of before a restore may have kept
			if err := tx.Destroy(ctx, string(p.of.ID)); err != nil {
				return err
			}
		}
	}
	e := audit.Entry{Actor: r.actor, Action: r.action, Subject: string(p.of.Version), Note: string(p.of.ID), From: p.of.State}
	if r.into != "" {
		e.Note = "patient:" + string(r.into) + "/delivery:" + string(p.of.ID)
	}
	return d.enter(ctx, tx, p.v.Session, e)
}

// liveRecord checks, where a daemon can ask Cliniko, that there is a record to
// move to. Where none runs, the daemon finds out before it touches anything.
func (d *Local) liveRecord(ctx context.Context, op string, id carryover.PatientID) error {
	reg, ok := d.Engine.(Register)
	if id == "" || !ok {
		return nil
	}
	found, err := reg.PatientsByID(ctx, []carryover.PatientID{id})
	if err != nil {
		return nil //nolint:nilerr // nobody can be asked now; the daemon asks again
	}
	for _, f := range found {
		switch {
		case f.ID != id:
		case f.MergedInto != "":
			return refused(op, "that record was merged into another", "Name the record that is in use: patient "+string(f.MergedInto)+", if it is theirs.")
		case !f.Live():
			return refused(op, "that record is archived", "Unarchive it in Cliniko, or name another record.")
		default:
			return nil
		}
	}
	return refused(op, "Cliniko has no patient with that id", "It is the number at the end of the patient's address in Cliniko.")
}
