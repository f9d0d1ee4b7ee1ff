package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger"
)

func nothing(*ledger.Tx) error { return nil }

// opened reads one sealed item that must open.
func opened(t testing.TB, l *ledger.Ledger, owner, kind string) (got string) {
	t.Helper()
	view(t, l, func(tx *ledger.Tx) error {
		text, err := tx.OpenText(t.Context(), owner, kind)
		got = text.Reveal()
		return err
	})
	return got
}

func TestRekey(t *testing.T) {
	c := config(t)
	l := openAt(t, c)
	id := addVersion(t, l, "d1", "words of before")
	update(t, l, func(tx *ledger.Tx) error { return tx.Destroy(t.Context(), "s1") })
	digest := l.Keys().Digest("content", "x")
	next := seal.NewMasterKey()
	got, err := l.Rekey(t.Context(), next, func(tx *ledger.Tx) error { return tx.SetSetting(t.Context(), "told", "yes") })
	if err != nil || got != (ledger.Rekeyed{Items: 2}) { // text and name; what is destroyed has no key
		t.Fatalf("Rekey = %+v, %v, want 2 items", got, err)
	}
	update(t, l, func(tx *ledger.Tx) error {
		return tx.SealText(t.Context(), "later", "text", carryover.NewText("words of after"))
	})
	if got := opened(t, l, string(id), "text"); got != "words of before" {
		t.Errorf("after Rekey the text of before is %q", got)
	}
	l.Close()

	if _, err := ledger.Open(t.Context(), c); !errors.Is(err, carryover.ErrUnauthorized) || !errors.Is(err, seal.ErrWrongKey) {
		t.Errorf("Open with the old key = %v, want %v", err, seal.ErrWrongKey)
	}
	c.MasterKey = next
	l = openAt(t, c)
	if opened(t, l, string(id), "text") != "words of before" || opened(t, l, "later", "text") != "words of after" {
		t.Error("with the new key the texts are not what was sealed")
	}
	if !bytes.Equal(l.Keys().Digest("content", "x"), digest) {
		t.Error("Digest differs after Rekey, want the same: every text would look new")
	}
	view(t, l, func(tx *ledger.Tx) error {
		if v, ok, err := tx.Setting(t.Context(), "told"); v != "yes" || !ok {
			t.Errorf("what belongs to the change = %q, %v, want it there", v, err)
		}
		return nil
	})
}

// TestRekeyLeavesNoOldKey: what the old key wraps is in no file any more.
func TestRekeyLeavesNoOldKey(t *testing.T) {
	c := config(t)
	l := openAt(t, c)
	id := addVersion(t, l, "d1", "words")
	var wrapped []byte
	var digestKey string
	view(t, l, func(tx *ledger.Tx) error {
		return errors.Join(
			tx.QueryRowContext(t.Context(), "SELECT wrapped_key FROM sealed WHERE owner = $1 AND kind = 'text'", id).Scan(&wrapped),
			tx.QueryRowContext(t.Context(), "SELECT value FROM setting WHERE name = 'digest_key'").Scan(&digestKey))
	})
	found := func() (n int) {
		for _, suffix := range []string{"", "-wal"} {
			b := read(t, c.Path+suffix)
			n += bytes.Count(b, wrapped) + bytes.Count(b, []byte(digestKey))
		}
		return n
	}
	if found() == 0 {
		t.Fatal("the old wrapped keys are nowhere before Rekey: this test looks in the wrong place")
	}
	if _, err := l.Rekey(t.Context(), seal.NewMasterKey(), nothing); err != nil {
		t.Fatal(err)
	}
	if n := found(); n != 0 {
		t.Errorf("%d old wrapped keys are on the disk after Rekey, want none", n)
	}
}

// TestRekeyThatFails leaves the ledger as it was, in the file and in the process.
func TestRekeyThatFails(t *testing.T) {
	c := config(t)
	l := openAt(t, c)
	id := addVersion(t, l, "d1", "words")
	stop := errors.New("stop")
	if _, err := l.Rekey(t.Context(), seal.NewMasterKey(), func(*ledger.Tx) error { return stop }); !errors.Is(err, stop) {
		t.Fatalf("Rekey = %v, want %v", err, stop)
	}
	if _, err := l.Rekey(t.Context(), seal.MasterKey("short"), nothing); !errors.Is(err, carryover.ErrInvalid) {
		t.Errorf("Rekey to half a key = %v, want %v", err, carryover.ErrInvalid)
	}
	update(t, l, func(tx *ledger.Tx) error {
		return tx.SealText(t.Context(), "later", "text", carryover.NewText("after"))
	})
	l.Close()
	l = openAt(t, c)
	if opened(t, l, string(id), "text") != "words" || opened(t, l, "later", "text") != "after" {
		t.Error("after a change that failed the texts do not open with the old key")
	}
}

// TestRekeyKeepsSnapshots: a reader that began before reads on.
func TestRekeyKeepsSnapshots(t *testing.T) {
	l := open(t)
	id := addVersion(t, l, "d1", "words")
	view(t, l, func(tx *ledger.Tx) error {
		if _, err := tx.Version(t.Context(), id); err != nil { // the snapshot is taken at the first read
			return err
		}
		if _, err := l.Rekey(context.WithoutCancel(t.Context()), seal.NewMasterKey(), nothing); err != nil {
			return err
		}
		d, err := tx.Content(t.Context(), id)
		if d.Content.Reveal() != "words" {
			t.Errorf("within a snapshot of before, the text = %v, %v", d.Content, err)
		}
		return err
	})
	if got := opened(t, l, string(id), "text"); got != "words" {
		t.Errorf("after it, the text = %q", got)
	}
}

