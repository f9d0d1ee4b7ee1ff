package crash

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// perDay is how often one clinic's Carryover is killed in a day.
const perDay = 26

// fullPace is how long a full day takes: long enough for that many lives.
const fullPace = 15 * time.Second

// TestKilledAtRandom: SIGKILL at random in full days with the usual faults: some
// points after each start, and a moment later still, in the midst of a commit or
// of making up a note; each fifth while it stops cleanly. A seed repeats the day and the points; the moment after
// is the machine's.
func TestKilledAtRandom(t *testing.T) {
	if testing.Short() {
		t.Skip("a part of a full day takes ten seconds")
	}
	t.Parallel()
	days, each, pace, share := 1, 6, 3*time.Second, 4
	if *long {
		days, each, pace, share = (*kills+perDay-1)/perDay, perDay, fullPace, 2
	}
	var c tally
	sideBySide(t, days, func(t *testing.T, n int) {
		number := *seed*1000 + uint64(n)
		script := make([]kill, each)
		random := rand.New(rand.NewPCG(number, 9))
		for i := range script {
			script[i] = kill{after: 1 + random.IntN(400), later: 1 + time.Duration(random.Int64N(int64(12*time.Millisecond)))}
			script[i].stop = i%5 == 4
		}
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("to repeat: go test ./internal/crash -run 'TestKilledAtRandom$/^day_%d$' -count 1 -long -seed %d -kills %d", n+1, *seed, *kills)
			}
		})
		l := newLane(t, fullDay(number, pace, share), script)
		c.add(l.carry())
	}, func(n int) string { return fmt.Sprintf("day %d", n+1) })
	say(t, "%v: %v", t.Name(), &c)
}

// TestKilledWhileBeginning: SIGKILL again and again while the first life makes
// its ledger and migrates it, at each commit of that and at random between them.
func TestKilledWhileBeginning(t *testing.T) {
	if testing.Short() {
		t.Skip("a small day takes some seconds")
	}
	t.Parallel()
	each := 6
	if *long {
		each = 40
	}
	random := rand.New(rand.NewPCG(*seed, 11))
	script := make([]kill, each)
	for i := range script {
		script[i] = kill{after: 1 + i%5}
		if i%2 == 1 {
			script[i].later = 1 + time.Duration(random.Int64N(int64(10*time.Millisecond)))
		}
	}
	var c tally
	c.add(newSmall(t, nil, script).carry())
	say(t, "%v: %v", t.Name(), &c)
}
