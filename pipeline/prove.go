package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// Prove is step 6: what was filed is read back. One listing of the author's
// notes proves all of a cycle. A note is proven when it holds every word that
// was sent, in the right file, by the right author, as a draft; then the kept
// text is destroyed.
func (p *Pipeline) Prove(ctx context.Context, author carryover.PractitionerID) error {
	var filed []ledger.Delivery
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		filed, err = tx.DeliveriesIn(ctx, carryover.Filed)
		return err
	}); err != nil {
		return fmt.Errorf("find filed deliveries: %w", err)
	}
	filed = slices.DeleteFunc(filed, func(d ledger.Delivery) bool { return d.Practitioner != author })
	if len(filed) == 0 {
		return nil
	}
	since := time.Now()
	for _, d := range filed {
		since = earlier(since, earlier(d.IntentAt, d.FiledAt))
	}
	notes, err := p.Sides[author].Chart.Notes(ctx, author, since.Add(-skew))
	if err != nil {
		return fmt.Errorf("read back notes of %s: %w", author, err)
	}
	for _, d := range filed {
		i := slices.IndexFunc(notes, func(n carryover.Note) bool { return n.ID == d.Note })
		if i < 0 {
			if time.Since(d.FiledAt) < p.Timing.Grace {
				continue // a listing may lag; it has as long as a lost request
			}
			err = p.notProven(ctx, d)
		} else {
			err = p.proveOne(ctx, d, notes[i])
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
	return p.update(ctx, func(s *step) error {
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
		p.mu.Lock()
		delete(p.intents, d.ID)
		p.mu.Unlock()
		return s.told(ctx, v, carryover.Proven, carryover.NoReason)
	})
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
