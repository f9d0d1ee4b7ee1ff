package crash

import (
	"errors"
	"maps"
	"time"

	"carryover/internal/desk"
)

// A result is what one run showed.
type result struct {
	lives   int
	resumed time.Duration // slowest, from a start after a kill to its first request
	settled time.Duration // from the last start until nothing was being sent or in doubt
	rested  time.Duration // from the last start until the day was over and nothing moved any more
	asked   int           // documents that were in doubt twice and wait for a person
	points  []point
	unmet   int // kills of the script that no life has met
}

// carry lets the clinic's day pass, with a new life after each kill, until
// nothing moves any more; then it stops the last life cleanly and judges. Each
// death is looked into before the next life.
func (l *lane) carry() result {
	l.t.Helper()
	r, planned := result{}, len(l.script)
	for {
		l.start("run")
		began := time.Now()
		calm := time.Time{}
		r.settled = 0
		stuck, last := time.Now(), map[string]int{}
		l.wait(time.Hour, "the day to settle", func() bool {
			if l.over() {
				return true
			}
			counts, ok := l.counts()
			if ok && !maps.Equal(counts, last) {
				stuck, last = time.Now(), counts
			}
			if time.Since(stuck) > l.Clock.Pace()+restWithin {
				l.t.Fatalf("nothing has moved for %v and the day is not at rest: %v%s", time.Since(stuck), last, l.tail())
			}
			if r.settled == 0 && ok && counts["sending"]+counts["in_doubt"] == 0 {
				r.settled = time.Since(began)
			}
			if !ok || !l.atRest(counts) || l.errand() {
				calm = time.Time{}
				return false
			}
			if calm.IsZero() {
				calm = time.Now()
				r.rested = calm.Sub(began)
			}
			return time.Since(calm) >= calmFor
		})
		if killed := l.disarm(); !killed {
			break
		}
		l.wait(time.Minute, "the killed child to end", l.over)
		l.dead(true)
		if l.also != nil {
			l.also()
		}
	}
	l.late.Wait()
	if l.tooLate {
		l.t.Skip("a request took effect after the grace period: this machine was too slow to try it")
	}
	if l.over() {
		l.t.Fatalf("the child ended by itself with %v%s", l.child.ProcessState, l.tail())
	}
	if most := l.grace() + time.Minute; r.settled > most {
		l.t.Errorf("something was in doubt for %v after the last start, want at most the grace period and a minute, %v", r.settled, most)
	}
	l.stop()
	r.asked = l.judge()
	if l.also != nil {
		l.also()
	}
	r.lives, r.resumed, r.points, r.unmet = l.lives, l.slowest, l.points, max(planned-l.lives+1, 0)
	return r
}

// restWithin is for how long nothing may move while something still has to. It is
// long because a day of many lives uses up the minute's requests that an author
// has; what is in doubt is settled much sooner, see result.settled.
const restWithin = 2 * time.Minute

// calmFor is for how long nothing may have moved before a day counts as over:
// longer than a text's quiet period and some polls.
const calmFor = 1500 * time.Millisecond

// disarm says whether the child was killed or told to stop; one that was not will
// not be.
func (l *lane) disarm() (killed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dying || l.leaving {
		return true
	}
	l.script = l.script[:min(len(l.script), l.lives-1)]
	return false
}

// counts are the running child's documents by state; false: it does not answer.
func (l *lane) counts() (map[string]int, bool) {
	client, err := desk.Dial(l.data())
	if err != nil {
		if !errors.Is(err, desk.ErrNoDaemon) {
			l.t.Logf("ask the child: %v", err)
		}
		return nil, false
	}
	s, err := client.Status(l.t.Context())
	return s.Counts, err == nil
}

// atRest says that the day is over and no document moves by itself.
func (l *lane) atRest(counts map[string]int) bool {
	moving := 0
	for _, state := range []string{"ripe", "ready", "sending", "in_doubt", "filed"} {
		moving += counts[state]
	}
	return l.Clock.Share() >= 1 && moving == 0 && counts["proven"] > 0
}
