package cliniko

import "time"

// PerUser is how many requests a minute Cliniko allows each user, over all keys
// and programs of that user (reference sheet §5).
const PerUser = 200

// A Usage is what has become of a user's requests, as this process counted them.
type Usage struct {
	Ceiling int // of any minute, as configured
	Limit   int // of this minute: half the ceiling for a while after a refusal
	Minute  int // sent in the last minute; what a process before this one sent counts too
	Hour    int // sent in the last hour by this process, to the minute; at least Minute, which survives a start
	// Refused is when Cliniko last said that the user's limit was reached, although
	// this program keeps below it: another one uses the same user. Zero: never.
	Refused time.Time
}

// Others is how many requests a minute are left to other programs of the user.
func (u Usage) Others() int { return max(PerUser-u.Ceiling, 0) }

// Usage returns what was sent so far.
func (b *Budget) Usage() Usage {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.forget(now)
	return Usage{Ceiling: b.ceiling, Limit: b.limit(now), Minute: len(b.sent), Hour: max(b.hour.sum(now), len(b.sent)), Refused: b.refusedAt}
}

// An hour counts events by the minute in which they were: exact times of an hour
// would be thousands.
type hour struct {
	counts [60]int
	last   int64 // the newest minute, since 1970
}

func (h *hour) add(now time.Time) {
	h.turn(now)
	h.counts[h.last%60]++
}

func (h *hour) sum(now time.Time) (n int) {
	h.turn(now)
	for _, c := range h.counts {
		n += c
	}
	return n
}

// turn empties the minutes that have passed since the last event. A clock that
// was set back counts as one that stands.
func (h *hour) turn(now time.Time) {
	minute := now.Unix() / 60
	if minute-h.last >= int64(len(h.counts)) {
		*h = hour{last: minute}
		return
	}
	for h.last < minute {
		h.last++
		h.counts[h.last%60] = 0
	}
}
