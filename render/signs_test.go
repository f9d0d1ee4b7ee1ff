package render

import (
	"strings"
	"testing"

	"carryover"
)

// TestGreaterThan: ">" before a number is a sign (policy P7). At the start of a
// numbered item it may be a quote as well, and is shown as both.
func TestGreaterThan(t *testing.T) {
	for src, want := range map[string]string{
		"Flexion\n>90° by week 2":            "<p>Flexion<br> &gt;90° by week 2</p>",
		"- > 120° flexion":                   "<ul> <li>&gt; 120° flexion</li> </ul>",
		"1. ok\n2. > 5/10 or leg pain":       "<ol> <li>ok</li> <li> <blockquote> <p>&gt; 5/10 or leg pain</p> </blockquote> </li> </ol>",
		"1. ok\n2. >5/10 or leg pain":        "<ol> <li>ok</li> <li>&gt;5/10 or leg pain</li> </ol>",
		"1. > quoted words":                  "<ol> <li> <blockquote> <p>quoted words</p> </blockquote> </li> </ol>",
		"> quoted words\n> and 5 more lines": "<blockquote> <p>quoted words<br> and 5 more lines</p> </blockquote>",
	} {
		got, plain := Body(carryover.Document{Content: carryover.NewText(src), Format: carryover.FormatMarkdown}, Standard)
		if plain || strings.Join(strings.Fields(got), " ") != want {
			t.Errorf("Body(%q) = %q (plain %v), want %q", src, got, plain, want)
		}
	}
}
