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

// decision runs f on the version that id names, in one transaction, and returns
// the version as it is afterwards. A row that something else moved first is
// ErrChanged.
func (d *Local) decision(ctx context.Context, op, id string, f func(*ledger.Tx, ledger.Version) error) (Item, error) {
	var out Item
	err := d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		v, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := f(tx, v); err != nil {
			return err
		}
		if v, err = tx.Version(ctx, v.ID); err != nil {
			return err
		}
		out, err = itemOf(ctx, tx, v)
		return err
	})
	if errors.Is(err, ledger.ErrConflict) {
		return Item{}, changed(op + " " + printable(id))
	}
	if err != nil {
		return Item{}, err
	}
	d.wake()
	return out, nil
}

// markOf is the reference of v's document, by which people know it.
func markOf(v ledger.Version) string { return carryover.DocumentMark(v.Session, v.Document) }

// Dismiss implements Desk.
func (d *Local) Dismiss(ctx context.Context, r DismissRequest) (Item, error) {
	if !slices.Contains(DismissReasons, r.Reason) {
		return Item{}, invalid("dismiss "+printable(r.ID), "the reason is not one of the list", "It is one of not_for_cliniko, already_filed_by_hand, duplicate, test.")
	}
	return d.decision(ctx, "dismiss", r.ID, func(tx *ledger.Tx, v ledger.Version) error {
		if !v.State.CanBecome(carryover.Dismissed) {
			return refused("dismiss "+markOf(v), "it is "+string(v.State), "Only what is not in Cliniko and not on its way there can be dismissed.")
		}
		if v.Reason == carryover.RemoveByHand && r.Reason == NotForCliniko {
			return refused("dismiss "+markOf(v), "its note is in Cliniko still",
				"Remove it there by hand: Carryover sees that it is gone. If it is to stay after all: `carryover retry "+markOf(v)+"`.")
		}
		now := time.Now().UTC()
		if err := d.callOff(ctx, tx, "dismiss "+markOf(v), v, r.Actor, now); err != nil {
			return err
		}
		if err := tx.Move(ctx, v.ID, v.State, carryover.Dismissed, carryover.ByPerson, time.Time{}, now); err != nil {
			return err
		}
		if err := d.calm(ctx, tx, v, r.Actor, now, dealtWith...); err != nil {
			return err
		}
		e := audit.Entry{
			Actor: r.Actor, Action: audit.Dismissed, Subject: string(v.ID),
			From: v.State, To: carryover.Dismissed, Reason: carryover.ByPerson, Note: r.Reason,
		}
		if !r.Remark.IsBlank() {
			if err := tx.SealText(ctx, string(v.ID), "remark", r.Remark); err != nil {
				return err
			}
			e.RemarkDigest = d.Ledger.Keys().Digest("remark", r.Remark.Reveal())
		}
		return d.enter(ctx, tx, v.Session, e)
	})
}

// Retry implements Desk.
func (d *Local) Retry(ctx context.Context, r RetryRequest) (Item, error) {
	return d.decision(ctx, "retry", r.ID, func(tx *ledger.Tx, v ledger.Version) error {
		if v.State == carryover.Undone {
			return d.fileAgain(ctx, tx, v, r.Actor)
		}
		to, reason, err := retryTo(v)
		if err != nil {
			return err
		}
		if _, err := tx.Content(ctx, v.ID); to != carryover.Filed && errors.Is(err, carryover.ErrGone) {
			return refused("retry "+markOf(v), "its text is not kept any more", "Read the session again with `carryover sync "+string(v.Session)+"`.")
		} else if err != nil && !errors.Is(err, carryover.ErrGone) {
			return err
		}
		now := time.Now().UTC()
		due := now
		switch {
		case to == carryover.Held:
			due = time.Time{}
			if reason, err = d.heldFor(ctx, tx, v); err != nil {
				return err
			}
		case to == carryover.Ripe && v.State == carryover.Held:
			// One that was held before it was known to be finished has not been asked yet.
			equal, err := tx.IsEqual(ctx, v.ID)
			if err != nil {
				return err
			}
			if equal {
				to, reason, due = carryover.Skipped, carryover.EqualsConsultNote, time.Time{}
			}
		}
		if err := d.callOff(ctx, tx, "retry "+markOf(v), v, r.Actor, now); err != nil {
			return err
		}
		if err := tx.Move(ctx, v.ID, v.State, to, reason, due, now); err != nil {
			return err
		}
		if err := d.calm(ctx, tx, v, r.Actor, now, alarm.Refused, alarm.NotProven); err != nil {
			return err
		}
		action := audit.Retried
		if v.State == carryover.Dismissed {
			action = audit.Reopened
		}
		return d.enter(ctx, tx, v.Session, audit.Entry{
			Actor: r.Actor, Action: action, Subject: string(v.ID), From: v.State, To: to, Reason: v.Reason,
		})
	})
}

