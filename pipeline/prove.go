package pipeline

import (
	"bytes"
	"context"
	"slices"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// proofWait is how many polls a proof may wait for a listing that serves other
// deliveries as well.
const proofWait = 2

// worthProving says that something filed has waited long enough to be worth a
// listing of its own.
func (p *Pipeline) worthProving(filed []ledger.Delivery) bool {
	return slices.ContainsFunc(filed, func(d ledger.Delivery) bool {
		return time.Since(d.FiledAt) >= proofWait*p.Timing.Poll
	})
}

// prove is step 6: what was filed before a listing was made is read back in
// it. A note is proven when it holds every word that was sent, in the right
// file, by the right author, as a draft; then the kept text is destroyed.
func (p *Pipeline) prove(ctx context.Context, filed []ledger.Delivery, notes []carryover.Note) error {
	for _, d := range filed {
		i := slices.IndexFunc(notes, func(n carryover.Note) bool { return n.ID == d.Note })
		var err error
		switch {
		case i >= 0:
			err = p.proveOne(ctx, d, notes[i])
		case time.Since(d.FiledAt) < p.Timing.Grace:
			continue // a listing may lag; it has as long as a lost request
		default:
			err = p.notProven(ctx, d)
		}
		if err != nil && !lostRace(err) {
			return err
		}
	}
	return nil
}

// proveOne compares what Cliniko holds with what was sent. A person may have
// finalised or edited the draft since: then the words are theirs, and only
// patient and author can still be proven.
func (p *Pipeline) proveOne(ctx context.Context, d ledger.Delivery, n carryover.Note) error {
	touched := !n.Draft || !n.FinalizedAt.IsZero() || n.UpdatedAt.After(n.CreatedAt)
	same := bytes.Equal(p.wordsDigest(n.Body), d.WordsDigest)
	if !n.Live() || !p.samePerson(ctx, d.Practitioner, d.Patient, n.Patient) || n.Practitioner != d.Practitioner || (!same && !touched) {
		return p.notProven(ctx, d)
	}
	if err := p.update(ctx, func(s *step) error {
		v, err := s.Version(ctx, d.Version)
		if err != nil {
			return err
		}
		if err := s.MoveDelivery(ctx, d.ID, carryover.Filed, carryover.Proven, func(x *ledger.Delivery) {
			x.ProvenAt = s.now
		}, s.now); err != nil {
			return err
		}
		if err := s.Destroy(ctx, string(v.ID)); err != nil {
			return err
		}
		return s.told(ctx, v, carryover.Proven, carryover.NoReason)
	}); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.intents, d.ID)
	return nil
}

// notProven shows a filed note that is not what it should be to a person, at
// once: it may be in the wrong file.
func (p *Pipeline) notProven(ctx context.Context, d ledger.Delivery) error {
	return p.update(ctx, func(s *step) error {
		v, err := s.Version(ctx, d.Version)
		if err != nil {
			return err
		}
		if err := s.alarm(ctx, alarm.NotProven, string(d.ID)); err != nil {
			return err
		}
		return s.move(ctx, v, carryover.Held, carryover.NotProven, time.Time{})
	})
}
