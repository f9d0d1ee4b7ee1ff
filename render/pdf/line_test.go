package pdf

import (
	"strings"
	"testing"

	"carryover/render/tree"
)

func lineTexts(lines []line) []string {
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		var b strings.Builder
		for _, p := range l.pieces {
			b.WriteString(p.text)
		}
		out = append(out, b.String())
	}
	return out
}

func wrapWords(s string, width float64) []line { return wrap(set([]phrase{{text: s}}, 10, 0), width) }

func TestWrap(t *testing.T) {
	m := measure(style{size: 10}, "mmmm")
	for _, tt := range []struct {
		why, in string
		width   float64
		want    string
	}{
		{"nothing", "", m, ""},
		{"blanks alone", " \n\t ", m, ""},
		{"one line", "mm m", m, "mm m"},
		{"blanks are one, none at the ends", "  m \t\n m  ", m, "m m"},
		{"a word that does not fit goes below", "mm mm m", m, "mm/mm m"},
		{"it just fits", "mmmm mmmm", m, "mmmm/mmmm"},
		{"a hyphen is no place to break", "mm m-m", m, "mm/m-m"},
		{"a no-break space keeps its words together", "mmm 5\u00a0kg", m, "mmm/5 kg"},
		{"a word wider than a line is cut, without a hyphen", "mmmmmm m", m, "mmmm/mm m"},
		{"after a slash, where it has one", "mmm/mm", m, "mmm//mm"},
	} {
		if got := strings.Join(lineTexts(wrapWords(tt.in, tt.width)), "/"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.why, got, tt.want)
		}
	}
}

func TestHardLineEndsStay(t *testing.T) {
	phrases := say([]tree.Span{{Text: "a"}, {Break: true}, {Break: true}, {Text: "b "}, {Break: true}, {Text: " c"}, {Break: true}})
	if got := strings.Join(lineTexts(wrap(set(phrases, 10, 0), 500)), "/"); got != "a//b/c" {
		t.Errorf("lines %q, want a, an empty one, b, c", got)
	}
}

func TestLinesFitAndKeepEveryLetter(t *testing.T) {
	text := strings.Repeat("Flexion 135° (R) a-very-long-word-indeed/with-places.to.cut ÅΩ→ e\u0301q\u0301 ", 20)
	for _, width := range []float64{1, 9, 30, 100, 471} {
		lines := wrapWords(text, width)
		for _, l := range lines {
			if l.width > width+slack && len([]rune(strings.Join(lineTexts([]line{l}), ""))) > 2 {
				t.Errorf("width %.0f: a line is %.1f wide", width, l.width)
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := squeeze(strings.Join(lineTexts(lines), "")); got != squeeze(text) {
			t.Errorf("width %.0f: letters were lost or moved", width)
		}
	}
}

func TestMarksStayTogetherAsOneString(t *testing.T) {
	phrases := say([]tree.Span{{Text: "the words of "}, {Text: "one line"}, {Text: " and "}, marked("bold ones", tree.Bold)})
	lines := wrap(set(phrases, 10, 0), 500)
	if len(lines) != 1 || len(lines[0].pieces) != 2 {
		t.Fatalf("%d lines of %+v, want one of two pieces", len(lines), lines)
	}
	if got := lines[0].pieces[0].text; got != "the words of one line and " {
		t.Errorf("first piece %q", got)
	}
}

// A megabyte without a blank must not take a megabyte squared: a part of the
// work is counted, not timed.
func TestOneLongWordIsGatheredOnce(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	var w word
	looks := style{size: 10}
	for _, r := range long {
		w.put(looks, r)
	}
	if len(w.pieces) != 1 || w.pieces[0].text != "" {
		t.Fatal("the text of a word is joined before the word is whole")
	}
	w.seal()
	if w.pieces[0].text != long {
		t.Error("the word is not whole after it was sealed")
	}
}
