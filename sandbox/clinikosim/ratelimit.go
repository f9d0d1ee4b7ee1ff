package clinikosim

import (
	"sync"
	"time"
)

// defaultRateLimit is the documented number of requests per minute and user,
// over all of the user's keys.
const defaultRateLimit = 200

// A limiter counts requests per user.
type limiter struct {
	perMinute int // negative: no limit

	mu    *sync.Mutex // guards spent
	spent map[string]*window
}

// A window is what one user has used: when it began and how often (fixed), or
// each moment of the last minute (sliding).
type window struct {
	began   time.Time
	count   int
	moments []time.Time
}

func newLimiter(perMinute int) limiter {
	if perMinute == 0 {
		perMinute = defaultRateLimit
	}
	return limiter{perMinute: perMinute, mu: new(sync.Mutex), spent: map[string]*window{}}
}

// allow counts one request of user at now. When it is one too many, it returns
// false and the moment from which there is room again. A refused request is not
// counted against the next window.
func (l *limiter) allow(user string, now time.Time, sliding bool) (bool, time.Time) {
	if l.perMinute < 0 {
		return true, time.Time{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.spent[user]
	if w == nil {
		w = &window{}
		l.spent[user] = w
	}
	if sliding {
		return w.slide(now, l.perMinute)
	}
	return w.fix(now, l.perMinute)
}

// fix counts in minutes that begin with the first request after the last one.
func (w *window) fix(now time.Time, perMinute int) (bool, time.Time) {
	if elapsed := now.Sub(w.began); elapsed >= time.Minute || elapsed < 0 { // negative: the clock was moved back
		w.began, w.count = now, 0
	}
	if w.count >= perMinute {
		return false, w.began.Add(time.Minute)
	}
	w.count++
	return true, time.Time{}
}

// slide counts the requests of the last 60 seconds.
func (w *window) slide(now time.Time, perMinute int) (bool, time.Time) {
	kept := w.moments[:0]
	for _, at := range w.moments {
		if age := now.Sub(at); age >= 0 && age < time.Minute {
			kept = append(kept, at)
		}
	}
	w.moments = kept
	if len(kept) >= perMinute {
		return false, kept[0].Add(time.Minute)
	}
	w.moments = append(w.moments, now)
	return true, time.Time{}
}
