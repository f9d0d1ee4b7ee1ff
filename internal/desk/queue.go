package desk

import (
	"context"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// This file answers what every page asks about what waits for a person, from the
// ledger's indexes: nothing here reads the queue itself.

// A Standing is what stands around every page.
type Standing struct {
	Held   int       // how many documents wait for a person
	Oldest time.Time // since when the first of them waits; zero: none does
	Paused bool      // nothing is written to Cliniko
	Alarms int       // how many things somebody must be told
}

// Standing returns how things stand for one practitioner, or for everybody when
// who is empty. Pause and alarms are the practice's.
func (d *Local) Standing(ctx context.Context, who carryover.PractitionerID) (s Standing, err error) {
	err = d.Ledger.View(ctx, func(tx *ledger.Tx) error {
		if s.Held, s.Oldest, err = held(ctx, tx, who); err != nil {
			return err
		}
		paused, _, err := tx.Setting(ctx, pausedSetting)
		if err != nil {
			return err
		}
		open, err := alarm.Open(ctx, tx)
		s.Paused, s.Alarms = paused == pausedYes, len(open)
		return err
	})
	return s, err
}

// held counts what waits for a person, and says since when the first of it does.
func held(ctx context.Context, tx *ledger.Tx, who carryover.PractitionerID) (n int, oldest time.Time, err error) {
	f := ledger.Filter{States: forPerson, Practitioner: who, OldestFirst: true, Limit: 1}
	if n, err = tx.HowMany(ctx, f); err != nil || n == 0 {
		return n, oldest, err
	}
	first, err := tx.List(ctx, f)
	if err != nil {
		return n, oldest, err
	}
	return n, first[0].ChangedAt, nil
}

// A Place is where a version stands among what waits for a person, the oldest
// first.
type Place struct {
	Number, Of int                 // from 1; 0: it does not wait
	Next       carryover.VersionID // the one after it; empty: none
}

// Place finds a version among what waits, of one practitioner or of everybody's.
// For one that does not wait any more, Next is the one that it would have.
func (d *Local) Place(ctx context.Context, id carryover.VersionID, who carryover.PractitionerID) (p Place, err error) {
	err = d.Ledger.View(ctx, func(tx *ledger.Tx) error {
		f := ledger.Filter{States: forPerson, Practitioner: who}
		if p.Of, err = tx.HowMany(ctx, f); err != nil {
			return err
		}
		f.After = id
		before, err := tx.HowMany(ctx, f)
		if err != nil {
			return err
		}
		f.OldestFirst = true
		after, err := tx.HowMany(ctx, f)
		if err != nil {
			return err
		}
		if before+after < p.Of {
			p.Number = before + 1
		}
		f.Limit = 1
		next, err := tx.List(ctx, f)
		if len(next) > 0 {
			p.Next = next[0].ID
		}
		return err
	})
	return p, err
}
