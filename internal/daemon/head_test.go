package daemon

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"carryover/alarm"
	"carryover/audit"
	"carryover/internal/config"
	"carryover/internal/seal"
	"carryover/ledger"
	"carryover/pipeline"
)

// TestHeadOutlivesATruncation: entries were cut off the chain while no daemon
// ran. The next one must not write the end of what is left over the one file
// that shows it.
func TestHeadOutlivesATruncation(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	l, err := ledger.Open(ctx, ledger.Config{Path: filepath.Join(dir, "ledger.db"), MasterKey: seal.NewMasterKey(), Lock: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	chain, quiet := audit.Log{Keys: l.Keys()}, slog.New(slog.DiscardHandler)
	d := &Daemon{
		ledger: l, cfg: &config.Config{Data: dir}, log: quiet,
		line: &pipeline.Pipeline{Ledger: l, Audit: chain, Log: quiet},
	}
	change := func(f func(tx *ledger.Tx) error) {
		t.Helper()
		if err := l.Update(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	enter := func(times int) {
		t.Helper()
		change(func(tx *ledger.Tx) (err error) {
			for range times {
				err = errors.Join(err, chain.Append(ctx, tx, audit.Entry{At: time.Now(), Actor: "cli:1000", Action: audit.Viewed}))
			}
			return err
		})
	}
	write := func() (h audit.Head) {
		t.Helper()
		if err := d.writeHead(ctx); err != nil {
			t.Fatalf("writeHead = %v", err)
		}
		h, err := audit.ReadHead(d.headFile())
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	raised := func() (n int) {
		t.Helper()
		change(func(tx *ledger.Tx) error {
			open, err := alarm.Open(ctx, tx)
			for _, a := range open {
				if a.Kind == alarm.AuditBroken {
					n++
				}
			}
			return err
		})
		return n
	}
	enter(6)
	before := write()
	enter(1)
	if h := write(); h.N != before.N+1 || raised() != 0 {
		t.Fatalf("the head of a chain that grows is %d with %d alarms, want %d and none", h.N, raised(), before.N+1)
	}
	before = write()
	for _, then := range []int{0, 10} { // as it is left, and grown past its old end
		change(func(tx *ledger.Tx) error {
			_, err := tx.ExecContext(ctx, "DROP TRIGGER IF EXISTS audit_no_delete; DELETE FROM audit WHERE n > 4")
			return err
		})
		enter(then)
		for range 2 {
			if h := write(); h.N != before.N {
				t.Errorf("with %d entries since: the head is overwritten by entry %d, want %d, which shows what is gone", then, h.N, before.N)
			}
		}
	}
	if raised() != 1 {
		t.Errorf("%d alarms are open, want one", raised())
	}
	if err := l.View(context.WithoutCancel(ctx), func(tx *ledger.Tx) error {
		_, err := chain.Verify(ctx, tx, &before)
		return err
	}); err == nil {
		t.Error("Verify of a chain that was cut short = nil")
	}
}
