package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carryover"
)

// lookups are one cycle's questions to Cliniko's register and diary, each
// asked once per cycle and shared by all sessions of that cycle: Cliniko
// allows 200 requests a minute, and safety must not be paid for with them.
type lookups struct {
	chart   Chart
	authors []carryover.PractitionerID // whose diaries are read: everybody's, in one listing
	byID    map[carryover.PatientID]carryover.Patient
	asked   map[carryover.PatientID]bool
	born    map[carryover.Date][]carryover.PatientID
	named   map[string][]carryover.PatientID
	diary   []carryover.Booking
	covered []span
}

type span struct{ from, to time.Time }

// A Cycle is one round of one author's lane. What it has asked Cliniko is
// shared by all its steps and forgotten with it: nothing is decided on what an
// earlier round saw.
type Cycle struct {
	author carryover.PractitionerID
	began  time.Time
	past   bool // of a backfill: it has a lane of its own
	*lookups
}

// most is how many notes the round sends at most.
func (c *Cycle) most() int {
	if c.past {
		return perPast
	}
	return perRound
}

// Begin starts a round for one author.
func (p *Pipeline) Begin(author carryover.PractitionerID) *Cycle {
	return &Cycle{author: author, began: time.Now(), lookups: newLookups(p.Sides[author].Chart, p.practitioners())}
}

func newLookups(chart Chart, authors []carryover.PractitionerID) *lookups {
	return &lookups{
		chart: chart, authors: authors,
		byID:  map[carryover.PatientID]carryover.Patient{},
		asked: map[carryover.PatientID]bool{},
		born:  map[carryover.Date][]carryover.PatientID{},
		named: map[string][]carryover.PatientID{},
	}
}

// How much diary around a recording is looked at: notes are dictated hours
// after the visit, and the next booking stands close by.
const (
	diaryBefore = 10 * time.Hour
	diaryAfter  = 3 * time.Hour
)

// maxSpan is how far apart two sessions may be and still share one listing of
// the diary.
const maxSpan = 14 * time.Hour

// prepareDiary lists the practice's diary around all start times with few requests.
func (l *lookups) prepareDiary(ctx context.Context, starts []time.Time) error {
	slices.SortFunc(starts, time.Time.Compare)
	var want []span
	for _, t := range starts {
		if t.IsZero() || l.covers(t) {
			continue
		}
		s := span{t.Add(-diaryBefore), t.Add(diaryAfter)}
		if n := len(want); n > 0 && s.to.Sub(want[n-1].from) <= maxSpan+diaryBefore+diaryAfter {
			want[n-1].to = s.to
			continue
		}
		want = append(want, s)
	}
	for _, s := range want {
		found, err := l.chart.Bookings(forDiary.reading(ctx), l.authors, s.from, s.to)
		if err != nil {
			return fmt.Errorf("list diary: %w", err)
		}
		l.diary = append(l.diary, found...)
		l.covered = append(l.covered, s)
	}
	return nil
}

func (l *lookups) covers(t time.Time) bool {
	return slices.ContainsFunc(l.covered, func(s span) bool {
		return !t.Add(-diaryBefore).Before(s.from) && !t.Add(diaryAfter).After(s.to)
	})
}

// around returns the diary around a session, with the booking it names.
func (l *lookups) around(s carryover.Session) []carryover.Booking {
	var out []carryover.Booking
	for _, b := range l.diary {
		if !s.StartedAt.IsZero() && b.EndsAt.After(s.StartedAt.Add(-diaryBefore)) && b.StartsAt.Before(s.StartedAt.Add(diaryAfter)) ||
			b.ID == s.Claim.BookingID {
			out = append(out, b)
		}
	}
	return out
}

// bookedWith returns whose diary a booking stands in; "" when it is not known.
func (l *lookups) bookedWith(id carryover.BookingID) carryover.PractitionerID {
	for _, b := range l.diary {
		if id != "" && b.ID == id {
			return b.Practitioner
		}
	}
	return ""
}

