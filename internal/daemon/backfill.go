package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"carryover"
	"carryover/cliniko"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/pipeline"
)

// A backfill runs beside the lanes: for each practitioner one goroutine reads
// Heidi and one asks Cliniko, both at the lowest priority. All that they know of
// it is in the ledger, so that a stop, a crash and a start need nothing else.

// past is what wakes and stops them.
type past struct {
	mu   sync.Mutex
	wake chan struct{} // closed, and replaced, when something may have changed
	stop map[*context.CancelFunc]context.CancelFunc
}

// changes returns a channel that is closed at the next change.
func (p *past) changes() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wake == nil {
		p.wake = make(chan struct{})
	}
	return p.wake
}

// changed wakes everybody.
func (p *past) changed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wake != nil {
		close(p.wake)
	}
	p.wake = nil
}

// round returns a context that ends when the backfill is stopped.
func (p *past) round(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	key := &cancel
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop == nil {
		p.stop = map[*context.CancelFunc]context.CancelFunc{}
	}
	p.stop[key] = cancel
	return ctx, func() {
		cancel()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.stop, key)
	}
}

// stopped ends the rounds under way. What is on the wire is finished.
func (p *past) stopped() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, cancel := range p.stop {
		cancel()
	}
}

// A pastStep does something for a backfill and says how long to wait for the
// next; zero: it may go on at once.
type pastStep func(ctx context.Context, b ledger.Backfill) (wait time.Duration, err error)

// pastLoop takes one step after the other while a backfill runs, and waits until
// one does.
func (d *Daemon) pastLoop(ctx context.Context, who carryover.PractitionerID, take pastStep) error {
	for {
		changes := d.past.changes() // asked before the ledger is: no change is missed
		b, running, err := d.runningBackfill(ctx)
		wait := d.cfg.Timing.Poll
		// Whose lane waits because their key or link is in doubt, for them nothing is
		// read or filed here either.
		if running && !d.out.has(who) {
			round, done := d.past.round(cliniko.WithPriority(ctx, cliniko.Backfill))
			wait, err = take(round, b)
			cut := round.Err() != nil // by a stop of the backfill, or of the daemon
			done()
			if cut {
				err = nil
			}
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, pipeline.ErrSwapped):
			return err // as in the lane
		case err != nil:
			d.log.Error("backfill step failed", "practitioner", string(who), "err", err)
			d.tellDisk(ctx, who, err)
			wait = d.cfg.Timing.Poll
		case !running:
			select { // nothing but a person begins one
			case <-ctx.Done():
				return nil
			case <-changes:
			}
			continue
		case wait <= 0:
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-changes:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// runningBackfill returns the backfill that is to go on, if there is one.
func (d *Daemon) runningBackfill(ctx context.Context) (b ledger.Backfill, running bool, err error) {
	err = d.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		b, err = tx.LastBackfill(ctx)
		return err
	})
	if errors.Is(err, carryover.ErrGone) {
		return b, false, nil
	}
	return b, err == nil && b.State == ledger.BackfillRunning, err
}

// readPast is the step that lists and reads one practitioner's past sessions.
func (d *Daemon) readPast(who carryover.PractitionerID) pastStep {
	return func(ctx context.Context, b ledger.Backfill) (time.Duration, error) {
		listed, err := d.pastListed(ctx, who, b)
		if err != nil {
			return 0, err
		}
		if !listed {
			if err := d.line.ListPast(ctx, who, b); err != nil {
				return 0, err
			}
			d.past.changed()
			return 0, nil
		}
		n, next, err := d.line.ReadPast(ctx, who, b)
		if err != nil {
			return 0, err
		}
		if n > 0 {
			d.past.changed()
			return 0, nil
		}
		wait := d.cfg.Timing.Poll
		if !next.IsZero() {
			wait = min(wait, max(time.Until(next), time.Millisecond))
		}
		return wait, nil
	}
}

// carryPast is the step that matches and files what was read.
func (d *Daemon) carryPast(who carryover.PractitionerID) pastStep {
	return func(ctx context.Context, b ledger.Backfill) (time.Duration, error) {
		all, err := d.line.ListedForPast(ctx, b)
		if err != nil || !all {
			return d.cfg.Timing.Poll, err
		}
		asked, done, err := d.line.CarryPast(ctx, who, b)
		if err != nil {
			return 0, err
		}
		if done {
			d.log.Info("backfill done", "backfill", b.ID)
		}
		if asked || done {
			d.past.changed() // whoever reads ahead has room again
			return 0, nil
		}
		return d.cfg.Timing.Poll / 4, nil
	}
}

func (d *Daemon) pastListed(ctx context.Context, who carryover.PractitionerID, b ledger.Backfill) (listed bool, err error) {
	err = d.ledger.View(ctx, func(tx *ledger.Tx) error {
		all, err := tx.BackfillAuthors(ctx, b.ID)
		listed = slices.Contains(all, who)
		return err
	})
	return listed, err
}

var _ desk.Historian = engine{}

// CountPast implements desk.Historian.
func (e engine) CountPast(ctx context.Context, from, to time.Time) (desk.PastCount, error) {
	var n desk.PastCount
	seen := map[carryover.SessionID]bool{}
	for _, pr := range e.d.cfg.Practitioners {
		if e.d.sides[pr.ID].heidi == nil {
			continue
		}
		l, err := e.d.line.PastOf(ctx, pr.ID, from, to)
		if err != nil {
			return n, err
		}
		n.Young += l.Young
		n.Undated += len(l.Undated)
		for _, ref := range l.Past {
			if seen[ref.ID] {
				continue
			}
			seen[ref.ID] = true
			err := e.d.ledger.View(ctx, func(tx *ledger.Tx) error {
				_, err := tx.SessionRow(ctx, ref.ID)
				return err
			})
			switch {
			case err == nil:
				n.Known++
			case errors.Is(err, carryover.ErrGone):
				n.Sessions++
			default:
				return n, fmt.Errorf("look whether session %s is known: %w", ref.ID, err)
			}
		}
	}
	return n, nil
}

// Ceilings implements desk.Historian.
func (e engine) Ceilings() (perMinute, users int, heidiPerSecond float64) {
	return e.d.cfg.Cliniko.RequestsPerMinute, len(e.d.sides), e.d.heidiRate
}

// PastChanged implements desk.Historian.
func (e engine) PastChanged(stopped bool) {
	if stopped {
		e.d.past.stopped()
	}
	e.d.past.changed()
}