// TestRekeyLeavesDamageAlone: one item that was tampered with costs no other.
func TestRekeyLeavesDamageAlone(t *testing.T) {
	l := open(t)
	id := addVersion(t, l, "d1", "words")
	update(t, l, func(tx *ledger.Tx) error {
		_, err := tx.ExecContext(t.Context(), "INSERT INTO sealed SELECT 'copied', kind, wrapped_key, ciphertext FROM sealed WHERE owner = $1 AND kind = 'text'", id)
		return err
	})
	got, err := l.Rekey(t.Context(), seal.NewMasterKey(), nothing)
	if err != nil || got.Damaged != 1 || got.Items != 4 {
		t.Errorf("Rekey = %+v, %v, want 4 items and 1 that does not open", got, err)
	}
	refused(t, l, carryover.ErrInvalid, "OpenText of a copied row", func(tx *ledger.Tx) error {
		_, err := tx.OpenText(t.Context(), "copied", "text")
		return err
	})
}

// TestCrashWhileRekeying stops a change of the key file after each of its steps.
// Whatever is left, the file that the configuration names opens the ledger, or
// the one beside it does and takes its place.
func TestCrashWhileRekeying(t *testing.T) {
	for steps, name := range []string{"before the new key", "half a key file", "new key written", "wrapped anew", "old key kept", "done"} {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			file := filepath.Join(t.TempDir(), "master.key")
			if err := c.MasterKey.Write(file); err != nil {
				t.Fatal(err)
			}
			l := openAt(t, c)
			id := addVersion(t, l, "d1", "words")
			if steps == 1 {
				if err := os.WriteFile(seal.NextFile(file), []byte("aGFsZ"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if steps >= 2 {
				next, err := seal.NextKey(file)
				if err == nil && steps >= 3 {
					_, err = l.Rekey(t.Context(), next, nothing)
				}
				if err == nil && steps >= 4 { // the crash comes before the rename
					err = c.MasterKey.Write(file + ".old-20261102T090000Z")
				}
				if err == nil && steps >= 5 {
					_, err = seal.AdoptNext(file, monday)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			l.Close()
			for _, life := range []string{"first", "second"} {
				l, err := ledger.OpenWithKeyFile(t.Context(), ledger.Config{Path: c.Path}, file)
				if err != nil {
					t.Fatalf("%s start = %v, want the ledger", life, err)
				}
				if got := opened(t, l, string(id), "text"); got != "words" {
					t.Errorf("%s start: the text is %q", life, got)
				}
				l.Close()
			}
			// And a change can be made, or made again.
			l = openAtFile(t, c.Path, file)
			next, err := seal.NextKey(file)
			if err == nil {
				_, err = l.Rekey(t.Context(), next, nothing)
			}
			if err == nil {
				_, err = seal.AdoptNext(file, after(1))
			}
			if err != nil {
				t.Fatalf("the next change = %v", err)
			}
			l.Close()
			if got := opened(t, openAtFile(t, c.Path, file), string(id), "text"); got != "words" {
				t.Errorf("after the next change the text is %q", got)
			}
		})
	}
}

func openAtFile(t testing.TB, path, file string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.OpenWithKeyFile(t.Context(), ledger.Config{Path: path}, file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// TestDestroyedLeavesTheLog: the write-ahead log holds no wrapped key of what
// was destroyed once ForgetDestroyed says so, and it says no while a reader
// keeps the log.
func TestDestroyedLeavesTheLog(t *testing.T) {
	c := config(t)
	l := openAt(t, c)
	id := addVersion(t, l, "d1", "words")
	var wrapped []byte
	view(t, l, func(tx *ledger.Tx) error {
		return tx.QueryRowContext(t.Context(), "SELECT wrapped_key FROM sealed WHERE owner = $1 AND kind = 'text'", id).Scan(&wrapped)
	})
	if done, err := l.ForgetDestroyed(t.Context()); !done || err != nil || !bytes.Contains(read(t, c.Path+"-wal"), wrapped) {
		t.Fatalf("ForgetDestroyed with nothing to forget = %v, %v; want true, and the key still in the log", done, err)
	}
	forget := func(want bool) {
		t.Helper()
		if done, err := l.ForgetDestroyed(t.Context()); done != want || err != nil {
			t.Errorf("ForgetDestroyed = %v, %v, want %v", done, err, want)
		}
	}
	view(t, l, func(tx *ledger.Tx) error {
		if _, err := tx.Version(t.Context(), id); err != nil {
			return err
		}
		update(t, l, func(tx *ledger.Tx) error { return tx.Destroy(t.Context(), string(id)) })
		forget(false)
		return nil
	})
	if !bytes.Contains(read(t, c.Path+"-wal"), wrapped) {
		t.Error("the key is not in the log any more though a reader needed it: this test tests nothing")
	}
	forget(true)
	for _, suffix := range []string{"", "-wal"} {
		if bytes.Contains(read(t, c.Path+suffix), wrapped) {
			t.Errorf("ledger.db%s holds the wrapped key of what was destroyed", suffix)
		}
	}
}
