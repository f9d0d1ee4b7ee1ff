package daemon

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"carryover"
	"carryover/alarm/notify"
	"carryover/audit"
	"carryover/internal/config"
	"carryover/internal/desk"
	"carryover/internal/seal"
	"carryover/ledger"
	"carryover/pipeline"
)

// quietDaemon is a daemon on a new ledger, without clients.
func quietDaemon(t *testing.T) *Daemon {
	t.Helper()
	dir := t.TempDir()
	l, err := ledger.Open(t.Context(), ledger.Config{Path: filepath.Join(dir, "ledger.db"), MasterKey: seal.NewMasterKey(), Lock: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	quiet := slog.New(slog.DiscardHandler)
	return &Daemon{
		sender: &notify.Sender{}, ledger: l, cfg: &config.Config{Data: dir}, log: quiet, sides: map[carryover.PractitionerID]*side{},
		line: &pipeline.Pipeline{Ledger: l, Audit: audit.Log{Keys: l.Keys()}, Log: quiet},
		desk: &desk.Local{Ledger: l},
	}
}

// count runs a statement that counts.
func (d *Daemon) count(t *testing.T, statement string) (n int) {
	t.Helper()
	if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		return tx.QueryRowContext(t.Context(), statement).Scan(&n)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// fullDisk is what SQLite says when its file may not grow.
func fullDisk(t *testing.T, d *Daemon) error {
	t.Helper()
	err := d.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.ExecContext(t.Context(), "PRAGMA max_page_count = 1")
		if err == nil {
			_, err = tx.ExecContext(t.Context(), "INSERT INTO setting (name, value) VALUES ('x', hex(zeroblob(1000000)))")
		}
		_, back := tx.ExecContext(t.Context(), "PRAGMA max_page_count = 1000000")
		return errors.Join(err, back)
	})
	if !isDiskFull(err) {
		t.Fatalf("a write without room = %v, want that the disk is full", err)
	}
	return err
}

// TestFullDiskIsToldWhenThereIsRoom: while nothing can be written, nor can the
// alarm; it is told once there is room, and cleared once, when no lane wants any.
func TestFullDiskIsToldWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	const open, ever = "SELECT COUNT(*) FROM alarm WHERE kind = 'disk_full' AND cleared_at = 0", "SELECT COUNT(*) FROM alarm WHERE kind = 'disk_full'"
	d, ctx := quietDaemon(t), t.Context()
	full := fullDisk(t, d)
	noRoom, cancel := context.WithCancel(ctx)
	cancel() // so that nothing is written
	d.tellDisk(noRoom, "71", full)
	d.tellDisk(noRoom, "72", full)
	if n := d.count(t, ever); n != 0 {
		t.Fatalf("%d alarms written without room", n)
	}
	d.tellDisk(ctx, "71", errors.New("Cliniko does not answer")) // there is room again, and this is no good round
	if n := d.count(t, open); n != 1 {
		t.Errorf("%d alarms are open once there is room, want 1", n)
	}
	d.tellDisk(ctx, "71", nil)
	if n := d.count(t, open); n != 1 {
		t.Errorf("%d alarms are open while lane 72 has had no room, want 1", n)
	}
	d.tellDisk(ctx, "72", full)
	d.tellDisk(noRoom, "72", nil)
	for range 2 {
		d.tellDisk(ctx, "72", nil)
	}
	if d.count(t, open) != 0 || d.count(t, ever) != 1 {
		t.Errorf("%d alarms open of %d, want one, cleared once", d.count(t, open), d.count(t, ever))
	}
	// The next process clears what this one leaves.
	d.tellDisk(ctx, "71", full)
	d.disk = fullness{}
	if err := d.rememberDisk(ctx); err != nil {
		t.Fatal(err)
	}
	if d.tellDisk(ctx, "71", nil); d.count(t, open) != 0 || d.count(t, ever) != 2 {
		t.Errorf("%d alarms open of %d after a restart, want none of two", d.count(t, open), d.count(t, ever))
	}
}

// TestLeftBehindWithARemoval: a note that is to be removed is unread while its
// practitioner is not in the configuration, which is told, and told to be over.
func TestLeftBehindWithARemoval(t *testing.T) {
	t.Parallel()
	d, ctx := quietDaemon(t), t.Context()
	if err := d.ledger.Update(ctx, func(tx *ledger.Tx) error {
		for _, s := range []string{
			`INSERT INTO session (id, practitioner, started_at, hinted_at, first_seen, listed_at, last_read, next_read, gone_at, evidence_digest, reads)
			 VALUES ('s', '', 1, 0, 1, 1, 1, 0, 0, x'', 0)`,
			`INSERT INTO document VALUES ('s', 'd', '', 0, 1, 0)`,
			`INSERT INTO version VALUES ('v', 's', 'd', 1, 1, 'HTML', 'held', 'remove_by_hand', 0, 1, 1, 1, 1, 1, 1, 0, x'', x'', 'x', '1', '41', '', '', 0)`,
			`INSERT INTO delivery VALUES ('x', 'v', 1, '1', '41', '', '', 'treatment_note', 'HD-1', 'HD-1', x'', 'held', 'remove_by_hand', '9', 1, 1, 1, 0, 0, 1, '')`,
			`INSERT INTO reversal (delivery, practitioner, version, patient, state, why, asked_at, due_at, read_at, ended_at, refiled_at, updated_at)
			 VALUES ('x', '41', '', '', 'by_hand', 'edited', 1, 1, 0, 0, 0, 1)`,
		} {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, here := range []bool{false, true} {
		if here {
			d.sides["41"] = &side{}
		}
		if err := d.checkLeft(ctx); err != nil {
			t.Fatal(err)
		}
		if n := d.count(t, "SELECT COUNT(*) FROM alarm WHERE kind = 'left_behind' AND subject = '41' AND cleared_at = 0"); (n == 1) == here {
			t.Errorf("practitioner in the configuration %t: %d alarms", here, n)
		}
	}
}

// TestHalfWrittenHeadGoes at the next start; the head itself stays.
func TestHalfWrittenHeadGoes(t *testing.T) {
	t.Parallel()
	d := quietDaemon(t)
	for _, name := range []string{".head-123", "audit.head"} {
		if err := os.WriteFile(filepath.Join(d.cfg.Data, name), []byte("{}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d.line.Started, d.cfg.Timing.Grace = time.Now(), time.Minute
	if err := d.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(d.cfg.Data, "*head*"))
	if all, _ := filepath.Glob(filepath.Join(d.cfg.Data, ".head-*")); len(all) != 0 || len(left) != 1 {
		t.Errorf("left in the data folder: %v %v, want the head alone", all, left)
	}
}
