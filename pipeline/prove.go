package pipeline

import (
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

// toProve returns what one author has filed and nobody takes back.
func (p *Pipeline) toProve(ctx context.Context, author carryover.PractitionerID) ([]ledger.Delivery, error) {
	filed, err := p.deliveriesIn(ctx, carryover.Filed, author)
	if err != nil || len(filed) == 0 {
		return nil, err
	}
	leaving := map[carryover.DeliveryID]bool{}
	err = p.view(ctx, func(tx *ledger.Tx) error {
		open, err := tx.OpenReversals(ctx)
		for _, r := range open {
			leaving[r.Delivery] = r.State != ledger.ReversalAskAgain
		}
		return err
	})
	return slices.DeleteFunc(filed, func(d ledger.Delivery) bool { return leaving[d.ID] }), err
}

// worthProving says that something filed has waited long enough to be worth a
// listing of its own.
func (p *Pipeline) worthProving(filed []ledger.Delivery) bool {
	return slices.ContainsFunc(p.provable(filed), func(d ledger.Delivery) bool {
		return time.Since(d.FiledAt) >= proofWait*p.Timing.Poll
	})
}

// provable leaves out what is known to take longer: a file in Cliniko's queue.
func (p *Pipeline) provable(filed []ledger.Delivery) []ledger.Delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(filed), func(d ledger.Delivery) bool { return time.Now().Before(p.proofs[d.ID]) })
}

// proveLater puts off the proof of a file that cannot be read yet. Within the
// grace period it is looked for as anything else; then ever more slowly, for
// each look costs a listing.
func (p *Pipeline) proveLater(d ledger.Delivery) {
	age := time.Since(d.FiledAt)
	if age < p.Timing.Grace {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.proofs == nil {
		p.proofs = map[carryover.DeliveryID]time.Time{}
	}
	p.proofs[d.ID] = time.Now().Add(max(proofWait*p.Timing.Poll, age/4))
}

// prove is step 6: what was filed before a listing was made is read back in
// it. A note is proven when it holds every word that was sent, in the right
// file, by the right author, as a draft; a file when its bytes are those that
// were sent. Then the kept text is destroyed.
func (p *Pipeline) prove(ctx context.Context, filed []ledger.Delivery, list listing) error {
	for _, d := range filed {
		if !list.tells(d.Destination) {
			continue
		}
		i := slices.IndexFunc(list.filings, func(f filing) bool { return f.id == d.Note && f.to == d.Destination })
		var err error
		switch {
		case i >= 0:
			err = p.proveOne(ctx, d, list.filings[i])
		case time.Since(d.FiledAt) < p.Timing.Grace:
			continue // a listing may lag; it has as long as a lost request
		default:
			err = p.notProven(ctx, d, carryover.Text{})
		}
		if err != nil && !lostRace(err) {
			if err := p.impossible(ctx, d, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// proveOne compares what Cliniko holds with what was sent. A person may have
// finalised or edited the draft since, or described the file anew: then the
// words are theirs, and only patient, author and the file can still be proven.
// What nobody has touched must be a draft.
func (p *Pipeline) proveOne(ctx context.Context, d ledger.Delivery, f filing) error {
	if !f.live || f.final || !p.samePerson(ctx, d.Practitioner, d.Patient, f.patient) || f.author != d.Practitioner {
		return p.notProven(ctx, d, carryover.Text{})
	}
	like, err := p.compare(ctx, f, d.WordsDigest)
	switch {
	case err != nil:
		return err
	case like == unread && p.waitsFor(f.id):
		p.proveLater(d)
		return nil
	case like == unread:
		return p.notProven(ctx, d, carryover.Text{})
	case like == differs && !f.touched:
		return p.damagedOnTheWay(ctx, d, f)
	}
	return p.proven(ctx, d)
}

func (p *Pipeline) proven(ctx context.Context, d ledger.Delivery) error {
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
	delete(p.proofs, d.ID)
	return nil
}

// notProven shows what was filed and is not what it should be to a person, at
// once: it may be in the wrong file. The difference, if anything is known of it,
// is sealed for them.
func (p *Pipeline) notProven(ctx context.Context, d ledger.Delivery, difference carryover.Text) error {
	return p.update(ctx, func(s *step) error {
		v, err := s.Version(ctx, d.Version)
		if err != nil {
			return err
		}
		if !difference.IsBlank() {
			if err := s.SealText(ctx, string(v.ID), ledger.SealedDifference, difference); err != nil {
				return err
			}
		}
		if err := s.alarm(ctx, alarm.NotProven, string(d.ID)); err != nil {
			return err
		}
		return s.move(ctx, v, carryover.Held, carryover.NotProven, time.Time{})
	})
}
