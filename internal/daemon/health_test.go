package daemon

import (
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/internal/config"
	"carryover/internal/seal"
	"carryover/ledger"
	"carryover/pipeline"
)

// TestReady: what keeps the daemon from its work is named, and nothing else is;
// what strangers ask does not have the ledger looked at each time.
func TestReady(t *testing.T) {
	l, err := ledger.Open(t.Context(), ledger.Config{Path: filepath.Join(t.TempDir(), "data", "ledger.db"), MasterKey: seal.NewMasterKey(), Lock: true})
	if err != nil {
		t.Fatal(err)
	}
	d := &Daemon{
		cfg: &config.Config{}, ledger: l, line: &pipeline.Pipeline{}, pulses: newPulses([]carryover.PractitionerID{"71"}),
		log: slog.New(slog.DiscardHandler),
	}
	h := health{d, &looked{}}
	ready := func(when string, want ...string) {
		t.Helper()
		if got := h.Ready(t.Context()); !slices.Equal(got, want) {
			t.Errorf("%s: Ready = %v, want %v", when, got, want)
		}
	}
	ready("before the first round", starting)
	d.pulses.turned("71")
	ready("after it")
	d.line.WritesFrom = time.Now().Add(time.Hour)
	ready("after a restore", writesWait)
	d.line.WritesFrom = time.Time{}
	written := l.Updates()
	for range 5 {
		ready("asked again")
	}
	if l.Updates() != written {
		t.Errorf("the ledger was written to %d times more", l.Updates()-written)
	}
	if err := l.Update(t.Context(), func(tx *ledger.Tx) error {
		for _, who := range []string{"71", "72"} {
			if _, err := alarm.Raise(t.Context(), tx, alarm.PollSilent, who, time.Now()); err != nil {
				return err
			}
		}
		_, err := alarm.Raise(t.Context(), tx, alarm.HeldLong, "x", time.Now())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	h.seen.at = time.Time{}
	ready("when Heidi is silent", heidiSilent)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	h.seen.at = time.Time{}
	ready("when the ledger cannot be written to", notWritable)
	if live := h.Live(); len(live) != 0 {
		t.Errorf("Live = %v: a restart would not help", live)
	}
}
