package daemon

import (
	"context"
	"time"

	"carryover/ledger"
)

// A ledger that was put back knows nothing of what a later one had sent. So the
// first writes wait one grace period, within which every lost request takes
// effect, and what is open is read from Heidi again.

// waitAfterRestore puts off the first writes by one grace period when the
// ledger says that it was restored, or is older than that: somebody may have put
// a copy of the folder back. A document handed in on its own is looked for just
// the same; it waits only for the rest of the period since a restore.
func (d *Daemon) waitAfterRestore(ctx context.Context) error {
	var newest time.Time
	var restored, knownUntil string
	if err := d.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if restored, _, err = tx.Setting(ctx, ledger.SettingRestored); err != nil {
			return err
		}
		if knownUntil, _, err = tx.Setting(ctx, ledger.SettingKnownUntil); err != nil {
			return err
		}
		newest, err = tx.NewestRow(ctx)
		return err
	}); err != nil {
		return err
	}
	now, grace := time.Now(), d.cfg.Timing.Grace
	if at, err := time.Parse(time.RFC3339, restored); err == nil {
		if err := d.line.TakeStock(ctx); err != nil {
			return err
		}
		d.restored, d.line.WritesFrom = !d.handOnly, now.Add(grace)
		if d.handOnly {
			d.line.WritesFrom = at.Add(grace)
		}
		d.log.Warn("the ledger was restored: what people decided after known_until is lost; first writes wait",
			"known_until", knownUntil, "until", d.line.WritesFrom.UTC().Format(time.RFC3339))
		return nil
	}
	if d.handOnly || !mayBeCopy(newest, now, grace) {
		return nil
	}
	d.line.WritesFrom = now.Add(grace)
	d.log.Info("the ledger is old, first writes wait", "until", d.line.WritesFrom.UTC().Format(time.RFC3339))
	return nil
}

// mayBeCopy says that a ledger may have been put back: its newest row is older
// than the grace period, or from a future, so that its age cannot be told. A
// ledger without rows is new.
func mayBeCopy(newest, now time.Time, grace time.Duration) bool {
	age := now.Sub(newest)
	return !newest.IsZero() && (age < 0 || age >= grace)
}

// outwaitRestore takes the mark of a restore away once its grace period has
// passed within one life of the daemon.
func (d *Daemon) outwaitRestore(ctx context.Context) error {
	wait := time.NewTimer(time.Until(d.line.WritesFrom))
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return nil
	case <-wait.C:
	}
	err := d.ledger.Update(ctx, func(tx *ledger.Tx) error { return tx.SetSetting(ctx, ledger.SettingRestored, "") })
	if err != nil && ctx.Err() == nil {
		d.log.Error("the mark of a restore stays", "err", err) // the next start waits once more
	}
	d.wakeAll()
	return nil
}
