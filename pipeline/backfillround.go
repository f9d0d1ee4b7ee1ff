package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"carryover"
	"carryover/ledger"
)

// perPast is how many documents one round of a backfill matches, and how many
// notes it sends. Its listing of the author's notes reaches back to the oldest of
// its sessions and holds what the backfill itself has filed: it must serve many
// notes, or it would cost more than they do. What it showed counts for two
// minutes, as any listing does; what is left by then is the next round's.
const perPast = 100

// A pastTally counts what one round of a backfill asks of Cliniko.
type pastTally struct {
	reads  ReadCounter
	writes atomic.Int64
}

type pastKey struct{}

// countWrite counts a note or file that is about to be sent, if a backfill's
// round sends it.
func countWrite(ctx context.Context) {
	if t, past := ctx.Value(pastKey{}).(*pastTally); past {
		t.writes.Add(1)
	}
}

func (t *pastTally) cost() ledger.BackfillCost {
	r := t.reads.Reads()
	return ledger.BackfillCost{
		Diary: r.Diary, Patients: r.Candidates + r.ReadAgain, Notes: r.Notes + r.Held + r.Other, Writes: int(t.writes.Load()),
	}
}

// CarryPast takes what a backfill has read one round on for one author, counts
// what that cost, and ends the way of sessions that are carried. It returns
// whether Cliniko was asked anything, and whether the backfill is done.
func (p *Pipeline) CarryPast(ctx context.Context, author carryover.PractitionerID, b ledger.Backfill) (asked, done bool, err error) {
	c := p.Begin(author)
	c.past = true
	tally := &pastTally{}
	counted := context.WithValue(ctx, pastKey{}, tally)
	full, err := p.fullRound(ctx, author)
	if err != nil {
		return false, false, err
	}
	if full {
		if err = p.Match(counted, c); err == nil {
			err = p.Deliver(counted, c)
		}
	}
	cost := tally.cost()
	keep := context.WithoutCancel(ctx) // what was asked was asked
	recorded := p.update(keep, func(s *step) (err error) {
		if cost.Total() > 0 {
			if err := s.CountBackfill(keep, b.ID, 0, 0, cost); err != nil {
				return err
			}
		}
		done, err = s.MarkCarried(keep, b.ID, p.scribed(), s.now)
		return err
	})
	if err = errors.Join(err, recorded); err != nil {
		return false, false, fmt.Errorf("carry past documents of %s: %w", author, err)
	}
	return cost.Total() > 0, done, nil
}

// soonPast is how long a round waits for the documents that are being read.
const soonPast = time.Minute

// fullRound says that a round is worth its listings: enough was read for it, or
// nothing more is to be read soon.
func (p *Pipeline) fullRound(ctx context.Context, author carryover.PractitionerID) (full bool, err error) {
	err = p.view(ctx, func(tx *ledger.Tx) error {
		ahead, err := tx.BackfillAhead(ctx, author)
		if err != nil || ahead >= perPast {
			full = err == nil
			return err
		}
		soon := time.Now().Add(soonPast)
		due, _, err := tx.BackfillReads(ctx, author, soon, 1)
		full = len(due) == 0
		return err
	})
	return full, err
}

// scribed lists whose sessions Heidi shows.
func (p *Pipeline) scribed() []carryover.PractitionerID {
	return slices.DeleteFunc(p.practitioners(), func(who carryover.PractitionerID) bool { return p.Sides[who].Scribe == nil })
}

// ListedForPast says that everybody's sessions were listed for a backfill. Before
// that nothing is matched: through whose links a session shows says whose it is.
func (p *Pipeline) ListedForPast(ctx context.Context, b ledger.Backfill) (all bool, err error) {
	err = p.view(ctx, func(tx *ledger.Tx) error {
		listed, err := tx.BackfillAuthors(ctx, b.ID)
		all = !slices.ContainsFunc(p.scribed(), func(who carryover.PractitionerID) bool { return !slices.Contains(listed, who) })
		return err
	})
	return all, err
}
