package api

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often something may be asked: each key has a burst, and gets one more
// every so often. Asking for a session costs Heidi some requests, of which it
// takes about one a second; a stranger's wrong tokens cost the ledger a read.
const (
	askBurst, askEvery     = 10, 2 * time.Second
	wrongBurst, wrongEvery = 10, 6 * time.Second
	atOnce                 = 4 // sessions that are read for programs at one moment
)

// maxKeys bounds how many keys are told apart: addresses are chosen by others.
const maxKeys = 1000

// limits are all that a Server counts.
type limits struct {
	ask   often // by token, and one for webhooks
	wrong often // by address
	slots chan struct{}
}

func newLimits() *limits {
	return &limits{
		ask:   often{every: askEvery, burst: askBurst},
		wrong: often{every: wrongEvery, burst: wrongBurst},
		slots: make(chan struct{}, atOnce),
	}
}

// enter takes one of the places for reading a session; leave gives it back. ok
// says that there was one.
func (l *limits) enter() (leave func(), ok bool) {
	select {
	case l.slots <- struct{}{}:
		return func() { <-l.slots }, true
	default:
		return nil, false
	}
}

// often counts by key.
type often struct {
	every time.Duration
	burst int

	mu sync.Mutex
	by map[string]*rate.Limiter
}

// wait counts one by a key and returns zero, or counts nothing and returns how
// long it is until the next may come.
func (o *often) wait(key string) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	l := o.of(key, now)
	r := l.ReserveN(now, 1)
	if d := r.DelayFrom(now); d > 0 {
		r.CancelAt(now)
		return d
	}
	return 0
}

// of returns a key's limiter. When there are too many keys, those that have been
// quiet are forgotten, and if none has, new ones share one. o.mu is held.
func (o *often) of(key string, now time.Time) *rate.Limiter {
	if o.by == nil {
		o.by = map[string]*rate.Limiter{}
	}
	if l, known := o.by[key]; known {
		return l
	}
	if len(o.by) >= maxKeys {
		for k, l := range o.by {
			if l.TokensAt(now) >= float64(o.burst) {
				delete(o.by, k)
			}
		}
		if len(o.by) >= maxKeys {
			key = "" // everybody else's; the first of them may make the map one larger
		}
	}
	l, known := o.by[key]
	if !known {
		l = rate.NewLimiter(rate.Every(o.every), o.burst)
		o.by[key] = l
	}
	return l
}

// address is who is at the other end, without the port; behind a proxy, or on a
// unix socket, everybody is the same.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return "local"
	}
	return host
}
