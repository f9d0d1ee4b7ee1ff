package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"

	"carryover"
	"carryover/alarm"
	"carryover/audit"
	"carryover/ledger"
)

// headFile is where the audit chain's head is written beside the ledger, so
// that cutting the chain short shows.
func (d *Daemon) headFile() string { return filepath.Join(d.cfg.Data, "audit.head") }

// writeHead keeps the head file up to date. A head that is not on the chain is
// left as it is, and a person is told: the file is all that shows that entries
// were cut off, and a newer head in its place would hide it.
func (d *Daemon) writeHead(ctx context.Context) error {
	old, err := audit.ReadHead(d.headFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read head file: %w", err)
	}
	var h audit.Head
	var whole, told bool // told: of what is cut off
	if err := d.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if h, err = d.line.Audit.Head(ctx, tx); err != nil {
			return err
		}
		if whole, err = d.line.Audit.Holds(ctx, tx, old); err != nil {
			return err
		}
		open, err := alarm.Open(ctx, tx)
		told = slices.ContainsFunc(open, func(a alarm.Alarm) bool { return a.Kind == alarm.AuditBroken && a.Subject == aboutLedger })
		return err
	}); err != nil {
		return fmt.Errorf("read head of the audit chain: %w", err)
	}
	switch {
	case !whole && told:
		return nil
	case !whole:
		d.log.Error("the audit chain does not hold the head beside the ledger", "head", old.N, "entries", h.N)
		return d.line.Alarm(ctx, alarm.AuditBroken, aboutLedger)
	case told: // the head that was missing is on the chain again, or somebody took it away
		return d.line.Calm(ctx, alarm.AuditBroken, aboutLedger)
	case old.N == h.N:
		return nil
	}
	err = audit.WriteHead(d.headFile(), h)
	if errors.Is(err, syscall.ENOSPC) {
		return &carryover.Problem{
			Op: "write the head of the audit chain", Kind: carryover.ErrTransient, Err: err,
			Hint: "The disk is full. Make room on it and start again; nothing is lost.",
		}
	}
	return err
}
