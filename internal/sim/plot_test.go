package sim

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"
)

// A Plot names one world with a few numbers, so that a line repeats it.
type Plot struct {
	Seed   uint64
	Days   int           // 0: one
	PerDay int           // sessions a day at most
	Limits bool          // the APIs answer 429 too
	Poll   time.Duration // 0: what the seed says
}

// The flags of TestReplay, which runs one plot.
var (
	seed   = flag.Uint64("seed", 0, "the world's seed, for Replay")
	days   = flag.Int("days", 1, "the days of the world, for Replay")
	perDay = flag.Int("per-day", 10, "its sessions a day, for Replay")
	limits = flag.Bool("limits", false, "let the APIs answer 429 too")
	poll   = flag.Duration("poll", 0, "how often the daemon polls, for Replay; 0: what the seed says")
	lines  = flag.Bool("lines", false, "print the whole trace, for Replay")
	report = flag.String("report", "", "write what the world came to into this file, for Replay")
)

// plotOfFlags is what the flags say.
func plotOfFlags() Plot {
	return Plot{Seed: *seed, Days: *days, PerDay: *perDay, Limits: *limits, Poll: *poll}
}

// Args are the flags that say p.
func (p Plot) Args() []string {
	args := []string{"-seed", fmt.Sprint(p.Seed), "-days", fmt.Sprint(max(p.Days, 1)), "-per-day", fmt.Sprint(p.PerDay)}
	if p.Limits {
		args = append(args, "-limits")
	}
	if p.Poll > 0 {
		args = append(args, "-poll", p.Poll.String())
	}
	return args
}

// Again is the command that runs p, and prints all of it.
func (p Plot) Again() string {
	return "go test ./internal/sim -run Replay " + strings.Join(p.Args(), " ") + " -lines -v"
}

// run runs the world in the weather of its seed.
func (p Plot) run(t *testing.T, keep int) *Result {
	t.Helper()
	faults := newFaults(p.Seed, weatherOf(p.Seed), max(p.Days, 1), p.Limits)
	faults.Poll = cmp.Or(p.Poll, faults.Poll)
	r := simulate(t, Options{Seed: p.Seed, Days: p.Days, PerDay: p.PerDay, Keep: keep, Faults: faults})
	if weatherOf(p.Seed) == Merging && r.Tally.Missed > 0 {
		r.Broken = append(r.Broken, fmt.Sprintf("merges followed: %d documents of merged records are not proven, want 0 of %+v", r.Tally.Missed, r.Tally))
	}
	return r
}

// simulate runs a world in a bubble.
func simulate(t *testing.T, o Options) *Result {
	t.Helper()
	cryptotest.SetGlobalRandom(t, o.Seed)
	o.Dir = folder(t)
	var r *Result
	began := time.Now()
	synctest.Test(t, func(t *testing.T) { r = Run(t.Context(), o) })
	r.Took = time.Since(began)
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

// A Report is a Result as a process tells it to the one that started it.
type Report struct {
	Broken  []string
	Outcome string
	Trace   string // its digest
	Length  int    // its lines
	Took    time.Duration
	Tally   Tally
	Reached *Sometimes
	Lines   []string `json:",omitempty"` // the trace, when asked for
}

// Report sums r up.
func (r *Result) Report(withLines bool) Report {
	sum := Report{
		Broken: r.Broken, Outcome: r.Outcome, Trace: r.Trace.Digest(), Length: r.Trace.Len(), Took: r.Took, Tally: r.Tally, Reached: r.Reached,
	}
	if withLines {
		sum.Lines = r.Trace.Lines()
	}
	return sum
}

// String is a line for a log.
func (r Report) String() string {
	return fmt.Sprintf("%v, %d requests, trace of %d lines %s, outcome %s, %+v",
		r.Took.Round(time.Millisecond), r.Tally.Requests, r.Length, r.Trace, r.Outcome, r.Tally)
}

// TestReplay runs one world again, to look at it; worlds that run in processes
// of their own run it too.
func TestReplay(t *testing.T) {
	if *seed == 0 {
		t.Skip("no -seed was given")
	}
	r := plotOfFlags().run(t, 0)
	t.Log(r.Report(false))
	for _, b := range r.Broken {
		t.Errorf("%s", b)
	}
	if *report != "" {
		b, err := json.Marshal(r.Report(*lines))
		if err == nil {
			err = os.WriteFile(*report, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	if *lines {
		for _, l := range r.Trace.Lines() {
			t.Log(l)
		}
	}
	for _, l := range r.Log {
		t.Log("log: ", l)
	}
}
