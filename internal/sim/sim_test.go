package sim

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"carryover"
)

var (
	seed   = flag.Uint64("seed", 0, "the world's seed, for Replay")
	days   = flag.Int("days", 1, "the days of the world, for Replay")
	perDay = flag.Int("per-day", 10, "its sessions a day, for Replay")
	hunt   = flag.Uint64("hunt", 0, "days to run until one shows a mistake, for Hunt")
	limits = flag.Bool("limits", false, "let the APIs answer 429 too; such worlds do not repeat line by line")
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
	if len(r.Broken) > 0 && o.Faults != nil {
		t.Errorf("again: go test ./internal/sim -run Replay -seed %d -days %d -per-day %d -lines -v", o.Seed, max(o.Days, 1), o.PerDay)
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
		t.Run(fmt.Sprint("seed ", n+1), func(t *testing.T) {
			if testing.Short() && n > 0 {
				t.Skip("a bad day takes seconds under the race detector, and one shows races")
			}
			all.Add(bad(t, n+1, 1, 10).Reached)
		})
	}
	t.Logf("state × misfortune:\n%s", all)
}

// TestThreeDays: what one day leaves behind, the next has to deal with.
func TestThreeDays(t *testing.T) {
	if testing.Short() {
		t.Skip("three days take ten seconds on a busy machine")
	}
	bad(t, 101, 3, 8)
}

// TestSameSeedSameWorld: a seed repeats line by line on one processor, and comes
// to the same on several.
func TestSameSeedSameWorld(t *testing.T) {
	if testing.Short() {
		t.Skip("three times the same stormy day take ten seconds on a busy machine")
	}
	times := 2
	if *soak {
		times = 20
	}
	var first *Result
	on := func(processors int, compare func(*testing.T, *Result)) {
		t.Run(fmt.Sprint("on ", processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			r := bad(t, 4, 1, 8)
			if first == nil {
				first = r
			}
			compare(t, r)
		})
	}
	for range times {
		on(1, func(t *testing.T, r *Result) {
			if got, want := r.Trace.Digest(), first.Trace.Digest(); got != want {
				t.Errorf("trace %s, want %s as before; the first line that differs:\n%s", got, want, difference(first.Trace.Lines(), r.Trace.Lines()))
			}
		})
	}
	on(2, func(t *testing.T, r *Result) {
		if r.Outcome != first.Outcome {
			t.Errorf("outcome %s, want %s as on one processor", r.Outcome, first.Outcome)
		}
	})
}

// difference returns the first line in which two traces differ, of both.
func difference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i] + "\n" + b[i]
		}
	}
	return fmt.Sprintf("%d lines, %d lines", len(a), len(b))
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

// bad runs a world in the weather of its seed.
func bad(t *testing.T, seed uint64, days, perDay int) *Result {
	t.Helper()
	r := simulate(t, Options{Seed: seed, Days: days, PerDay: perDay, Faults: newFaults(seed, weatherOf(seed), days, *limits)})
	if weatherOf(seed) == Merging && r.Tally.Missed > 0 {
		t.Errorf("merges followed: %d documents of merged records are not proven, want 0 of %+v", r.Tally.Missed, r.Tally)
	}
	return r
}

// TestHunt runs one day after the other until one of them shows a mistake; the
// mutants are hunted with it.
func TestHunt(t *testing.T) {
	if *hunt == 0 {
		t.Skip("-hunt says how many days at most")
	}
	for n := range *hunt {
		if bad(t, n+1, 1, 10); t.Failed() {
			return
		}
	}
}

// TestReplay runs one world of TestDays again, to look at it: -seed names it,
// -days says how long it is, -lines prints it.
func TestReplay(t *testing.T) {
	if *seed == 0 {
		t.Skip("no -seed was given")
	}
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
