package cli

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

// shown is a note's HTML as a screen of that many columns shows it.
func shown(t interface{ Fatal(...any) }, body string, wide int, bold bool) string {
	var out strings.Builder
	s := newScreen(&out)
	s.wide, s.bold = wide, bold
	if err := s.show(body); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestScreenShowsTheTags(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"paragraphs", "<p>One.</p> <p>Two.</p>", "One.\nTwo.\n"},
		{"blocks without a tag between", "one<div>two</div>three", "one\ntwo\nthree\n"},
		{"line ends", "<p>One.<br>Two.<br></p><p><br></p><p>Three.</p>", "One.\nTwo.\n\nThree.\n"},
		{"blanks", "<p> a \n b\t<b> c</b> </p>", "a b c\n"},
		{"words that a tag divides", "<p>un<b>believ</b>able, <i>so</i>.</p>", "unbelievable, so.\n"},
		{"headings", "<h1>Plan</h1><p>x</p><h2>At <b>home</b></h2><p>y</p>", "Plan\n════\nx\n\nAt home\n───────\ny\n"},
		{"an empty heading", "<h1></h1><p>x</p>", "x\n"},
		{"lists", "<ul><li>one</li><li>☑ two</li></ul><ol><li>first</li></ol>", "  • one\n  • ☑ two\n  1. first\n"},
		{"a list that starts later", `<ol start="9"><li>nine</li><li>ten</li></ol>`, "  9. nine\n  10. ten\n"},
		{"lists in a list", "<ul><li>one<ol><li>a</li><li>b</li></ol></li><li>two</li></ul>", "  • one\n      1. a\n      2. b\n  • two\n"},
		{"a list that begins with a list", "<ul><li><ul><li>x</li></ul></li></ul>", "  •   • x\n"},
		{"an empty item", "<ul><li></li><li>x</li></ul>", "  •\n  • x\n"},
		{"paragraphs in an item", "<ul><li><p>one</p><p>two</p></li></ul>", "  • one\n    two\n"},
		{"a quote", "<blockquote><p>one</p><ul><li>two</li></ul></blockquote><p>x</p>", "│ one\n│   • two\nx\n"},
		{"a link", `<p>See <a href="https://example.com/x">this</a>.</p>`, "See this <https://example.com/x>.\n"},
		{"a link that says itself", `<p><a href="tel:0355550100">0355550100</a> <a href="mailto:a@example.com">a@example.com</a></p>`, "0355550100 a@example.com\n"},
		{"escaped signs", "<p>BP &lt;120 &amp; &gt;60 &amp;lt;b&amp;gt;</p>", "BP <120 & >60 &lt;b&gt;\n"},
		{"indents of blanks that do not break", "<p>&nbsp;&nbsp;x</p>", "  x\n"},
		{"tags that no note has", "<table><tr><td>a</td></tr></table><span>b</span><!-- c -->", "ab\n"},
		{"signs that move the cursor", "<p>a\x1b[2Jb\u202ec\u2028d\u0007</p>", "a\uFFFD[2Jb\uFFFDc\uFFFDd\uFFFD\n"},
		{"nothing", "", ""},
	} {
		if got := shown(t, tt.body, 80, false); got != tt.want {
			t.Errorf("%s: %q shows as\n%s\nwant\n%s", tt.name, tt.body, got, tt.want)
		}
	}
}

func TestScreenBreaksLines(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"between words", "<p>one two three four five six</p>", "one two three four five\nsix\n"},
		{"a line that just fits", "<p>aaaaaaaaaaa bbbbbbbbbbbb c</p>", "aaaaaaaaaaa bbbbbbbbbbbb\nc\n"},
		{"in a list", "<ul><li>one two three four five six</li></ul>", "  • one two three four\n    five six\n"},
		{"in a quote", "<blockquote>one two three four five six</blockquote>", "│ one two three four\n│ five six\n"},
		{"in a word longer than a line", "<p>abcdefghijklmnopqrstuvwxyz0123456789</p>", "abcdefghijklmnopqrstuvwx\nyz0123456789\n"},
		{"signs of two columns", "<p>検査結果検査結果検査結果検査</p>", "検査結果検査結果検査結果\n検査\n"},
		{"accents of their own", "<p>" + strings.Repeat("e\u0301", 24) + "</p>", strings.Repeat("e\u0301", 24) + "\n"},
		{"not at a blank that does not break", "<p>aaaaaaaaaaaaaaaaaa 120&nbsp;mmHg</p>", "aaaaaaaaaaaaaaaaaa\n120 mmHg\n"},
		{"a heading is underlined as far as it goes", "<h2>one two three four five six</h2>", "one two three four five\nsix\n───────────────────────\n"},
	} {
		if got := shown(t, tt.body, 24, false); got != tt.want {
			t.Errorf("%s: %q shows as\n%s\nwant\n%s", tt.name, tt.body, got, tt.want)
		}
	}
}

// Bold begins and ends on the same line: a line that is cut off by a pager
// leaves nothing bold behind.
func TestScreenBold(t *testing.T) {
	got := shown(t, "<p>a <b>b one two three four five six seven</b> c</p><h1>H</h1>d", 24, true)
	want := "a \x1b[1mb one two three four\x1b[22m\n\x1b[1mfive six seven\x1b[22m c\n\n\x1b[1mH\x1b[22m\n═\nd\n"
	if got != want {
		t.Errorf("bold shows as %q, want %q", got, want)
	}
	if plain := shown(t, "<p>a <b>b</b></p>", 24, false); strings.Contains(plain, "\x1b") {
		t.Errorf("without a terminal it shows as %q, want no escape", plain)
	}
}

// Whatever a note holds: no word is lost, no line is too wide, and nothing
// reaches the terminal that it would obey.
func TestScreenLosesNoWord(t *testing.T) {
	words := func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
			return !unicode.IsLetter(r)
		}), "")
	}
	rapid.Check(t, func(t *rapid.T) {
		wide := rapid.IntRange(leastColumns, mostColumns).Draw(t, "columns")
		text := rapid.SliceOf(rapid.StringOf(rapid.RuneFrom([]rune("abcéß漢\u0301\u202e\x1b  \n\u00a0<&•☐")))).Draw(t, "texts")
		tags := rapid.SliceOfN(rapid.SampledFrom([]string{"p", "div", "b", "i", "u", "h1", "h2", "ul", "ol", "li", "blockquote"}), len(text), len(text)).Draw(t, "tags")
		var body, plain strings.Builder
		for i, s := range text { // each element within the one before, words on both sides
			body.WriteString(html.EscapeString(s) + "<" + tags[i] + ">" + html.EscapeString(s))
			plain.WriteString(s + s)
		}
		got := shown(t, body.String(), wide, false)
		if words(got) != words(plain.String()) {
			t.Errorf("%q shows the letters %q, want %q", body.String(), words(got), words(plain.String()))
		}
		for line := range strings.Lines(got) {
			line = strings.TrimSuffix(line, "\n")
			deep := len(tags) * 6 // marks of lists within lists may take up the whole line
			if n := columns(glyphs(line)); n > wide+deep {
				t.Errorf("a line of %d columns, want at most %d: %q", n, wide, line)
			}
			if strings.ContainsFunc(line, func(r rune) bool { return harmless(r) != r }) {
				t.Errorf("the line %q holds a sign that the terminal obeys", line)
			}
		}
	})
}
