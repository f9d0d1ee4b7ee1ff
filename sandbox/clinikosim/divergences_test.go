package clinikosim_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"carryover/sandbox/clinikosim"
)

// Every switch has its row in the page on divergences, or nobody would find it.
func TestEverySwitchIsListed(t *testing.T) {
	pages, err := filepath.Glob("../../docs/divergences*.md")
	if err != nil || len(pages) == 0 {
		t.Skipf("docs/divergences*.md: not here (%v)", err)
	}
	var text strings.Builder
	for _, page := range pages {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(b)
	}
	fields := reflect.TypeFor[clinikosim.Switches]()
	for field := range fields.Fields() {
		name := field.Tag.Get("json")
		if !strings.Contains(text.String(), "| `"+name+"` |") {
			t.Errorf("switch %s has no row in docs/divergences*.md", name)
		}
	}
}
