package pipeline

import (
	"context"
	"fmt"
	"time"

	"carryover"
	"carryover/ledger"
)

// A document that is held because of what Cliniko said is not held for ever:
// the receptionist corrects a birth date, merges two records, registers the new
// patient, and expects the document to go on. Cliniko has no webhook, so each
// author's lane asks in two requests what changed since it last asked, and only
// where a change concerns something held is that due to be looked at again
// (again.go). The answer is a hint and never evidence; what it misses, a slow
// look of its own finds.

// changeOverlap is how far each question reaches back before the last one: the
// clocks differ, and a changed appointment may show late (reference sheet §12).
const changeOverlap = clockTolerance

// A watch is what one author's lane remembers between two questions. Only that
// lane uses it.
type watch struct {
	asked time.Time         // when the last question was begun, answered or not
	since time.Time         // when the last answered one was begun; zero: none yet
	seen  map[string]string // keyed digests of what the last answer showed, by kind and id
}

// Watch asks Cliniko what changed, and makes what is held due to be looked at
// again where a change may concern it. Where nothing is held, it asks nothing. A
// process begins by making all of it due: it does not know what changed while
// none ran.
func (p *Pipeline) Watch(ctx context.Context, c *Cycle) error {
	ctx = forHeld.reading(ctx)
	began := time.Now()
	held, err := p.open(ctx, c.author)
	if err != nil {
		return err
	}
	w := p.watchOf(c.author)
	switch {
	case len(held) == 0:
		w.asked, w.since = began, began
		return nil
	case w.since.IsZero():
		if err := p.lookSoon(ctx, held); err != nil {
			return err
		}
		w.asked, w.since = began, began
		return nil
	case began.Sub(w.asked) < p.Timing.Changes:
		return nil
	}
	w.asked = began
	n, err := p.news(ctx, c.author, w)
	if err != nil {
		return p.keyTrouble(ctx, c.author, err)
	}
	if len(n.patients)+len(n.bookings) > 0 {
		concerned, err := p.concerned(ctx, held, n)
		if err != nil {
			return err
		}
		if err := p.lookSoon(ctx, concerned); err != nil {
			return err
		}
	}
	w.since, w.seen = began, n.seen
	return nil
}

func (p *Pipeline) watchOf(author carryover.PractitionerID) *watch {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.watches == nil {
		p.watches = map[carryover.PractitionerID]*watch{}
	}
	if p.watches[author] == nil {
		p.watches[author] = &watch{}
	}
	return p.watches[author]
}

// open returns one author's versions whose hold may end without a person.
func (p *Pipeline) open(ctx context.Context, author carryover.PractitionerID) ([]ledger.Version, error) {
	var out []ledger.Version
	err := p.view(ctx, func(tx *ledger.Tx) error {
		held, err := tx.List(ctx, ledger.Filter{States: []carryover.State{carryover.Held}, Practitioner: author})
		if err != nil {
			return err
		}
		for _, v := range held {
			may, err := p.mayEnd(ctx, tx, v)
			if err != nil {
				return err
			}
			if may && (p.Sides[author].Scribe != nil || ByHand(v.Session)) {
				out = append(out, v)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find what is held for %s: %w", author, err)
	}
	return out, nil
}

// lookSoon makes held versions due now.
func (p *Pipeline) lookSoon(ctx context.Context, vs []ledger.Version) error {
	if len(vs) == 0 {
		return nil
	}
	return p.update(ctx, func(s *step) error {
		for _, v := range vs {
			if err := s.Postpone(ctx, v.ID, carryover.Held, s.now, s.now); err != nil && !lostRace(err) {
				return err
			}
		}
		return nil
	})
}

// news is what an answer showed that the one before did not.
type news struct {
	patients []carryover.Patient
	bookings []carryover.Booking
	seen     map[string]string
}

// news asks what changed since the last question. A record that changed in
// something that matching does not look at, an address, is no news.
func (p *Pipeline) news(ctx context.Context, author carryover.PractitionerID, w *watch) (news, error) {
	chart := p.Sides[author].Chart
	off, _ := chart.ClockOffset()
	since := w.since.Add(off - changeOverlap)
	n := news{seen: map[string]string{}}
	patients, err := chart.PatientsChanged(ctx, since)
	if err != nil {
		return n, fmt.Errorf("ask which patients changed: %w", err)
	}
	bookings, err := chart.BookingsChanged(ctx, p.practitioners(), since)
	if err != nil {
		return n, fmt.Errorf("ask which bookings changed: %w", err)
	}
	fresh := func(key string, parts ...string) bool {
		n.seen[key] = string(p.Ledger.Keys().Digest("changed", parts...))
		return n.seen[key] != w.seen[key]
	}
	for _, r := range patients {
		if fresh("patient "+string(r.ID), append(r.Identity(), r.ArchivedAt.String(), string(r.MergedInto))...) {
			n.patients = append(n.patients, r)
		}
	}
	for _, b := range bookings {
		if fresh("booking "+string(b.ID), string(b.Practitioner), fmt.Sprint(b.Patients), b.StartsAt.String(), b.EndsAt.String(),
			b.CancelledAt.String(), b.ArchivedAt.String(), fmt.Sprint(b.DidNotArrive)) {
			n.bookings = append(n.bookings, b)
		}
	}
	return n, nil
}
