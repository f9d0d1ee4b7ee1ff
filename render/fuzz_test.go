package render

import (
	"strings"
	"testing"

	"carryover"
)

func fuzzDocument(t *testing.T, src string, f carryover.Format) {
	d := carryover.Document{Content: carryover.NewText(src), Format: f}
	if d.Content.IsBlank() {
		return
	}
	for _, p := range []Profile{Standard, Minimal} {
		r, err := Render(d, ref, p)
		if err != nil {
			t.Fatalf("%s: Render(%q) = %v", p, src, err)
		}
		out := r.HTML.Reveal()
		if strings.ContainsAny(out, "\n\t\r\x00") {
			t.Errorf("%s: Render(%q) = %q, with a control character", p, src, out)
		}
		if !survives(out) {
			t.Errorf("%s: Render(%q) = %q does not survive the sanitiser", p, src, out)
		}
	}
}

var seeds = []string{
	"# A\n- [x] b\n  1. c\n\n| a | b |\n|--|--|\n| 1 | |", "> 5 kg\n>90", "[a]: b\n[^1]: c\n\nx[^1] [a]", "<GP name> <b>x</b> <s>y",
	"<table><tr><td rowspan=2>a<td>b<tr><td>c</table>", "<ol start=3 reversed><li>a<li value=9>b</ol>", "a\\*b&lt;&#0;", "<svg><b>", "```\nx",
	"<select><option selected>a", "x<sup>2</sup>~~y~~ ![i](j \"k\")", "\xff\u2028\u202e", "<pre>\na\n  b</pre>",
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) { fuzzDocument(t, src, carryover.FormatMarkdown) })
}

func FuzzHTML(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) { fuzzDocument(t, src, carryover.FormatHTML) })
}

// FuzzSanitise: what a sanitiser keeps it keeps on a second pass, and never a
// tag beyond its own.
func FuzzSanitise(f *testing.F) {
	for _, s := range append(seeds, "<p onclick=x>a</p>", "<a href='javascript:x'>b</a>", "a < b <!-- c", "<p") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, z := range sanitisers() {
			once := z.clean(src)
			if twice := z.clean(once); twice != once {
				t.Errorf("clean(%q) = %q, then %q (harsh %v)", src, once, twice, z.harsh)
			}
			if low := strings.ToLower(once); strings.Contains(low, "<script") || strings.Contains(low, "<img") {
				t.Errorf("clean(%q) = %q", src, once)
			}
		}
	})
}
