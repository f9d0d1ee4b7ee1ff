package ledger_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger"
)

func TestOpenMakesPrivateFiles(t *testing.T) {
	c := config(t)
	l := openAt(t, c)
	update(t, l, func(tx *ledger.Tx) error { return tx.SetSetting(t.Context(), "paused", "yes") })
	dir := filepath.Dir(c.Path)
	if st, err := os.Stat(dir); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("data folder has mode %v, %v, want 0700", st.Mode(), err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		if st, err := e.Info(); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v, want 0600", e.Name(), st.Mode(), err)
		}
	}
	if got, want := strings.Join(names, " "), "ledger.db ledger.db-shm ledger.db-wal ledger.lock"; got != want {
		t.Errorf("files are %s, want %s", got, want)
	}
}

func TestOpenClosesAWideFile(t *testing.T) {
	c := config(t)
	openAt(t, c).Close()
	if err := os.Chmod(c.Path, 0o644); err != nil {
		t.Fatal(err)
	}
	openAt(t, c)
	if st, err := os.Stat(c.Path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("ledger file has mode %v, %v, want 0600", st.Mode(), err)
	}
}

func TestOpenAgain(t *testing.T) {
	c := config(t)
	c.Path = filepath.Join(filepath.Dir(c.Path), "Dr O’Test 100% ?a=b#c; mode=memory", "ledger.db") // no character means anything
	l := openAt(t, c)
	digest := l.Keys().Digest("x", "y")
	update(t, l, func(tx *ledger.Tx) error { return tx.SetSetting(t.Context(), "paused", "yes") })
	if err := l.Close(); err != nil {
		t.Fatalf("Close() = %v", err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("Close() again = %v, want nil", err)
	}
	if _, err := os.Stat(c.Path); err != nil {
		t.Errorf("ledger is not where the path says: %v", err)
	}
	l = openAt(t, c)
	if !bytes.Equal(digest, l.Keys().Digest("x", "y")) {
		t.Error("Digest differs after a restart, want the same")
	}
	view(t, l, func(tx *ledger.Tx) error {
		v, ok, err := tx.Setting(t.Context(), "paused")
		if v != "yes" || !ok {
			t.Errorf("Setting = %q, %v, want yes", v, ok)
		}
		return err
	})
}

func TestOpenReadOnly(t *testing.T) {
	c := config(t)
	c.ReadOnly = true
	if _, err := ledger.Open(t.Context(), c); !errors.Is(err, carryover.ErrGone) || carryover.HintOf(err) == "" {
		t.Errorf("Open read-only of nothing = %v, want %v with a hint", err, carryover.ErrGone)
	}
	if _, err := os.Stat(filepath.Dir(c.Path)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("Open read-only made the folder, want nothing made")
	}
	c.ReadOnly = false
	writer := openAt(t, c)
	id := addVersion(t, writer, "d1", "words")
	c.ReadOnly = true
	for _, beside := range []string{"a running daemon", "nobody"} { // the lock is no obstacle
		r := openAt(t, c)
		if got := version(t, r, id).State; got != carryover.Seen {
			t.Errorf("beside %s the state is %s, want seen", beside, got)
		}
		err := r.Update(t.Context(), func(*ledger.Tx) error { return nil })
		if !errors.Is(err, carryover.ErrRefused) {
			t.Errorf("Update of a read-only ledger = %v, want %v", err, carryover.ErrRefused)
		}
		writer.Close()
	}
}

func TestViewCannotWrite(t *testing.T) {
	l := open(t)
	err := l.View(t.Context(), func(tx *ledger.Tx) error { return tx.SetSetting(t.Context(), "a", "b") })
	if !errors.Is(err, carryover.ErrRefused) {
		t.Errorf("writing in a View = %v, want %v", err, carryover.ErrRefused)
	}
}

func TestClosedLedger(t *testing.T) {
	l := openAt(t, config(t))
	l.Close()
	nothing := func(*ledger.Tx) error { return nil }
	if err := l.Update(t.Context(), nothing); !errors.Is(err, carryover.ErrRefused) {
		t.Errorf("Update after Close = %v, want %v", err, carryover.ErrRefused)
	}
	if err := l.View(t.Context(), nothing); !errors.Is(err, carryover.ErrRefused) {
		t.Errorf("View after Close = %v, want %v", err, carryover.ErrRefused)
	}
	if err := l.Checkpoint(t.Context()); err != nil {
		t.Errorf("Checkpoint after Close = %v, want nil", err)
	}
}

func TestSecondRunIsRefused(t *testing.T) {
	c := config(t)
	l := openAt(t, c)
	_, err := ledger.Open(t.Context(), c)
	if !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "process "+strconv.Itoa(os.Getpid())) {
		t.Errorf("second Open = %v, hint %q, want %v and our process number", err, carryover.HintOf(err), carryover.ErrRefused)
	}
	update(t, l, func(tx *ledger.Tx) error { return tx.SetSetting(t.Context(), "still", "writing") })
	l.Close()
	openAt(t, c) // the lock went with its holder
}

