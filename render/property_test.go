package render

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"carryover"
	"carryover/render/tree"
)

// words are what generated documents are made of: short, distinct in kind, with
// the signs that Markdown and HTML are prone to take for theirs.
var words = rapid.SampledFrom([]string{
	"knee", "L5/S1", "<5", ">90", "R&L", "3*10*2", "½", "µg", "x²", "±1", "“ok”", "10–12", "no", "I", "[4/10]", "a_b", "☐", "`", "#",
	"Ögren", "痛", "-", "+", "1.", "~5", "|", `\`, "&lt;", "<b>", "</p>", "<GP name>", "**", "_", "](", "![", "<!--", "-->", "]:", ":",
})

func spansGen(marks bool) *rapid.Generator[[]tree.Span] {
	return rapid.Custom(func(t *rapid.T) []tree.Span {
		var spans []tree.Span
		for range rapid.IntRange(1, 4).Draw(t, "spans") {
			text := strings.Join(rapid.SliceOfN(words, 1, 3).Draw(t, "words"), " ")
			s := tree.Span{Text: text + " "}
			if marks {
				s.Marks = tree.Mark(rapid.IntRange(0, 127).Draw(t, "marks"))
				s.Address = rapid.SampledFrom([]string{"", "", "https://a.example/?b=1&c=2", "tel:+61255501234"}).Draw(t, "address")
			}
			spans = append(spans, s)
			switch rapid.IntRange(0, 9).Draw(t, "after") {
			case 0:
				spans = append(spans, tree.Span{Break: true})
			case 1:
				spans = append(spans, tree.Span{Box: tree.Ticked})
			}
		}
		return tidy(append(spans, tree.Span{Text: "end"}))
	})
}

func blocksGen(depth int) *rapid.Generator[[]tree.Block] {
	return rapid.Custom(func(t *rapid.T) []tree.Block {
		var out []tree.Block
		for range rapid.IntRange(1, 3).Draw(t, "blocks") {
			out = append(out, blockGen(depth).Draw(t, "block"))
		}
		return out
	})
}

func blockGen(depth int) *rapid.Generator[tree.Block] {
	return rapid.Custom(func(t *rapid.T) tree.Block {
		last := 3
		if depth > 0 {
			last = 6
		}
		switch rapid.IntRange(0, last).Draw(t, "kind") {
		case 1:
			return tree.Block{Kind: tree.Heading, Level: rapid.IntRange(1, 6).Draw(t, "level"), Spans: spansGen(true).Draw(t, "heading")}
		case 2:
			return tree.Block{Kind: tree.Code, Lines: rapid.SliceOfN(words, 1, 3).Draw(t, "lines")}
		case 3:
			return tree.Block{Kind: tree.Rule}
		case 4:
			return tree.Block{Kind: tree.Quote, Blocks: blocksGen(depth-1).Draw(t, "quoted")}
		case 5:
			b := tree.Block{Kind: tree.List}
			for range rapid.IntRange(1, 4).Draw(t, "items") {
				b.Items = append(b.Items, tree.Item{
					Number: rapid.SampledFrom([]string{"", "1.", "2)", "7."}).Draw(t, "number"),
					Box:    tree.Box(rapid.IntRange(0, 2).Draw(t, "box")),
					Blocks: blocksGen(depth-1).Draw(t, "item"),
				})
			}
			return b
		case 6:
			b := tree.Block{Kind: tree.Table, Joined: rapid.Bool().Draw(t, "joined")}
			row := rapid.Custom(func(t *rapid.T) []tree.Cell {
				cells := make([]tree.Cell, rapid.IntRange(1, 5).Draw(t, "cells"))
				for i := range cells {
					if rapid.Bool().Draw(t, "full") {
						cells[i].Spans = spansGen(true).Draw(t, "cell")
					}
				}
				return cells
			})
			if rapid.Bool().Draw(t, "headed") {
				b.Head = row.Draw(t, "head")
			}
			b.Rows = rapid.SliceOfN(row, 1, 4).Draw(t, "rows")
			return b
		}
		return tree.Block{Kind: tree.Paragraph, Spans: spansGen(true).Draw(t, "paragraph")}
	})
}

// TestTreesKeepTheirWords: any tree, by either profile, shows all its words and
// no others, and survives the sanitiser.
func TestTreesKeepTheirWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := tree.Doc{Blocks: blocksGen(3).Draw(t, "doc")}
		for _, p := range []Profile{Standard, Minimal} {
			body := HTML(doc, p)
			if !shows(body, doc) {
				t.Fatalf("%s: HTML(%+v) = %q: words %q", p, doc, body, TreeWords(doc))
			}
			if !survives(body) {
				t.Fatalf("%s: a sanitiser changes the words of %q", p, body)
			}
			if listed := sanitisers()[0]; visibleText(listed.clean(body)) != visibleText(body) || listed.clean(listed.clean(body)) != listed.clean(body) {
				t.Fatalf("%s: a second pass of the sanitiser changes %q", p, body)
			}
			if strings.ContainsAny(body, "\n\t\r") {
				t.Fatalf("%s: a line end or tab in %q", p, body)
			}
		}
	})
}

// TestMarkdownLosesNoLetters: whatever is typed, the note holds its letters and
// digits, laid out or as plain lines.
func TestMarkdownLosesNoLetters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(words, rapid.SampledFrom([]string{"\n", "\n\n", "- ", "1. ", "> ", "    ", "| a |\n|---|\n"})), 1, 24).Draw(t, "parts")
		src := strings.Join(parts, rapid.SampledFrom([]string{"", " "}).Draw(t, "gap"))
		d := carryover.Document{Content: carryover.NewText(src + " end"), Format: carryover.FormatMarkdown}
		r, err := Render(d, ref, Standard)
		if err != nil {
			t.Fatalf("Render(%q) = %v", src, err)
		}
		if !r.Plain && !sourceKept(d, Parse(d)) {
			t.Fatalf("Render(%q) = %q: letters are missing", src, r.HTML.Reveal())
		}
		if got := References(r.HTML); !slices.Contains(got, ref) {
			t.Fatalf("Render(%q): the reference line is missing", src)
		}
	})
}

// TestChecksBite: each of the three readings notices its own kind of fault.
func TestChecksBite(t *testing.T) {
	d := carryover.Document{Content: carryover.NewText("Dose **5** mg\n\n| a | b | c |\n|--|--|--|\n| 1 | 2 | 3 |"), Format: carryover.FormatMarkdown}
	doc := Parse(d)
	body := HTML(doc, Standard)
	if !sourceKept(d, doc) || !shows(body, doc) || !survives(body) {
		t.Fatalf("a sound rendering is doubted: %q", body)
	}
	for _, broken := range []string{
		strings.Replace(body, "5", "", 1), strings.Replace(body, "5", "55", 1), strings.Replace(body, "</b> mg", "mg", 1),
		strings.Replace(body, "<p>Dose", "<p>not Dose", 1), strings.Replace(body, "1 |", "2 |", 1), body + "<p>5</p>",
	} {
		if broken == body || shows(broken, doc) {
			t.Errorf("shows(%q) = true", broken)
		}
	}
	short := tree.Doc{Blocks: doc.Blocks[1:]}
	if sourceKept(d, short) {
		t.Error("sourceKept does not notice a lost paragraph")
	}
	swapped := tree.Doc{Blocks: []tree.Block{doc.Blocks[1], doc.Blocks[0]}}
	if sourceKept(d, swapped) {
		t.Error("sourceKept does not notice swapped blocks")
	}
	for _, before := range []string{"```sh\n1\n```\n\n", "[a]: /b\n\n"} {
		d := carryover.Document{Content: carryover.NewText(before + "Dose 5 mg"), Format: carryover.FormatMarkdown}
		whole := Parse(d)
		whole.Blocks = whole.Blocks[:len(whole.Blocks)-1]
		if sourceKept(d, whole) {
			t.Errorf("after %q sourceKept does not notice a lost paragraph", before)
		}
	}
	if survives("<p>a <script>b</script></p>") || survives("<p>one</p><p>two</p>") {
		t.Error("survives passes what a sanitiser changes")
	}
}

// TestPathologicalInputIsLinear: four times the input may not take much more
// than four times the time. The bound is a ratio, so that a slow machine does
// not matter; the quadratic reading of any of these gives 16.
func TestPathologicalInputIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("renders megabytes")
	}
	for _, unit := range []string{
		">", "> - ", "[", "[a](", "*a_ ", "**", "`a", "<div>", "<b>", "<a b=\"", "<!--", "<script>", "<p>x", "|x", "[a]: b\n\n",
		"<table><tr><td>", "<select><option>", "<svg>", "a@b.example ", "<b>x</b>y",
	} {
		took := func(size int) time.Duration {
			d := carryover.Document{Content: carryover.NewText(strings.Repeat(unit, size/len(unit)))}
			best := time.Hour
			for range 3 {
				began := time.Now()
				Body(d, Standard)
				best = min(best, time.Since(began))
			}
			return best
		}
		ratio := 99.0
		for attempt := 0; ratio > 12 && attempt < 6; attempt++ { // a busy machine may spoil a measurement, not six
			small, large := took(1<<15), took(1<<17)
			ratio = float64(large) / float64(small+2*time.Millisecond)
		}
		if ratio > 12 {
			t.Errorf("%q: four times the input took %.1f times as long", unit, ratio)
		}
	}
}
