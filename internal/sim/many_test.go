package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// What seeds a world belongs to a whole process (crypto/rand, the number of
// processors), so that two cannot share one. Many worlds therefore run in
// processes of their own, as many at a time as there are processors: the test
// binary starts itself with the flags of one plot.

// A crew runs worlds in processes of their own.
type crew struct {
	binary     string // of this package's tests; empty: this one
	processors int    // that each world has; 0: one
	lines      bool   // the reports hold the trace
	// each is told of every report as it comes, one at a time, and says whether
	// further worlds are needed. nil: all are.
	each func(Plot, Report) bool
}

// longest is how long one world may take, on however busy a machine.
const longest = 15 * time.Minute

// run runs all plots and returns their reports in the order of the plots. Those
// that were needed no more have no Outcome.
func (c crew) run(t *testing.T, plots []Plot) []Report {
	t.Helper()
	if c.binary == "" {
		c.binary = os.Args[0]
	}
	dir := t.TempDir()
	reports := make([]Report, len(plots))
	var mu sync.Mutex // guards next and stopped, and is held while each is told
	next, stopped := 0, false
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= len(plots) && !stopped
	}
	var lanes sync.WaitGroup
	for range runtime.NumCPU() {
		lanes.Go(func() {
			for n, more := take(); more; n, more = take() {
				r, err := c.one(t.Context(), plots[n], filepath.Join(dir, fmt.Sprint(n, ".json")))
				if err != nil {
					t.Errorf("seed %d: %v", plots[n].Seed, err)
					continue
				}
				mu.Lock()
				reports[n] = r
				stopped = stopped || c.each != nil && !c.each(plots[n], r)
				mu.Unlock()
			}
		})
	}
	lanes.Wait()
	return reports
}

// one runs one world. Memory is plenty and its worlds are short: to collect
// garbage seldom saves a third of the time.
func (c crew) one(ctx context.Context, p Plot, file string) (r Report, err error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	args := append([]string{"-test.run", "^TestReplay$", "-test.timeout", longest.String(), "-report", file}, p.Args()...)
	if c.lines {
		args = append(args, "-lines")
	}
	cmd := exec.CommandContext(ctx, c.binary, args...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", max(c.processors, 1)), "GOGC=800")
	out, cause := cmd.CombinedOutput()
	b, err := os.ReadFile(file)
	if err != nil { // it did not get so far: what it said last says why
		if cause == nil {
			cause = err
		}
		return r, fmt.Errorf("no report (%w):\n%s\nagain: %s", cause, last(string(out), 3000), p.Again())
	}
	return r, json.Unmarshal(b, &r)
}

// check fails the test for what is broken, with the line that runs it again.
func (p Plot) check(t *testing.T, r Report) {
	t.Helper()
	if len(r.Broken) > 0 {
		t.Errorf("seed %d:\n  %s\nagain: %s", p.Seed, strings.Join(r.Broken, "\n  "), p.Again())
	}
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }
