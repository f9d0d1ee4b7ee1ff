package ledger_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// crash copies the files of an open ledger, as a crash at this moment would
// leave them, and opens the copy.
func crash(t *testing.T, c ledger.Config) *ledger.Ledger {
	t.Helper()
	dir := t.TempDir()
	for _, suffix := range []string{"", "-wal"} { // the shared memory does not survive; it is rebuilt
		b, err := os.ReadFile(c.Path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "ledger.db"+suffix), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.Path = filepath.Join(dir, "ledger.db")
	l := openAt(t, c)
	check(t, l)
	return l
}

// TestCrashAfterTheIntent is the moment that matters: the intent is durable
// when the request may leave, so that a restart knows of it.
func TestCrashAfterTheIntent(t *testing.T) {
	c := config(t)
	l := openAt(t, c)
	id := addVersion(t, l, "d1", "words")
	makeReady(t, l, id)
	d := send(t, l, id, "HD-AAAAAAAA-AAAA")
	after := crash(t, c)
	view(t, after, func(tx *ledger.Tx) error {
		ds, err := tx.DeliveriesIn(t.Context(), carryover.Sending)
		if len(ds) != 1 || ds[0].ID != d || ds[0].Attempts != 1 {
			t.Errorf("after a crash DeliveriesIn(sending) = %v, want the one that was on the wire", ds)
		}
		as, err2 := tx.Attempts(t.Context(), d)
		if len(as) != 1 || as[0].Outcome != ledger.NoOutcome {
			t.Errorf("after a crash Attempts = %v, want one without an outcome", as)
		}
		return firstError(err, err2)
	})
}

// TestCrashWithin copies the files while a transaction is under way: nothing
// of it is there afterwards.
func TestCrashWithin(t *testing.T) {
	c := config(t)
	l, ctx := openAt(t, c), t.Context()
	id := addVersion(t, l, "d1", "words")
	stop := errors.New("stop")
	_ = l.Update(ctx, func(tx *ledger.Tx) error {
		if err := tx.Move(ctx, id, carryover.Seen, carryover.Ripe, "", time.Time{}, after(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if got := version(t, crash(t, c), id).State; got != carryover.Seen {
			t.Errorf("after a crash within a transaction the state is %s, want seen", got)
		}
		return stop
	})
}

// TestCrashAtAnyByte cuts the write-ahead log at many lengths, as a power cut
// in the middle of a write would: the ledger opens with a state that was
// committed, and its invariants hold.
func TestCrashAtAnyByte(t *testing.T) {
	c := config(t)
	l := openAt(t, c)
	born, err := os.Stat(c.Path + "-wal") // up to here the log makes the tables
	if err != nil {
		t.Fatal(err)
	}
	id := addVersion(t, l, "d1", "words")
	makeReady(t, l, id)
	d := send(t, l, id, "HD-AAAAAAAA-AAAA")
	file(t, l, d, "n1")
	prove(t, l, d)
	wal, err := os.ReadFile(c.Path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	db, err := os.ReadFile(c.Path)
	if err != nil {
		t.Fatal(err)
	}
	reached := map[carryover.State]bool{}
	cuts := 120
	if testing.Short() {
		cuts = 40
	}
	begin, step := int(born.Size()), max((len(wal)-int(born.Size()))/cuts, 1)
	var at []int
	for cut := 0; cut < begin; cut += max(begin/10, 1) {
		at = append(at, cut)
	}
	for cut := begin; cut <= len(wal); cut += step {
		at = append(at, cut)
	}
	for _, cut := range at {
		t.Run(strconv.Itoa(cut), func(t *testing.T) {
			dir := t.TempDir()
			for name, b := range map[string][]byte{"ledger.db": db, "ledger.db-wal": wal[:cut]} {
				if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			torn, err := ledger.Open(t.Context(), ledger.Config{Path: filepath.Join(dir, "ledger.db"), MasterKey: c.MasterKey})
			if err != nil {
				t.Fatalf("Open with %d of %d bytes of the log = %v", cut, len(wal), err)
			}
			defer torn.Close()
			check(t, torn)
			_ = torn.View(t.Context(), func(tx *ledger.Tx) error {
				if v, err := tx.Version(t.Context(), id); err == nil {
					reached[v.State] = true
				}
				return nil
			})
		})
	}
	for _, s := range []carryover.State{carryover.Seen, carryover.Ripe, carryover.Ready, carryover.Sending, carryover.Filed} {
		if !reached[s] {
			t.Errorf("no cut left the version %s, want every committed state to be one that a crash leaves", s)
		}
	}
}
