package crash

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A day is run once without a kill to see which points it has, and then once for
// each of them with a kill there.

// A tally gathers what many runs showed.
type tally struct {
	mu                        sync.Mutex
	runs, kills, unmet, asked int
	resumed, settled, rested  time.Duration // slowest
}

func (c *tally) add(r result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runs++
	c.kills += r.lives - 1
	c.unmet += r.unmet
	c.asked += r.asked
	c.resumed, c.settled, c.rested = max(c.resumed, r.resumed), max(c.settled, r.settled), max(c.rested, r.rested)
}

func (c *tally) String() string {
	return fmt.Sprintf("%d runs, %d kills, %d of the script not met, %d documents in doubt twice; slowest: first request %v after a start, nothing in doubt %v after the last one, at rest %v after it",
		c.runs, c.kills, c.unmet, c.asked, c.resumed.Round(time.Millisecond), c.settled.Round(100*time.Millisecond), c.rested.Round(100*time.Millisecond))
}

// small runs a small day with one script of kills.
func small(t *testing.T, c *tally, script []kill) result {
	t.Helper()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("to repeat: go test ./internal/crash -run 'TestKilledAtEveryPoint$' -count 1 -seed %d -long=%t -at '%s'", *seed, *long, line(script))
		}
	})
	plan := answersLost()
	if !*long { // the kills alone are to bring doubt
		plan = nil
	}
	r := newSmall(t, plan, script).carry()
	c.add(r)
	return r
}

// often is how many times a point of reading is killed at that each poll reaches
// again; what writes is killed at each time.
const often = 2

// repeats are commits that each poll makes.
var repeats = []string{"pipeline.list", "pipeline.observe", "daemon.keepBudget"}

// worth leaves out of the points of a day those that are like earlier ones.
func worth(points []point) []point {
	return slices.DeleteFunc(slices.Clone(points), func(p point) bool {
		again := strings.Contains(p.name, " GET ") || slices.ContainsFunc(repeats, func(c string) bool { return strings.HasPrefix(p.name, "commit "+c) })
		return again && p.nth > often
	})
}

// acting are the points around what is written to Cliniko and recorded of it.
func acting(points []point) []point {
	return slices.DeleteFunc(slices.Clone(points), func(p point) bool {
		return !strings.Contains(p.name, " POST ") && !slices.ContainsFunc([]string{
			"lost", "intend", "inDoubt", "adopt", "settle", "recordFiled", "proven", "decision", "Backup", "Rekey",
		}, func(f string) bool { return strings.HasPrefix(p.name, "commit ") && strings.HasSuffix(p.name, "."+f) })
	})
}

// scripts are all kills of a day with these points: one at each point that is
// worth it; a lost request that takes effect later, once; a second kill in the
// midst of recovering from each that matters; and one in the midst of a
// migration, a proof, a backup and a change of the key.
func scripts(points []point) [][]kill {
	random := rand.New(rand.NewPCG(*seed, 7))
	var all [][]kill
	for _, p := range worth(points) {
		all = append(all, []kill{{point: p}})
	}
	for _, p := range acting(points) {
		if strings.HasSuffix(p.name, " arrives") {
			all = append(all, []kill{{point: p, effect: smallLate}})
		}
		all = append(all, []kill{{point: p}, {after: 1 + random.IntN(40)}})
	}
	for _, p := range points {
		if strings.HasPrefix(p.name, "commit ledger.") || strings.HasPrefix(p.name, "commit desk.") || p.name == "commit pipeline.proven" {
			all = append(all, []kill{{point: p, later: 1 + time.Duration(random.Int64N(int64(15*time.Millisecond)))}})
		}
	}
	return all
}

// smallLate is when a request whose client was killed takes effect: so long after
// the next process has begun, when one that did not wait would have sent again,
// and well within smallGrace.
const smallLate = 2 * time.Second

// TestKilledAtEveryPoint: SIGKILL at each numbered point of a small day, the same
// with a request that takes effect later, and a second kill while the next life
// is at it. After each, nothing is lost, doubled or wrong.
func TestKilledAtEveryPoint(t *testing.T) {
	if testing.Short() {
		t.Skip("some small days take ten seconds")
	}
	t.Parallel()
	var c tally
	if *at != "" {
		script, err := parse(*at)
		if err != nil {
			t.Fatal(err)
		}
		small(t, &c, script)
		return
	}
	all := few
	if *long {
		points := small(t, &c, nil).points
		all = scripts(points)
		say(t, "seed %d: %d points, %d of them worth a kill, %d scripts", *seed, len(points), len(worth(points)), len(all))
		for n, p := range worth(points) {
			say(t, "point %3d: %v", n+1, p)
		}
	}
	sideBySide(t, len(all), func(t *testing.T, n int) { small(t, &c, all[n]) }, func(n int) string { return line(all[n]) })
	say(t, "%v: %v", t.Name(), &c)
	if c.unmet*10 > len(all) {
		t.Errorf("%d of %d kills were not met: the points have changed their names or their order", c.unmet, len(all))
	}
}

// few are the kills of the short form: around the first note, the first file, the
// proof of both, a backup and a change of the key.
var few = [][]kill{
	{{point: point{"commit pipeline.intend", 1}}},
	{{point: point{"cliniko POST /treatment_notes arrives", 1}, effect: smallLate}},
	{{point: point{"cliniko POST /treatment_notes arrives", 2}}, {after: 30}},
	{{point: point{"commit pipeline.recordFiled", 1}}, {after: 25}},
	{{point: point{"cliniko POST /patient_attachments took effect", 1}}},
	{{point: point{"commit pipeline.proven", 1}}, {after: 12}},
	{{point: point{"commit ledger.emptySealed", 1}, later: 4 * time.Millisecond}, {point: point{"commit ledger.Rekey", 1}}},
}

// say tells what the long form found while it runs; the short form keeps it for -v.
func say(t *testing.T, format string, args ...any) {
	t.Helper()
	if *long {
		_, _ = fmt.Fprintf(os.Stdout, format+"\n", args...)
		return
	}
	t.Logf(format, args...)
}

// sideBySide runs n tests, some lanes of them at a time.
func sideBySide(t *testing.T, n int, run func(t *testing.T, n int), name func(n int) string) {
	t.Helper()
	free := make(chan struct{}, *lanes)
	var all sync.WaitGroup
	for i := range n {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			t.Run(name(i), func(t *testing.T) { run(t, i) })
		})
	}
	all.Wait()
}
