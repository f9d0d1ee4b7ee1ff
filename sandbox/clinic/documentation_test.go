package clinic

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"carryover/sandbox"
)

// page returns docs/sandbox.md, which must keep its promises.
func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The tiny clinic of the page loads, is filed, and is judged.
func TestDocumentedExampleLoads(t *testing.T) {
	dir := t.TempDir()
	example := regexp.MustCompile("(?m)^`([a-z]+\\.jsonl)`\n\n```json\n((?s:.*?))```")
	found := example.FindAllStringSubmatch(page(t), -1)
	if len(found) != 3 {
		t.Fatalf("the page has %d example files, want 3", len(found))
	}
	for _, m := range found {
		if err := os.WriteFile(filepath.Join(dir, m[1]), []byte(m[2]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := open(t, Options{Practice: p})
	fileDay(t, c)
	if got, want := c.Truth().Summary, (Summary{Documents: 1, NotesInCliniko: 1}); got != want {
		t.Errorf("summary of the example = %+v, want %+v", got, want)
	}
}

func TestDocumentedPlanParses(t *testing.T) {
	plan := regexp.MustCompile("(?s)```json\n(\\{\"seed\": 7.*?)```").FindStringSubmatch(page(t))
	if plan == nil {
		t.Fatal("the page has no plan of faults")
	}
	if p, err := sandbox.ParsePlan([]byte(plan[1])); err != nil || len(p.Rules) != 3 {
		t.Errorf("ParsePlan of the page's plan = %v, %v; want three rules", p, err)
	}
	for _, kind := range sandbox.FaultKinds {
		if !strings.Contains(page(t), "`"+string(kind)+"`") {
			t.Errorf("the page does not name the fault %s", kind)
		}
	}
}

// The page's tables name every action and nothing else.
func TestDocumentedActions(t *testing.T) {
	c := open(t, Options{})
	heidi, cliniko, _ := strings.Cut(page(t), "What people do in Cliniko")
	_, heidi, _ = strings.Cut(heidi, "What a clinician does in Heidi")
	cliniko, _, _ = strings.Cut(cliniko, "For example")
	for api, tt := range map[string]struct {
		text string
		have []string
	}{
		"heidi":   {heidi, keys(c.heidiActions())},
		"cliniko": {cliniko, keys(c.clinikoActions())},
	} {
		var named []string
		for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*) \\|").FindAllStringSubmatch(tt.text, -1) {
			for _, m := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(row[1], -1) {
				named = append(named, m[1])
			}
		}
		slices.Sort(named)
		if !slices.Equal(named, tt.have) {
			t.Errorf("%s: the page names %q, the interface has %q", api, named, tt.have)
		}
	}
}

func keys[V any](m map[string]V) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}
