package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger"
)

// sealedBytes returns every wrapped key and ciphertext.
func sealedBytes(t testing.TB, l *ledger.Ledger) (all [][]byte) {
	t.Helper()
	view(t, l, func(tx *ledger.Tx) error {
		rows, err := tx.QueryContext(t.Context(), "SELECT wrapped_key FROM sealed WHERE length(wrapped_key) > 0 UNION ALL SELECT ciphertext FROM sealed WHERE length(ciphertext) > 0")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			all = append(all, b)
		}
		return rows.Err()
	})
	return all
}

func TestCopyTo(t *testing.T) {
	c := config(t)
	l, ctx := openAt(t, c), t.Context()
	id := addVersion(t, l, "d1", strings.Repeat("Words of a letter. ", 2000)) // more than a page
	secret := sealedBytes(t, l)
	for _, text := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "copy ?a=b#c 100%.db")
		// A copy is of one moment, while somebody reads and another one writes.
		err := l.View(ctx, func(*ledger.Tx) error { return l.CopyTo(ctx, path, text) })
		if err != nil {
			t.Fatalf("CopyTo(%v) = %v", text, err)
		}
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("copy has mode %v, %v, want 0600", st.Mode(), err)
		}
		b := read(t, path)
		for _, s := range secret {
			if bytes.Contains(b, s[:min(len(s), 60)]) != text {
				t.Errorf("with text %v: %d sealed bytes are in the copy: %v", text, len(s), !text)
			}
		}
		own, err := ledger.Open(ctx, ledger.Config{Path: path, MasterKey: c.MasterKey, ReadOnly: true})
		if err != nil {
			t.Fatalf("Open of the copy = %v", err)
		}
		if err := own.Integrity(ctx); err != nil {
			t.Errorf("Integrity of the copy = %v", err)
		}
		check(t, own)
		_ = own.View(ctx, func(tx *ledger.Tx) error {
			_, err := tx.Content(ctx, id)
			if text != (err == nil) || (!text && !errors.Is(err, carryover.ErrGone)) {
				t.Errorf("with text %v: Content in the copy = %v", text, err)
			}
			return nil
		})
		if !bytes.Equal(own.Keys().Digest("a", "b"), l.Keys().Digest("a", "b")) {
			t.Error("the copy has another digest key")
		}
		own.Close()
		if err := l.CopyTo(ctx, path, text); !errors.Is(err, carryover.ErrRefused) || !bytes.Equal(b, read(t, path)) {
			t.Errorf("CopyTo onto a file = %v, want a refusal and the file as it was", err)
		}
	}
	if got := opened(t, l, string(id), "text"); len(got) < 1000 {
		t.Error("the ledger lost its text to a copy")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(c.Path), ".copy-*")); len(left) != 0 {
		t.Errorf("%v are left in the data folder", left)
	}
}

func TestCopyToNowhere(t *testing.T) {
	c := config(t)
	l := openAt(t, c)
	err := l.CopyTo(t.Context(), filepath.Join(t.TempDir(), "none", "copy.db"), false)
	if !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "Choose a folder") {
		t.Errorf("CopyTo a folder that is not there = %v, hint %q", err, carryover.HintOf(err))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := l.CopyTo(ctx, path, true); err == nil {
		t.Error("CopyTo that was cancelled = nil")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("CopyTo that failed left a file: %v", err)
	}
	// What a crash leaves in the data folder goes at the next start.
	l.Close()
	left := filepath.Join(filepath.Dir(c.Path), ".copy-123")
	if err := errors.Join(os.Mkdir(left, 0o700), os.WriteFile(filepath.Join(left, "ledger.db"), []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	openAt(t, c)
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a copy that a crash left is there after a start: %v", err)
	}
}

func TestRestore(t *testing.T) {
	c := config(t)
	l, ctx := openAt(t, c), t.Context()
	before := addVersion(t, l, "d1", "words")
	copied := filepath.Join(t.TempDir(), "backup.db")
	if err := l.CopyTo(ctx, copied, true); err != nil {
		t.Fatal(err)
	}
	addVersion(t, l, "d2", "later words")
	r := ledger.Restoring{To: c, Now: monday, Look: func(*ledger.Ledger) error { return nil }}
	restore := func() (string, error) {
		r.From = bytes.NewReader(read(t, copied))
		return ledger.Restore(ctx, r)
	}
	if _, err := restore(); !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "already running") {
		t.Errorf("Restore beside a running daemon = %v", err)
	}
	l.Close()
	now := read(t, c.Path)
	if _, err := restore(); !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "--replace") {
		t.Errorf("Restore over a ledger = %v", err)
	}
	r.Replace = true
	stop := errors.New("stop")
	r.Look = func(*ledger.Ledger) error { return stop }
	if _, err := restore(); !errors.Is(err, stop) || !bytes.Equal(now, read(t, c.Path)) {
		t.Errorf("Restore that was refused = %v, want the ledger as it was", err)
	}
	r.Look = func(l *ledger.Ledger) error {
		return l.Update(ctx, func(tx *ledger.Tx) error { return tx.SetSetting(ctx, "restored", "yes") })
	}
	kept, err := restore()
	if err != nil || filepath.Base(kept) != "ledger-20261102T090000Z.db" {
		t.Fatalf("Restore = %q, %v", kept, err)
	}
	if !bytes.Equal(now, read(t, kept)) {
		t.Error("the ledger that was there is not kept byte for byte")
	}
	entries, _ := os.ReadDir(filepath.Dir(c.Path))
	for _, e := range entries {
		if st, err := e.Info(); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", e.Name(), st.Mode())
		}
	}
	l = openAt(t, c)
	check(t, l)
	if opened(t, l, string(before), "text") != "words" {
		t.Error("the restored ledger has not the words of the backup")
	}
	view(t, l, func(tx *ledger.Tx) error {
		if v, _, _ := tx.Setting(ctx, "restored"); v != "yes" {
			t.Errorf("what Look wrote = %q, want it in the restored ledger", v)
		}
		counts, err := tx.Counts(ctx)
		if counts[carryover.Seen] != 1 {
			t.Errorf("counts = %v, want the one document of the backup", counts)
		}
		return err
	})
}

