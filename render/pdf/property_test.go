package pdf

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"carryover"
	"carryover/render/tree"
)

// A grower makes trees out of choices: rapid's, or a fuzzer's bytes.
type grower struct {
	choose func(n int) int // 0 to n-1
	word   func() string
}

func (g grower) doc() tree.Doc { return tree.Doc{Blocks: g.blocks(0)} }

func (g grower) blocks(depth int) []tree.Block {
	var out []tree.Block
	for range 1 + g.choose(4) {
		out = append(out, g.block(depth))
	}
	return out
}

func (g grower) block(depth int) tree.Block {
	k := tree.Kind(1 + g.choose(7))
	if depth > 3 && (k == tree.List || k == tree.Quote) {
		k = tree.Paragraph
	}
	b := tree.Block{Kind: k}
	switch k {
	case tree.Paragraph:
		b.Spans = g.spans(true)
	case tree.Heading:
		b.Level, b.Spans = g.choose(8), g.spans(true)
	case tree.List:
		for range 1 + g.choose(4) {
			it := tree.Item{Box: tree.Box(g.choose(3))}
			if g.choose(2) == 0 {
				it.Number = fmt.Sprintf("%d.", g.choose(200))
			}
			if g.choose(6) > 0 {
				it.Blocks = g.blocks(depth + 1)
			}
			b.Items = append(b.Items, it)
		}
	case tree.Quote:
		b.Blocks = g.blocks(depth + 1)
	case tree.Code:
		for range g.choose(4) {
			b.Lines = append(b.Lines, strings.Repeat(" ", g.choose(5))+g.word()+" "+g.word())
		}
	case tree.Table:
		n := 1 + g.choose(5)
		if g.choose(3) > 0 {
			b.Head = g.cells(n)
		}
		for range g.choose(6) {
			b.Rows = append(b.Rows, g.cells(n))
		}
	}
	return b
}

func (g grower) cells(n int) []tree.Cell {
	out := make([]tree.Cell, n)
	for i := range out {
		if g.choose(5) > 0 {
			out[i].Spans = g.spans(false)
		}
	}
	return out
}

func (g grower) spans(many bool) []tree.Span {
	n := 1 + g.choose(3)
	if many {
		n += g.choose(20)
	}
	var out []tree.Span
	for range n {
		switch g.choose(12) {
		case 0:
			out = append(out, tree.Span{Break: true})
		case 1:
			out = append(out, tree.Span{Box: tree.Box(1 + g.choose(2))})
		default:
			out = append(out, tree.Span{Text: g.word() + " ", Marks: tree.Mark(g.choose(1 << 7))})
		}
	}
	return out
}

// treeLetters returns the letters and digits of a tree in reading order, by a
// walk that knows nothing of this package but which tables were set as labelled
// lines, where each value follows its heading.
func treeLetters(blocks []tree.Block, labelled []bool) string {
	var b strings.Builder
	spans := func(spans []tree.Span) {
		for _, s := range spans {
			b.WriteString(s.Text)
		}
	}
	var walk func([]tree.Block)
	walk = func(blocks []tree.Block) {
		for _, bl := range blocks {
			spans(bl.Spans)
			for _, l := range bl.Lines {
				b.WriteString(l)
			}
			for _, it := range bl.Items {
				b.WriteString(it.Number)
				walk(it.Blocks)
			}
			walk(bl.Blocks)
			asLines := false
			if columns(bl) > 0 {
				asLines, labelled = labelled[0], labelled[1:]
			}
			if !asLines || len(bl.Rows) == 0 {
				for _, c := range bl.Head {
					spans(c.Spans)
				}
			}
			for _, row := range bl.Rows {
				for i, c := range row {
					if asLines && i < len(bl.Head) {
						spans(bl.Head[i].Spans)
					}
					spans(c.Spans)
				}
			}
		}
	}
	walk(blocks)
	return letters(b.String())
}

// letters drops all but letters and digits, and the height of raised ones.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, norm.NFKC.String(s))
}

func TestWordsOfTheTreeAreTheWordsOfTheFile(t *testing.T) {
	vocabulary := strings.Fields(`knee 135° ≥90 R) (L) żółw Ωδός Привет ½ 10² → pain 4/10 a<b x&y "quoted" \(odd) ☐
		physiotherapeutically https://a.example/very/long/address/that/goes/on SpO₂ ễ café cafe` + "\u0301 5\u00a0kg hy\u00adphen")
	rapid.Check(t, func(t *rapid.T) {
		g := grower{
			choose: func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") },
			word:   func() string { return rapid.SampledFrom(vocabulary).Draw(t, "word") },
		}
		d := g.doc()
		l, err := plan(d, Sheet{Reference: "HD-7Q4K2MXA-2C7P"})
		if err != nil {
			t.Fatal(err)
		}
		file, err := draw(l)
		if err != nil {
			t.Fatal(err)
		}
		texts, ok := textLayer(file)
		if !ok {
			t.Fatal("the file cannot be read back")
		}
		got := solid(strings.Join(texts, ""))
		got = strings.TrimSuffix(got, solid(carryover.Reference("HD-7Q4K2MXA-2C7P").Line()))
		got = strings.ReplaceAll(got, "[struckout:", "")
		if got, want := letters(got), treeLetters(d.Blocks, l.labelled); got != want {
			t.Fatalf("letters of the file\n%q\nwant those of the tree\n%q", got, want)
		}
	})
}

// marksText returns what pages show as the document's words, without blanks:
// what is drawn, whatever a row is read out as.
func marksText(l *layout) string {
	var b strings.Builder
	var look func([]mark)
	look = func(marks []mark) {
		for _, m := range marks {
			switch m := m.(type) {
			case text:
				b.WriteString(m.text)
			case aloud:
				look(m.marks)
			}
		}
	}
	for _, p := range l.pages {
		look(p.marks)
	}
	return solid(b.String())
}

// FuzzWrite grows trees with any text: they are drawn, or held for a reason that
// lies in the document.
func FuzzWrite(f *testing.F) {
	f.Add([]byte("\x01\x02\x03"), "knee ≥ 90° 👍🏽 الألم 疼痛 q\u0301 \u200d\u20e3")
	f.Add([]byte("the quick brown fox jumps over"), "a\x00b\xff\u2028 [x] (y) \\ 𝐁 ㎎ Ⓡ 🇦🇺🇦")
	f.Add([]byte{5, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2}, strings.Repeat("long", 300))
	f.Add([]byte{0, 2, 9, 9, 9, 9}, "1️⃣ ✅")
	f.Add([]byte("0Y01"), "0") // a table
	f.Fuzz(func(t *testing.T, choices []byte, text string) {
		if len(choices) > 400 || len(text) > 4000 {
			t.Skip("large trees are the long documents' test")
		}
		at, piece := 0, 0
		pieces := strings.SplitAfter(text, " ")
		g := grower{
			choose: func(n int) int {
				if at >= len(choices) {
					return 0
				}
				at++
				return int(choices[at-1]) % n
			},
			word: func() string { piece++; return pieces[piece%len(pieces)] },
		}
		d, s := g.doc(), Sheet{Title: carryover.NewText(text), Reference: "HD-7Q4K2MXA-2C7P"}
		l, err := plan(d, s)
		if err == nil && marksText(l) != l.words {
			t.Errorf("words on the pages\n%q\nwant\n%q", marksText(l), l.words)
		}
		if err == nil && len(choices) > 0 && choices[0]%16 == 0 { // fonts take their time
			_, err = Write(d, s)
		}
		switch {
		case err != nil && !errors.Is(err, carryover.ErrInvalid):
			t.Errorf("an error of another kind: %v", err)
		case err != nil && carryover.HintOf(err) == faultHint:
			t.Errorf("a fault of this package: %v", err)
		case err != nil && !slices.ContainsFunc([]rune(text), func(r rune) bool { return r > '~' }):
			t.Errorf("plain text was held: %v", err)
		}
	})
}
