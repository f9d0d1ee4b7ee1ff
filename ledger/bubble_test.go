package ledger_test

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger"
)

// TestMain fails when a test leaves a goroutine, which is how a ledger that was
// not closed shows.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestInABubble opens, uses and closes a ledger where time is simulated: a
// month passes at once, nothing in the ledger waits for real time or keeps a
// goroutine, and moments come from the caller alone.
func TestInABubble(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l, err := ledger.Open(t.Context(), ledger.Config{Path: filepath.Join(dir, "ledger.db"), MasterKey: seal.NewMasterKey(), Lock: true})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		id := addVersion(t, l, "d1", "words")
		from, to := carryover.Seen, carryover.Ripe
		for range 30 {
			time.Sleep(24 * time.Hour)
			move(t, l, id, from, to, "", time.Now())
			from, to = to, from
		}
		want := time.Date(2000, 1, 31, 0, 0, 0, 0, time.UTC) // bubbles begin with the year 2000
		if got := version(t, l, id).ChangedAt; !got.Equal(want) {
			t.Errorf("ChangedAt = %v, want the bubble's %v", got, want)
		}
	})
}