// retryTo says where a retry takes v. What may be on its way already goes back
// no further than the step that looks before it sends.
func retryTo(v ledger.Version) (carryover.State, carryover.Reason, error) {
	op := "retry " + markOf(v)
	switch {
	case !v.Newest && !reread(v):
		return "", "", refused(op, "a later version of the document exists", "Retry the later one.")
	case v.State == carryover.Held && reread(v):
		return carryover.Filed, carryover.NoReason, nil // its note is read again
	case v.State == carryover.Held && (v.Reason == carryover.StillInDoubt || v.Reason == carryover.SettleConflict):
		return carryover.Ready, carryover.NoReason, nil
	case v.State == carryover.Held && (v.Reason == carryover.LaterVersion || v.Reason == carryover.EvidenceChanged || v.Reason == carryover.TakenBack):
		return "", "", refused(op, "an earlier version of the document was filed", "File this one as well with `carryover release`, or leave it with `carryover dismiss`.")
	case v.State == carryover.Held, v.State == carryover.Refused, v.State == carryover.Skipped:
		return carryover.Ripe, carryover.NoReason, nil
	case v.State == carryover.Dismissed:
		return carryover.Held, carryover.ReviewMode, nil // a change of mind; see heldFor
	}
	return "", "", refused(op, "it is "+string(v.State), "It moves on by itself, or has arrived; `carryover show` tells where it stands.")
}

// reread says that a held version has a note in Cliniko which a retry reads
// again, and does nothing else.
func reread(v ledger.Version) bool {
	switch v.Reason {
	case carryover.NotProven, carryover.RemoveByHand, carryover.CannotMove, carryover.NoSuchRecord:
		return v.Delivery != ""
	}
	return false
}

// fileAgain has a filing that was taken back filed once more, in the same
// record. The daemon has its words again, if they are to be had.
func (d *Local) fileAgain(ctx context.Context, tx *ledger.Tx, v ledger.Version, actor string) error {
	if !v.Newest {
		return refused("retry "+markOf(v), "a later version of the document exists", "Retry the later one.")
	}
	of, err := tx.Delivery(ctx, v.Delivery)
	if err != nil {
		return err
	}
	asked, err := tx.Reversal(ctx, of.ID)
	switch {
	case err != nil && !errors.Is(err, carryover.ErrGone):
		return err
	case err == nil && asked.Refiles() && asked.Patient == of.Patient && asked.State == ledger.ReversalDone:
		return nil // to ask twice is to ask once
	case err == nil && asked.Refiles() && asked.State == ledger.ReversalDone:
		return refused("retry "+markOf(v), "somebody is having it filed in another record", "Wait until `carryover show "+markOf(v)+"` says where it is.")
	}
	now := time.Now().UTC()
	if err := tx.AskReversal(ctx, ledger.Reversal{
		Delivery: of.ID, Practitioner: of.Practitioner, Version: v.ID, Patient: of.Patient,
		State: ledger.ReversalDone, AskedAt: now, DueAt: now, EndedAt: of.ArchivedAt,
	}); err != nil {
		return err
	}
	if err := d.calmOne(ctx, tx, v, alarm.DecideAgain, string(of.ID), actor, now); err != nil {
		return err
	}
	return d.enter(ctx, tx, v.Session, audit.Entry{
		Actor: actor, Action: audit.Retried, Subject: string(v.ID), From: v.State, Note: choiceNote(of.Patient, ""),
	})
}

// heldFor says why a dismissed version waits again: for what it was last held
// for, which dismissing it has not mended, else for a click.
func (d *Local) heldFor(ctx context.Context, tx *ledger.Tx, v ledger.Version) (carryover.Reason, error) {
	events, err := d.history(ctx, tx, v.ID)
	if err != nil {
		return "", err
	}
	for _, e := range slices.Backward(events) {
		why := carryover.Reason(e.Reason)
		if e.To == string(carryover.Held) && why != carryover.NoReason && why != carryover.ByPerson {
			return why, nil
		}
	}
	m, err := evidence(ctx, tx, v.ID)
	if err != nil {
		return "", err
	}
	if m != nil && m.Grade != carryover.Certain && m.Reason != carryover.NoReason {
		return m.Reason, nil
	}
	return carryover.ReviewMode, nil
}
