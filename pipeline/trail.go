package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"carryover"
	"carryover/ledger"
	"carryover/match"
)

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
