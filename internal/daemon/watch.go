package daemon

import (
	"context"
	"errors"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/audit"
	"carryover/cliniko"
	"carryover/ledger"
)

// This file looks for trouble that no step of the road meets: time that passes,
// a disk that fills, a chain that was altered, a user of Cliniko whom another
// program uses up.

const (
	// watchEvery is how often it is looked; the sandbox looks at each poll.
	watchEvery = time.Minute
	// verifyEvery is how often the whole audit chain is verified.
	verifyEvery = 24 * time.Hour
	// starvedBy is how many refusals of Cliniko's limit within starvedWithin
	// grace periods mean that somebody else uses up the requests: Carryover itself
	// stays under the limit, and halves its rate for a grace period after each.
	starvedBy     = 3
	starvedWithin = 3
)

// watch looks until ctx ends.
func (d *Daemon) watch(ctx context.Context) error {
	var verified time.Time
	d.each(ctx, min(watchEvery, d.cfg.Timing.Poll), func() {
		err := errors.Join(d.line.Overdue(ctx), d.lookLow(ctx))
		if time.Since(verified) >= verifyEvery {
			verified = time.Now()
			err = errors.Join(err, d.verify(ctx))
		}
		if err != nil && ctx.Err() == nil {
			d.log.Error("not all was looked at that somebody may have to be told", "err", err)
		}
	})
	return nil
}

// aboutChain is the subject of the alarm about entries that were altered; the one
// about entries that were cut off has aboutLedger.
const aboutChain = "chain"

// verify reads the whole audit chain, and tells a person when an entry was
// altered. A chain that is whole again, such as after a restore, clears it.
func (d *Daemon) verify(ctx context.Context) error {
	var broken *audit.BrokenError
	if err := d.ledger.View(ctx, func(tx *ledger.Tx) error {
		_, err := d.line.Audit.Verify(ctx, tx)
		if errors.As(err, &broken) {
			return nil
		}
		return err
	}); err != nil {
		return err
	}
	if broken == nil {
		return d.calmIfOpen(ctx, alarm.AuditBroken, aboutChain)
	}
	d.log.Error("the audit chain was altered", "err", broken)
	return d.line.Alarm(ctx, alarm.AuditBroken, aboutChain)
}

// calmIfOpen clears an alarm, without a write when there is none.
func (d *Daemon) calmIfOpen(ctx context.Context, k alarm.Kind, subject string) error {
	open, err := d.isOpen(ctx, k, subject)
	if err != nil || !open {
		return err
	}
	return d.line.Calm(ctx, k, subject)
}

// A thirst is what a lane remembers of the refusals of its user's requests.
type thirst struct {
	known   int         // refusals so far
	recent  []time.Time // when the last ones were noticed
	starved bool
	looked  bool // whether an alarm of an earlier process has been looked at
}

// lookStarved raises the alarm about a user of Cliniko whom another program uses
// up, and clears it when no request has been refused for as long.
func (d *Daemon) lookStarved(ctx context.Context, who carryover.PractitionerID, t *thirst) {
	now, window := time.Now(), starvedWithin*d.cfg.Timing.Grace
	n := d.sides[who].cliniko.Budget().Refusals()
	for ; t.known < n; t.known++ {
		t.recent = append(t.recent, now)
	}
	for len(t.recent) > 0 && now.Sub(t.recent[0]) > window {
		t.recent = t.recent[1:]
	}
	var err error
	switch {
	case !t.starved && len(t.recent) >= starvedBy:
		err = d.line.Alarm(ctx, alarm.RateStarved, string(who))
		t.starved = err == nil
	case (t.starved || !t.looked) && len(t.recent) == 0:
		err = d.calmIfOpen(ctx, alarm.RateStarved, string(who))
		t.starved = t.starved && err != nil
		t.looked = err == nil
	}
	if err != nil && ctx.Err() == nil {
		d.log.Error("alarm not recorded", "err", err)
	}
}

// lookClock looks at Cliniko's clock again while it differs from ours: a lane
// that may not write asks for nothing from which it could see that the clock was
// set.
func (d *Daemon) lookClock(ctx context.Context, who carryover.PractitionerID) {
	if !d.line.ClockIsOff(ctx, who) {
		return
	}
	if _, _, err := d.sides[who].cliniko.Who(cliniko.WithPriority(ctx, cliniko.Backfill)); err != nil {
		return // whatever is the matter has an alarm of its own
	}
	d.line.ClockIsOff(ctx, who)
}

// lookKey looks whether Cliniko takes a key again that it had refused: a lane with
// nothing to send asks for nothing from which it could see that.
func (d *Daemon) lookKey(ctx context.Context, who carryover.PractitionerID) {
	open, err := d.isOpen(ctx, alarm.KeyRefused, string(who))
	if err == nil && open {
		if _, _, err := d.sides[who].cliniko.Who(cliniko.WithPriority(ctx, cliniko.Backfill)); err != nil {
			return // it is refused still, or nobody answers
		}
		err = d.line.KeyWorks(ctx, who)
	}
	if err != nil && ctx.Err() == nil {
		d.log.Error("refused key not looked at", "practitioner", string(who), "err", err)
	}
}
