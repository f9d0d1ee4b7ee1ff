package daemon

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"carryover"
	"carryover/alarm"
	"carryover/internal/check"
	"carryover/ledger"
)

// check asks, before any work, whether every key and link is what the
// configuration says. It finds all that is wrong, not the first thing; each
// finding is a sentence with what to do.
//
// What is wrong with one practitioner alone leaves that one out, with an alarm,
// so that the others' documents go on. It is an error when nobody is left, when
// the clock is off, or when an API does not answer at all: a daemon that starts
// blind would look well and do nothing.
func (d *Daemon) check(ctx context.Context) error {
	findings := make([]error, len(d.cfg.Practitioners))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for i, pr := range d.cfg.Practitioners {
		group.Go(func() error {
			findings[i] = d.checkSide(gctx, d.sides[pr.ID])
			return nil
		})
	}
	_ = group.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	out, whole := map[carryover.PractitionerID]error{}, false
	for i, pr := range d.cfg.Practitioners {
		if _, alone := onlyOne(findings[i]); alone {
			out[pr.ID] = findings[i]
		} else if findings[i] != nil {
			whole = true
		}
	}
	// By hand one document is filed, and whoever waits for it is told at once.
	if whole || d.handOnly && len(out) > 0 || len(out) == len(d.cfg.Practitioners) {
		return errors.Join(once(findings)...)
	}
	for who, err := range out {
		if err := d.leaveOut(ctx, who, err); err != nil {
			return err
		}
	}
	return nil
}

// once leaves out findings that say the same, as all do about one clock.
func once(findings []error) (out []error) {
	said := map[string]bool{}
	for _, f := range findings {
		if f == nil || said[f.Error()+carryover.HintOf(f)] {
			continue
		}
		said[f.Error()+carryover.HintOf(f)] = true
		out = append(out, f)
	}
	return out
}

// A wrongSide is what is wrong with one practitioner alone.
type wrongSide struct {
	kind alarm.Kind
	error
}

// Unwrap returns what is wrong.
func (w wrongSide) Unwrap() error { return w.error }

// onlyOne says that a finding is about one practitioner alone, and which alarm
// tells of it.
func onlyOne(err error) (alarm.Kind, bool) {
	w, ok := errors.AsType[wrongSide](err)
	return w.kind, ok
}

// checkSide checks one practitioner's key, the clock by Cliniko's answer, and
// raises an alarm where the link is missing: that lane can run all the same,
// since what it filed is still to be proven, and sees when the link is there.
func (d *Daemon) checkSide(ctx context.Context, s *side) error {
	subject := check.Side{ID: s.cfg.ID, Cliniko: s.cliniko, Heidi: s.heidi}
	user, owner := check.Owner(ctx, subject)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(owner.Err, carryover.ErrUnauthorized):
		return wrongSide{alarm.KeyRefused, owner.Err}
	case errors.Is(owner.Err, carryover.ErrInvalid):
		return wrongSide{alarm.WrongAuthor, owner.Err}
	case owner.Err != nil:
		return owner.Err
	}
	if f := check.Time(subject); f.Err != nil {
		return f.Err
	}
	if s.heidi != nil {
		if err := d.checkLink(ctx, subject); err != nil {
			return err
		}
	}
	return d.ledger.Update(ctx, func(tx *ledger.Tx) error {
		row, err := tx.Practitioner(ctx, s.cfg.ID)
		if err != nil && !errors.Is(err, carryover.ErrGone) {
			return err
		}
		row.ID, row.UserID = s.cfg.ID, user
		return tx.SavePractitioner(ctx, row)
	})
}

// checkLink raises an alarm where an account is not linked; the first listing
// that works clears it. A key of Heidi's that is not taken is everybody's.
func (d *Daemon) checkLink(ctx context.Context, s check.Side) error {
	f := check.Linked(ctx, s)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case f.Err == nil:
		return nil
	case check.NotLinked(f):
		d.log.Warn("practitioner's heidi account is not linked", "practitioner", string(s.ID))
		return d.line.Alarm(ctx, alarm.LinkGone, string(s.ID))
	}
	return f.Err
}

