package daemon

import (
	"testing"
	"time"
)

// TestMayBeCopy: what cannot be told to be young waits before it writes.
func TestMayBeCopy(t *testing.T) {
	now, grace := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), 10*time.Minute
	for _, c := range []struct {
		name   string
		newest time.Time
		want   bool
	}{
		{"no rows", time.Time{}, false},
		{"a minute old", now.Add(-time.Minute), false},
		{"as old as the grace period", now.Add(-grace), true},
		{"of yesterday", now.Add(-24 * time.Hour), true},
		{"of tomorrow: a clock was set back", now.Add(24 * time.Hour), true},
	} {
		if got := mayBeCopy(c.newest, now, grace); got != c.want {
			t.Errorf("%s: may be a copy: %v, want %v", c.name, got, c.want)
		}
	}
}
