package cliniko

import (
	"slices"
	"time"
)

// Recent returns how many requests went out in the last minute. A process
// writes it down, so that the next one does not begin with a fresh allowance in
// the same minute: Cliniko counts requests, not processes.
func (b *Budget) Recent() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget(time.Now())
	return len(b.sent)
}

// Left returns how many requests may still go out in this minute: none while a
// 429 says so.
func (b *Budget) Left() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.forget(now)
	if now.Before(b.blockedUntil) {
		return 0
	}
	return max(0, b.limit(now)-len(b.sent))
}

// Resume takes up what another process had sent in the minute before a time. A
// time in the future, from a clock that was set back, counts as now.
func (b *Budget) Resume(recent int, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := time.Now(); at.After(now) {
		at = now
	}
	recent = min(max(recent, 0), b.ceiling)
	b.sent = slices.Concat(slices.Repeat([]time.Time{at}, recent), b.sent)
	b.even = later(b.even, at.Add(time.Duration(recent)*window/time.Duration(b.ceiling)))
}
