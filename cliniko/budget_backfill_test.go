package cliniko

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestBackfillLeavesRoom: a backfill that always has something to ask uses the
// ceiling, and what the day brings never waits for more than one place of the
// minute, from the first moment on and after an idle time.
func TestBackfillLeavesRoom(t *testing.T) {
	for _, ceiling := range []int{20, 120, 195} {
		synctest.Test(t, func(t *testing.T) {
			b := NewBudget(ceiling)
			slot := window / time.Duration(ceiling)
			const minutes = 12
			end := time.Now().Add(minutes * time.Minute)
			var wg sync.WaitGroup
			wg.Go(func() {
				for time.Now().Before(end) {
					_ = b.Wait(t.Context(), Backfill)
				}
			})
			live := 0
			time.Sleep(slot / 3) // never at the instant at which the other asks
			for time.Now().Before(end) {
				began := time.Now()
				if err := b.Wait(t.Context(), Live); err != nil {
					t.Fatal(err)
				}
				live++
				if got := time.Since(began); got > slot {
					t.Errorf("ceiling %d: a live request waited %v, want at most a place, %v", ceiling, got, slot)
				}
				time.Sleep(7*slot + 13*time.Millisecond)
			}
			wg.Wait()
			if got := b.Longest(Live); got > slot || got == 0 {
				t.Errorf("ceiling %d: Longest(Live) = %v, want some wait of at most %v", ceiling, got, slot)
			}
			if got, want := b.Used(), ceiling*minutes; got*100 < want*95 || got > want+ceiling {
				t.Errorf("ceiling %d: %d requests in %d minutes (%d of them live), want 95%% to 100%% of %d", ceiling, got, minutes, live, want)
			}
		})
	}
}
