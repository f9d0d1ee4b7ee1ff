package daemon

import (
	"context"
	"fmt"
	"time"

	"carryover"
	"carryover/ledger"
)

// budgetSetting is where one practitioner's request level is written down.
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
			var level float64
			if !ok {
				continue
			}
			if _, err := fmt.Sscanf(text, "%d %f", &micros, &level); err == nil {
				s.cliniko.Budget().Resume(level, time.UnixMicro(micros))
			}
		}
		return nil
	})
}

// keepBudget writes one practitioner's level down when requests were made.
func (d *Daemon) keepBudget(ctx context.Context, who carryover.PractitionerID, used int) int {
	b := d.sides[who].cliniko.Budget()
	if b.Used() == used {
		return used
	}
	used = b.Used()
	err := d.ledger.Update(ctx, func(tx *ledger.Tx) error {
		return tx.SetSetting(ctx, budgetSetting(who), fmt.Sprintf("%d %.1f", time.Now().UnixMicro(), b.Level()))
	})
	if err != nil && ctx.Err() == nil {
		d.log.Warn("request level not kept", "practitioner", string(who), "err", err)
	}
	return used
}
