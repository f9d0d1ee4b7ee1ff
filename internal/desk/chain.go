package desk

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// Audit implements Desk. The chain is verified before it is exported, so that
// an export is never of a broken one.
func (d *Local) Audit(ctx context.Context, r AuditRequest) (AuditResult, error) {
	head, err := d.writtenHead()
	if err != nil {
		return AuditResult{}, err
	}
	var out AuditResult
	var lines strings.Builder
	err = d.Ledger.View(ctx, func(tx *ledger.Tx) error {
		report, err := d.Chain.Verify(ctx, tx, head, r.Head)
		if err != nil {
			return err
		}
		out.Entries, out.HeadN, out.Head = report.Entries, report.Head.N, hex.EncodeToString(report.Head.MAC)
		out.NoHead = d.Data != "" && head == nil
		if !r.Export {
			return nil
		}
		keep, err := r.keep(ctx, tx)
		if err != nil {
			return err
		}
		written, err := d.Chain.Export(ctx, tx, &lines, keep)
		out.Lines = int(written)
		return err
	})
	if err != nil {
		return AuditResult{}, err
	}
	if !r.Export {
		return out, nil
	}
	out.Export = lines.String()
	err = d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		return d.enter(ctx, tx, "", audit.Entry{Actor: r.Actor, Action: audit.Exported})
	})
	return out, err
}

// writtenHead is the head that the daemon keeps beside the ledger; nil when
// none has been written yet.
func (d *Local) writtenHead() (*audit.Head, error) {
	if d.Data == "" {
		return nil, nil
	}
	h, err := audit.ReadHead(filepath.Join(d.Data, headName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &h, nil
}

// history is what the chain says about a version and its deliveries, oldest
// first.
func (d *Local) history(ctx context.Context, tx *ledger.Tx, id carryover.VersionID) ([]Event, error) {
	rows, err := tx.QueryContext(ctx, `SELECT at, actor, action, from_state, to_state, reason, note FROM audit WHERE subject = $1 ORDER BY n`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read history of %s: %w", id, err)
	}
	defer func() { _ = rows.Close() }()
	var out []Event
	for rows.Next() {
		var e Event
		var at int64
		if err := rows.Scan(&at, &e.Actor, &e.Action, &e.From, &e.To, &e.Reason, &e.Note); err != nil {
			return nil, fmt.Errorf("read history of %s: %w", id, err)
		}
		e.At = time.UnixMicro(at).UTC()
		out = append(out, e)
	}
	return out, rows.Err()
}
