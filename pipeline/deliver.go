package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carryover"
	"carryover/ledger"
)

// Cliniko has no idempotency key, so a repeated POST makes a second note
// (reference sheet §18). Delivery is therefore told here in full, in the order
// in which it must happen; a crash after each step leaves what its comment says.

// perRound is how many notes one round sends at most. What was read again just
// before must still be true for the last of them.
const perRound = 8

// before is how long before a session its author's notes are looked through:
// someone may have pasted the text the evening before by a wrong clock.
const before = 24 * time.Hour

// Deliver takes every delivery of one author one step on: what a person takes
// back is taken out of its record (undo.go), what is in doubt is settled, what is filed is proven, what is ready is sent. One listing of the
// author's notes, and of their files where one is concerned, serves them all,
// and no older list is used.
//
// A backfill's round sends and proves; what is taken back or in doubt is the
// day's round's, whose requests go first.
func (p *Pipeline) Deliver(ctx context.Context, c *Cycle) error {
	doubts, err := p.takenUp(ctx, c)
	if err != nil {
		return err
	}
	filed, err := p.toProve(ctx, c.author)
	if err != nil {
		return err
	}
	ready, err := p.sendable(ctx, c)
	if err != nil {
		return err
	}
	if len(ready)+len(doubts) == 0 && !p.worthProving(filed) {
		return nil
	}
	asked, ctx := ctx, forNotes.reading(ctx)
	filed = p.provable(filed)
	list, err := p.listFor(ctx, c.author, ready, slices.Concat(doubts, filed))
	if err != nil {
		return errors.Join(p.keyTrouble(ctx, c.author, err), p.postponeAll(ctx, ready, err))
	}
	if err := p.keyWorks(ctx, c.author); err != nil {
		return err
	}
	if err := p.useList(ctx, c.author, list, doubts, filed); err != nil {
		return err
	}
	if ready, err = p.patientsAgain(asked, c, ready); err != nil {
		return err
	}
	return p.sendAll(ctx, c.author, &list, ready)
}

// takenUp does what comes before anything new: answers that were lost are noted
// as such, what a person takes back is taken out of its record. It returns what is
// in doubt. Nothing of the author's is on the wire meanwhile.
func (p *Pipeline) takenUp(ctx context.Context, c *Cycle) ([]ledger.Delivery, error) {
	if c.past {
		return nil, nil
	}
	done, err := p.toWrite(ctx, c.author)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := p.recover(ctx, c.author); err != nil {
		return nil, err
	}
	if err := p.reverse(ctx, c); err != nil {
		return nil, err
	}
	return p.deliveriesIn(ctx, carryover.InDoubt, c.author)
}

