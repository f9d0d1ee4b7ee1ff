package sim

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// kept is how many lines of the daemons' logs are kept.
const kept = 4000

// A keeper keeps what daemons warn of, for whoever looks for a cause. It is no
// part of the trace: errors are worded by libraries.
type keeper struct {
	mu    sync.Mutex // guards lines
	lines []string
}

// of returns a handler for one life.
func (k *keeper) of(l *life) slog.Handler { return &page{keeper: k, life: l} }

// A page is one life's handler.
type page struct {
	*keeper
	life  *life
	attrs []slog.Attr
}

// Enabled implements slog.Handler.
func (p *page) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle implements slog.Handler.
func (p *page) Handle(_ context.Context, r slog.Record) error {
	if p.life.dead.Load() {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s life %d: %s", time.Now().UTC().Format("0102 150405"), p.life.n, r.Message)
	r.AddAttrs(p.attrs...)
	r.Attrs(func(a slog.Attr) bool {
		fmt.Fprintf(&b, " %s=%v", a.Key, a.Value)
		return true
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lines = append(p.lines, b.String()); len(p.lines) > 2*kept {
		p.lines = slices.Clone(p.lines[kept:])
	}
	return nil
}

// WithAttrs implements slog.Handler.
func (p *page) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &page{keeper: p.keeper, life: p.life, attrs: slices.Concat(p.attrs, attrs)}
}

// WithGroup implements slog.Handler; the daemon has no groups.
func (p *page) WithGroup(string) slog.Handler { return p }

// sortedKeys returns the keys of m in their order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
