package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/audit"
	"carryover/ledger"
)

// A note of ours may be in the wrong record. A person says so, which is a row of
// the ledger (a reversal), and each round takes it one step on. It is told here
// in the order in which it happens; a crash after any step leaves a row from
// which the next round goes on.
//
//	asked      the note is read. Untouched: the intent to archive it is written.
//	           Touched by anybody: by hand. Gone already: done.
//	archiving  a request is, or was, on the wire. The note is read again: out of
//	           the record as it was: done. Somebody worked on it meanwhile: it is
//	           to come back.
//	restoring  the same for the way back; then by hand.
//	by hand    it is read now and then until it is gone: done.
//	ask again  the ledger was restored since: it is read, and nothing else, until
//	           a person decides again.
//	done       the delivery is undone. Where the document goes into another
//	           record, its version is ready again: it takes the ordinary road,
//	           as another delivery with another reference.
//
// Archiving twice has the effect of archiving once, so a lost answer needs no
// guess: reading the note settles it.

// reverse takes every reversal of one author's that is due one step on. What
// goes wrong with one is no reason to leave the others, nor what is to be filed.
func (p *Pipeline) reverse(ctx context.Context, c *Cycle) error {
	var due []ledger.Reversal
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		due, err = tx.ReversalsDue(ctx, c.author, time.Now(), perRound)
		return err
	}); err != nil || len(due) == 0 {
		return err
	}
	if time.Now().Before(p.WritesFrom) {
		return nil
	}
	look := &looker{p: p, author: c.author}
	ctx = forNotes.reading(ctx)
	for _, r := range due {
		err := p.reverseOne(ctx, c, look, r)
		switch {
		case err == nil, lostRace(err):
		case errors.Is(err, errPaused): // to the back: what can be done meanwhile is not to wait behind it
			if err := p.reverseLater(ctx, r, time.Now().Add(p.Timing.Poll)); err != nil {
				return fmt.Errorf("put off the reversal of delivery %s: %w", r.Delivery, err)
			}
		case ctx.Err() != nil:
			return err
		default:
			p.Log.Warn("reversal put off", "delivery", string(r.Delivery), "state", string(r.State), "err", err)
			err = errors.Join(p.keyTroubleOnly(ctx, c.author, err), p.reverseLater(ctx, r, p.later(err)))
			if err != nil {
				return fmt.Errorf("put off the reversal of delivery %s: %w", r.Delivery, err)
			}
		}
	}
	return nil
}

// keyTroubleOnly tells of a refused key and gives back what went wrong in
// telling, not the refusal itself.
func (p *Pipeline) keyTroubleOnly(ctx context.Context, author carryover.PractitionerID, cause error) error {
	if !errors.Is(cause, carryover.ErrUnauthorized) {
		return nil
	}
	return p.Alarm(ctx, alarm.KeyRefused, string(author))
}

func (p *Pipeline) reverseLater(ctx context.Context, r ledger.Reversal, due time.Time) error {
	err := p.update(ctx, func(s *step) error {
		return s.MoveReversal(ctx, r.Delivery, r.State, r.State, func(x *ledger.Reversal) { x.DueAt = due }, s.now)
	})
	if lostRace(err) {
		return nil
	}
	return err
}

func (p *Pipeline) reverseOne(ctx context.Context, c *Cycle, look *looker, r ledger.Reversal) error {
	var d ledger.Delivery
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		d, err = tx.Delivery(ctx, r.Delivery)
		return err
	}); err != nil {
		return err
	}
	switch r.State {
	case ledger.ReversalAsked:
		return p.takeOut(ctx, c, look, r, d)
	case ledger.ReversalArchiving:
		return p.settleArchive(ctx, look, r, d)
	case ledger.ReversalRestoring:
		return p.settleRestore(ctx, look, r, d)
	case ledger.ReversalByHand, ledger.ReversalPutBack:
		return p.lookByHand(ctx, look, r, d)
	case ledger.ReversalDone:
		return p.refileUndone(ctx, c, look, r, d)
	case ledger.ReversalAskAgain:
		return p.lookAskAgain(ctx, look, r, d)
	}
	return p.reverseLater(ctx, r, time.Time{})
}

