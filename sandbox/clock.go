package sandbox

import (
	"sync"
	"time"
)

// A Clock is the simulators' idea of time: the wall clock plus an offset that
// the control interface can move, and, apart from it, how much of the clinic's
// day has passed.
//
// The two are kept apart on purpose. Stamps and limits follow Now, so that a
// token expires or a rate window ends when a test moves the clock; what becomes
// visible when follows Share, so that moving the clock by an hour does not
// empty the diary of the day.
type Clock struct {
	pace time.Duration

	mu     sync.Mutex    // guards what follows
	offset time.Duration // added to the wall clock by Advance
	begun  time.Time     // zero: the day has not begun
	skip   time.Duration // how much of the day Finish jumped over
}

// NewClock returns a clock whose day has not begun. Pace is how long the
// clinic's day takes once it has; a day with no pace is over when it begins.
func NewClock(pace time.Duration) *Clock {
	return &Clock{pace: pace}
}

// Pace returns how long the clinic's day takes.
func (c *Clock) Pace() time.Duration { return c.pace }

// Begin starts the clinic's day. Later calls change nothing.
func (c *Clock) Begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.beginLocked()
}

func (c *Clock) beginLocked() {
	if c.begun.IsZero() {
		c.begun = time.Now()
	}
}

// Begun reports whether the day has begun.
func (c *Clock) Begun() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.begun.IsZero()
}

// Now returns the moment the simulators stamp and limit by, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().UTC().Add(c.offset)
}

// Share returns how much of the clinic's day has passed: 0 before Begin, 1 at
// its end, and more than 1 afterwards.
func (c *Clock) Share() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.begun.IsZero():
		return 0
	case c.pace <= 0:
		return 1
	}
	return float64(time.Since(c.begun)+c.skip) / float64(c.pace)
}

// Advance moves Now by d, which may be negative. The share of the day stays.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// Finish jumps to the end of the day, beginning it if need be: from here on
// Share is at least 1.
func (c *Clock) Finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.beginLocked()
	if left := c.pace - time.Since(c.begun) - c.skip; left > 0 {
		c.skip += left
	}
}