// near is around with the booking that the session names read by its id, if it
// stands elsewhere.
func (l *lookups) near(ctx context.Context, s carryover.Session, trusted bool) ([]carryover.Booking, error) {
	out := l.around(s)
	named := slices.ContainsFunc(out, func(b carryover.Booking) bool { return b.ID == s.Claim.BookingID })
	if !trusted || s.Claim.BookingID == "" || named {
		return out, nil
	}
	b, err := l.chart.Booking(forDiary.reading(ctx), s.Claim.BookingID)
	switch {
	case errors.Is(err, carryover.ErrGone), errors.Is(err, carryover.ErrInvalid), errors.Is(err, carryover.ErrRefused):
		return out, nil
	case err != nil:
		return nil, fmt.Errorf("read booking %s: %w", s.Claim.BookingID, err)
	}
	l.diary = append(l.diary, b)
	return append(out, b), l.fetch(ctx, b.Patients)
}

// mergeHops bounds a chain of merges.
const mergeHops = 5

// fetch reads patients by id, many at a time, with the survivors of merges.
func (l *lookups) fetch(ctx context.Context, ids []carryover.PatientID) error {
	for range mergeHops {
		var want []carryover.PatientID
		for _, id := range ids {
			if id != "" && !l.asked[id] {
				want = append(want, id)
				l.asked[id] = true
			}
		}
		if len(want) == 0 {
			return nil
		}
		found, err := l.chart.PatientsByID(forCandidates.reading(ctx), want)
		if err != nil {
			for _, id := range want {
				delete(l.asked, id)
			}
			return fmt.Errorf("read %d patients: %w", len(want), err)
		}
		ids = l.keep(found)
	}
	return nil
}

// keep remembers records and returns the survivors they lead to.
func (l *lookups) keep(found []carryover.Patient) (survivors []carryover.PatientID) {
	for _, f := range found {
		l.byID[f.ID], l.asked[f.ID] = f, true
		survivors = append(survivors, f.MergedInto)
	}
	return survivors
}

// bornOn searches by birth date, the strongest key of a register.
func (l *lookups) bornOn(ctx context.Context, d carryover.Date) ([]carryover.PatientID, error) {
	if d.IsZero() {
		return nil, nil
	}
	if ids, ok := l.born[d]; ok {
		return ids, nil
	}
	found, err := l.chart.PatientsBornOn(forCandidates.reading(ctx), d)
	if err != nil {
		return nil, fmt.Errorf("search patients by birth date: %w", err)
	}
	l.born[d] = idsOf(found)
	return l.born[d], l.fetch(ctx, l.keep(found))
}

// namedLike searches by a word that a last name may contain.
func (l *lookups) namedLike(ctx context.Context, word carryover.Text) ([]carryover.PatientID, error) {
	if ids, ok := l.named[word.Reveal()]; ok {
		return ids, nil
	}
	found, err := l.chart.PatientsNamed(forCandidates.reading(ctx), word)
	if err != nil {
		return nil, fmt.Errorf("search patients by name: %w", err)
	}
	l.named[word.Reveal()] = idsOf(found)
	return l.named[word.Reveal()], l.fetch(ctx, l.keep(found))
}

// records returns the known records of some ids with all that they merged
// into and all known records that merged into them.
func (l *lookups) records(ids []carryover.PatientID) []carryover.Patient {
	in := map[carryover.PatientID]bool{}
	for _, id := range ids {
		for range mergeHops + 1 {
			if id == "" || in[id] {
				break
			}
			if _, known := l.byID[id]; !known {
				break
			}
			in[id] = true
			id = l.byID[id].MergedInto
		}
	}
	var out []carryover.Patient
	for id, r := range l.byID {
		if in[id] || in[r.MergedInto] {
			out = append(out, r)
		}
	}
	return out
}

func idsOf(ps []carryover.Patient) []carryover.PatientID {
	ids := make([]carryover.PatientID, len(ps))
	for i, p := range ps {
		ids[i] = p.ID
	}
	return ids
}
