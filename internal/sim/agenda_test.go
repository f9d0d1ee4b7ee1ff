package sim

import (
	"context"
	"slices"
	"sync"
	"time"
)

// An agenda does what the world has in store, one thing after the other, each
// when its time has come. What is done may add to it.
type agenda struct {
	mu      sync.Mutex // guards due
	due     []errand
	changed chan struct{} // of room for one
}

// An errand is one thing to be done at a time.
type errand struct {
	at time.Time
	do func()
}

func newAgenda() *agenda { return &agenda{changed: make(chan struct{}, 1)} }

// add puts an errand in; what has passed is done at once.
func (a *agenda) add(at time.Time, do func()) {
	a.mu.Lock()
	i, _ := slices.BinarySearchFunc(a.due, at, func(e errand, at time.Time) int {
		if e.at.After(at) {
			return 1
		}
		return -1
	})
	a.due = slices.Insert(a.due, i, errand{at, do})
	a.mu.Unlock()
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

// next takes the first errand if its time has come, or says when it will.
func (a *agenda) next() (do func(), at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.due) == 0 {
		return nil, time.Time{}
	}
	if e := a.due[0]; !e.at.After(time.Now()) {
		a.due = a.due[1:]
		return e.do, e.at
	}
	return nil, a.due[0].at
}

// run does errands until ctx ends.
func (a *agenda) run(ctx context.Context) {
	for ctx.Err() == nil {
		do, at := a.next()
		if do != nil {
			do()
			continue
		}
		wake := make(<-chan time.Time)
		if !at.IsZero() {
			timer := time.NewTimer(time.Until(at))
			wake = timer.C
			defer timer.Stop()
		}
		select {
		case <-wake:
		case <-a.changed:
		case <-ctx.Done():
		}
	}
}
