package render

import (
	"strings"
	"testing"

	"carryover"
)

// TestNeighboursStayApart: what stands apart in a browser stands apart here,
// and a power is not a digit.
func TestNeighboursStayApart(t *testing.T) {
	for src, want := range map[string]string{
		"<p>WBC 5.2 x 10<sup>9</sup>/L</p>":                                       "WBC 5.2 x 10^9/L",
		"<p>Dose 1<sup>1</sup>/<sub>2</sub> tablets</p>":                          "Dose 1^1/_2 tablets",
		"<div><details><summary>Plan</summary>Rest</details></div>":               "Plan / Rest",
		"<div><aside>Allergies: nil</aside><aside>Warfarin: stop</aside></div>":   "Allergies: nil / Warfarin: stop",
		"<div><nav>one</nav><nav>two</nav></div>":                                 "one / two",
		"<div><select><option>left</option><option>right</option></select></div>": "left / right",
		"<div><center>one</center><center>two</center></div>":                     "one / two",
		"<div><textarea>one</textarea><button>two</button></div>":                 "one / two",
		"<div>one<img src=x>two</div>":                                            "one two",
		"<div><menu><dir>one</dir><dir>two</dir></menu></div>":                    "one / two",
	} {
		got := strings.Join(Lines(carryover.Document{Content: carryover.NewText(src), Format: carryover.FormatHTML}), " / ")
		if got != want {
			t.Errorf("Lines(%q) = %q, want %q", src, got, want)
		}
	}
}

func TestLongListHasAllItems(t *testing.T) {
	const items = 10_000
	src := "<ol>" + strings.Repeat("<li>x", items) + "</ol>"
	lines := Lines(carryover.Document{Content: carryover.NewText(src), Format: carryover.FormatHTML})
	if got := lines[len(lines)-1]; got != "10000. x" || len(lines) != items {
		t.Errorf("%d lines, the last %q", len(lines), got)
	}
}
