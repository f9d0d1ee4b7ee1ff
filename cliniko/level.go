package cliniko

import "time"

// Level returns how many requests the budget would let through at once now.
// A process writes it down, so that the next one does not begin with a full
// bucket in the same minute: Cliniko counts requests, not processes.
func (b *Budget) Level() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.delay(time.Now())
	return b.tokens
}

// Resume takes up a level that another process left at a time. A time in the
// future, from a clock that was set back, counts as now.
func (b *Budget) Resume(level float64, left time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	passed := max(now.Sub(left), 0)
	b.tokens = min(level+passed.Seconds()*b.rate(now), b.burst(now))
	b.filled = now
}
