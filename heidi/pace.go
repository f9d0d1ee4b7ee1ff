package heidi

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"carryover"
)

// A Pace keeps the requests of one key to a modest rate and number at a time.
// Heidi publishes no limits.
type Pace struct {
	limiter *rate.Limiter
	slots   chan struct{}

	mu    sync.Mutex
	until time.Time // a 429 or 503 said so
	used  int
}

// NewPace makes a pace of perSecond requests a second (0: no limit) and
// inFlight at a time (below 1: one).
func NewPace(perSecond float64, inFlight int) *Pace {
	limit := rate.Inf
	if perSecond > 0 {
		limit = rate.Limit(perSecond)
	}
	inFlight = max(inFlight, 1)
	return &Pace{
		limiter: rate.NewLimiter(limit, max(inFlight, int(perSecond))),
		slots:   make(chan struct{}, inFlight),
	}
}

// Used returns how many requests the pace has let through.
func (p *Pace) Used() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.used
}

// enter waits for a request's turn; leave must be called after it.
func (p *Pace) enter(ctx context.Context) (leave func(), err error) {
	const op = "wait for heidi's pace"
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, &carryover.Problem{Op: op, Kind: carryover.ErrTransient, Err: cause(ctx.Err())}
	}
	leave = func() { <-p.slots }
	if err := p.pass(ctx); err != nil {
		leave()
		return nil, &carryover.Problem{Op: op, Kind: carryover.ErrTransient, RetryAt: p.heldUntil(), Err: cause(err)}
	}
	p.mu.Lock()
	p.used++
	p.mu.Unlock()
	return leave, nil
}

// pass waits until a hold is over and the rate allows one more.
func (p *Pace) pass(ctx context.Context) error {
	for wait := time.Until(p.heldUntil()); wait > 0; wait = time.Until(p.heldUntil()) {
		if end, ok := ctx.Deadline(); ok && time.Until(end) < wait {
			return context.DeadlineExceeded
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
	if err := p.limiter.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return context.DeadlineExceeded // the limiter says so before it comes
	}
	return nil
}

// hold lets nothing through before until.
func (p *Pace) hold(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.until) {
		p.until = until
	}
}

func (p *Pace) heldUntil() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until
}
