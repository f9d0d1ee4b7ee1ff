package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/render"
)

// Cliniko has no idempotency key, so a repeated POST makes a second note
// (reference sheet §18). Delivery is therefore told here in full, in the order
// in which it must happen; a crash after each step leaves what its comment says.

// before is how long before a session its author's notes are looked through:
// someone may have pasted the text the evening before by a wrong clock.
const before = 24 * time.Hour

// Deliver takes every delivery of one author one step on: what is in doubt is
// settled, what is filed is proven, what is ready is sent. One listing of the
// author's notes serves them all, and no older list is used.
func (p *Pipeline) Deliver(ctx context.Context, c *Cycle) error {
	doubts, err := p.deliveriesIn(ctx, carryover.InDoubt, c.author)
	if err != nil {
		return err
	}
	filed, err := p.deliveriesIn(ctx, carryover.Filed, c.author)
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
	notes, err := p.listNotes(ctx, c.author, ready, slices.Concat(doubts, filed))
	if err != nil {
		return errors.Join(err, p.postponeAll(ctx, ready, err))
	}
	return p.useList(ctx, c.author, notes, ready, doubts, filed)
}

// useList takes everything on that one listing allows.
func (p *Pipeline) useList(ctx context.Context, author carryover.PractitionerID, notes []carryover.Note, ready []ledger.Version, doubts, filed []ledger.Delivery) error {
	for _, d := range doubts {
		if err := p.settle(ctx, author, d, notes); err != nil && !lostRace(err) {
			return err
		}
	}
	if err := p.prove(ctx, filed, notes); err != nil {
		return err
	}
	if p.clockIsOff(ctx, author) {
		return nil
	}
	for _, v := range ready {
		if err := p.deliverOne(ctx, author, v, notes); err != nil && !lostRace(err) {
			return err
		}
	}
	return nil
}

