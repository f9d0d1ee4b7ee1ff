package daemon

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"carryover"
)

// TestKeptLines: the last lines are kept in order, however many there were, and
// what may not leave the practice is not in them.
func TestKeptLines(t *testing.T) {
	var d Daemon
	lines := d.keepLines(slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError})))
	for i := range keptLines + 10 {
		d.log.Info("moved", "round", i)
	}
	d.log.With("session", "272000000000000000000000000000000000001").Warn("not read", "patient", "x5", "data", "/home/quillfeather",
		"practitioner", "1158731375415800001", "names", []string{"500100"}, "number", 500100, "text", carryover.NewText("words"),
		"err", fmt.Errorf("open /home/quillfeather/ledger.db of patient 500100 for rowan@example.com: %w", errors.New("no")))
	d.log.Debug("not kept")
	all := lines()
	if len(all) != keptLines || !strings.Contains(all[0], `"round":"11"`) {
		t.Fatalf("%d lines are kept, the first %s, want %d from round 11 on", len(all), all[0], keptLines)
	}
	last := all[len(all)-1]
	for _, word := range []string{"27200", "500100", "quillfeather", "rowan", "example.com", "x5", "words"} {
		if strings.Contains(last, word) {
			t.Errorf("a kept line holds %q: %s", word, last)
		}
	}
	for _, word := range []string{`"msg":"not read"`, `"practitioner":"1158731375415800001"`, "open …/ledger.db of patient # for (address): no"} {
		if !strings.Contains(last, word) {
			t.Errorf("a kept line does not hold %q: %s", word, last)
		}
	}
}
