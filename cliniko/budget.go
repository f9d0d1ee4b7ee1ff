package cliniko

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"carryover"
)

const (
	// window is the minute that Cliniko's limit speaks of. Whether it is fixed
	// or sliding is not documented; a budget that holds for every sliding
	// window holds for both.
	window = time.Minute
	// patience is the longest wait for a reset; beyond it the caller had
	// better do something else.
	patience = 90 * time.Second
)

// A Budget keeps the requests of one Cliniko user under a ceiling in any
// minute, wherever that minute begins: it remembers when the last minute's
// requests went out. Half the ceiling may go at once, which is what a short
// busy time needs; beyond that they keep the distance at which a whole minute
// holds the ceiling. Higher priorities go first, and within one, who came first.
// Backfill keeps that distance always, and gives back what others went ahead of
// it: a burst of it would leave nothing of the minute to a document of the day,
// which so waits for one place at most.
type Budget struct {
	ceiling int
	halving time.Duration // how long a 429 halves it; not changed after its making

	mu           sync.Mutex
	sent         []time.Time // the last minute's requests, oldest first
	blockedUntil time.Time   // a 429 said so
	halvedUntil  time.Time
	queue        []*waiter // in order of turn
	used         int
	refusals     int                        // 429s
	refusedAt    time.Time                  // the last of them
	hour         hour                       // counts what went out
	even         time.Time                  // when the next one may go if all had kept their distance
	waits        map[Priority]time.Duration // the longest so far
}

type waiter struct {
	priority Priority
	turn     chan struct{} // signalled when the waiter has become first
}

// NewBudget makes a budget of perMinute requests in any minute; below 2 it is
// taken as 2.
func NewBudget(perMinute int) *Budget {
	return &Budget{ceiling: max(perMinute, 2), halving: DefaultHalving}
}

// Used returns how many requests the budget has let through.
func (b *Budget) Used() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// Refusals returns how often Cliniko has answered that its limit was reached.
func (b *Budget) Refusals() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refusals
}

// Longest returns how long a request of priority p had to wait at most so far,
// for a reset too.
func (b *Budget) Longest(p Priority) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waits[p]
}

// waited remembers the longest wait of a priority. b.mu is held.
func (b *Budget) waited(p Priority, d time.Duration) {
	if b.waits == nil {
		b.waits = map[Priority]time.Duration{}
	}
	b.waits[p] = max(b.waits[p], d)
}

// Wait returns when a request may be sent. It gives up at once, with
// ErrTransient and a time, when a reset is further off than 90 s or than ctx
// allows; and with ErrTransient when ctx ends.
func (b *Budget) Wait(ctx context.Context, p Priority) error {
	b.mu.Lock()
	w := b.enqueue(p)
	defer b.leave(w)
	began := time.Now()
	for {
		now := time.Now()
		if err := b.hopeless(ctx, now); err != nil {
			b.mu.Unlock()
			return err
		}
		first := b.queue[0] == w
		delay := b.delay(now, b.queue[0].priority)
		if first && delay <= 0 {
			b.sent = append(b.sent, now)
			b.even = later(b.even, now).Add(window / time.Duration(b.limit(now)))
			b.used++
			b.hour.add(now)
			b.waited(p, now.Sub(began))
			b.mu.Unlock()
			return nil
		}
		b.mu.Unlock()
		if err := pause(ctx, w, first, delay); err != nil {
			return err
		}
		b.mu.Lock()
	}
}

// pause waits until the waiter's turn comes, or its token is there, or ctx ends.
func pause(ctx context.Context, w *waiter, first bool, delay time.Duration) error {
	var ready <-chan time.Time
	if first {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		ready = timer.C
	}
	select {
	case <-ready:
		return nil
	case <-w.turn:
		return nil
	case <-ctx.Done():
		return &carryover.Problem{Op: "wait for cliniko's rate limit", Kind: carryover.ErrTransient, Err: ctx.Err()}
	}
}

// enqueue places a waiter behind those of its priority. b.mu is held.
func (b *Budget) enqueue(p Priority) *waiter {
	w := &waiter{priority: p, turn: make(chan struct{}, 1)}
	i, _ := slices.BinarySearchFunc(b.queue, p, func(o *waiter, p Priority) int {
		return cmp.Or(cmp.Compare(o.priority, p), -1) // equal ones stand in front
	})
	b.queue = slices.Insert(b.queue, i, w)
	return w
}

// leave takes a waiter out and tells the next that its turn has come.
func (b *Budget) leave(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = slices.DeleteFunc(b.queue, func(o *waiter) bool { return o == w })
	b.wakeFirst()
}

// wakeFirst lets the first waiter look again. b.mu is held.
func (b *Budget) wakeFirst() {
	if len(b.queue) == 0 {
		return
	}
	select {
	case b.queue[0].turn <- struct{}{}:
	default: // it has been told already
	}
}

// hopeless says that waiting makes no sense. b.mu is held.
func (b *Budget) hopeless(ctx context.Context, now time.Time) error {
	p := &carryover.Problem{Op: "wait for cliniko's rate limit", Kind: carryover.ErrTransient}
	if err := ctx.Err(); err != nil {
		p.Err = err
		return p
	}
	end, limited := ctx.Deadline()
	if b.blockedUntil.Sub(now) > patience || (limited && b.blockedUntil.After(end)) {
		p.RetryAt = b.blockedUntil
		p.Err = errors.New("over the limit of requests per minute")
		return p
	}
	return nil
}

// delay returns how long until the first waiter, which has priority p, may go.
// b.mu is held.
func (b *Budget) delay(now time.Time, p Priority) time.Duration {
	b.forget(now)
	limit, n := b.limit(now), len(b.sent)
	next := b.blockedUntil
	if p >= Backfill {
		next = later(next, b.even)
	}
	if n >= max(limit/2, 1) {
		next = later(next, b.sent[n-1].Add(window/time.Duration(limit)))
	}
	if n >= limit {
		next = later(next, b.sent[n-limit].Add(window))
	}
	return next.Sub(now)
}

// forget drops requests that are more than a minute old. b.mu is held.
func (b *Budget) forget(now time.Time) {
	old := 0
	for old < len(b.sent) && now.Sub(b.sent[old]) >= window {
		old++
	}
	b.sent = b.sent[old:]
}

// limit returns how many requests a minute may hold: the ceiling, half of it
// for a while after a 429. b.mu is held.
func (b *Budget) limit(now time.Time) int {
	if now.Before(b.halvedUntil) {
		return max(b.ceiling/2, 1)
	}
	return b.ceiling
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// limited tells the budget of a 429: nothing goes out before until, and half
// as much as usual for a while.
func (b *Budget) limited(until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.refusals++
	b.refusedAt, b.halvedUntil = now, now.Add(b.halving)
	b.blockedUntil = later(b.blockedUntil, until)
	b.wakeFirst()
}
