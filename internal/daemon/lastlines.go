package daemon

import (
	"log/slog"
	"slices"
	"strings"
	"sync"

	"carryover/internal/desk"
)

// keptLines is how many log lines are kept for a support bundle: some hours of a
// busy day.
const keptLines = 1000

// keepLines has the daemon's log keep its last lines in memory as well, and
// returns a way to them; nil when nothing is logged.
func (d *Daemon) keepLines(log *slog.Logger) func() []string {
	if log == nil {
		return nil
	}
	kept := &lastLines{}
	d.log = slog.New(slog.NewMultiHandler(log.Handler(), slog.NewJSONHandler(kept, &slog.HandlerOptions{
		Level: slog.LevelInfo, ReplaceAttr: scrubbed,
	})))
	return kept.all
}

// scrubbed leaves out of a log line what may not leave the practice. When, how
// grave and what happened are not chosen by anybody, and whose lane it was must
// be known to help.
func scrubbed(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 {
		switch a.Key {
		case slog.TimeKey, slog.LevelKey, slog.MessageKey, "practitioner":
			return a
		case "patient", "booking", "data":
			return slog.String(a.Key, "(left out)")
		}
	}
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindBool, slog.KindDuration, slog.KindFloat64, slog.KindTime, slog.KindGroup:
		return a
	default:
		return slog.String(a.Key, desk.Scrub(v.String()))
	}
}

// lastLines is a writer that keeps the last lines, one a write.
type lastLines struct {
	mu    sync.Mutex
	lines []string // a ring once it is full
	next  int      // where the oldest is then
}

// Write implements io.Writer.
func (l *lastLines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := strings.TrimRight(string(line), "\n")
	if len(l.lines) < keptLines {
		l.lines = append(l.lines, text)
	} else {
		l.lines[l.next] = text
		l.next = (l.next + 1) % keptLines
	}
	return len(line), nil
}

// all returns the lines, the oldest first.
func (l *lastLines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Concat(l.lines[l.next:], l.lines[:l.next])
}