// toWrite waits until nothing of an author's is on the wire, and keeps it so
// until done is called: the day's round and a backfill's run side by side, and
// no two writes of one author may be under way at once.
func (p *Pipeline) toWrite(ctx context.Context, author carryover.PractitionerID) (done func(), err error) {
	p.mu.Lock()
	if p.writing == nil {
		p.writing = map[carryover.PractitionerID]chan struct{}{}
	}
	one := p.writing[author]
	if one == nil {
		one = make(chan struct{}, 1)
		p.writing[author] = one
	}
	p.mu.Unlock()
	select {
	case one <- struct{}{}:
		return func() { <-one }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// useList takes everything on that was sent before and that one listing allows.
func (p *Pipeline) useList(ctx context.Context, author carryover.PractitionerID, list listing, doubts, filed []ledger.Delivery) error {
	for _, d := range doubts {
		if err := p.settle(ctx, author, d, list); err != nil && !lostRace(err) {
			if err := p.impossible(ctx, d, err); err != nil {
				return err
			}
		}
	}
	if err := p.prove(ctx, filed, list); err != nil {
		return err
	}
	return p.doubled(ctx, author, list.filings)
}

// sendAll sends what is ready, one after the other, while our clock and Cliniko's
// agree.
func (p *Pipeline) sendAll(ctx context.Context, author carryover.PractitionerID, list *listing, ready []ledger.Version) error {
	for _, v := range ready {
		if p.clockIsOff(ctx, author) {
			return nil
		}
		err := p.deliverOne(ctx, author, v, list)
		switch {
		case err == nil:
			if err := p.backHere(ctx, author); err != nil {
				return err
			}
		case lostRace(err):
		case errors.Is(err, errPaused), errors.Is(err, errRoundOver):
			return nil
		case errors.Is(err, carryover.ErrUnauthorized), ctx.Err() != nil:
			return p.keyTrouble(ctx, author, err)
		default:
			if err := p.damaged(ctx, v, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// sendable returns what is ready and not paused, as much as one round sends.
func (p *Pipeline) sendable(ctx context.Context, c *Cycle) ([]ledger.Version, error) {
	if time.Now().Before(p.WritesFrom) {
		return nil, nil
	}
	ready, err := p.newestReady(ctx, c)
	if err != nil || len(ready) == 0 {
		return nil, err
	}
	if stop, err := p.stopped(ctx, c.author); stop || err != nil {
		return nil, err
	}
	return ready, nil
}

// newestReady returns what is ready and no older than its document. A version
// that another one has replaced while it was on its way is superseded.
func (p *Pipeline) newestReady(ctx context.Context, c *Cycle) ([]ledger.Version, error) {
	due, err := p.due(ctx, carryover.Ready, c)
	if err != nil {
		return nil, err
	}
	var ready []ledger.Version
	for _, v := range due {
		if v.Newest {
			ready = append(ready, v)
			continue
		}
		if err := p.update(ctx, func(s *step) error { return s.supersede(ctx, v) }); err != nil && !lostRace(err) {
			return nil, err
		}
	}
	return ready[:min(len(ready), c.most())], nil
}

// deliveriesIn returns one author's deliveries in a state.
func (p *Pipeline) deliveriesIn(ctx context.Context, state carryover.State, author carryover.PractitionerID) ([]ledger.Delivery, error) {
	var all []ledger.Delivery
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		all, err = tx.DeliveriesIn(ctx, state)
		return err
	}); err != nil {
		return nil, fmt.Errorf("find deliveries in %s: %w", state, err)
	}
	return slices.DeleteFunc(all, func(d ledger.Delivery) bool { return d.Practitioner != author }), nil
}

// deliverOne carries one version through steps 1 to 4.
func (p *Pipeline) deliverOne(ctx context.Context, author carryover.PractitionerID, v ledger.Version, list *listing) error {
	fresh, err := p.readAgain(ctx, v)
	if err != nil || fresh == nil {
		return err
	}
	v = *fresh
	w, err := p.wayOf(ctx, v, *list)
	switch {
	case errors.Is(err, carryover.ErrGone):
		return p.hold(ctx, v, carryover.TextGone)
	case err != nil:
		return fmt.Errorf("read version %s: %w", v.ID, err)
	case !list.tells(w.d.Destination):
		return nil // it became a file since the listing was begun: the next round lists files
	}
	out, err := p.compose(ctx, w)
	switch {
	case errors.Is(err, carryover.ErrInvalid):
		return p.hold(ctx, v, carryover.CannotRender)
	case err != nil:
		return p.putOff(ctx, v, err)
	}
	w.digest = out.digest
	if done, err := p.lookFirst(ctx, w); done || err != nil {
		return err
	}
	if out.to == carryover.ToAttachment {
		if out.at, err = p.Sides[author].Files.Upload(ctx, out.file); err != nil {
			return p.notUploaded(ctx, v, err)
		}
	}
	done, err := p.toWrite(ctx, author)
	if err != nil {
		return err
	}
	defer done()
	if err := p.Sides[author].Chart.Reserve(ctx); err != nil {
		return p.postponeAll(ctx, []ledger.Version{v}, err)
	}
	if p.tooOld(list.done) {
		return p.nextRound(ctx, v)
	}
	attempt, err := p.intend(ctx, v, &w.d, out)
	if err != nil {
		return fmt.Errorf("begin delivery of version %s: %w", v.ID, err)
	}
	// A crash from here on leaves the delivery in Sending, which is treated as in
	// doubt. The request and the recording of its answer outlive a stop of the
	// daemon; the client's deadline bounds them.
	sending := context.WithoutCancel(ctx)
	countWrite(ctx)
	sent, err := p.Sides[author].send(sending, out, author)
	if err == nil || errors.Is(err, carryover.ErrInDoubt) {
		list.add(out.expected(v, sent.id))
	}
	return p.answered(sending, v, w.d, attempt, sent, err)
}

// errPaused says that writes were stopped after the round began.
var errPaused = errors.New("writes are paused")

// intend is step 2: one durable transaction says what is about to be sent,
// provided that the version is still what the round decided on and nobody has
// stopped writing. It returns the number of the attempt.
func (p *Pipeline) intend(ctx context.Context, v ledger.Version, d *ledger.Delivery, out outgoing) (attempt int, err error) {
	d.WordsDigest, d.Profile = out.digest, out.profile
	err = p.update(ctx, func(s *step) error {
		if err := s.stillStands(ctx, v); err != nil {
			return err
		}
		if d.ID == "" {
			if d.ID, err = s.AddDelivery(ctx, *d); err != nil {
				return err
			}
		}
		if err := s.MoveDelivery(ctx, d.ID, carryover.Ready, carryover.Sending, func(x *ledger.Delivery) {
			x.IntentAt, x.WordsDigest, x.Booking, x.Attendee = s.now, d.WordsDigest, d.Booking, d.Attendee
			x.Profile = d.Profile
		}, s.now); err != nil {
			return err
		}
		if attempt, err = s.StartAttempt(ctx, d.ID, s.now); err != nil {
			return err
		}
		d.IntentAt = s.now
		return s.toldWith(ctx, v, carryover.Sending, carryover.NoReason, out.fallback)
	})
	if err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.intents == nil {
		p.intents = map[carryover.DeliveryID]time.Time{}
	}
	p.intents[d.ID] = time.Now()
	return attempt, nil
}

// stillStands compares a version with its row: a person, a reading or another
// lane may have moved it since the round began.
func (s *step) stillStands(ctx context.Context, v ledger.Version) error {
	stop, err := isStopped(ctx, s.Tx, v.Practitioner)
	switch {
	case err != nil:
		return err
	case stop:
		return errPaused
	}
	now, err := s.Version(ctx, v.ID)
	if err != nil {
		return err
	}
	if now.State != carryover.Ready || !now.Newest || now.Patient != v.Patient || now.Practitioner != v.Practitioner ||
		now.Booking != v.Booking || now.Delivery != v.Delivery || now.ByPerson != v.ByPerson {
		return ledger.ErrConflict
	}
	return nil
}

// hold keeps a version for a person.
func (p *Pipeline) hold(ctx context.Context, v ledger.Version, why carryover.Reason) error {
	return p.update(ctx, func(s *step) error { return s.move(ctx, v, carryover.Held, why, time.Time{}) })
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
