package daemon

import (
	"context"
	"testing"
	"time"

	"carryover/alarm"
	"carryover/alarm/notify"
	"carryover/audit"
	"carryover/internal/disk"
	"carryover/ledger"
)

// A noted channel keeps what it is told.
type noted struct{ told []string }

func (*noted) Name() string { return "mail" }

func (n *noted) Send(_ context.Context, m notify.Message) error {
	for _, one := range m.Matters {
		n.told = append(n.told, string(one.About)+" "+string(one.Kind))
	}
	return nil
}

// TestFullDiskIsToldAtOnce: by mail and in the status, while nothing can be
// written; and that there is room again, once each.
func TestFullDiskIsToldAtOnce(t *testing.T) {
	t.Parallel()
	d, ctx, mail := quietDaemon(t), t.Context(), &noted{}
	d.sender = &notify.Sender{Ledger: d.ledger, Channels: []notify.Channel{mail}, Raise: d.line.Alarm, Clear: d.line.Calm, Log: d.log}
	full := fullDisk(t, d)
	noRoom, cancel := context.WithCancel(ctx)
	cancel() // so that nothing is written
	for range 3 {
		d.tellDisk(noRoom, "71", full)
		if u := (engine{d}).Unrecorded(); len(u) != 1 || u[0].Kind != alarm.DiskFull {
			t.Errorf("Unrecorded = %+v, want the full disk", u)
		}
	}
	for range 3 {
		if err := d.sender.Round(ctx); err != nil {
			t.Fatal(err)
		}
		d.tellDisk(ctx, "71", nil)
	}
	if len(mail.told) != 2 || mail.told[0] != "raised disk_full" || mail.told[1] != "cleared disk_full" {
		t.Errorf("told %v, want raised and cleared, once each", mail.told)
	}
	if u := (engine{d}).Unrecorded(); len(u) != 0 || d.isFull() {
		t.Errorf("Unrecorded = %+v once there is room", u)
	}
}

// TestLowDisk: a disk that is nearly full is told once, also while it wavers.
func TestLowDisk(t *testing.T) {
	t.Parallel()
	d, ctx, free := quietDaemon(t), t.Context(), uint64(0)
	d.free = func(string) (uint64, error) { return free, nil }
	for _, step := range []struct {
		free uint64
		open bool
	}{{1 << 30, false}, {499 << 20, true}, {510 << 20, true}, {599 << 20, true}, {601 << 20, false}, {510 << 20, false}} {
		free = step.free
		if err := d.lookLow(ctx); err != nil {
			t.Fatal(err)
		}
		if open, err := d.isOpen(ctx, alarm.DiskLow, aboutLedger); err != nil || open != step.open {
			t.Errorf("with %d MB free: open %v, %v, want %v", step.free>>20, open, err, step.open)
		}
	}
	if free, err := disk.Free(d.cfg.Data); err != nil || free == 0 {
		t.Error("no room on this disk, or it was not asked")
	}
}

// TestAlteredChain: the daily look finds an entry that was altered, once, and
// clears the alarm when the chain is whole again.
func TestAlteredChain(t *testing.T) {
	t.Parallel()
	d, ctx := quietDaemon(t), t.Context()
	if err := d.ledger.Update(ctx, func(tx *ledger.Tx) error {
		return d.line.Audit.Append(ctx, tx, audit.Entry{At: time.Now(), Actor: "cli:1000", Action: audit.Viewed, Subject: "v1"})
	}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		subject string
		open    bool
	}{{"v1", false}, {"v2", true}, {"v2", true}, {"v1", false}} {
		if err := d.ledger.Update(ctx, func(tx *ledger.Tx) error {
			if _, err := tx.ExecContext(ctx, "DROP TRIGGER IF EXISTS audit_no_update"); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "UPDATE audit SET subject = $1 WHERE n = 1", step.subject)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.verify(ctx); err != nil {
			t.Fatal(err)
		}
		if open, err := d.isOpen(ctx, alarm.AuditBroken, aboutChain); err != nil || open != step.open {
			t.Errorf("with entry 1 about %s: open %v, %v, want %v", step.subject, open, err, step.open)
		}
	}
}
