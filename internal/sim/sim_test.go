package sim

import (
	"testing"

	"carryover"
)

// TestQuietDay: where nothing goes wrong every document ends where the clinic
// expects it, and none is held that need not be.
func TestQuietDay(t *testing.T) {
	r := simulate(t, Options{Seed: 1, PerDay: 10})
	for _, b := range r.Broken {
		t.Errorf("%s", b)
	}
	if r.Tally.Missed > 0 || r.Tally.States[carryover.Proven] == 0 {
		t.Errorf("%d documents should be proven and are not, want 0 of %+v", r.Tally.Missed, r.Tally)
	}
}

// TestDays: bad days, each another one.
func TestDays(t *testing.T) {
	most := uint64(8)
	if testing.Short() {
		most = 1 // a bad day takes seconds under the race detector, and one shows races
	}
	var plots []Plot
	for n := range most {
		plots = append(plots, Plot{Seed: n + 1, PerDay: 10})
	}
	if !testing.Short() { // what one day leaves behind, the next has to deal with
		plots = append(plots, Plot{Seed: 101, Days: 3, PerDay: 8})
	}
	all := newSometimes()
	for n, r := range (crew{}).run(t, plots) {
		t.Logf("seed %d: %v", plots[n].Seed, r)
		plots[n].check(t, r)
		all.Add(r.Reached)
	}
	t.Logf("state × misfortune:\n%s", all)
}

// weatherOf is the weather of a seed: one in four is stormy, and of the others
// one in ten only merges.
func weatherOf(seed uint64) Weather {
	switch {
	case seed%4 == 0:
		return Stormy
	case seed%10 == 7:
		return Merging
	}
	return Usual
}