// TestOpenSaysWhatIsWrong has a row for every mistake that somebody at the
// practice can make or mend. None may change a byte of the file.
func TestOpenSaysWhatIsWrong(t *testing.T) {
	for _, row := range []struct {
		name    string
		prepare func(t *testing.T, c *ledger.Config)
		kind    carryover.Kind
		hint    string // part of the sentence
	}{
		{"no master key", func(_ *testing.T, c *ledger.Config) { c.MasterKey = nil }, carryover.ErrInvalid, "needs its master key"},
		{"wrong master key", func(_ *testing.T, c *ledger.Config) { c.MasterKey = seal.NewMasterKey() }, carryover.ErrUnauthorized, "not the one this ledger was made with"},
		{"newer schema", func(t *testing.T, c *ledger.Config) {
			raw(t, c.Path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
		}, carryover.ErrRefused, "newer version of Carryover"},
		{"another program's database", func(t *testing.T, c *ledger.Config) {
			raw(t, c.Path, "PRAGMA application_id = 7")
		}, carryover.ErrInvalid, "another program's database"},
		{"not a database", func(t *testing.T, c *ledger.Config) {
			overwrite(t, c.Path, 0, strings.Repeat("This is a letter. ", 1000))
		}, carryover.ErrInvalid, "damaged"},
		{"damaged in the middle", func(t *testing.T, c *ledger.Config) {
			for at := int64(4096); at < 16*4096; at += 4096 {
				overwrite(t, c.Path, at, strings.Repeat("\xff", 2000))
			}
		}, carryover.ErrInvalid, "damaged"},
		{"cut short", func(t *testing.T, c *ledger.Config) {
			if err := os.Truncate(c.Path, 5*4096); err != nil {
				t.Fatal(err)
			}
		}, carryover.ErrInvalid, "damaged"},
		{"digest key lost", func(t *testing.T, c *ledger.Config) {
			raw(t, c.Path, "DELETE FROM setting WHERE name = 'digest_key'")
		}, carryover.ErrInvalid, "damaged"},
		{"digest key unreadable", func(t *testing.T, c *ledger.Config) {
			raw(t, c.Path, "UPDATE setting SET value = 'not base64' WHERE name = 'digest_key'")
		}, carryover.ErrInvalid, "damaged"},
		{"folder open to all", func(t *testing.T, c *ledger.Config) {
			if err := os.Chmod(filepath.Dir(c.Path), 0o777); err != nil {
				t.Fatal(err)
			}
		}, carryover.ErrRefused, "chmod 700"},
		{"folder is a file", func(_ *testing.T, c *ledger.Config) { c.Path = filepath.Join(c.Path, "ledger.db") }, carryover.ErrRefused, "check how its path is written"},
		{"file is a folder", func(_ *testing.T, c *ledger.Config) { c.Path = filepath.Dir(c.Path) }, carryover.ErrRefused, "check how its path is written"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := config(t)
			l := openAt(t, c)
			for _, d := range []carryover.DocumentID{"d1", "d2", "d3"} {
				addVersion(t, l, d, strings.Repeat("Words of a document. ", 500))
			}
			l.Close()
			file := c.Path
			row.prepare(t, &c)
			before := read(t, file)

			l, err := ledger.Open(t.Context(), c)
			if l != nil || !errors.Is(err, row.kind) || !strings.Contains(carryover.HintOf(err), row.hint) {
				t.Errorf("Open = %v, %v\nhint %q\nwant kind %q and a hint that says %q", l, err, carryover.HintOf(err), row.kind, row.hint)
			}
			if !bytes.Equal(before, read(t, file)) {
				t.Error("the file was changed, want every byte as it was")
			}
		})
	}
}

func TestConfigPrintsNoKey(t *testing.T) {
	c := ledger.Config{Path: "/data/ledger.db", MasterKey: bytes.Repeat([]byte{0xAB}, seal.KeySize)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%d"} {
		if got := fmt.Sprintf(verb, c); got != "ledger /data/ledger.db" {
			t.Errorf("Sprintf(%q, c) = %s, want the path alone", verb, got)
		}
	}
}

// raw runs statements on a closed ledger, past all its rules.
func raw(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func overwrite(t *testing.T, path string, at int64, with string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte(with), at); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
