package web

import (
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// TestDrawMinutes: the bars of the minutes are each day's median from the end of
// the session, on a scale that holds them, and the words say the same.
func TestDrawMinutes(t *testing.T) {
	day := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC) // a Monday
	filed := func(minutes ...int) (all []ledger.Seen) {
		for _, m := range minutes {
			end := day.Add(9 * time.Hour)
			all = append(all, ledger.Seen{
				State: carryover.Proven, EndedAt: end, FirstSeen: end.Add(time.Minute), FiledAt: end.Add(time.Duration(m) * time.Minute),
			})
		}
		return all
	}
	days := []dayCount{{Day: day}, {Day: day.AddDate(0, 0, 1)}, {Day: day.AddDate(0, 0, 2)}}
	days[0].count(filed(7, 30, 20))
	days[1].count(append(filed(40), ledger.Seen{State: carryover.Held}))
	g := drawMinutes(days)
	if len(g.Bars) != 3 || len(g.Bars[0].Parts) != 1 || len(g.Bars[1].Parts) != 1 || len(g.Bars[2].Parts) != 0 {
		t.Fatalf("bars %+v, want one on each day on which something was filed", g.Bars)
	}
	if a, b := g.Bars[0].Parts[0].Height, g.Bars[1].Parts[0].Height; b != 2*a {
		t.Errorf("medians of 20 and 40 minutes are %d and %d high, want one twice the other", a, b)
	}
	if want := "Mon 2 Nov: 20 minutes in the middle"; g.Bars[0].Words != want {
		t.Errorf("a bar says %q, want %q", g.Bars[0].Words, want)
	}
	if want := "Minutes to the chart on the last 3 days: on the slowest day 40 minutes in the middle."; g.Summary != want {
		t.Errorf("the drawing says %q, want %q", g.Summary, want)
	}
	if none := drawMinutes(days[2:]); none.Summary != "Minutes to the chart on the last 1 days: nothing was filed." || len(none.Bars[0].Parts) != 0 {
		t.Errorf("a drawing of nothing says %q with %+v", none.Summary, none.Bars)
	}
	for _, d := range []drawing{g, draw(days)} {
		for _, b := range d.Bars {
			for _, p := range b.Parts {
				if p.Y < 0 || p.Y+p.Height > barsHigh {
					t.Errorf("a bar reaches from %d to %d, want it within 0 and %d", p.Y, p.Y+p.Height, barsHigh)
				}
			}
		}
	}
}
