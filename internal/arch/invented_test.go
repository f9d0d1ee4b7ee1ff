package arch

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	address  = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`)
	reserved = regexp.MustCompile(`(?i)([@.]example\.(com|org|net)|\.(example|invalid|test))$`) // RFC 2606
)

// TestInventedAddresses finds e-mail addresses, in any file, that could be
// somebody's: fixtures keep to the domains that are reserved for examples.
func TestInventedAddresses(t *testing.T) {
	top := root(t)
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != top && (d.Name() == ".git" || d.Name() == ".cache" || d.Name() == "bin") {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Dir(name) == top && filepath.Ext(name) == ".yaml" {
			return nil // somebody's own carryover.yaml, tried out in the clone
		}
		content, err := os.ReadFile(name)
		if err != nil || bytes.IndexByte(content, 0) >= 0 {
			return err
		}
		rel, _ := filepath.Rel(top, name)
		for _, a := range suspicious(string(content)) {
			t.Errorf("%s has the address %s: use one at example.com", rel, a)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// suspicious returns the addresses in s that are not at a reserved domain.
func suspicious(s string) []string {
	if !strings.Contains(s, "@") {
		return nil
	}
	return slices.DeleteFunc(unique(address.FindAllString(s, -1)), reserved.MatchString)
}

func TestSuspicious(t *testing.T) {
	cases := []struct {
		in   string
		want int
	}{
		{"pat.example@example.com", 0},
		{"desk@mail.example.org and rooms@clinic.example", 0},
		{"somebody" + "@example.com.au", 1},
		{"somebody" + "@notexample.com", 1},
		{"no address @ all", 0},
	}
	for _, c := range cases {
		if got := suspicious(c.in); len(got) != c.want {
			t.Errorf("suspicious(%q) = %q, want %d of them", c.in, got, c.want)
		}
	}
}
