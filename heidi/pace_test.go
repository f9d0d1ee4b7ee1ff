package heidi

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"carryover"
)

func TestPaceLimitsRateAndNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPace(1, 2)
		var mu sync.Mutex
		now, most := 0, 0
		start := time.Now()
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				leave, err := p.enter(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				defer leave()
				mu.Lock()
				now++
				most = max(most, now)
				mu.Unlock()
				time.Sleep(300 * time.Millisecond)
				mu.Lock()
				now--
				mu.Unlock()
			})
		}
		wg.Wait()
		if most > 2 {
			t.Errorf("%d requests at a time, want at most 2", most)
		}
		if took := time.Since(start); took < 10*time.Second {
			t.Errorf("12 requests took %v, want 10s or more", took)
		}
		if p.Used() != 12 {
			t.Errorf("Used() = %d, want 12", p.Used())
		}
	})
}

func TestPaceHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPace(0, 1)
		until := time.Now().Add(20 * time.Second)
		p.hold(until)
		p.hold(until.Add(-time.Second)) // never shortens
		short, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		_, err := p.enter(short)
		if !errors.Is(err, carryover.ErrTransient) || !carryover.RetryAt(err).Equal(until) || time.Since(start) > 0 {
			t.Errorf("enter beyond its context = %v after %v, want transient at once, with the time", err, time.Since(start))
		}
		leave, err := p.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		leave()
		if time.Now().Before(until) {
			t.Errorf("entered %v before the hold ended", time.Until(until))
		}
	})
}

func TestPaceCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPace(0, 1)
		leave, _ := p.enter(t.Context())
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := p.enter(ctx); !errors.Is(err, context.Canceled) || !errors.Is(err, carryover.ErrTransient) {
				t.Errorf("enter cancelled = %v, want transient and cancelled", err)
			}
		})
		synctest.Wait()
		cancel()
		wg.Wait()
		leave()
		p.hold(time.Now().Add(time.Hour))
		dead, stop := context.WithCancel(t.Context())
		wg.Go(func() {
			if _, err := p.enter(dead); !errors.Is(err, context.Canceled) {
				t.Errorf("enter cancelled in a hold = %v, want cancelled", err)
			}
		})
		synctest.Wait()
		stop()
		wg.Wait()
		if len(p.slots) != 0 {
			t.Errorf("%d places taken after everybody left, want 0", len(p.slots))
		}
	})
}
