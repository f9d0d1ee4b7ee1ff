package ledger

import (
	"context"
	"time"
)

// AskAgain is for a ledger that was put back from a backup. What was to be taken
// out of a record waits until a person asks again, and what was to be filed anew
// is not: a person may have decided otherwise since the backup was made. It
// returns those that wait for a decision now. What a person is to remove, or to
// bring back, by hand stays theirs.
func (tx *Tx) AskAgain(ctx context.Context, now time.Time) ([]Reversal, error) {
	open, err := tx.OpenReversals(ctx)
	if err != nil {
		return nil, err
	}
	var waiting []Reversal
	for _, r := range open {
		switch {
		case r.State == ReversalAsked, r.State == ReversalArchiving, r.State == ReversalRestoring:
			err = tx.askAgain(ctx, r, now)
		case r.State == ReversalAskAgain: // since an earlier restore
		case r.Refiles():
			err = tx.DropRefiling(ctx, r.Delivery, "restored", now)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		waiting = append(waiting, r)
	}
	return waiting, nil
}

// askAgain stops one reversal. The answer to a request that was on the wire when
// the backup was made is lost; the note is read at once, and tells.
func (tx *Tx) askAgain(ctx context.Context, r Reversal, now time.Time) error {
	all, err := tx.Attempts(ctx, r.Delivery)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Files() || a.Outcome != NoOutcome {
			continue
		}
		a.AnsweredAt, a.Outcome = now, LostAtRestart
		if err := tx.EndAttempt(ctx, a); err != nil {
			return err
		}
	}
	return tx.MoveReversal(ctx, r.Delivery, r.State, ReversalAskAgain, func(x *Reversal) { x.DueAt = now }, now)
}