// takeOut is the first step. Before anything is touched it makes sure that the
// document can go where it is to go instead.
func (p *Pipeline) takeOut(ctx context.Context, c *Cycle, look *looker, r ledger.Reversal, d ledger.Delivery) error {
	switch stop, err := p.stopped(ctx, d.Practitioner); {
	case err != nil:
		return err
	case stop:
		return errPaused
	}
	seen, err := look.at(ctx, d)
	if err != nil {
		return err
	}
	if r.Refiles() {
		if seen.live && seen.patient == r.Patient { // the records were merged: moved, it would be there twice
			return p.update(ctx, func(s *step) error {
				return s.MoveReversal(ctx, d.ID, r.State, ledger.ReversalGivenUp, func(x *ledger.Reversal) { x.Why = thereAlready }, s.now)
			})
		}
		why, err := p.secure(ctx, c, r, d, seen)
		if err != nil {
			return err
		}
		if why != carryover.NoReason {
			return p.giveUp(ctx, r, d, why)
		}
	}
	if !seen.live {
		return p.gone(ctx, r, d, seen)
	}
	why, err := p.touchOf(ctx, d, seen)
	switch {
	case err != nil:
		return err
	case why == touchUnread && p.waitsFor(seen.id):
		return p.reverseLater(ctx, r, time.Now().Add(p.Timing.Poll)) // Cliniko still processes the file
	case why != untouched:
		return p.handsOff(ctx, r, d, why)
	}
	return p.archive(ctx, look, r, d)
}

// archive writes the intent and sends the one request.
func (p *Pipeline) archive(ctx context.Context, look *looker, r ledger.Reversal, d ledger.Delivery) error {
	side := p.Sides[d.Practitioner]
	if p.clockIsOff(ctx, d.Practitioner) {
		return p.reverseLater(ctx, r, time.Now().Add(p.Timing.Poll))
	}
	if err := side.Chart.Reserve(ctx); err != nil {
		return err
	}
	kind := ledger.ArchiveNote
	if d.Destination == carryover.ToAttachment {
		kind = ledger.ArchiveFile
	}
	attempt, err := p.intendReversal(ctx, &r, ledger.ReversalArchiving, kind)
	if err != nil {
		return err
	}
	// A crash from here on leaves the reversal in Archiving: the note is read.
	sending := context.WithoutCancel(ctx)
	look.forget()
	if kind == ledger.ArchiveFile {
		err = side.Files.ArchiveAttachment(sending, carryover.AttachmentID(d.Note))
	} else {
		err = side.Chart.ArchiveNote(sending, d.Note)
	}
	return p.reverseAnswered(sending, look, r, d, attempt, err)
}

// intendReversal is the durable intent, provided that the reversal is still
// where the round found it and nobody has stopped writing.
func (p *Pipeline) intendReversal(ctx context.Context, r *ledger.Reversal, to ledger.ReversalState, kind string) (attempt int, err error) {
	err = p.update(ctx, func(s *step) error {
		stop, err := isStopped(ctx, s.Tx, r.Practitioner)
		switch {
		case err != nil:
			return err
		case stop:
			return errPaused
		}
		if attempt, err = s.StartRequest(ctx, r.Delivery, kind, s.now); err != nil {
			return err
		}
		return s.MoveReversal(ctx, r.Delivery, r.State, to, func(x *ledger.Reversal) { x.DueAt = s.now }, s.now)
	})
	if err != nil {
		return 0, err
	}
	r.State = to
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.intents == nil {
		p.intents = map[carryover.DeliveryID]time.Time{}
	}
	p.intents[r.Delivery] = time.Now()
	return attempt, nil
}

