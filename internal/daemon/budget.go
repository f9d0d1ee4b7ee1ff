package daemon

import (
	"context"
	"fmt"
	"time"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
)

// budgetSetting is where one practitioner's recent requests are written down.
func budgetSetting(who carryover.PractitionerID) string { return "budget." + string(who) }

// resumeBudgets takes up what the last process left of the minute's requests:
// a daemon that is restarted often must not earn a 429 by it.
func (d *Daemon) resumeBudgets(ctx context.Context) error {
	return d.ledger.View(ctx, func(tx *ledger.Tx) error {
		for who, s := range d.sides {
			text, ok, err := tx.Setting(ctx, budgetSetting(who))
			if err != nil {
				return err
			}
			var micros int64
			var recent int
			if !ok {
				continue
			}
			if _, err := fmt.Sscanf(text, "%d %d", &micros, &recent); err == nil {
				s.cliniko.Budget().Resume(recent, time.UnixMicro(micros))
			}
		}
		return nil
	})
}

// keepBudget writes one practitioner's recent requests down when requests were made.
func (d *Daemon) keepBudget(ctx context.Context, who carryover.PractitionerID, used int) int {
	b := d.sides[who].cliniko.Budget()
	if b.Used() == used {
		return used
	}
	used = b.Used()
	err := d.ledger.Update(ctx, func(tx *ledger.Tx) error {
		return tx.SetSetting(ctx, budgetSetting(who), fmt.Sprintf("%d %d", time.Now().UnixMicro(), b.Recent()))
	})
	if err != nil && ctx.Err() == nil {
		d.log.Warn("recent requests not kept", "practitioner", string(who), "err", err)
	}
	return used
}

// Budget implements desk.Meter.
func (e engine) Budget(who carryover.PractitionerID) (b desk.Budget, ok bool) {
	s, ok := e.d.sides[who]
	if !ok {
		return b, false
	}
	u := s.cliniko.Budget().Usage()
	return desk.Budget{
		Most: u.Ceiling, Now: u.Limit, LastMinute: u.Minute, LastHour: u.Hour, ForOthers: u.Others(), Starved: u.Refused,
	}, true
}
