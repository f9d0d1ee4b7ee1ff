package daemon

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"carryover"
	"carryover/internal/config"
	"carryover/ledger"
)

// watched is a daemon with nothing but a ledger and a manager who asks every
// four minutes; said is how often it was told that the daemon is alive.
func watched(t *testing.T) (d *Daemon, said func() int) {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Config{Path: t.TempDir() + "/ledger.db", MasterKey: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var mu sync.Mutex // guards states
	var states []string
	return &Daemon{ledger: l, cfg: &config.Config{}, pulses: newPulses([]carryover.PractitionerID{"11"}), log: slog.New(slog.DiscardHandler), manager: Manager{Every: 4 * time.Minute, Tell: func(s string) error {
		mu.Lock()
		defer mu.Unlock()
		states = append(states, s)
		return nil
	}}}, func() int {
		mu.Lock()
		defer mu.Unlock()
		return strings.Count(strings.Join(states, " "), tellAlive)
	}
}

// TestWatchdog: alive is said twice as often as it is asked for, as long as the
// lanes give signs of life and the ledger answers.
func TestWatchdog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, said := watched(t)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- d.watchdog(ctx) }()
		wait := func(long time.Duration) {
			time.Sleep(long)
			synctest.Wait()
		}
		for range 4 { // at 0, 2, 4, 6 and 8 minutes
			d.pulses.beat("11")
			wait(2*time.Minute + time.Second)
		}
		if got := said(); got != 5 {
			t.Errorf("in eight minutes it was said %d times, want at 0, 2, 4, 6 and 8", got)
		}
		wait(stalled)
		silent := said()
		if wait(8 * time.Minute); said() != silent {
			t.Errorf("it was said %d times more of a lane that hangs", said()-silent)
		}
		d.pulses.beat("11")
		if wait(2 * time.Minute); said() != silent+1 {
			t.Errorf("it was said %d times more after the lane went on, want once", said()-silent)
		}
		d.ledger.Close()
		if wait(4 * time.Minute); said() != silent+1 {
			t.Error("it was said of a ledger that cannot be asked")
		}
		stop()
		if err := <-done; err != nil {
			t.Errorf("watchdog = %v", err)
		}
	})
}