// handsOff leaves the note to a person: the alarm stays open until reading shows
// it gone. What is to be filed in another record is filed all the same.
func (p *Pipeline) handsOff(ctx context.Context, r ledger.Reversal, d ledger.Delivery, why string) error {
	p.Log.Warn("note is left for a person to remove", "delivery", string(d.ID), "why", why)
	return p.update(ctx, func(s *step) error {
		lost, err := s.lostKept(ctx, r)
		if err != nil {
			return err
		}
		if err := s.MoveReversal(ctx, d.ID, r.State, ledger.ReversalByHand, func(x *ledger.Reversal) {
			x.Why, x.ReadAt, x.DueAt = why, s.now, s.now.Add(p.byHandWait(*x, s.now))
			if !lost { // else it is filed again once the note is out of the record
				x.RefiledAt = refiledNow(*x, s.now)
			}
		}, s.now); err != nil {
			return err
		}
		if err := s.heldForPerson(ctx, d); err != nil {
			return err
		}
		if err := s.alarm(ctx, alarm.RemoveByHand, string(d.ID)); err != nil {
			return err
		}
		if err := s.calm(ctx, alarm.BringBackByHand, string(d.ID)); err != nil {
			return err
		}
		if err := s.enter(ctx, d, audit.Touched, why); err != nil || lost {
			return err
		}
		return s.fileAgain(ctx, r, d)
	})
}

// lostKept says that the words which were kept for a reversal are not here: its
// ledger was restored from a backup without texts.
func (s *step) lostKept(ctx context.Context, r ledger.Reversal) (bool, error) {
	if !r.Refiles() {
		return false, nil
	}
	kept, err := s.KeptFor(ctx, r.Delivery)
	return !kept && err == nil, err
}

// refiledNow is when the version of a reversal was made ready: now, if it is to
// be and has not been.
func refiledNow(r ledger.Reversal, now time.Time) time.Time {
	if r.Refiles() {
		return now
	}
	return r.RefiledAt
}

// heldForPerson shows a delivery, and its version while it is the current one,
// as a person's to deal with.
func (s *step) heldForPerson(ctx context.Context, d ledger.Delivery) error {
	now, err := s.Delivery(ctx, d.ID)
	if err != nil || now.State == carryover.Held {
		return err
	}
	return s.moveDelivery(ctx, now, carryover.Held, func(x *ledger.Delivery) { x.Reason = carryover.RemoveByHand })
}

// moveDelivery moves a delivery that need not be its version's current one, and
// tells of the version where it moves along.
func (s *step) moveDelivery(ctx context.Context, d ledger.Delivery, to carryover.State, change func(*ledger.Delivery)) error {
	v, err := s.Version(ctx, d.Version)
	if err != nil {
		return err
	}
	why := carryover.NoReason
	if err := s.MoveDelivery(ctx, d.ID, d.State, to, func(x *ledger.Delivery) {
		change(x)
		why = x.Reason
	}, s.now); err != nil {
		return err
	}
	if v.Delivery != d.ID {
		return nil
	}
	return s.told(ctx, v, to, why)
}

// byHandWait is how long a note that a person is to remove is left before it is
// looked for again: ever longer, since each look costs a request.
func (p *Pipeline) byHandWait(r ledger.Reversal, now time.Time) time.Duration {
	return min(max(proofWait*p.Timing.Poll, now.Sub(r.AskedAt)/4), lookSeldom)
}

// lookByHand reads whether a person has removed what is theirs to remove, or
// brought back what was archived over somebody's work.
func (p *Pipeline) lookByHand(ctx context.Context, look *looker, r ledger.Reversal, d ledger.Delivery) error {
	seen, err := look.at(ctx, d)
	switch {
	case err != nil:
		return err
	case r.State == ledger.ReversalByHand && !seen.live:
		return p.gone(ctx, r, d, seen)
	case r.State == ledger.ReversalPutBack && seen.live:
		return p.handsOff(ctx, r, d, touchMeanwhile)
	}
	return p.update(ctx, func(s *step) error {
		return s.MoveReversal(ctx, d.ID, r.State, r.State, func(x *ledger.Reversal) {
			x.ReadAt, x.DueAt = s.now, s.now.Add(p.byHandWait(*x, s.now))
		}, s.now)
	})
}

