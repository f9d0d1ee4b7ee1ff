package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/match"
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
	since time.Time         // when the last question was begun; zero: never
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
		w.since = began
		return nil
	case w.since.IsZero():
		if err := p.lookSoon(ctx, held); err != nil {
			return err
		}
		w.since = began
		return nil
	case began.Sub(w.since) < p.Timing.Changes:
		return nil
	}
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

// concerned returns those of the held versions that some news may be about.
func (p *Pipeline) concerned(ctx context.Context, held []ledger.Version, n news) ([]ledger.Version, error) {
	var out []ledger.Version
	err := p.view(ctx, func(tx *ledger.Tx) error {
		for _, v := range held {
			t, err := p.trailOf(ctx, tx, v)
			switch {
			case errors.Is(err, carryover.ErrGone): // nothing is left to look at
			case err != nil:
				return fmt.Errorf("read what version %s was held on: %w", v.ID, err)
			case slices.ContainsFunc(n.patients, t.leadsTo), slices.ContainsFunc(n.bookings, t.passes):
				out = append(out, v)
			}
		}
		return nil
	})
	return out, err
}

// A trail is all by which matching would come upon a record or a booking for
// something held: who was found before, and what it would ask for now.
type trail struct {
	session carryover.Session
	links   []carryover.PractitionerID
	trusted bool
	found   []carryover.PatientID
	born    []carryover.Date
	names   []string // words that a last name may contain, folded
}

func (p *Pipeline) trailOf(ctx context.Context, tx *ledger.Tx, v ledger.Version) (trail, error) {
	s, err := tx.Claim(ctx, v.Session)
	if err != nil {
		return trail{}, err
	}
	row, err := tx.SessionRow(ctx, v.Session)
	if err != nil {
		return trail{}, err
	}
	m, err := tx.Evidence(ctx, v.ID)
	if err != nil {
		return trail{}, err
	}
	t := trail{session: s, links: row.Links, trusted: p.trusts(s)}
	for _, c := range m.Candidates {
		t.found = append(t.found, c.Patient)
	}
	if t.trusted && s.Claim.PatientID != "" {
		t.found = append(t.found, s.Claim.PatientID)
	}
	plan := match.PlanSearches(s)
	t.born = plan.BirthDates
	for _, n := range plan.LastNames {
		t.names = append(t.names, match.Words(n)...)
	}
	return t, nil
}

// leadsTo says that matching may come upon a record.
func (t trail) leadsTo(r carryover.Patient) bool {
	if slices.Contains(t.found, r.ID) || slices.Contains(t.found, r.MergedInto) || slices.Contains(t.born, r.BirthDate) {
		return true
	}
	last := strings.Join(match.Words(r.LastName), " ")
	words := slices.Concat(match.Words(r.FirstName), match.Words(r.PreferredName), match.Words(r.LastName))
	return slices.ContainsFunc(t.names, func(n string) bool {
		return strings.Contains(last, n) || slices.Contains(words, n)
	})
}

// passes says that matching may look at a booking: the session names it, or
// it is close by in a diary that counts or concerns somebody who was found.
func (t trail) passes(b carryover.Booking) bool {
	start := t.session.StartedAt
	switch {
	case t.trusted && b.ID == t.session.Claim.BookingID:
		return true
	case start.IsZero(), !b.EndsAt.After(start.Add(-diaryBefore)), !b.StartsAt.Before(start.Add(diaryAfter)):
		return false
	case b.Practitioner == t.session.Practitioner, slices.Contains(t.links, b.Practitioner):
		return true
	}
	return slices.ContainsFunc(b.Patients, func(id carryover.PatientID) bool { return slices.Contains(t.found, id) })
}
