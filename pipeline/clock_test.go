package pipeline_test

import (
	"testing"
	"time"

	"carryover"
	"carryover/pipeline"
	"carryover/sandbox"
)

// A skewed chart shows a clock that is off, once anything was sent or from the
// beginning.
type skewed struct {
	pipeline.Chart
	off func() time.Duration
}

func (s skewed) ClockOffset() (time.Duration, bool) { return s.off(), true }

// TestNothingIsSentByAWrongClock: "since the intent" compares our clock with
// Cliniko's. While they disagree nothing is written, somebody is told once, and
// what was sent before is settled and proven all the same.
func TestNothingIsSentByAWrongClock(t *testing.T) {
	for _, off := range []time.Duration{3 * time.Minute, -3 * time.Minute} {
		for kind, start := range bothDestinations {
			t.Run(kind+"/"+off.String(), func(t *testing.T) {
				t.Parallel()
				h := start(t)
				now := off
				side := h.line.Sides[physio]
				side.Chart = skewed{side.Chart, func() time.Duration { return now }}
				h.line.Sides[physio] = side
				h.stopAt(carryover.Ready)
				for range 3 {
					h.deliver(physio)
				}
				if v, _ := h.version(session1, document1); v.State != carryover.Ready || h.sent() != 0 || h.alarms() != "clock_off" {
					t.Fatalf("%s after %d POSTs with alarms %q, want ready, none, and one about the clock", v.State, h.sent(), h.alarms())
				}
				now = 90 * time.Second // within what is tolerated
				h.until(carryover.Proven)
				if h.alarms() != "" {
					t.Errorf("alarms %q after the clock was set, want none", h.alarms())
				}
			})
		}
	}
}

// TestClockIsLookedAtBeforeEachNote: a clock that is set in the middle of a round
// stops the rest of it.
func TestClockIsLookedAtBeforeEachNote(t *testing.T) {
	t.Parallel()
	h := newCounting(t, manyDocs)
	h.allReady(9)
	side := h.line.Sides[physio]
	side.Chart = skewed{side.Chart, func() time.Duration {
		if h.posts() > 0 {
			return time.Hour
		}
		return 0
	}}
	h.line.Sides[physio] = side
	h.deliver(physio)
	if h.posts() != 1 || h.alarms() != "clock_off" {
		t.Errorf("%d POSTs with alarms %q, want one, and an alarm", h.posts(), h.alarms())
	}
}

// TestWrongClockStillSettles: reading is no writing.
func TestWrongClockStillSettles(t *testing.T) {
	t.Parallel()
	h := newCounting(t)
	h.strike(onNote(sandbox.Rule{Fault: sandbox.FaultCutAfter, Count: 1}))
	h.until(carryover.InDoubt)
	side := h.line.Sides[physio]
	side.Chart = skewed{side.Chart, func() time.Duration { return time.Hour }}
	h.line.Sides[physio] = side
	h.until(carryover.Proven)
	if h.posts() != 1 {
		t.Errorf("%d POSTs, want 1", h.posts())
	}
}
