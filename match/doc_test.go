package match

import (
	"os"
	"strings"
	"testing"
)

// TestRulesAreDocumented keeps docs/matching.md in step with the table.
func TestRulesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/matching.md")
	if err != nil {
		t.Fatal(err)
	}
	names, reasons := Rules()
	for i, name := range names {
		if !strings.Contains(string(page), "| "+name+" |") {
			t.Errorf("docs/matching.md does not list the rule %q", name)
		}
		if reasons[i] == "" {
			t.Errorf("the rule %q has no reason", name)
		}
	}
}
