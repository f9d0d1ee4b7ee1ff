package pipeline

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/audit"
	"carryover/ledger"
)

// reverseAnswered records what a request to archive or to bring back came to.
// The client has classified it narrowly: only a clear "not done" leads back to
// where the next round reads the note afresh; all else is settled by reading.
func (p *Pipeline) reverseAnswered(ctx context.Context, look *looker, r ledger.Reversal, d ledger.Delivery, attempt int, cause error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	outcome, due := ledger.Done, time.Now()
	switch {
	case cause == nil:
		p.accepted(d.Practitioner)
	case errors.Is(cause, carryover.ErrTransient):
		outcome, due = ledger.NotDone, p.later(cause)
	case errors.Is(cause, carryover.ErrUnauthorized):
		outcome, due = ledger.NotDone, p.later(cause)
	case errors.Is(cause, carryover.ErrRefused), errors.Is(cause, carryover.ErrInvalid):
		outcome = ledger.NotDone
	case errors.Is(cause, carryover.ErrNotHere):
		outcome, due = ledger.NotDone, time.Now().Add(damagedWait)
	default:
		outcome, due = ledger.InDoubt, time.Now().Add(p.Timing.Poll)
	}
	to := r.State
	if outcome == ledger.NotDone && r.State == ledger.ReversalArchiving {
		to = ledger.ReversalAsked
	}
	if cause != nil {
		p.Log.Warn("note not archived or brought back", "delivery", string(d.ID), "state", string(r.State), "outcome", string(outcome), "err", cause)
	}
	if err := p.update(ctx, func(s *step) error {
		if err := s.EndAttempt(ctx, ledger.Attempt{
			Delivery: d.ID, Number: attempt, AnsweredAt: s.now, Status: statusOfReversal(cause), Outcome: outcome,
		}); err != nil {
			return err
		}
		if err := p.refusedKey(ctx, s, d, cause); err != nil {
			return err
		}
		return s.MoveReversal(ctx, d.ID, r.State, to, func(x *ledger.Reversal) { x.DueAt = due }, s.now)
	}); err != nil {
		return err
	}
	switch {
	case outcome == ledger.NotDone && r.State == ledger.ReversalRestoring && !errors.Is(cause, carryover.ErrTransient):
		return p.notBroughtBack(ctx, r, d)
	case outcome == ledger.NotDone && to == ledger.ReversalAsked:
		r.State = to
		return p.refusedTwice(ctx, r, d)
	case outcome != ledger.Done:
		return nil // the next round reads
	case r.State == ledger.ReversalRestoring:
		return p.settleRestore(ctx, look, r, d)
	}
	return p.settleArchive(ctx, look, r, d)
}

// refusedKey pauses an author whose key was refused twice in a row, as a
// refused note does. A 403 may mean that the note is final: it pauses nobody.
func (p *Pipeline) refusedKey(ctx context.Context, s *step, d ledger.Delivery, cause error) error {
	if statusOf(cause) != http.StatusUnauthorized || p.firstRefusal(d.Practitioner) {
		return nil
	}
	if err := s.Pause(ctx, d.Practitioner, ledger.PausedKeyRefused, s.now); err != nil {
		return err
	}
	return s.alarm(ctx, alarm.KeyRefused, string(d.Practitioner))
}

// statusOfReversal is the status of an answer: archiving is answered 204, and a
// note that comes back 200.
func statusOfReversal(cause error) int {
	if cause == nil {
		return http.StatusNoContent
	}
	return statusOf(cause)
}

// refusedTwice leaves a note to a person that Cliniko has twice refused to
// archive though reading showed it untouched in between.
func (p *Pipeline) refusedTwice(ctx context.Context, r ledger.Reversal, d ledger.Delivery) error {
	n, err := p.reversalAttempts(ctx, d, func(a ledger.Attempt) bool {
		return a.Outcome == ledger.NotDone && a.Status >= 400 && a.Status != http.StatusTooManyRequests && a.Status != http.StatusUnauthorized
	})
	if err != nil || n < maxDoubts {
		return err
	}
	return p.handsOff(ctx, r, d, touchRefused)
}

// reversalAttempts counts requests since the reversal was asked for.
func (p *Pipeline) reversalAttempts(ctx context.Context, d ledger.Delivery, is func(ledger.Attempt) bool) (n int, err error) {
	err = p.view(ctx, func(tx *ledger.Tx) error {
		r, err := tx.Reversal(ctx, d.ID)
		if err != nil {
			return err
		}
		all, err := tx.Attempts(ctx, d.ID)
		for _, a := range all {
			if !a.Files() && !a.StartedAt.Before(r.AskedAt) && is(a) {
				n++
			}
		}
		return err
	})
	return n, err
}

// lastRequest returns a delivery's last attempt, which is a reversal's. One
// without an outcome is as good as lost: nothing of this author's can be on the
// wire when a round begins.
func (p *Pipeline) lastRequest(ctx context.Context, d ledger.Delivery) (last ledger.Attempt, err error) {
	err = p.update(ctx, func(s *step) error {
		all, err := s.Attempts(ctx, d.ID)
		if err != nil || len(all) == 0 {
			return err
		}
		last = all[len(all)-1]
		if last.Outcome != ledger.NoOutcome {
			return nil
		}
		last.AnsweredAt, last.Outcome = s.now, ledger.LostAtRestart
		return s.EndAttempt(ctx, last)
	})
	return last, err
}

