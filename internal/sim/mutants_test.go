package sim

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var mutants = flag.String("mutants", "", "hunt the mutants whose name this regular expression fits; . hunts all")

// mostSeeds is within how many one-day worlds a mutant must be caught.
const mostSeeds = 60

// TestMutants: the simulation is only worth what it catches. Each patch of the
// folder mutants breaks one promise of the product, beside the module, in an
// overlay that the compiler is given; a hunt through some days must show it. A
// patch that no longer applies is a failure too: what it broke has moved.
func TestMutants(t *testing.T) {
	if *mutants == "" {
		t.Skip("each mutant is compiled and hunted for a minute: -mutants . runs them")
	}
	wanted, err := regexp.Compile(*mutants)
	if err != nil {
		t.Fatalf("-mutants: %v", err)
	}
	patches, err := filepath.Glob("mutants/*.patch")
	if err != nil || len(patches) < 12 {
		t.Fatalf("%d mutants (%v), want at least 12", len(patches), err)
	}
	var table strings.Builder
	for _, patch := range patches {
		name := strings.TrimSuffix(filepath.Base(patch), ".patch")
		if !wanted.MatchString(name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			seed, promise := huntMutant(t, patch)
			fmt.Fprintf(&table, "%-22s %4d  %4.0f s  %s\n", name, seed, time.Since(began).Seconds(), promise)
		})
	}
	t.Logf("mutant, caught at seed, after, by which promise:\n%s", &table)
}

// TestMutantsFit: each patch still finds what it breaks.
func TestMutantsFit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("patches are applied by git, which is not here")
	}
	patches, err := filepath.Glob("mutants/*.patch")
	if err != nil {
		t.Fatal(err)
	}
	for _, patch := range patches {
		t.Run(patch, func(t *testing.T) { overlay(t, patch) })
	}
}

// huntMutant builds the module with one patch, and hunts. It returns the seed of
// the world that caught the mutant, and the promise that was broken.
func huntMutant(t *testing.T, patch string) (seed uint64, promise string) {
	binary := filepath.Join(t.TempDir(), "mutant.test")
	if out, err := run(t, ".", "go", "test", "-c", "-overlay", overlay(t, patch), "-o", binary, "."); err != nil {
		t.Fatalf("the mutant does not compile: %v\n%s", err, out)
	}
	var plots []Plot
	for n := range uint64(mostSeeds) {
		plots = append(plots, Plot{Seed: n + 1, PerDay: 10})
	}
	lives := func(_ Plot, r Report) bool { return len(r.Broken) == 0 }
	for n, r := range (crew{binary: binary, each: lives}).run(t, plots) {
		if !lives(plots[n], r) {
			t.Logf("seed %d: %s", plots[n].Seed, strings.Join(r.Broken, "\n"))
			return plots[n].Seed, r.Broken[0]
		}
	}
	t.Errorf("the mutant lives after %d days", mostSeeds)
	return 0, ""
}

var patchedPattern = regexp.MustCompile(`(?m)^\+\+\+ b/(\S+)$`)

// overlay applies a patch to copies of the files it names and returns a file
// that tells the compiler to take these.
func overlay(t *testing.T, patch string) string {
	t.Helper()
	text, err := os.ReadFile(patch)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir, replace := t.TempDir(), map[string]string{}
	for _, m := range patchedPattern.FindAllStringSubmatch(string(text), -1) {
		from, to := filepath.Join(root, m[1]), filepath.Join(dir, m[1])
		replace[from] = to
		b, err := os.ReadFile(from)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to), 0o700)
		}
		if err == nil {
			err = os.WriteFile(to, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	file, err := filepath.Abs(patch)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, dir, "git", "apply", file); err != nil || len(replace) == 0 {
		t.Fatalf("the patch no longer applies: %v\n%s", err, out)
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// run runs a command in a folder and returns all that it says.
func run(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	return string(out), err
}
