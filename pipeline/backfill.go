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

// A backfill carries sessions that began before the look-back, because somebody
// asked for them. Its documents take the whole road, with every read that the
// day's take: what is different is who goes first (the day's work does, at each
// request), how long a text is waited for that nobody has touched for days, and
// that one round shares its questions among many more notes.

// stillFor is how long a past session must not have been touched, as far as
// Heidi tells, to count as left alone. Its texts then ripen like those of which
// somebody says that they are finished: two equal readings apart, and the third
// just before the note is sent. All others wait for the whole quiet period.
const stillFor = 48 * time.Hour

// readsPast is how many sessions of a backfill are read in one go.
const readsPast = 25

// aheadPast is how many documents may be read and wait for Cliniko: what is read
// long before it is sent is read in vain if it changes.
const aheadPast = 2 * perPast

// isPast says that a session began before the look-back.
func (p *Pipeline) isPast(now, started time.Time) bool {
	return !started.IsZero() && p.Timing.LookBack > 0 && now.Sub(started) >= p.Timing.LookBack
}

// A PastListing is what a listing shows of a range of time.
type PastListing struct {
	Past    []carryover.SessionRef // began in the range and before the look-back
	Undated []carryover.SessionRef // the listing does not say when they began
	Young   int                    // began in the range: the day's work finds them
}

// PastOf lists a practitioner's sessions that began in a range of time, to not
// included. All pages are read: Heidi has no filter and promises no order.
func (p *Pipeline) PastOf(ctx context.Context, who carryover.PractitionerID, from, to time.Time) (PastListing, error) {
	var l PastListing
	now := time.Now()
	for page, err := range p.Sides[who].Scribe.Sessions(ctx) {
		if err != nil {
			return l, fmt.Errorf("list sessions of %s: %w", who, err)
		}
		for _, ref := range page {
			switch {
			case ref.CreatedAt.IsZero():
				l.Undated = append(l.Undated, ref)
			case ref.CreatedAt.Before(from), !ref.CreatedAt.Before(to):
			case p.isPast(now, ref.CreatedAt):
				l.Past = append(l.Past, ref)
			default:
				l.Young++
			}
		}
	}
	return l, nil
}

// ListPast puts a practitioner's past sessions into a backfill. It is taken
// again, whole, when it was cut off.
func (p *Pipeline) ListPast(ctx context.Context, who carryover.PractitionerID, b ledger.Backfill) error {
	l, err := p.PastOf(ctx, who, b.From, b.To)
	if err != nil {
		return p.listingFailed(ctx, who, err)
	}
	return p.update(ctx, func(s *step) error {
		// One whose start the listing does not say is read before anybody knows; those
		// the ledger has are in nobody's way.
		known, err := s.AddToBackfill(ctx, b.ID, who, slices.Concat(l.Past, l.Undated), s.now)
		if err != nil {
			return err
		}
		if err := s.CountBackfill(ctx, b.ID, known, l.Young, ledger.BackfillCost{}); err != nil {
			return err
		}
		return s.BackfillListed(ctx, b.ID, who, s.now)
	})
}

// ReadPast reads sessions of a backfill through one practitioner's link, some at
// a time, and lets their texts ripen. It returns how many it has read; when that
// is none, next is when there is something to read, zero when nothing waits for
// its time.
func (p *Pipeline) ReadPast(ctx context.Context, who carryover.PractitionerID, b ledger.Backfill) (n int, next time.Time, err error) {
	var due []carryover.SessionID
	if err := p.view(ctx, func(tx *ledger.Tx) error {
		ahead, err := tx.BackfillAhead(ctx, who)
		if err != nil || ahead >= aheadPast {
			return err
		}
		due, next, err = tx.BackfillReads(ctx, who, time.Now(), readsPast)
		return err
	}); err != nil {
		return 0, time.Time{}, fmt.Errorf("find what a backfill reads: %w", err)
	}
	var readings []reading
	var failed []carryover.SessionID
	var refused error
	for _, id := range due {
		r, err := p.read(ctx, who, id)
		switch {
		case err == nil:
			readings = append(readings, r)
			continue
		case ctx.Err() != nil:
			return n, time.Time{}, ctx.Err()
		}
		p.Log.Warn("session not read", "session", string(id), "err", err)
		if failed = append(failed, id); errors.Is(err, carryover.ErrUnauthorized) && len(failed) >= refusalsInARow {
			refused = p.listingFailed(ctx, who, err)
			break
		}
	}
	if err := p.observePast(ctx, b, readings); err != nil {
		return 0, time.Time{}, err
	}
	return len(readings), next, errors.Join(p.readLater(ctx, failed), refused)
}

// observePast records readings and what follows from them.
func (p *Pipeline) observePast(ctx context.Context, b ledger.Backfill, readings []reading) error {
	if len(readings) == 0 {
		return nil
	}
	return p.update(ctx, func(s *step) error {
		for _, r := range readings {
			if err := s.observedPast(ctx, b, r); err != nil {
				return fmt.Errorf("record session %s: %w", r.session.ID, err)
			}
		}
		return nil
	})
}

func (s *step) observedPast(ctx context.Context, b ledger.Backfill, r reading) error {
	if r.gone {
		return s.vanishedSession(ctx, r.session.ID)
	}
	if at := r.session.StartedAt; !at.IsZero() && (at.Before(b.From) || !at.Before(b.To)) {
		// The listing did not say when it began. What the ledger keeps of it is its id.
		return errors.Join(s.LeaveBackfill(ctx, r.session.ID, s.now), s.ReadSoon(ctx, r.session.ID, never))
	}
	if err := s.observe(ctx, r); err != nil {
		return err
	}
	row, err := s.SessionRow(ctx, r.session.ID)
	if err != nil {
		return err
	}
	current, err := s.CurrentVersions(ctx, r.session.ID)
	if err != nil {
		return err
	}
	again := time.Time{}
	for _, v := range current {
		if v.State != carryover.Seen || v.Empty || !v.GoneAt.IsZero() {
			continue
		}
		ripe, wait := s.p.ripePast(s.now, row, v)
		if ripe {
			if err := s.settled(ctx, v); err != nil {
				return err
			}
			continue
		}
		if at := s.now.Add(wait); again.IsZero() || at.Before(again) {
			again = at
		}
	}
	if again.IsZero() {
		return nil
	}
	return s.ReadSoon(ctx, r.session.ID, again)
}

// ripePast says whether a past version's text has stopped changing, and if not,
// how long until the next reading. Heidi's stamps may make it wait longer, never
// shorter: a session without one has begun weeks ago, and is read twice as well.
func (p *Pipeline) ripePast(now time.Time, row ledger.SessionRow, v ledger.Version) (ripe bool, wait time.Duration) {
	stamps := []time.Time{row.StartedAt, row.HintedAt}
	left := !row.StartedAt.IsZero() && !slices.ContainsFunc(stamps, func(t time.Time) bool { return now.Sub(t) < stillFor })
	apart, reads := p.Timing.Quiet, p.Timing.Reads
	if left {
		apart, reads = min(between, apart), 2
	}
	if v.Reads >= reads && now.Sub(v.FirstSeen) >= apart {
		return true, 0
	}
	if v.Reads < reads-1 {
		return false, p.Timing.Poll
	}
	return false, max(apart-now.Sub(v.FirstSeen), min(between, p.Timing.Poll))
}
