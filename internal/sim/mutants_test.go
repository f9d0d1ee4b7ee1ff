package sim

import (
	"context"
	"flag"
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
const mostSeeds = "60"

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
	for _, patch := range patches {
		name := strings.TrimSuffix(filepath.Base(patch), ".patch")
		if wanted.MatchString(name) {
			t.Run(name, func(t *testing.T) { huntMutant(t, module, patch) })
		}
	}
}

// huntMutant applies one patch, hunts, and takes the patch back.
func huntMutant(t *testing.T, module, patch string) {
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
	out, err := run(t, module, "", binary, "-test.run", "^TestHunt$", "-hunt", mostSeeds, "-test.v")
	shown := regexp.MustCompile(`(?m)^ +\S+_test\.go:\d+: (again: .*|[a-z ]+(\([a-z ]+\))?: .*)$`).FindAllString(out, -1)
	if err == nil || len(shown) == 0 {
		t.Fatalf("the mutant lives after %s days (%v):\n%s", mostSeeds, err, last(out, 2000))
	}
	for _, line := range shown {
		if !strings.Contains(line, "requests, trace") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

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
