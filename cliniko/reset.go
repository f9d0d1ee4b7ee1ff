package cliniko

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	resetUnknown = time.Minute     // when a 429 names no time
	resetLongest = 5 * time.Minute // a nonsense header must not stop us for hours
)

// resetAt returns when to try again after a 429 or 503: the later of
// Retry-After (seconds or a date, undocumented) and X-RateLimit-Reset (seconds
// since 1970, documented), else in a minute. Times of the server are corrected
// by its Date. A little jitter keeps several clients from coming back together.
func resetAt(h http.Header, now time.Time) time.Time {
	server := now
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		server = date
	}
	wait, found := time.Duration(0), false
	learn := func(d time.Duration) { wait, found = max(wait, d), true }
	after := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.Atoi(after); err == nil {
		learn(clamp(seconds))
	} else if at, err := http.ParseTime(after); err == nil {
		learn(at.Sub(server))
	}
	if epoch, err := strconv.ParseInt(strings.TrimSpace(h.Get("X-RateLimit-Reset")), 10, 64); err == nil {
		learn(time.Unix(epoch, 0).Sub(server))
	}
	if !found {
		wait = resetUnknown
	}
	wait = min(max(wait, time.Second), resetLongest)
	return now.Add(wait + upTo(wait/20, now))
}

// clamp turns a number of seconds into a duration that cannot overflow.
func clamp(seconds int) time.Duration {
	return time.Duration(min(max(seconds, 0), int(resetLongest/time.Second))) * time.Second
}

// delayed is how long a read waits before its next try: from the first wait it
// doubles, to eight times that, give or take a quarter.
func delayed(first time.Duration, retries int) time.Duration {
	d := first << min(retries, 3)
	return d - d/4 + upTo(d/2, time.Now())
}

// upTo returns a duration from zero to most, by the moment: no two clients meet
// trouble at one nanosecond, and a simulation repeats its moments.
func upTo(most time.Duration, now time.Time) time.Duration {
	return time.Duration(rand.New(rand.NewPCG(uint64(now.UnixNano()), 0)).Int64N(int64(most) + 1)) //nolint:gosec // it keeps clients apart, and guards nothing
}
