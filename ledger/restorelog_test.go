package ledger_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover"
	"carryover/ledger"
)

// backupOf writes a copy of an open ledger that holds one document, and returns
// how it would be restored.
func backupOf(t *testing.T, l *ledger.Ledger, c ledger.Config) ledger.Restoring {
	t.Helper()
	addVersion(t, l, "d1", "words")
	copied := filepath.Join(t.TempDir(), "backup.db")
	if err := l.CopyTo(t.Context(), copied, true); err != nil {
		t.Fatal(err)
	}
	return ledger.Restoring{From: bytes.NewReader(read(t, copied)), To: c, Now: monday, Replace: true, Look: func(*ledger.Ledger) error { return nil }}
}

// reading is a program that has a database open, in the midst of reading it.
func reading(t *testing.T, path string) (done func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRow("SELECT COUNT(*) FROM setting").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return func() { _, _ = tx.Rollback(), db.Close() }
}

// TestRestoreBesideALogAlone: a ledger was carried off after a crash, and its log
// stayed. SQLite would play that log into whatever takes the ledger's name.
func TestRestoreBesideALogAlone(t *testing.T) {
	t.Parallel()
	c := config(t)
	l := openAt(t, c)
	r := backupOf(t, l, c)
	addVersion(t, l, "d2", strings.Repeat("later words ", 3000))
	log := read(t, c.Path+"-wal")
	l.Close()
	if err := errors.Join(os.Remove(c.Path), os.WriteFile(c.Path+"-wal", log, 0o600)); err != nil {
		t.Fatal(err)
	}
	r.Replace = false
	if _, err := ledger.Restore(t.Context(), r); err != nil {
		t.Fatalf("Restore = %v", err)
	}
	l = openAt(t, c)
	if err := l.Integrity(t.Context()); err != nil {
		t.Errorf("Integrity of the restored ledger = %v", err)
	}
	check(t, l)
	view(t, l, func(tx *ledger.Tx) error {
		counts, err := tx.Counts(t.Context())
		if counts[carryover.Seen] != 1 {
			t.Errorf("counts = %v, want the one document of the backup", counts)
		}
		return err
	})
	kept, _ := filepath.Glob(filepath.Join(filepath.Dir(c.Path), "ledger-*.db-wal"))
	if len(kept) != 1 || !bytes.Equal(read(t, kept[0]), log) {
		t.Errorf("logs kept: %v, want the one that was there, as it was", kept)
	}
}

// TestRestoreOverALedgerInUse: its log cannot be closed, so it stays with it.
func TestRestoreOverALedgerInUse(t *testing.T) {
	t.Parallel() // SQLite waits for the other program
	c := config(t)
	l := openAt(t, c)
	r := backupOf(t, l, c)
	done := reading(t, c.Path)
	defer done()
	addVersion(t, l, "d2", "later words")
	l.Close()
	log := read(t, c.Path+"-wal")
	kept, err := ledger.Restore(t.Context(), r)
	if kept != "" || !errors.Is(err, carryover.ErrRefused) || carryover.HintOf(err) == "" {
		t.Fatalf("Restore = %q, %v, hint %q, want a refusal", kept, err, carryover.HintOf(err))
	}
	if !bytes.Equal(log, read(t, c.Path+"-wal")) {
		t.Error("the ledger that was there has not its log any more")
	}
}

// TestRestoreOfACopyWhoseLogStays: what Look wrote is in the log, and the log
// does not take the ledger's place.
func TestRestoreOfACopyWhoseLogStays(t *testing.T) {
	t.Parallel()
	c := config(t)
	l := openAt(t, c)
	r := backupOf(t, l, c)
	l.Close()
	before := read(t, c.Path)
	done := func() {}
	defer func() { done() }()
	r.Look = func(l *ledger.Ledger) error {
		copies, err := filepath.Glob(filepath.Join(filepath.Dir(c.Path), ".copy-*", "ledger.db"))
		if err != nil || len(copies) != 1 {
			t.Fatalf("copies = %v, %v", copies, err)
		}
		done = reading(t, copies[0])
		return l.Update(t.Context(), func(tx *ledger.Tx) error { return tx.SetSetting(t.Context(), "restored", "yes") })
	}
	if _, err := ledger.Restore(t.Context(), r); !errors.Is(err, carryover.ErrTransient) {
		t.Errorf("Restore = %v, want kind %q: half of it would be lost", err, carryover.ErrTransient)
	}
	if !bytes.Equal(before, read(t, c.Path)) {
		t.Error("the ledger was changed")
	}
}

// TestRestoreTellsBeforeAndAfter: what stands beside the ledger is changed while
// nobody else can open it, on the right side of the moment that counts.
func TestRestoreTellsBeforeAndAfter(t *testing.T) {
	t.Parallel()
	c := config(t)
	l := openAt(t, c)
	r := backupOf(t, l, c)
	l.Close()
	old := read(t, c.Path)
	locked := func() {
		t.Helper()
		if _, err := ledger.Open(t.Context(), ledger.Config{Path: c.Path, MasterKey: c.MasterKey, Lock: true}); !errors.Is(err, carryover.ErrRefused) {
			t.Errorf("Open meanwhile = %v, want that the folder is locked", err)
		}
	}
	told := ""
	r.Before = func(kept string) error {
		told += "before "
		locked()
		if !bytes.Equal(old, read(t, c.Path)) || !bytes.Equal(old, read(t, kept)) {
			t.Error("before: the ledger is not in its place and kept")
		}
		return nil
	}
	r.After = func() error {
		told += "after"
		locked()
		if bytes.Equal(old, read(t, c.Path)) {
			t.Error("after: the copy is not in its place")
		}
		return nil
	}
	if _, err := ledger.Restore(t.Context(), r); err != nil || told != "before after" {
		t.Errorf("Restore = %v, told %q", err, told)
	}
}
