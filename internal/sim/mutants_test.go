package sim

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
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
// folder mutants breaks one promise of the product, in a copy of the module; a
// hunt through some days must show it. A patch that no longer applies is a
// failure too: what it broke has moved.
func TestMutants(t *testing.T) {
	if *mutants == "" {
		t.Skip("each mutant is compiled and hunted for minutes: -mutants . runs them")
	}
	wanted, err := regexp.Compile(*mutants)
	if err != nil {
		t.Fatalf("-mutants: %v", err)
	}
	patches, err := filepath.Glob("mutants/*.patch")
	if err != nil || len(patches) < 12 {
		t.Fatalf("%d mutants (%v), want at least 12", len(patches), err)
	}
	module := copyModule(t)
	var table strings.Builder
	for _, patch := range patches {
		name := strings.TrimSuffix(filepath.Base(patch), ".patch")
		if !wanted.MatchString(name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			seed, promise := huntMutant(t, module, patch)
			fmt.Fprintf(&table, "%-22s %4d  %4.0f s  %s\n", name, seed, time.Since(began).Seconds(), promise)
		})
	}
	t.Logf("mutant, caught at seed, after, by which promise:\n%s", &table)
}

// huntMutant applies one patch, hunts, and takes the patch back. It returns the
// seed of the world that caught the mutant, and the promise that was broken.
func huntMutant(t *testing.T, module, patch string) (seed uint64, promise string) {
	text, err := os.ReadFile(patch)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, module, string(text), "git", "apply", "-"); err != nil {
		t.Fatalf("the patch no longer applies: %v\n%s", err, out)
	}
	defer func() {
		if out, err := run(t, module, string(text), "git", "apply", "-R", "-"); err != nil {
			t.Fatalf("the patch cannot be taken back: %v\n%s", err, out)
		}
	}()
	binary := filepath.Join(t.TempDir(), "mutant.test")
	if out, err := run(t, module, "", "go", "test", "-c", "-o", binary, "./internal/sim"); err != nil {
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

// run runs a command in the copy and returns all that it says.
func run(t *testing.T, dir, input, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Stdin = dir, strings.NewReader(input)
	out, err := c.CombinedOutput()
	return string(out), err
}

// copyModule copies what builds and runs this package.
func copyModule(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rest, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if e.IsDir() {
			if strings.HasPrefix(e.Name(), ".") && rest != "." || rest == "bin" {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rest), 0o700)
		}
		if !e.Type().IsRegular() {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rest), b, 0o600)
	})
	if err != nil {
		t.Fatalf("copy the module: %v", err)
	}
	return to
}
