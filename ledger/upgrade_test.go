package ledger_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"carryover"
	"carryover/ledger"
)

// TestBackupOfTheFirstSchema: a backup that the first release wrote is brought
// up to date by today's restore.
func TestBackupOfTheFirstSchema(t *testing.T) {
	old := read(t, frozen(t))
	c := config(t)
	c.MasterKey = frozenKey
	if _, err := ledger.Restore(t.Context(), ledger.Restoring{
		From: bytes.NewReader(old), To: c, Now: monday, Look: func(*ledger.Ledger) error { return nil },
	}); err != nil {
		t.Fatalf("Restore of the first schema = %v", err)
	}
	l := openAt(t, c)
	check(t, l)
	if got := hexOf(l.Keys().Digest("content", "x")); got != frozenDigest {
		t.Errorf("Digest after the restore = %s, want %s", got, frozenDigest)
	}
	view(t, l, func(tx *ledger.Tx) error {
		held, err := tx.List(t.Context(), ledger.Filter{States: []carryover.State{carryover.Held}})
		if err != nil || len(held) != 1 {
			t.Fatalf("List = %v, %v, want the one that is held", held, err)
		}
		doc, err := tx.Content(t.Context(), held[0].ID)
		if got := doc.Content.Reveal(); got != "Frozen words of an invented patient." {
			t.Errorf("Content = %q", got)
		}
		return err
	})
}

// TestFailedMigration: a step that fails half-way leaves nothing of itself, and a
// ledger that opens as before.
func TestFailedMigration(t *testing.T) {
	c := ledger.Config{Path: frozen(t), MasterKey: frozenKey}
	openAt(t, c).Close() // today's schema
	const half = "CREATE TABLE more (id TEXT NOT NULL PRIMARY KEY);\nUPDATE version SET reason = 'rivals';\nINSERT INTO nowhere VALUES (1);\n"
	if err := ledger.MigrateWith(t.Context(), c.Path, half); err == nil {
		t.Fatal("MigrateWith a step that fails = nil")
	}
	l := openAt(t, c)
	check(t, l)
	view(t, l, func(tx *ledger.Tx) error {
		var tables, marked int
		err := errors.Join(
			tx.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM sqlite_master WHERE name = 'more'").Scan(&tables),
			tx.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM version WHERE state = 'proven' AND reason <> ''").Scan(&marked))
		if tables != 0 || marked != 0 {
			t.Errorf("%d tables and %d rows of the step that failed are there", tables, marked)
		}
		return err
	})
	l.Close()
	// The same step, mended, goes through; then this program is the older one.
	if err := ledger.MigrateWith(t.Context(), c.Path, strings.Replace(half, "nowhere", "more", 1)); err != nil {
		t.Fatalf("MigrateWith a step that works = %v", err)
	}
	before := read(t, c.Path)
	if _, err := ledger.Open(t.Context(), c); !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "newer version") {
		t.Errorf("Open of a newer schema = %v, hint %q, want a refusal", err, carryover.HintOf(err))
	}
	if !bytes.Equal(before, read(t, c.Path)) {
		t.Error("a refused ledger was changed")
	}
}

// TestFilesUnderAnyUmask is not parallel: the umask is the process's. Whatever it
// is, every file is its owner's alone from the moment it is there.
func TestFilesUnderAnyUmask(t *testing.T) {
	old := unix.Umask(0)
	defer unix.Umask(old)
	c := config(t)
	l, ctx := openAt(t, c), t.Context()
	id := addVersion(t, l, "d1", "words")
	out := t.TempDir()
	for i, text := range []bool{false, true} {
		if err := l.CopyTo(ctx, filepath.Join(out, string(rune('a'+i))+".db"), text); err != nil {
			t.Fatal(err)
		}
	}
	update(t, l, func(tx *ledger.Tx) error { return tx.Destroy(ctx, string(id)) })
	private(t, filepath.Dir(c.Path), "ledger.db", "ledger.db-shm", "ledger.db-wal", "ledger.lock")
	l.Close()
	if _, err := ledger.Restore(ctx, ledger.Restoring{
		From: bytes.NewReader(read(t, filepath.Join(out, "b.db"))), To: c, Replace: true, Now: monday,
		Look: func(l *ledger.Ledger) error {
			copies, err := filepath.Glob(filepath.Join(filepath.Dir(c.Path), ".copy-*"))
			if err != nil || len(copies) != 1 {
				t.Fatalf("%v, %v: where is the copy?", copies, err)
			}
			private(t, copies[0], "ledger.db", "ledger.db-shm", "ledger.db-wal")
			return nil
		},
	}); err != nil {
		t.Fatal(err)
	}
	private(t, filepath.Dir(c.Path), "ledger-20261102T090000Z.db", "ledger.db", "ledger.lock")
	private(t, out, "a.db", "b.db")
}

// private requires that a folder holds these files, each 0600.
func private(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			if st, err := e.Info(); err != nil || st.Mode().Perm() != 0o700 {
				t.Errorf("folder %s has mode %v, want 0700", e.Name(), st.Mode())
			}
			continue
		}
		names = append(names, e.Name())
		if st, err := e.Info(); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", e.Name(), st.Mode())
		}
	}
	if got := strings.Join(names, " "); got != strings.Join(want, " ") {
		t.Errorf("%s holds %s, want %s", filepath.Base(dir), got, strings.Join(want, " "))
	}
}

// TestBackupKeepsWhoSignsIn: what is sealed about the people who sign in is in a
// backup without text; where they are signed in is not, after a restore.
func TestBackupKeepsWhoSignsIn(t *testing.T) {
	c := config(t)
	l, ctx := openAt(t, c), t.Context()
	update(t, l, func(tx *ledger.Tx) error {
		_, err := tx.AddPerson(ctx, ledger.Person{
			Role: carryover.RoleAdmin, Name: carryover.NewText("Marigold Tinyclinic"), Login: carryover.NewText("marigold@example.com"),
		}, monday)
		if err != nil {
			return err
		}
		return tx.SaveWebSession(ctx, carryover.NewSecret("a token"), ledger.WebSession{ExpiresAt: after(1e12), Data: carryover.NewText("x")}, monday)
	})
	addVersion(t, l, "d1", "words")
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := l.CopyTo(ctx, path, false); err != nil {
		t.Fatal(err)
	}
	c.Path = filepath.Join(filepath.Dir(path), "data", "ledger.db")
	if _, err := ledger.Restore(ctx, ledger.Restoring{From: bytes.NewReader(read(t, path)), To: c, Now: monday, Look: func(l *ledger.Ledger) error {
		return l.Update(ctx, func(tx *ledger.Tx) error { return tx.SignEverybodyOut(ctx) })
	}}); err != nil {
		t.Fatal(err)
	}
	view(t, openAt(t, c), func(tx *ledger.Tx) error {
		people, err := tx.People(ctx)
		if len(people) != 1 || people[0].Name.Reveal() != "Marigold Tinyclinic" {
			t.Errorf("People = %+v, want the one with their name", people)
		}
		var sessions, items int
		err = errors.Join(err,
			tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM web_session").Scan(&sessions),
			tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM sealed WHERE length(wrapped_key) > 0").Scan(&items))
		if sessions != 0 || items != 2 {
			t.Errorf("%d browsers and %d sealed items, want none and the name and login", sessions, items)
		}
		return err
	})
}
