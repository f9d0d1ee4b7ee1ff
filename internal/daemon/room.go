package daemon

import (
	"context"
	"slices"

	"carryover/alarm"
	"carryover/ledger"
)

// A disk that fills is told of while there is still room to say so.

// lowDisk is when a disk counts as nearly full, in bytes, and roomyDisk when it
// does not any more. A practice's ledger grows by some megabytes a month: this is
// weeks of warning, unless something else fills the disk.
const (
	lowDisk   = 500 << 20
	roomyDisk = 600 << 20
)

// aboutLedger is the subject of alarms about the ledger itself.
const aboutLedger = "ledger"

// lookLow raises the alarm of a disk that is nearly full, or clears it.
func (d *Daemon) lookLow(ctx context.Context) error {
	free, err := d.free(d.cfg.Data)
	if err != nil {
		return nil //nolint:nilerr // the system does not say, and nobody can change that
	}
	open, err := d.isOpen(ctx, alarm.DiskLow, aboutLedger)
	switch {
	case err != nil:
		return err
	case !open && free < lowDisk:
		return d.line.Alarm(ctx, alarm.DiskLow, aboutLedger)
	case open && free > roomyDisk:
		return d.line.Calm(ctx, alarm.DiskLow, aboutLedger)
	}
	return nil
}

// isOpen says that an alarm stands.
func (d *Daemon) isOpen(ctx context.Context, k alarm.Kind, subject string) (is bool, err error) {
	err = d.ledger.View(ctx, func(tx *ledger.Tx) error {
		open, err := alarm.Open(ctx, tx)
		is = slices.ContainsFunc(open, func(a alarm.Alarm) bool { return a.Kind == k && a.Subject == subject })
		return err
	})
	return is, err
}
