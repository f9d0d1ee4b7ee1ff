package ledger_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

func TestSealText(t *testing.T) {
	l, ctx := open(t), t.Context()
	words := carryover.NewText("Testina is allergic to penicillin.")
	update(t, l, func(tx *ledger.Tx) error { return tx.SealText(ctx, "delivery-1", "html", words) })
	open := func(owner, kind string) (got carryover.Text, err error) {
		_ = l.View(ctx, func(tx *ledger.Tx) error {
			got, err = tx.OpenText(ctx, owner, kind)
			return nil
		})
		return got, err
	}
	if got, err := open("delivery-1", "html"); err != nil || got != words {
		t.Errorf("OpenText = %v, %v, want what was sealed", got, err)
	}
	if _, err := open("delivery-1", "title"); err == nil {
		t.Error("OpenText of another kind = nil, want an error")
	}
	other := carryover.NewText("Other words.")
	update(t, l, func(tx *ledger.Tx) error { return tx.SealText(ctx, "delivery-1", "html", other) })
	if got, err := open("delivery-1", "html"); err != nil || got != other {
		t.Errorf("OpenText after sealing again = %v, %v, want the other words", got, err)
	}

	// A ciphertext that somebody copies to another row does not open there.
	update(t, l, func(tx *ledger.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO sealed SELECT 'delivery-2', kind, wrapped_key, ciphertext FROM sealed WHERE owner = 'delivery-1'")
		return err
	})
	refused(t, l, carryover.ErrInvalid, "OpenText of a copied row", func(tx *ledger.Tx) error {
		_, err := tx.OpenText(ctx, "delivery-2", "html")
		return err
	})
}

// TestSealTextTwiceWritesOnce keeps the disk from wearing: sessions are read
// again and again, and rarely change.
func TestSealTextTwiceWritesOnce(t *testing.T) {
	l, ctx := open(t), t.Context()
	key := func() (wrapped []byte) {
		update(t, l, func(tx *ledger.Tx) error { return tx.SealText(ctx, "s1", "title", carryover.NewText("same")) })
		view(t, l, func(tx *ledger.Tx) error {
			return tx.QueryRowContext(ctx, "SELECT wrapped_key FROM sealed WHERE owner = 's1'").Scan(&wrapped)
		})
		return wrapped
	}
	if !bytes.Equal(key(), key()) {
		t.Error("SealText of the same words wrote a new key, want the row untouched")
	}
}

// TestNoCanaryOnDisk plants a word in every place where a person could be
// known by it, lets the document go its whole road, and searches the database
// file, the write-ahead log and the shared memory for it. The wrapped keys of
// what was destroyed must be gone too, after a checkpoint.
func TestNoCanaryOnDisk(t *testing.T) {
	const canary = "Zyzzyxcanary"
	c := config(t)
	l, ctx := openAt(t, c), t.Context()
	text := carryover.NewText(canary)
	var id carryover.VersionID
	var keys [][]byte
	update(t, l, func(tx *ledger.Tx) (err error) {
		birth, _ := carryover.ParseDate("1931-07-23")
		s := carryover.Session{ID: "s1", Title: text, NoteText: text, Practitioner: "41", Claim: carryover.PatientClaim{Name: text, BirthDate: birth}}
		if err := tx.SaveSession(ctx, s, l.Keys().Digest("evidence", s.EvidenceParts()...), monday, monday); err != nil {
			return err
		}
		d := carryover.Document{Session: "s1", ID: "d1", Name: text, Content: carryover.NewText("Dear " + canary + ", thank you.")}
		id, err = tx.AddVersion(ctx, d, ledger.Version{FirstSeen: monday, Practitioner: "41", ContentDigest: l.Keys().Digest("content", d.ContentParts()...)})
		return err
	})
	view(t, l, func(tx *ledger.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT wrapped_key FROM sealed WHERE owner = $1", id)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k []byte
			if err := rows.Scan(&k); err != nil {
				return err
			}
			keys = append(keys, k)
		}
		return rows.Err()
	})
	absent := func(when string, needles ...[]byte) {
		t.Helper()
		for _, file := range []string{c.Path, c.Path + "-wal", c.Path + "-shm", filepath.Join(filepath.Dir(c.Path), "ledger.lock")} {
			b, err := os.ReadFile(file)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			for _, n := range needles {
				if bytes.Contains(b, n) {
					t.Errorf("%s: %q is in %s, want it nowhere", when, n, filepath.Base(file))
				}
			}
		}
	}
	words := [][]byte{[]byte(canary), []byte("1931-07-23"), []byte("thank you")}
	absent("after writing", words...)
	makeReady(t, l, id)
	d := send(t, l, id, "HD-AAAAAAAA-BBBB")
	file(t, l, d, "n1")
	prove(t, l, d)
	if len(keys) != 2 {
		t.Fatalf("%d wrapped keys of the version, want 2", len(keys))
	}
	if err := l.Checkpoint(ctx); err != nil {
		t.Fatalf("Checkpoint = %v", err)
	}
	absent("after proving", append(words, keys...)...)
	move(t, l, addVersion(t, l, "d2", canary), carryover.Seen, carryover.Ripe, "", after(time.Minute))
	l.Close()
	absent("after closing", append(words, keys...)...)
}
