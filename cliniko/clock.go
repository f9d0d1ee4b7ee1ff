package cliniko

import (
	"net/http"
	"sync"
	"time"
)

// A clock compares Cliniko's clock with ours, by the Date header of answers.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
	known  bool
}

// slowest is the longest round trip that still says something about a clock.
const slowest = 10 * time.Second

// learn takes the Date header of an answer to a request sent at sent. Date has
// whole seconds, so half a second is added on average.
func (k *clock) learn(h http.Header, sent, answered time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	took := answered.Sub(sent)
	if err != nil || took > slowest {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.offset = date.Add(500 * time.Millisecond).Sub(sent.Add(took / 2))
	k.known = true
}

// ClockOffset returns how far Cliniko's clock is ahead of ours, to about a
// second, as the newest answer told it; known is false before the first.
func (c *Client) ClockOffset() (offset time.Duration, known bool) {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	return c.clock.offset, c.clock.known
}