// sendable returns what is ready, not paused, and the same as when it became
// ready.
func (p *Pipeline) sendable(ctx context.Context, c *Cycle) ([]ledger.Version, error) {
	if time.Now().Before(p.WritesFrom) {
		return nil, nil
	}
	ready, err := p.due(ctx, carryover.Ready, c.author)
	if err != nil || len(ready) == 0 {
		return nil, err
	}
	if stop, err := p.stopped(ctx, c.author); stop || err != nil {
		return nil, err
	}
	return p.readAgain(ctx, c, ready)
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

// readAgain is step 0: session, documents and patient are read once more just
// before sending. Whatever changed is no longer ready. A crash here loses
// nothing: the versions are still ready.
func (p *Pipeline) readAgain(ctx context.Context, c *Cycle, ready []ledger.Version) ([]ledger.Version, error) {
	var unread []ledger.Version
	read := map[carryover.SessionID]bool{}
	for _, v := range ready {
		if _, done := read[v.Session]; done || ByHand(v.Session) {
			continue
		}
		err := p.Read(ctx, c.author, v.Session)
		read[v.Session] = err == nil
		if err != nil {
			p.Log.Warn("session not read again", "session", string(v.Session), "err", err)
		}
	}
	still, err := p.due(ctx, carryover.Ready, c.author)
	if err != nil {
		return nil, err
	}
	still = slices.DeleteFunc(still, func(v ledger.Version) bool {
		bad := !ByHand(v.Session) && !read[v.Session]
		if bad {
			unread = append(unread, v)
		}
		return bad
	})
	if len(unread) > 0 {
		if err := p.postponeAll(ctx, unread, carryover.ErrTransient); err != nil {
			return nil, err
		}
	}
	return p.patientsAgain(ctx, c, still)
}

// patientsAgain reads every patient of the ready versions in one request, those
// of this very round excepted, and sends versions back to matching whose
// record was merged, archived or altered.
func (p *Pipeline) patientsAgain(ctx context.Context, c *Cycle, ready []ledger.Version) ([]ledger.Version, error) {
	ids := make([]carryover.PatientID, 0, len(ready))
	for _, v := range ready {
		ids = append(ids, v.Patient)
	}
	if err := c.fetch(ctx, ids); err != nil {
		return nil, p.postponeAll(ctx, ready, err)
	}
	var same []ledger.Version
	for _, v := range ready {
		now, known := c.byID[v.Patient]
		unchanged := false
		if err := p.view(ctx, func(tx *ledger.Tx) error {
			then, err := tx.OpenText(ctx, string(v.ID), identityKind)
			if errors.Is(err, carryover.ErrGone) { // a person chose the patient: there is nothing to compare
				unchanged = v.ByPerson
				return nil
			}
			unchanged = then.Reveal() == p.identity(now)
			return err
		}); err != nil {
			return nil, err
		}
		if known && now.Live() && unchanged {
			same = append(same, v)
			continue
		}
		if err := p.patientChanged(ctx, v); err != nil && !lostRace(err) {
			return nil, err
		}
	}
	return same, nil
}

// patientChanged sends a version back: to be matched again, or to the person
// whose choice no longer stands.
func (p *Pipeline) patientChanged(ctx context.Context, v ledger.Version) error {
	return p.update(ctx, func(s *step) error {
		if v.ByPerson {
			return s.move(ctx, v, carryover.Held, carryover.PatientChanged, time.Time{})
		}
		return s.move(ctx, v, carryover.Ripe, carryover.NoReason, s.now)
	})
}

// listNotes is step 1: every note of the author, of all patients, archived
// ones too, since the oldest session or intent concerned.
func (p *Pipeline) listNotes(ctx context.Context, author carryover.PractitionerID, ready []ledger.Version, sent []ledger.Delivery) ([]carryover.Note, error) {
	since := time.Now()
	err := p.view(ctx, func(tx *ledger.Tx) error {
		for _, v := range ready {
			row, err := tx.SessionRow(ctx, v.Session)
			if err != nil {
				return err
			}
			began := row.StartedAt
			if began.IsZero() || row.FirstSeen.Before(began) {
				began = row.FirstSeen
			}
			since = earlier(since, began)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, d := range sent {
		since = earlier(since, d.IntentAt)
	}
	return p.Sides[author].Chart.Notes(ctx, author, since.Add(-before))
}

// deliverOne carries one version through steps 1 to 4.
func (p *Pipeline) deliverOne(ctx context.Context, author carryover.PractitionerID, v ledger.Version, notes []carryover.Note) error {
	var doc carryover.Document
	var d ledger.Delivery
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		if doc, err = tx.Content(ctx, v.ID); err != nil {
			return err
		}
		d, err = openDelivery(ctx, tx, v, doc)
		return err
	}); err != nil {
		if errors.Is(err, carryover.ErrGone) {
			return p.hold(ctx, v, carryover.TextGone)
		}
		return fmt.Errorf("read version %s: %w", v.ID, err)
	}
	draft, err := p.Draft(v, doc, d.Reference)
	if err != nil {
		return p.hold(ctx, v, carryover.CannotRender)
	}
	draft.Booking, draft.Attendee = d.Booking, d.Attendee
	d.WordsDigest = p.wordsDigest(draft.HTML)

	if done, err := p.lookFirst(ctx, v, d, doc, notes); done || err != nil {
		return err
	}
	if err := p.Sides[author].Chart.Reserve(ctx); err != nil {
		return p.postponeAll(ctx, []ledger.Version{v}, err)
	}
	attempt, err := p.intend(ctx, v, &d)
	if err != nil {
		return fmt.Errorf("begin delivery of version %s: %w", v.ID, err)
	}
	// A crash from here on leaves the delivery in Sending, which the next start
	// treats as in doubt. Recording the answer outlives a stop of the daemon.
	sent, err := p.Sides[author].Chart.File(ctx, draft)
	return p.answered(context.WithoutCancel(ctx), v, d, attempt, sent, err)
}

// openDelivery returns the version's delivery that is not sent yet, or a new
// one whose reference is numbered after all deliveries of the document, so
// that no reference is ever used for two of them.
func openDelivery(ctx context.Context, tx *ledger.Tx, v ledger.Version, doc carryover.Document) (ledger.Delivery, error) {
	all, err := tx.VersionsOf(ctx, v.Session, v.Document)
	if err != nil {
		return ledger.Delivery{}, err
	}
	number := 1
	for _, e := range all {
		ds, err := tx.DeliveriesOf(ctx, e.ID)
		if err != nil {
			return ledger.Delivery{}, err
		}
		for _, d := range ds {
			if d.ID == v.Delivery && d.State == carryover.Ready && d.Note == "" &&
				d.Patient == v.Patient && d.Practitioner == v.Practitioner {
				return d, nil
			}
			number++
		}
	}
	return ledger.Delivery{
		Version: v.ID, State: v.State, Patient: v.Patient, Practitioner: v.Practitioner,
		Booking: v.Booking, Attendee: v.Attendee, Destination: carryover.ToTreatmentNote,
		Profile:   string(render.Standard),
		Reference: carryover.NewReference(v.Session, v.Document, doc.Content, carryover.ToTreatmentNote, number),
	}, nil
}

// lookFirst ends the road before a POST when the author's notes say that the
// document is there already: done is true then.
func (p *Pipeline) lookFirst(ctx context.Context, v ledger.Version, d ledger.Delivery, doc carryover.Document, notes []carryover.Note) (done bool, err error) {
	for _, n := range notes {
		refs := render.References(n.Body)
		switch {
		case slices.Contains(refs, d.Reference):
			// A restored database, or a second daemon: the note is ours.
			return true, p.adoptOrHold(ctx, v, d, notes)
		case slices.ContainsFunc(refs, func(r carryover.Reference) bool { return r.Mark() == d.Reference.Mark() }):
			if n.Live() && !v.ByPerson {
				return true, p.hold(ctx, v, carryover.EarlierNote)
			}
		case len(refs) == 0 && n.Live() && n.Patient == v.Patient && !v.ByPerson && render.HoldsCopy(n.Body, doc):
			return true, p.hold(ctx, v, carryover.AlreadyPasted)
		}
	}
	return false, nil
}

// intend is step 2: one durable transaction says what is about to be sent. It
// returns the number of the attempt.
func (p *Pipeline) intend(ctx context.Context, v ledger.Version, d *ledger.Delivery) (attempt int, err error) {
	err = p.update(ctx, func(s *step) error {
		if d.ID == "" {
			if d.ID, err = s.AddDelivery(ctx, *d); err != nil {
				return err
			}
		}
		if err := s.MoveDelivery(ctx, d.ID, carryover.Ready, carryover.Sending, func(x *ledger.Delivery) {
			x.IntentAt, x.WordsDigest = s.now, d.WordsDigest
		}, s.now); err != nil {
			return err
		}
		if attempt, err = s.StartAttempt(ctx, d.ID, s.now); err != nil {
			return err
		}
		d.IntentAt = s.now
		return s.told(ctx, v, carryover.Sending, carryover.NoReason)
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