// leftOut are the practitioners whose lanes wait. The zero value is nobody.
type leftOut struct {
	mu  sync.Mutex
	who map[carryover.PractitionerID]bool
}

func (l *leftOut) set(who carryover.PractitionerID, is bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.who == nil {
		l.who = map[carryover.PractitionerID]bool{}
	}
	l.who[who] = is
}

func (l *leftOut) has(who carryover.PractitionerID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.who[who]
}

// leaveOut keeps a practitioner's lane from running and tells a person.
func (d *Daemon) leaveOut(ctx context.Context, who carryover.PractitionerID, cause error) error {
	kind, _ := onlyOne(cause)
	d.log.Error("practitioner left out", "practitioner", string(who), "err", cause)
	d.out.set(who, true)
	return d.line.Alarm(ctx, kind, string(who))
}

// rejoinEvery is how often a practitioner who was left out is looked at again.
const rejoinEvery = 5 * time.Minute

// rejoinBeat is how often the lane of one shows that it only waits.
const rejoinBeat = 10 * time.Second

// awaitRejoin waits until a practitioner who was left out is well again; false
// when ctx ended first. What it asks is read alone.
func (d *Daemon) awaitRejoin(ctx context.Context, who carryover.PractitionerID) bool {
	every := time.NewTicker(max(min(rejoinEvery, 10*d.cfg.Timing.Poll), time.Second))
	alive := time.NewTicker(rejoinBeat)
	defer every.Stop()
	defer alive.Stop()
	for {
		d.pulses.turned(who) // it waits, and is not stuck
		select {
		case <-ctx.Done():
			return false
		case <-alive.C:
			continue
		case <-every.C:
		}
		if d.checkSide(ctx, d.sides[who]) != nil {
			continue
		}
		for _, kind := range []alarm.Kind{alarm.KeyRefused, alarm.WrongAuthor} {
			if err := d.line.Calm(ctx, kind, string(who)); err != nil && ctx.Err() == nil {
				d.log.Error("alarm not cleared", "err", err)
			}
		}
		d.out.set(who, false)
		d.log.Info("practitioner is well again", "practitioner", string(who))
		return true
	}
}

// checkLeft tells a person of practitioners who are no longer in the
// configuration while nobody can look, without them, whether their notes arrived
// or were removed; and of those who are back, that it is well again.
func (d *Daemon) checkLeft(ctx context.Context) error {
	left := map[carryover.PractitionerID]bool{}
	var told []alarm.Alarm
	err := d.ledger.View(ctx, func(tx *ledger.Tx) error {
		under, err := tx.DeliveriesIn(ctx, carryover.Sending, carryover.InDoubt, carryover.Filed)
		if err != nil {
			return err
		}
		for _, one := range under {
			left[one.Practitioner] = true
		}
		leaving, err := tx.OpenReversals(ctx)
		if err != nil {
			return err
		}
		for _, one := range leaving {
			left[one.Practitioner] = true
		}
		told, err = alarm.Open(ctx, tx)
		return err
	})
	for who := range d.sides {
		delete(left, who)
	}
	for _, who := range slices.Sorted(maps.Keys(left)) {
		d.log.Warn("notes are on their way, or to be removed, for a practitioner who is not in the configuration", "practitioner", string(who))
		err = errors.Join(err, d.line.Alarm(ctx, alarm.LeftBehind, string(who)))
	}
	if err != nil {
		return err
	}
	for _, a := range told {
		if a.Kind == alarm.LeftBehind && !left[carryover.PractitionerID(a.Subject)] {
			err = errors.Join(err, d.line.Calm(ctx, a.Kind, a.Subject))
		}
	}
	return err
}
