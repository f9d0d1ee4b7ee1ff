package daemon

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"carryover"
	"carryover/alarm"
	"carryover/alarm/notify"
	"carryover/ledger"
)

// While the disk is full, its alarm cannot be recorded either. So the daemon
// remembers, records it as soon as there is room for it, and clears it once
// every lane has had a whole round again.

// fullness is what is known of a disk that is full.
type fullness struct {
	mu      sync.Mutex
	full    map[carryover.PractitionerID]bool // lanes whose last round ended for want of room
	untold, // nobody could be told yet
	told bool // the alarm is open
	since time.Time // when this process met it; zero: it has not, or there is room again
}

// rememberDisk is for a start: an alarm that an earlier process raised is cleared
// by this one.
func (d *Daemon) rememberDisk(ctx context.Context) error {
	return d.ledger.View(ctx, func(tx *ledger.Tx) error {
		open, err := alarm.Open(ctx, tx)
		d.disk.told = slices.ContainsFunc(open, func(a alarm.Alarm) bool { return a.Kind == alarm.DiskFull })
		return err
	})
}

// tellDisk takes what a lane's round came to, and tells of the disk what can be
// told by now. A round that ended for another reason says nothing of the disk.
func (d *Daemon) tellDisk(ctx context.Context, who carryover.PractitionerID, outcome error) {
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	switch {
	case isDiskFull(outcome):
		if d.disk.full == nil {
			d.disk.full = map[carryover.PractitionerID]bool{}
		}
		d.disk.full[who], d.disk.untold = true, !d.disk.told
		if d.disk.since.IsZero() {
			d.disk.since = time.Now().UTC()
			d.directly(notify.Raised, d.disk.since)
		}
	case outcome == nil:
		delete(d.disk.full, who)
	}
	if d.disk.untold {
		if err := d.line.Alarm(ctx, alarm.DiskFull, aboutLedger); err != nil {
			d.log.Error("alarm of the full disk not recorded yet", "err", err)
			return
		}
		d.disk.untold, d.disk.told = false, true
	}
	if d.disk.told && len(d.disk.full) == 0 && outcome == nil {
		if err := d.line.Calm(ctx, alarm.DiskFull, aboutLedger); err != nil {
			d.log.Error("alarm of the full disk not cleared yet", "err", err)
			return
		}
		d.disk.told, d.disk.since = false, time.Time{}
		d.directly(notify.Cleared, time.Now().UTC())
	}
}

// directly tells of the full disk past the outbox, into which nothing can be
// written.
func (d *Daemon) directly(about notify.About, at time.Time) {
	d.sender.Directly(notify.Matter{About: about, Kind: alarm.DiskFull, At: at})
}

// isFull says that there was no room, and has not been since.
func (d *Daemon) isFull() bool {
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	return !d.disk.since.IsZero()
}

// Unrecorded implements desk.Memory: the alarm that a full disk could not keep.
func (e engine) Unrecorded() []alarm.Alarm {
	e.d.disk.mu.Lock()
	defer e.d.disk.mu.Unlock()
	if e.d.disk.since.IsZero() {
		return nil
	}
	return []alarm.Alarm{{Kind: alarm.DiskFull, Subject: aboutLedger, RaisedAt: e.d.disk.since}}
}

// isDiskFull says that SQLite found no room for a write.
func isDiskFull(err error) bool {
	full, ok := errors.AsType[*sqlite.Error](err)
	return ok && full.Code()&0xff == sqlite3.SQLITE_FULL
}
