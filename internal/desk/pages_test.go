package desk

import "testing"

// TestPages: the address that the daemon learns is the one that records are
// linked to, and a sandbox's empty one takes nothing away.
func TestPages(t *testing.T) {
	tb := newTable(t)
	for _, step := range []struct{ learnt, want string }{
		{"", ""},
		{"https://old.au3.cliniko.com", "https://old.au3.cliniko.com"},
		{"https://new.au3.cliniko.com", "https://new.au3.cliniko.com"},
		{"", "https://new.au3.cliniko.com"},
	} {
		if err := tb.SetPages(t.Context(), step.learnt); err != nil {
			t.Fatal(err)
		}
		if got, err := tb.Pages(t.Context()); got != step.want || err != nil {
			t.Errorf("Pages() after learning %q = %q, %v, want %q", step.learnt, got, err, step.want)
		}
	}
}
