package daemon_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// TestRestoredLedgerFilesNothingTwice: the data folder of noon is put back after
// the day has ended, as from a backup. Carryover then finds notes in Cliniko
// that its ledger knows nothing of, and must take each for what it is.
func TestRestoredLedgerFilesNothingTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day and its restored half take fifteen seconds")
	}
	t.Parallel()
	d := newDay(t, usual(31, 7*time.Second))
	cfg := d.load()
	noon := filepath.Join(d.dir, "noon")

	r := d.start(cfg)
	d.untilShare(0.5)
	r.stopped()
	copyFolder(t, cfg.Data, noon)
	known := 0
	d.books(cfg, func(ctx context.Context, tx *ledger.Tx) error {
		counts, err := tx.Counts(ctx)
		known = counts[carryover.Proven]
		return err
	})

	r = d.start(cfg)
	d.untilSettled(r)
	r.stopped()
	notes, posts := d.judge().Summary.NotesInCliniko, d.posts()
	if notes <= known {
		t.Fatalf("%d notes at the end, %d of them known at noon: the restored ledger would have nothing to find", notes, known)
	}

	if err := os.RemoveAll(cfg.Data); err != nil {
		t.Fatal(err)
	}
	copyFolder(t, noon, cfg.Data)
	r = d.start(cfg)
	d.untilSettled(r)
	r.stopped()
	if again := d.posts(); again != posts {
		t.Errorf("a restored ledger sent %d more notes, want none", again-posts)
	}
	t.Logf("%d notes, %d known at noon", notes, known)
	d.inspect(cfg)
}

// TestEmptyLedgerFilesNothingTwice: the ledger is lost altogether. References
// are not keyed, so an empty one computes the same and finds every note.
func TestEmptyLedgerFilesNothingTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes ten seconds")
	}
	t.Parallel()
	d := newDay(t, usual(32, 7*time.Second))
	cfg := d.load()
	r := d.start(cfg)
	d.untilSettled(r)
	r.stopped()
	truth, posts := d.judge(), d.posts()

	cfg.Data = filepath.Join(d.dir, "fresh")
	r = d.start(cfg)
	d.untilSettled(r)
	r.stopped()
	if again := d.posts(); again != posts {
		t.Errorf("an empty ledger sent %d more notes, want none", again-posts)
	}
	d.judge()
	d.books(cfg, func(ctx context.Context, tx *ledger.Tx) error {
		counts, err := tx.Counts(ctx)
		if got, want := counts[carryover.Proven], truth.Summary.NotesInCliniko-1; got < want {
			// One note's document has changed since: the amended one, which is held.
			t.Errorf("an empty ledger found %d notes of its own, want at least %d; counts %v", got, want, counts)
		}
		return err
	})
}

// copyFolder copies a folder's plain files, as a backup of a stopped daemon does.
func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, e.Name()), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
