package cliniko

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

// busiest returns the most events in any minute.
func busiest(at []time.Time) int {
	most, first := 0, 0
	for i := range at {
		for at[i].Sub(at[first]) >= window {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

func TestBudgetKeepsTheCeiling(t *testing.T) {
	for _, ceiling := range []int{2, 10, 60, 120, 170, 190, 600} {
		synctest.Test(t, func(t *testing.T) {
			b := NewBudget(ceiling)
			var at []time.Time
			for range 3 * ceiling {
				if err := b.Wait(t.Context(), Live); err != nil {
					t.Fatal(err)
				}
				at = append(at, time.Now())
				if len(at) == ceiling/2 {
					time.Sleep(10 * time.Minute) // idle: nothing is saved up
				}
			}
			if got := busiest(at); got > ceiling {
				t.Errorf("ceiling %d: %d requests in a minute", ceiling, got)
			}
			if got := b.Used(); got != 3*ceiling {
				t.Errorf("ceiling %d: Used() = %d, want %d", ceiling, got, 3*ceiling)
			}
		})
	}
}

// TestBudgetUsesItsCeiling: half at once, and no more time than the ceiling
// asks for in the long run.
func TestBudgetUsesItsCeiling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(120)
		start := time.Now()
		for i := range 60 {
			_ = b.Wait(t.Context(), Live)
			if i == 59 && time.Since(start) > 0 {
				t.Errorf("the first 60 took %v, want no time", time.Since(start))
			}
		}
		for range 1140 {
			_ = b.Wait(t.Context(), Live)
		}
		if got, most := time.Since(start), 10*time.Minute; got > most {
			t.Errorf("1200 requests at 120 a minute took %v, want at most %v", got, most)
		}
	})
}

func TestBudgetOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(120)
		for range 60 {
			_ = b.Wait(t.Context(), Live) // what may go at once
		}
		var mu sync.Mutex
		var got []string
		var wg sync.WaitGroup
		for i, w := range []struct {
			name string
			p    Priority
		}{{"backfill", Backfill}, {"live 1", Live}, {"proof", Proof}, {"live 2", Live}, {"person", Person}} {
			time.Sleep(time.Duration(i+1) * time.Millisecond)
			wg.Go(func() {
				_ = b.Wait(t.Context(), w.p)
				mu.Lock()
				got = append(got, w.name)
				mu.Unlock()
			})
		}
		wg.Wait()
		want := []string{"person", "proof", "live 1", "live 2", "backfill"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

func TestBudgetAfter429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(120)
		start := time.Now()
		b.limited(start.Add(40 * time.Second))
		if err := b.Wait(t.Context(), Live); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(start); got < 40*time.Second || got > 41*time.Second {
			t.Errorf("Wait after a 429 took %v, want 40s", got)
		}
		var at []time.Time
		for range 200 {
			_ = b.Wait(t.Context(), Live)
			at = append(at, time.Now())
		}
		if got := busiest(at[:100]); got > 60 {
			t.Errorf("%d requests in a minute after a 429, want at most 60", got)
		}
		time.Sleep(DefaultHalving)
		if got := b.limit(time.Now()); got != 120 {
			t.Errorf("limit ten minutes later = %v, want 120", got)
		}
	})
}

func TestBudgetGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(120)
		far := time.Now().Add(4 * time.Minute)
		b.limited(far)
		start := time.Now()
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				err := b.Wait(t.Context(), Live)
				if !errors.Is(err, carryover.ErrTransient) || !carryover.RetryAt(err).Equal(far) {
					t.Errorf("Wait for a far reset = %v, want transient and its time", err)
				}
			})
		}
		wg.Wait()
		if got := time.Since(start); got > 0 {
			t.Errorf("giving up took %v, want no time", got)
		}

		time.Sleep(3*time.Minute + 30*time.Second) // 30 s to go
		short, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := b.Wait(short, Live)
		if !errors.Is(err, carryover.ErrTransient) || !carryover.RetryAt(err).Equal(far) {
			t.Errorf("Wait beyond its context = %v, want transient and its time", err)
		}
		if err := b.Wait(t.Context(), Live); err != nil {
			t.Errorf("Wait for a near reset = %v, want nil", err)
		}
	})
}

// Whoever gives up must not hold up those behind.
func TestBudgetCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(2)
		_ = b.Wait(t.Context(), Live)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := b.Wait(ctx, Person); !errors.Is(err, context.Canceled) || !errors.Is(err, carryover.ErrTransient) {
				t.Errorf("Wait cancelled = %v, want transient and cancelled", err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if err := b.Wait(t.Context(), Live); err != nil {
				t.Errorf("Wait behind one that was cancelled = %v", err)
			}
		})
		synctest.Wait()
		cancel()
		wg.Wait()
		if got := b.Used(); got != 2 {
			t.Errorf("Used() = %d, want 2", got)
		}
		if len(b.queue) != 0 {
			t.Errorf("queue holds %d after everybody left, want 0", len(b.queue))
		}
	})
}

func TestPriorityTravels(t *testing.T) {
	if got := priorityOf(WithPriority(t.Context(), Proof)); got != Proof {
		t.Errorf("priorityOf = %v, want Proof", got)
	}
	if got := priorityOf(t.Context()); got != Live {
		t.Errorf("priorityOf of a bare context = %v, want Live", got)
	}
}
