package daemon_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/ledger"
	"carryover/sandbox"
)

var everyCopy = flag.Bool("every-copy", false, "put back a copy of the morning and one of the evening too: make soak does")

// TestRestoredLedgerFilesNothingTwice: the data folder of an earlier hour is put
// back after the day has ended, as from a backup. Carryover then finds notes in
// Cliniko that its ledger knows nothing of, and others that it had doubts about,
// and must take each for what it is.
func TestRestoredLedgerFilesNothingTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day and a restored one take half a minute")
	}
	t.Parallel()
	d := newDay(t, slowDay(31, 8*time.Second))
	cfg := d.load()
	var copies []string
	shares := []float64{0.5}
	if *everyCopy {
		shares = []float64{0.3, 0.5, 0.7}
	}
	for _, share := range shares {
		r := d.start(cfg)
		d.untilShare(share)
		r.stopped()
		copies = append(copies, fmt.Sprintf("%s.%v", cfg.Data, share))
		copyFolder(t, cfg.Data, copies[len(copies)-1])
	}
	r := d.start(cfg)
	d.untilSettled(r)
	r.stopped()
	posts := d.posts()
	d.inspect(cfg)
	for _, from := range copies {
		d.restored(cfg, from, posts)
	}
}

// restored puts a copy of the data folder back, lets it run, and requires that
// nothing is sent.
func (d *clinicDay) restored(cfg *config.Config, from string, posts int) {
	d.t.Helper()
	d.forgot = true
	if err := os.RemoveAll(cfg.Data); err != nil {
		d.t.Fatal(err)
	}
	copyFolder(d.t, from, cfg.Data)
	notes, old := filedIn(d.Truth()), false
	d.books(cfg, func(ctx context.Context, tx *ledger.Tx) error {
		counts, err := tx.Counts(ctx)
		if counts[carryover.Proven] >= notes {
			d.t.Errorf("%s knows %d notes and files of %d: there is nothing left to find", filepath.Base(from), counts[carryover.Proven], notes)
		}
		d.t.Logf("%s knows %d notes and files of %d", filepath.Base(from), counts[carryover.Proven], notes)
		newest, e := tx.NewestRow(ctx)
		old = time.Since(newest) >= cfg.Timing.Grace
		return errors.Join(err, e)
	})
	var said waiting
	r := d.startWith(daemon.Options{Config: cfg, Log: slog.New(slog.NewTextHandler(&said, nil))})
	d.untilSettled(r)
	r.stopped()
	if old && !said.yes.Load() {
		d.t.Errorf("%s was taken up without waiting a grace period before the first write", filepath.Base(from))
	}
	if again := d.posts(); again != posts {
		d.t.Errorf("%s sent %d more notes, want none", filepath.Base(from), again-posts)
	}
	d.inspect(cfg)
}

// A waiting log notes whether the first writes wait.
type waiting struct{ yes atomic.Bool }

func (w *waiting) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("first writes wait")) {
		w.yes.Store(true)
	}
	return len(b), nil
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
		if got, want := counts[carryover.Proven], filedIn(truth)-1; got < want {
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

// posts counts the requests so far that tried to file a note or a file.
func (d *clinicDay) posts() int {
	return len(d.Journal.Entries(func(e sandbox.Entry) bool {
		return e.API == "cliniko" && e.Method == http.MethodPost && (e.Path == "/treatment_notes" || e.Path == "/patient_attachments")
	}))
}
