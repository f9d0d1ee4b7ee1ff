package sim

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"carryover"
)

var (
	seed   = flag.Uint64("seed", 1, "the world's seed, for Replay")
	days   = flag.Int("days", 1, "the days of the world, for Replay")
	perDay = flag.Int("per-day", 10, "its sessions a day, for Replay")
	soak   = flag.Bool("soak", false, "run 200 worlds of three days, and one month")
	lines  = flag.Bool("lines", false, "print the whole trace, for Replay")
)

// simulate runs a world in a bubble.
func simulate(t *testing.T, o Options) *Result {
	t.Helper()
	cryptotest.SetGlobalRandom(t, o.Seed)
	o.Dir = folder(t)
	var r *Result
	began := time.Now()
	synctest.Test(t, func(t *testing.T) { r = Run(t.Context(), o) })
	t.Logf("seed %d: %d days in %v, %d requests, trace of %d lines %s, outcome %s, %+v",
		o.Seed, max(o.Days, 1), time.Since(began).Round(time.Millisecond), r.Tally.Requests, r.Trace.Len(), r.Trace.Digest(), r.Outcome, r.Tally)
	for _, b := range r.Broken {
		t.Errorf("%s", b)
	}
	return r
}

// folder is a temporary folder in memory where there is one: a simulated month
// commits some ten thousand times.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "carryover-sim-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// TestQuietDay: where nothing goes wrong every document ends where the clinic
// expects it, and none is held that need not be.
func TestQuietDay(t *testing.T) {
	r := simulate(t, Options{Seed: 1, PerDay: 10})
	if r.Tally.Missed > 0 || r.Tally.States[carryover.Proven] == 0 {
		t.Errorf("%d documents should be proven and are not, want 0 of %+v", r.Tally.Missed, r.Tally)
	}
}

// TestDays: bad days, each another one.
func TestDays(t *testing.T) {
	all := newSometimes()
	for n := range uint64(8) {
		t.Run(fmt.Sprint("seed ", n+1), func(t *testing.T) { all.Add(bad(t, n+1, 1, 10).Reached) })
	}
	t.Logf("state × misfortune:\n%s", all)
}

// bad runs a world in the weather of its seed: one in four is stormy.
func bad(t *testing.T, seed uint64, days, perDay int) *Result {
	t.Helper()
	weather := Usual
	if seed%4 == 0 {
		weather = Stormy
	}
	return simulate(t, Options{Seed: seed, Days: days, PerDay: perDay, Faults: newFaults(seed, weather, false)})
}

// TestReplay runs one world of TestDays again, to look at it: -seed names it,
// -days says how long it is, -lines prints it.
func TestReplay(t *testing.T) {
	r := bad(t, *seed, *days, *perDay)
	if *lines {
		for _, l := range r.Trace.Lines() {
			t.Log(l)
		}
	}
	for _, l := range r.Log {
		t.Log("log: ", l)
	}
}