// TestRestoreRefuses: nothing that is not whole takes a ledger's place.
func TestRestoreRefuses(t *testing.T) {
	for _, row := range []struct {
		name   string
		damage func(t *testing.T, path string, c *ledger.Config)
		kind   carryover.Kind
	}{
		{"no database", func(t *testing.T, path string, _ *ledger.Config) { overwrite(t, path, 0, "This is a letter.") }, carryover.ErrInvalid},
		{"another key", func(_ *testing.T, _ string, c *ledger.Config) { c.MasterKey = seal.NewMasterKey() }, carryover.ErrUnauthorized},
		{"cut short", func(t *testing.T, path string, _ *ledger.Config) { _ = os.Truncate(path, 5*4096) }, carryover.ErrInvalid},
		{"empty", func(t *testing.T, path string, _ *ledger.Config) { _ = os.Truncate(path, 0) }, carryover.ErrInvalid},
		{"newer", func(t *testing.T, path string, _ *ledger.Config) {
			raw(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
		}, carryover.ErrRefused},
		{"another program's", func(t *testing.T, path string, _ *ledger.Config) { raw(t, path, "PRAGMA application_id = 7") }, carryover.ErrInvalid},
		{"a row missing in an index", func(t *testing.T, path string, _ *ledger.Config) {
			raw(t, path, "PRAGMA writable_schema = ON", "DELETE FROM sqlite_master WHERE name = 'version_state'")
		}, carryover.ErrInvalid},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := config(t)
			l := openAt(t, c)
			addVersion(t, l, "d1", strings.Repeat("words ", 5000))
			copied := filepath.Join(t.TempDir(), "backup.db")
			if err := l.CopyTo(t.Context(), copied, true); err != nil {
				t.Fatal(err)
			}
			l.Close()
			now := read(t, c.Path)
			row.damage(t, copied, &c)
			r := ledger.Restoring{From: bytes.NewReader(read(t, copied)), To: c, Now: monday, Replace: true, Look: func(*ledger.Ledger) error { return nil }}
			kept, err := ledger.Restore(t.Context(), r)
			if kept != "" || !errors.Is(err, row.kind) || carryover.HintOf(err) == "" {
				t.Errorf("Restore = %q, %v, hint %q, want kind %q and a hint", kept, err, carryover.HintOf(err), row.kind)
			}
			if !bytes.Equal(now, read(t, c.Path)) {
				t.Error("the ledger was changed")
			}
			if entries, _ := os.ReadDir(filepath.Dir(c.Path)); len(entries) > 2 {
				t.Errorf("%v are in the data folder, want the ledger and its lock alone", entries)
			}
		})
	}
}

// TestRestoreOverADamagedLedger keeps it, its log included, for whoever may
// save something from it.
func TestRestoreOverADamagedLedger(t *testing.T) {
	c := config(t)
	l := openAt(t, c)
	addVersion(t, l, "d1", "words")
	copied := filepath.Join(t.TempDir(), "backup.db")
	if err := l.CopyTo(t.Context(), copied, true); err != nil {
		t.Fatal(err)
	}
	l.Close()
	overwrite(t, c.Path, 0, strings.Repeat("This is a letter. ", 1000))
	if err := os.WriteFile(c.Path+"-wal", []byte("a log"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := ledger.Restoring{From: bytes.NewReader(read(t, copied)), To: c, Now: monday, Replace: true, Look: func(*ledger.Ledger) error { return nil }}
	kept, err := ledger.Restore(t.Context(), r)
	if err != nil {
		t.Fatalf("Restore = %v", err)
	}
	if got := string(read(t, kept+"-wal")); got != "a log" {
		t.Errorf("the damaged ledger's log is %q", got)
	}
	check(t, openAt(t, c))
}