// settleArchive reads the note after a request to archive it.
func (p *Pipeline) settleArchive(ctx context.Context, look *looker, r ledger.Reversal, d ledger.Delivery) error {
	last, err := p.lastRequest(ctx, d)
	if err != nil {
		return err
	}
	seen, err := look.at(ctx, d)
	if err != nil {
		return err
	}
	if !seen.live {
		if err := p.settleRequest(ctx, last, ledger.Adopted); err != nil {
			return err
		}
		worked, err := p.touchedMeanwhile(ctx, d, seen)
		switch {
		case err != nil:
			return err
		case worked:
			return p.restore(ctx, look, r, d)
		}
		return p.gone(ctx, r, d, seen)
	}
	switch {
	case last.Outcome == ledger.Done: // it was archived, and somebody has it back
		return p.handsOff(ctx, r, d, touchBack)
	case !p.graceOver(d, time.Now()):
		return p.reverseLater(ctx, r, time.Now().Add(p.Timing.Poll)) // a lost request may still take effect
	}
	if err := p.settleRequest(ctx, last, ledger.Absent); err != nil {
		return err
	}
	n, err := p.reversalAttempts(ctx, d, func(a ledger.Attempt) bool { return a.Outcome == ledger.Absent })
	if err != nil {
		return err
	}
	if n >= maxDoubts {
		return p.handsOff(ctx, r, d, touchLost)
	}
	return p.update(ctx, func(s *step) error { // it is read afresh, and asked for once more
		return s.MoveReversal(ctx, d.ID, r.State, ledger.ReversalAsked, func(x *ledger.Reversal) { x.DueAt = s.now }, s.now)
	})
}

// settleRequest corrects the outcome of an attempt whose answer was lost.
func (p *Pipeline) settleRequest(ctx context.Context, last ledger.Attempt, o ledger.Outcome) error {
	if last.Outcome != ledger.InDoubt && last.Outcome != ledger.LostAtRestart {
		return nil
	}
	return p.update(ctx, func(s *step) error {
		last.AnsweredAt, last.Outcome = s.now, o
		return s.EndAttempt(ctx, last)
	})
}

// restore brings a note back that was archived over somebody's work.
func (p *Pipeline) restore(ctx context.Context, look *looker, r ledger.Reversal, d ledger.Delivery) error {
	if err := p.Sides[d.Practitioner].Chart.Reserve(ctx); err != nil {
		return err
	}
	attempt, err := p.intendReversal(ctx, &r, ledger.ReversalRestoring, ledger.RestoreNote)
	switch {
	case errors.Is(err, errPaused): // nobody may write, and somebody's words are in the archive
		return errors.Join(err, p.Alarm(ctx, alarm.BringBackByHand, string(d.ID)))
	case err != nil:
		return err
	}
	// A crash from here on leaves the reversal in Restoring: the note is read.
	sending := context.WithoutCancel(ctx)
	look.forget()
	err = p.Sides[d.Practitioner].Chart.RestoreNote(sending, d.Note)
	return p.reverseAnswered(sending, look, r, d, attempt, err)
}

// settleRestore reads the note after a request to bring it back, and asks again
// where that is needed: bringing back twice is bringing back once.
func (p *Pipeline) settleRestore(ctx context.Context, look *looker, r ledger.Reversal, d ledger.Delivery) error {
	last, err := p.lastRequest(ctx, d)
	if err != nil {
		return err
	}
	seen, err := look.at(ctx, d)
	if err != nil {
		return err
	}
	if seen.live {
		if err := p.settleRequest(ctx, last, ledger.Adopted); err != nil {
			return err
		}
		if err := p.update(ctx, func(s *step) error { return s.enter(ctx, d, audit.Unarchived, "by_carryover") }); err != nil {
			return err
		}
		return p.handsOff(ctx, r, d, touchMeanwhile)
	}
	if last.Outcome == ledger.Done { // it was back, and somebody archived it
		return p.gone(ctx, r, d, seen)
	}
	n, err := p.reversalAttempts(ctx, d, func(a ledger.Attempt) bool {
		return a.RequestKind == ledger.RestoreNote && slices.Contains([]ledger.Outcome{ledger.InDoubt, ledger.LostAtRestart}, a.Outcome)
	})
	switch {
	case err != nil:
		return err
	case n > maxDoubts:
		return p.notBroughtBack(ctx, r, d)
	}
	return p.restore(ctx, look, r, d)
}

// notBroughtBack tells a person that somebody's words are in the archive.
func (p *Pipeline) notBroughtBack(ctx context.Context, r ledger.Reversal, d ledger.Delivery) error {
	return p.update(ctx, func(s *step) error {
		if err := s.MoveReversal(ctx, d.ID, r.State, ledger.ReversalPutBack, func(x *ledger.Reversal) {
			x.Why, x.DueAt = touchMeanwhile, s.now.Add(p.byHandWait(*x, s.now))
			x.RefiledAt = refiledNow(*x, s.now)
		}, s.now); err != nil {
			return err
		}
		if err := s.heldForPerson(ctx, d); err != nil {
			return err
		}
		if err := s.alarm(ctx, alarm.BringBackByHand, string(d.ID)); err != nil {
			return err
		}
		return s.fileAgain(ctx, r, d)
	})
}
