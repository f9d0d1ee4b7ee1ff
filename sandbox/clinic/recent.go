package clinic

import (
	"slices"
	"time"

	"carryover/sandbox"
)

// The oldest session that a client can be told to look at is 90 days old, the
// longest that Heidi keeps one. Cases in files may be older. They are not less
// interesting for that, so a clinic whose sessions reach back further than
// tooOld is moved forward in whole weeks, which keeps every weekday, every time
// of day (but for daylight saving) and every distance between two times.
const (
	week        = 7 * 24 * time.Hour
	tooOld      = 85 * 24 * time.Hour
	mostHours   = 90 * 24        // of a look-back
	usualHours  = 14 * 24        // of a look-back
	marginHours = 24 + 1         // beyond the oldest session
	freshAge    = 24 * time.Hour // the newest session is at least so old afterwards
)

// recent returns p, or, when its sessions are too old to be looked at, a copy
// whose diary, sessions and notes are moved forward.
func recent(p *sandbox.Practice, now time.Time) *sandbox.Practice {
	if len(p.Sessions) == 0 {
		return p
	}
	oldest, newest := p.Sessions[0].StartedAt, p.Sessions[0].StartedAt
	for _, s := range p.Sessions {
		if s.StartedAt.Before(oldest) {
			oldest = s.StartedAt
		}
		if s.StartedAt.After(newest) {
			newest = s.StartedAt
		}
	}
	by := (now.Add(-freshAge).Sub(newest) / week) * week
	if now.Sub(oldest) < tooOld || by <= 0 {
		return p
	}
	return moved(p, by)
}

// moved returns a copy of p in which everything of the diary, the sessions and
// the notes happened later by so much. The register stays as it is.
func moved(p *sandbox.Practice, by time.Duration) *sandbox.Practice {
	later := func(t *time.Time) {
		if !t.IsZero() {
			*t = t.Add(by)
		}
	}
	c := *p
	c.Appointments, c.Notes, c.Sessions = slices.Clone(p.Appointments), slices.Clone(p.Notes), slices.Clone(p.Sessions)
	for i := range c.Appointments {
		a := &c.Appointments[i]
		later(&a.StartsAt)
		later(&a.EndsAt)
		later(&a.CancelledAt)
		a.Attendees = slices.Clone(a.Attendees)
		for j := range a.Attendees {
			later(&a.Attendees[j].CancelledAt)
		}
	}
	for i := range c.Notes {
		later(&c.Notes[i].CreatedAt)
	}
	for i := range c.Sessions {
		later(&c.Sessions[i].StartedAt)
	}
	return &c
}

// lookBack returns how many hours a client should look back: two weeks, or
// more when the oldest session is older.
func lookBack(p *sandbox.Practice, now time.Time) int {
	hours := usualHours
	for _, s := range p.Sessions {
		hours = max(hours, int(now.Sub(s.StartedAt).Hours())+marginHours)
	}
	return min(hours, mostHours)
}
