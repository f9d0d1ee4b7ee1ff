package pipeline

import (
	"context"
	"time"

	"carryover"
	"carryover/alarm"
)

// clockTolerance is how far our clock may be from Cliniko's while writing:
// "since the intent" is judged by comparing the two.
const clockTolerance = 2 * time.Minute

// A clockSay is what was last recorded about the clock.
type clockSay int

const (
	clockFine clockSay = iota + 1
	clockBad
)

// ClockIsOff is clockIsOff for who looks without writing.
func (p *Pipeline) ClockIsOff(ctx context.Context, author carryover.PractitionerID) bool {
	return p.clockIsOff(ctx, author)
}

// clockIsOff says whether our clock and Cliniko's disagree too far to write,
// and raises the alarm, or clears it, when that changes.
func (p *Pipeline) clockIsOff(ctx context.Context, author carryover.PractitionerID) bool {
	off, known := p.Sides[author].Chart.ClockOffset()
	say := clockFine
	if known && (off > clockTolerance || off < -clockTolerance) {
		say = clockBad
	}
	p.mu.Lock() // never held across a transaction, which may wait for another's
	said := p.clockOff[author]
	p.mu.Unlock()
	if said == say {
		return say == clockBad
	}
	err := p.update(ctx, func(s *step) error {
		if say == clockBad {
			return s.alarm(ctx, alarm.ClockOff, string(author))
		}
		return s.calm(ctx, alarm.ClockOff, string(author))
	})
	if err != nil {
		p.Log.Error("clock alarm not recorded", "err", err)
		return say == clockBad
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.clockOff == nil {
		p.clockOff = map[carryover.PractitionerID]clockSay{}
	}
	p.clockOff[author] = say
	return say == clockBad
}
