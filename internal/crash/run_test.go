package crash

import (
	"time"
)

// A result is what one run showed.
type result struct {
	lives   int
	resumed time.Duration // slowest, from a start after a kill to its first request
	settled time.Duration // from the last start until nothing moved any more
	asked   int           // documents that were in doubt twice and wait for a person
	points  []point
	unmet   int // kills of the script that no life has met
}

// carry lets the clinic's day pass, with a new life after each kill, until
// nothing moves any more; then it stops the last life cleanly and judges. Each
// death is looked into before the next life.
func (l *lane) carry() result {
	l.t.Helper()
	r := result{}
	for {
		l.start()
		began := time.Now()
		calm := time.Time{}
		l.wait(l.grace()+l.Clock.Pace()+time.Minute, "the day to settle", func() bool {
			if l.over() {
				return true
			}
			if !l.atRest() || l.errand() {
				calm = time.Time{}
				return false
			}
			if calm.IsZero() {
				calm = time.Now()
				r.settled = calm.Sub(began)
			}
			return time.Since(calm) >= calmFor
		})
		if killed := l.disarm(); !killed {
			break
		}
		l.wait(time.Minute, "the killed child to end", l.over)
		l.dead()
	}
	l.late.Wait()
	if l.over() {
		l.t.Fatalf("the child ended by itself with %v%s", l.child.ProcessState, l.tail())
	}
	l.stop()
	r.asked = l.judge()
	r.lives, r.resumed, r.points, r.unmet = l.lives, l.slowest, l.points, max(len(l.script)-l.lives+1, 0)
	return r
}

// calmFor is for how long nothing may have moved before a day counts as over:
// longer than a text's quiet period and some polls.
const calmFor = 1500 * time.Millisecond

// disarm says whether the child was killed; one that was not will not be.
func (l *lane) disarm() (killed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.dying {
		l.script = l.script[:min(len(l.script), l.lives-1)]
	}
	return l.dying
}

// atRest says that the day is over and no document moves by itself.
func (l *lane) atRest() bool {
	if l.Clock.Share() < 1 {
		return false
	}
	s, ok := l.status()
	if !ok {
		return false
	}
	moving := 0
	for _, state := range []string{"ripe", "ready", "sending", "in_doubt", "filed"} {
		moving += s.Counts[state]
	}
	return moving == 0 && s.Counts["proven"] > 0
}