// gone ends the reversal: the note is out of the record, by us or by somebody.
func (p *Pipeline) gone(ctx context.Context, r ledger.Reversal, d ledger.Delivery, seen sighting) error {
	err := p.update(ctx, func(s *step) error {
		now, err := s.Delivery(ctx, d.ID)
		if err != nil {
			return err
		}
		at := seen.archivedAt
		if at.IsZero() {
			at = s.now // it is not there at all: since when, nobody knows
		}
		if err := s.moveDelivery(ctx, now, carryover.Undone, func(x *ledger.Delivery) { x.ArchivedAt = at }); err != nil {
			return err
		}
		lost, err := s.lostKept(ctx, r)
		if err != nil {
			return err
		}
		if err := s.MoveReversal(ctx, d.ID, r.State, ledger.ReversalDone, func(x *ledger.Reversal) {
			x.ReadAt, x.EndedAt = s.now, s.now
			if lost { // the next round looks for the words
				x.DueAt = s.now
			} else {
				x.RefiledAt = refiledNow(*x, s.now)
			}
		}, s.now); err != nil {
			return err
		}
		if err := s.enter(ctx, d, audit.Archived, seen.by(r)); err != nil {
			return err
		}
		if err := s.allWell(ctx, r, d); err != nil || lost {
			return err
		}
		return s.fileAgain(ctx, r, d)
	})
	if err == nil {
		p.forgetIntent(d.ID)
	}
	return err
}

func (p *Pipeline) forgetIntent(id carryover.DeliveryID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.intents, id)
	delete(p.proofs, id)
}

// allWell clears what was told about a note that is out of the record now.
func (s *step) allWell(ctx context.Context, r ledger.Reversal, d ledger.Delivery) error {
	for _, k := range []alarm.Kind{alarm.RemoveByHand, alarm.BringBackByHand, alarm.NotProven, alarm.MaybeWrongFile} {
		for _, subject := range []string{string(d.ID), string(d.Version), string(r.Version)} {
			if subject == "" {
				continue
			}
			if err := s.calm(ctx, k, subject); err != nil {
				return err
			}
		}
	}
	return nil
}

// giveUp ends a reversal with which nothing was done, and shows why.
func (p *Pipeline) giveUp(ctx context.Context, r ledger.Reversal, d ledger.Delivery, why carryover.Reason) error {
	return p.update(ctx, func(s *step) error {
		if err := s.MoveReversal(ctx, d.ID, r.State, ledger.ReversalGivenUp, func(x *ledger.Reversal) { x.Why = string(why) }, s.now); err != nil {
			return err
		}
		if err := s.Destroy(ctx, string(d.ID)); err != nil { // what KeepFor may have kept
			return err
		}
		v, err := s.Version(ctx, r.Version)
		if err != nil || v.State == carryover.Held {
			return err
		}
		if !v.State.CanBecome(carryover.Held) {
			return nil
		}
		return s.move(ctx, v, carryover.Held, why, time.Time{})
	})
}

// enter writes to the chain what became of a delivery's note.
func (s *step) enter(ctx context.Context, d ledger.Delivery, did audit.Action, note string) error {
	v, err := s.Version(ctx, d.Version)
	if err != nil {
		return err
	}
	return s.p.Audit.Append(ctx, s.Tx, audit.Entry{
		At: s.now, Actor: audit.Daemon, Action: did, Subject: string(d.Version), Session: v.Session,
		Note: string(d.Destination) + ":" + string(d.Note) + "/" + note,
	})
}
