package pipeline

import (
	"context"
	"fmt"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// Time itself is the trouble with some documents: nobody decides about them, or
// Heidi will delete them first. No step notices, because none is taken.

// heldLong is when a document has waited too long for a person, if the practice
// does not say.
const heldLong = 24 * time.Hour

// nearest is how long before the end of the look-back, which is how long Heidi
// keeps a session, a person is told of what is not filed.
const nearest = 48 * time.Hour

// waiting are the states in which a document is not in Cliniko, and no request
// for it on its way.
var waiting = []carryover.State{carryover.Seen, carryover.Ripe, carryover.Ready, carryover.Held, carryover.Refused}

// overdueKinds are the alarms that Overdue raises or clears.
var overdueKinds = []alarm.Kind{alarm.HeldLong, alarm.RetentionNear, alarm.SessionVanished}

// A matter is an alarm that should be open.
type matter struct {
	kind    alarm.Kind
	subject string
}

// Overdue raises the alarms about what waits too long, and clears those about
// what waits no more. It writes only when something changes.
func (p *Pipeline) Overdue(ctx context.Context) error {
	change := false
	err := p.view(ctx, func(tx *ledger.Tx) error {
		raise, clear, err := p.overdue(ctx, tx, time.Now())
		change = len(raise)+len(clear) > 0
		return err
	})
	if err == nil && change {
		err = p.update(ctx, func(s *step) error { return s.tellOverdue(ctx) })
	}
	if err != nil {
		return fmt.Errorf("look for what waits too long: %w", err)
	}
	return nil
}

func (s *step) tellOverdue(ctx context.Context) error {
	raise, clear, err := s.p.overdue(ctx, s.Tx, s.now)
	if err != nil {
		return err
	}
	for _, m := range raise {
		if err := s.alarm(ctx, m.kind, m.subject); err != nil {
			return err
		}
	}
	for _, m := range clear {
		if err := s.calm(ctx, m.kind, m.subject); err != nil {
			return err
		}
	}
	return nil
}

// overdue returns which alarms are to be raised and which cleared.
func (p *Pipeline) overdue(ctx context.Context, tx *ledger.Tx, now time.Time) (raise, clear []matter, err error) {
	open, err := alarm.Open(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	stands := map[matter]bool{}
	for _, a := range open {
		stands[matter{a.Kind, a.Subject}] = true
	}
	all, err := tx.List(ctx, ledger.Filter{States: waiting, OldestFirst: true})
	if err != nil {
		return nil, nil, err
	}
	wanted := map[matter]bool{}
	for _, v := range all {
		due, err := p.overdueOf(ctx, tx, v, now)
		if err != nil {
			return nil, nil, err
		}
		for _, m := range due {
			if wanted[m] = true; !stands[m] && m.kind != alarm.SessionVanished { // which the reading raises
				raise = append(raise, m)
			}
		}
	}
	for _, a := range open {
		m := matter{a.Kind, a.Subject}
		for _, k := range overdueKinds {
			if a.Kind == k && !wanted[m] {
				clear = append(clear, m)
			}
		}
	}
	return raise, clear, nil
}

// overdueOf lists the alarms that stand about one document that waits.
func (p *Pipeline) overdueOf(ctx context.Context, tx *ledger.Tx, v ledger.Version, now time.Time) (all []matter, err error) {
	after := p.Timing.HeldLong
	if after == 0 {
		after = heldLong
	}
	if forPerson := v.State == carryover.Held || v.State == carryover.Refused; forPerson && now.Sub(v.ChangedAt) >= after {
		all = append(all, matter{alarm.HeldLong, string(v.ID)})
	}
	if v.Empty || ByHand(v.Session) {
		return all, nil // there is nothing to lose, or nothing in Heidi
	}
	row, err := tx.SessionRow(ctx, v.Session)
	if err != nil {
		return nil, err
	}
	if !row.GoneAt.IsZero() {
		return append(all, matter{alarm.SessionVanished, string(v.Session)}), nil
	}
	began := row.StartedAt
	if began.IsZero() {
		began = v.FirstSeen
	}
	if now.Sub(began) >= p.Timing.LookBack-min(nearest, p.Timing.LookBack/4) {
		all = append(all, matter{alarm.RetentionNear, string(v.ID)})
	}
	return all, nil
}
