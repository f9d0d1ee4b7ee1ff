package pipeline

import (
	"testing"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger"
)

// TestRepeatsNote asks twice each: what is remembered must not differ from what
// was found, and texts must not be taken for each other.
func TestRepeatsNote(t *testing.T) {
	l, err := ledger.Open(t.Context(), ledger.Config{Path: t.TempDir() + "/ledger.db", MasterKey: make(seal.MasterKey, seal.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	p := &Pipeline{Ledger: l}
	for range 2 {
		for _, c := range []struct {
			document string
			format   carryover.Format
			note     string
			want     bool
		}{
			{"The *knee* is better.", carryover.FormatMarkdown, "The knee is better.", true},
			{"The *knee* is better.", carryover.FormatMarkdown, "The knee is worse.", false},
			{"<p>The knee is better.</p>", carryover.FormatHTML, "The knee is better.", true},
			{"The hip is better.", carryover.FormatMarkdown, "The knee is better.", false},
			{"", carryover.FormatMarkdown, "", false},
		} {
			d := carryover.Document{Format: c.format, Content: carryover.NewText(c.document)}
			if got := p.repeatsNote(d, carryover.NewText(c.note)); got != c.want {
				t.Errorf("repeatsNote(%q, %q) = %v, want %v", c.document, c.note, got, c.want)
			}
		}
	}
	if n := len(p.repeats.known); n != 4 {
		t.Errorf("%d comparisons are remembered, want 4: each once, and none of a note without words", n)
	}
}
