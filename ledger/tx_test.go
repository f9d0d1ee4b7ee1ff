package ledger_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

func TestUpdateIsAllOrNothing(t *testing.T) {
	l, ctx := open(t), t.Context()
	stop := errors.New("stop")
	err := l.Update(ctx, func(tx *ledger.Tx) error {
		if err := tx.SetSetting(ctx, "a", "1"); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Errorf("Update = %v, want the error of its function", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("Update swallowed a panic, want it to pass through")
			}
		}()
		_ = l.Update(ctx, func(tx *ledger.Tx) error {
			if err := tx.SetSetting(ctx, "b", "1"); err != nil {
				return err
			}
			panic("a bug")
		})
	}()
	gone, cancel := context.WithCancel(ctx)
	err = l.Update(gone, func(tx *ledger.Tx) error {
		if err := tx.SetSetting(gone, "c", "1"); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update with a cancelled context = %v, want %v", err, context.Canceled)
	}
	view(t, l, func(tx *ledger.Tx) error {
		for _, name := range []string{"a", "b", "c"} {
			if _, there, err := tx.Setting(ctx, name); there || err != nil {
				t.Errorf("setting %s is there (%v), want it undone", name, err)
			}
		}
		return nil
	})
	update(t, l, func(tx *ledger.Tx) error { return tx.SetSetting(ctx, "d", "1") }) // the writer is not stuck
}

// TestViewIsASnapshot also shows that a reader and the writer do not wait for
// each other.
func TestViewIsASnapshot(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "words")
	view(t, l, func(tx *ledger.Tx) error {
		before, err := tx.Version(ctx, id)
		if err != nil {
			return err
		}
		move(t, l, id, carryover.Seen, carryover.Ripe, "", after(time.Minute))
		again, err := tx.Version(ctx, id)
		if again.State != before.State || again.Revision != before.Revision {
			t.Errorf("within a View the state went from %s to %s, want a snapshot", before.State, again.State)
		}
		return err
	})
	if got := version(t, l, id).State; got != carryover.Ripe {
		t.Errorf("after the View the state is %s, want ripe", got)
	}
}

// TestMoveRace has many goroutines try the same step: one wins, the others
// learn that they did not.
func TestMoveRace(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "words")
	makeReady(t, l, id)
	const racers = 8
	results := make([]error, racers)
	var wg sync.WaitGroup
	for i := range racers {
		wg.Go(func() {
			results[i] = l.Update(ctx, func(tx *ledger.Tx) error {
				_, err := tx.Version(ctx, id) // everybody believes that it is Ready
				if err != nil {
					return err
				}
				return tx.Move(ctx, id, carryover.Ready, carryover.Held, carryover.ReviewMode, time.Time{}, monday)
			})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, ledger.ErrConflict):
			t.Errorf("losing the race = %v, want %v", err, ledger.ErrConflict)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d racers won, want 1", won, racers)
	}
	check(t, l)
}

// TestSendRace is the race that matters: two workers with the same delivery,
// of which one may make a request.
func TestSendRace(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "words")
	makeReady(t, l, id)
	var d carryover.DeliveryID
	update(t, l, func(tx *ledger.Tx) (err error) {
		d, err = tx.AddDelivery(ctx, ledger.Delivery{Version: id, Destination: carryover.ToTreatmentNote, Reference: "HD-AAAAAAAA-AAAA"})
		return err
	})
	var wg sync.WaitGroup
	results := make([]error, 2)
	for i := range results {
		wg.Go(func() {
			results[i] = l.Update(ctx, func(tx *ledger.Tx) error {
				if err := tx.MoveDelivery(ctx, d, carryover.Ready, carryover.Sending, nil, monday); err != nil {
					return err
				}
				_, err := tx.StartAttempt(ctx, d, monday)
				return err
			})
		})
	}
	wg.Wait()
	if (results[0] == nil) == (results[1] == nil) {
		t.Errorf("two workers got %v and %v, want one to win", results[0], results[1])
	}
	if got := delivery(t, l, d).Attempts; got != 1 {
		t.Errorf("delivery has %d attempts, want 1", got)
	}
	check(t, l)
}

func TestFullDisk(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "words")
	limit := func(pages string) {
		t.Helper()
		update(t, l, func(tx *ledger.Tx) error { // the file may not grow: what SQLite does when the disk is full
			_, err := tx.ExecContext(ctx, "PRAGMA max_page_count = "+pages)
			return err
		})
	}
	limit("1") // SQLite takes the pages that are there
	long := strings.Repeat("Words of a document. ", 20_000)
	err := l.Update(ctx, func(tx *ledger.Tx) error {
		if err := tx.Move(ctx, id, carryover.Seen, carryover.Superseded, "", time.Time{}, monday); err != nil {
			return err
		}
		_, err := tx.AddVersion(ctx, letter("d1", long), ledger.Version{FirstSeen: monday})
		return err
	})
	if !errors.Is(err, carryover.ErrTransient) || !strings.Contains(carryover.HintOf(err), "disk is full") {
		t.Errorf("Update on a full disk = %v, hint %q, want %v", err, carryover.HintOf(err), carryover.ErrTransient)
	}
	if err != nil && strings.Contains(err.Error(), "Words") {
		t.Errorf("Update = %v, which holds text", err)
	}
	if v := version(t, l, id); v.State != carryover.Seen || !v.Newest {
		t.Errorf("after the full disk the version is %s, newest %v, want it as it was", v.State, v.Newest)
	}
	check(t, l)
	limit("1000000")
	move(t, l, id, carryover.Seen, carryover.Ripe, "", after(time.Minute)) // there is room again
}

func TestUpdatesAreCounted(t *testing.T) {
	l, ctx := open(t), t.Context()
	before := l.Updates()
	view(t, l, func(tx *ledger.Tx) error { _, _, err := tx.Setting(ctx, "a"); return err })
	if n := l.Updates(); n != before {
		t.Errorf("a view made Updates %d, want %d as before: nothing can have changed", n, before)
	}
	update(t, l, func(tx *ledger.Tx) error { return tx.SetSetting(ctx, "a", "1") })
	if n := l.Updates(); n == before {
		t.Errorf("an update left Updates at %d, want another number", n)
	}
}
