package sim

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestSameSeedSameWorld: a seed repeats line by line on one processor, and comes
// to the same on several, and under the race detector.
func TestSameSeedSameWorld(t *testing.T) {
	if testing.Short() {
		t.Skip("three times the same stormy day take ten seconds on a busy machine")
	}
	plot, times := Plot{Seed: 4, PerDay: 8, Limits: true}, 2
	if *soak {
		times = 20
	}
	reports := crew{lines: true}.run(t, slices.Repeat([]Plot{plot}, times))
	first := reports[0]
	plot.check(t, first)
	for n, r := range reports[1:] {
		if r.Trace != first.Trace {
			t.Errorf("run %d: trace %s, want %s as before; the first line that differs:\n%s", n+2, r.Trace, first.Trace, difference(first.Lines, r.Lines))
		}
	}
	sameOutcome(t, crew{processors: 2}, plot, first)
	if *soak {
		sameOutcome(t, crew{binary: raced(t)}, plot, first)
	}
}

// sameOutcome wants another kind of process to come to the same.
func sameOutcome(t *testing.T, c crew, p Plot, want Report) {
	t.Helper()
	if r := c.run(t, []Plot{p})[0]; r.Outcome != want.Outcome {
		t.Errorf("%+v: outcome %s, want %s as on one processor", c, r.Outcome, want.Outcome)
	}
}

// raced builds this package's tests with the race detector.
func raced(t *testing.T) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "raced.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-race", "-c", "-o", to, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("the race detector does not build here: %v\n%s", err, last(string(out), 500))
	}
	return to
}

// difference returns the first line in which two traces differ, of both.
func difference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i] + "\n" + b[i]
		}
	}
	return fmt.Sprintf("%d lines, %d lines", len(a), len(b))
}
