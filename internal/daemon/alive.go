package daemon

import (
	"context"
	"slices"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
	"carryover/pipeline"
)

const (
	// missedPolls is how many polls in a row may be missing before no sign of life
	// is given, and missedRounds how many rounds of a lane.
	missedPolls  = 3
	missedRounds = 10
	// leastMissed is the least that either is in time: where polls are seconds
	// apart, one wait for Cliniko's limit is longer than all of them.
	leastMissed = 2 * time.Minute
	// stuckAfter is for how many grace periods a note may be due, or on its way,
	// without a step being taken.
	stuckAfter = 3
)

// roundOver notes that a lane has gone all the way round without an error.
func (d *Daemon) roundOver(who carryover.PractitionerID) {
	d.rounds.Store(who, time.Now())
}

// isWell says that documents are seen and notes go out: the lanes turn, Heidi has
// answered for everybody, nothing that was due has been left lying, and no alarm
// says otherwise. What a person has paused is no trouble.
func (d *Daemon) isWell(ctx context.Context) (well bool, err error) {
	if !d.lanesTurn() {
		return false, nil
	}
	err = d.ledger.View(ctx, func(tx *ledger.Tx) error {
		open, err := alarm.Open(ctx, tx)
		if err != nil || slices.ContainsFunc(open, func(a alarm.Alarm) bool { return a.Kind.Stops() }) {
			return err
		}
		if seen, err := d.allPolled(ctx, tx); err != nil || !seen {
			return err
		}
		stuck, err := d.isStuck(ctx, tx)
		well = err == nil && !stuck
		return err
	})
	return well && !d.isFull(), err
}

func (d *Daemon) lanesTurn() bool {
	for who := range d.sides {
		at, ok := d.rounds.Load(who)
		if !ok || time.Since(at.(time.Time)) > max(missedRounds*d.cfg.Timing.Poll, leastMissed) {
			return false
		}
	}
	return true
}

// allPolled says that every practitioner's sessions were listed not long ago,
// measured by how often they are at that time of day.
func (d *Daemon) allPolled(ctx context.Context, tx *ledger.Tx) (bool, error) {
	for who, s := range d.sides {
		if s.heidi == nil {
			continue
		}
		row, err := tx.Practitioner(ctx, who)
		if err != nil {
			return false, err
		}
		if time.Since(row.LastPoll) > max(missedPolls*d.pollEvery(row.LastPoll), leastMissed) {
			return false, nil
		}
	}
	return true, nil
}

// isStuck says that a note has been due, or on its way, for too long.
func (d *Daemon) isStuck(ctx context.Context, tx *ledger.Tx) (bool, error) {
	if paused, _, err := tx.Setting(ctx, pipeline.Paused); err != nil || paused == "yes" {
		return false, err
	}
	since := time.Now().Add(-stuckAfter * d.cfg.Timing.Grace)
	ready, err := tx.Due(ctx, carryover.Ready, since, 100)
	if err != nil {
		return false, err
	}
	for _, v := range ready {
		who, err := tx.Practitioner(ctx, v.Practitioner)
		if _, ours := d.sides[v.Practitioner]; err == nil && ours && who.PausedAt.IsZero() {
			return true, nil
		}
	}
	under, err := tx.DeliveriesIn(ctx, carryover.Sending)
	return slices.ContainsFunc(under, func(one ledger.Delivery) bool { return one.IntentAt.Before(since) }), err
}
