package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/render/tree"
)

// sheet is the sheet of most tests.
func sheet() Sheet {
	return Sheet{
		Practice:  carryover.NewText("Wattle Bay Physiotherapy"),
		Title:     carryover.NewText("Letter to GP"),
		Reference: "HD-7Q4K2MXA-2C7P",
		Date:      time.Date(2026, 11, 24, 23, 30, 0, 0, time.FixedZone("AEDT", 11*3600)),
	}
}

// Shorthands for trees.
func words(s string) []tree.Span             { return []tree.Span{{Text: s}} }
func marked(s string, m tree.Mark) tree.Span { return tree.Span{Text: s, Marks: m} }
func para(s string) tree.Block               { return tree.Block{Kind: tree.Paragraph, Spans: words(s)} }
func doc(blocks ...tree.Block) tree.Doc      { return tree.Doc{Blocks: blocks} }

func cells(texts ...string) []tree.Cell {
	var out []tree.Cell
	for _, s := range texts {
		out = append(out, tree.Cell{Spans: words(s)})
	}
	return out
}

// mustWrite draws a document that can be drawn.
func mustWrite(t testing.TB, d tree.Doc, s Sheet) []byte {
	t.Helper()
	out, err := Write(d, s)
	if err != nil {
		t.Fatalf("Write: %v", err)
	}
	return out
}

// readText returns the words that a file shows as the document's, single blanks
// between its strings.
func readText(t testing.TB, file []byte) string {
	t.Helper()
	texts, ok := textLayer(file)
	if !ok {
		t.Fatal("the file cannot be read back")
	}
	return flat(strings.Join(texts, " "))
}

// everything is a document with each kind of block and mark in it.
func everything() tree.Doc {
	return doc(
		tree.Block{Kind: tree.Heading, Level: 1, Spans: words("Assessment of the left knee")},
		tree.Block{Kind: tree.Paragraph, Spans: []tree.Span{
			{Text: "Flexion is "},
			marked("not", tree.Bold),
			{Text: " full, "},
			marked("likely", tree.Italic),
			{Text: " swollen, "},
			marked("very", tree.Bold|tree.Italic),
			{Text: " stiff, "},
			marked("acute", tree.Underlined),
			{Text: ". Girth "},
			marked("41 cm", tree.Struck),
			{Text: " 43 cm, 10"},
			marked("3", tree.Raised),
			{Text: " cells, SpO"},
			marked("2", tree.Lowered),
			{Text: " 98 %, "},
			marked("x = 1", tree.Mono),
			{Text: ". See "},
			{Text: "the guide", Address: "https://guide.example/knee?a=(1)"},
			{Text: "."},
		}},
		tree.Block{Kind: tree.List, Items: []tree.Item{
			{Number: "9.", Blocks: []tree.Block{para("Squats, 3 x 10"), {Kind: tree.List, Items: []tree.Item{
				{Blocks: []tree.Block{para("hold the rail"), {Kind: tree.List, Items: []tree.Item{
					{Number: "a)", Blocks: []tree.Block{para("eyes open")}},
					{Number: "b)", Blocks: []tree.Block{para("eyes shut")}},
				}}}},
			}}}},
			{Number: "10.", Blocks: []tree.Block{para("Bridges")}},
		}},
		tree.Block{Kind: tree.List, Items: []tree.Item{
			{Box: tree.Ticked, Blocks: []tree.Block{para("consent given")}},
			{Box: tree.Unticked, Blocks: []tree.Block{para("imaging reviewed")}},
		}},
		tree.Block{Kind: tree.Quote, Blocks: []tree.Block{
			para("It gives way on stairs."),
			{Kind: tree.Quote, Blocks: []tree.Block{para("Since when?")}},
		}},
		tree.Block{Kind: tree.Code, Lines: []string{"if pain > 5 {", "    rest()", "", "}"}},
		tree.Block{Kind: tree.Rule},
		tree.Block{Kind: tree.Table, Head: cells("Movement", "Left", "Right"), Rows: [][]tree.Cell{
			cells("Knee flexion", "135°", "110°"), cells("Knee extension", "", "−5°"),
		}},
		para("Kind regards"),
	)
}

func TestEveryWordIsThereInOrder(t *testing.T) {
	got := readText(t, mustWrite(t, everything(), sheet()))
	want := flat(`Wattle Bay Physiotherapy 24 November 2026 Letter to GP Assessment of the left knee
		Flexion is not full, likely swollen, very stiff, acute . Girth [struck out: 41 cm ] 43 cm, 10³ cells, SpO₂ 98 %,
		x = 1 . See the guide (https://guide.example/knee?a=(1)) .
		9. Squats, 3 x 10 ◦ hold the rail a) eyes open b) eyes shut 10. Bridges
		☑ consent given ☐ imaging reviewed It gives way on stairs. Since when?
		if pain > 5 { rest() } Movement | Left | Right Knee flexion | 135° | 110° Knee extension | — | −5° Kind regards
		Heidi document HD-7Q4K2MXA-2C7P · carried by Carryover · AI-drafted, check before finalising`)
	if got != want {
		t.Errorf("text layer:\n got %q\nwant %q", got, want)
	}
}

func TestSameDocumentSameBytes(t *testing.T) {
	first := mustWrite(t, everything(), sheet())
	for range 3 {
		if !bytes.Equal(first, mustWrite(t, everything(), sheet())) {
			t.Fatal("the same document gave other bytes")
		}
	}
	// Documents at the same time, and ones with other signs in between, leave
	// no trace in each other: fonts are shared.
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			other := doc(tree.Block{Kind: tree.Code, Lines: []string{fmt.Sprint("żółw ", i, " ÅΩ→")}})
			if _, err := Write(other, sheet()); err != nil {
				t.Errorf("Write: %v", err)
			}
			if got, err := Write(everything(), sheet()); err != nil || !bytes.Equal(first, got) {
				t.Errorf("beside another document: other bytes (err %v)", err)
			}
		})
	}
	wg.Wait()
}

func TestDrawingLeavesTheTreeAlone(t *testing.T) {
	d := doc(tree.Block{Kind: tree.List, Items: []tree.Item{{Blocks: []tree.Block{
		para("thumb 👍"),
		{Kind: tree.Table, Head: cells("a👍"), Rows: [][]tree.Cell{cells("b👍")}},
		{Kind: tree.Code, Lines: []string{"\tc👍"}},
	}}}})
	mustWrite(t, d, sheet())
	item := d.Blocks[0].Items[0]
	for _, got := range []string{
		item.Blocks[0].Spans[0].Text, item.Blocks[1].Head[0].Spans[0].Text,
		item.Blocks[1].Rows[0][0].Spans[0].Text, item.Blocks[2].Lines[0],
	} {
		if !strings.HasSuffix(got, "👍") {
			t.Errorf("Write changed its input to %q", got)
		}
	}
}

func TestPropertiesNameNobody(t *testing.T) {
	s := sheet()
	s.Title = carryover.NewText("Letter about Zebedee Quill")
	s.Practice = carryover.NewText("Zebedee Physiotherapy")
	file := mustWrite(t, doc(para("Dear Zebedee")), s)
	if !bytes.Contains(file, []byte("/Title (Document HD-7Q4K2MXA-2C7P)")) {
		t.Error("the file's properties do not name the reference")
	}
	utf16 := strings.Join(strings.Split("Zebedee", ""), "\x00")
	for _, form := range []string{"Zebedee", utf16} {
		if bytes.Contains(file, []byte(form)) { // the pages themselves are compressed
			t.Errorf("%q stands in the open in the file", form)
		}
	}
	for _, field := range []string{"/Author", "/Subject", "/Keywords", "/ID"} {
		if bytes.Contains(file, []byte(field)) {
			t.Errorf("the file has a field %s", field)
		}
	}
}

func TestWhatCannotBeDrawnIsHeld(t *testing.T) {
	nested := para("deep")
	for range maxDepth + 1 {
		nested = tree.Block{Kind: tree.Quote, Blocks: []tree.Block{nested}}
	}
	for _, tt := range []struct {
		why   string
		doc   tree.Doc
		sheet func(*Sheet)
		says  string
	}{
		{"no reference", doc(para("Secret")), func(s *Sheet) { s.Reference = "" }, "no reference"},
		{"an odd reference", doc(para("Secret")), func(s *Sheet) { s.Reference = "HD(1)" }, "no reference"},
		{"Arabic", doc(para("Secret الألم")), nil, "right to left"},
		{"Hebrew in a title", doc(para("Secret")), func(s *Sheet) { s.Title = carryover.NewText("Secret כאב") }, "right to left"},
		{"Chinese in a cell", doc(tree.Block{Kind: tree.Table, Rows: [][]tree.Cell{cells("Secret 疼痛")}}), nil, "Han"},
		{"Hindi in a practice's name", doc(para("Secret")), func(s *Sheet) { s.Practice = carryover.NewText("Secret दर्द") }, "Devanagari"},
		{"Thai in code", doc(tree.Block{Kind: tree.Code, Lines: []string{"Secret ปวด"}}), nil, "Thai"},
		{"nested without end", doc(nested), nil, "deep"},
		{"long beyond doubt", doc(para(strings.Repeat("Secret ", 5<<20/7))), nil, "400 pages"},
		{"long line by line", doc(para(strings.Repeat("Secret", maxPages*pageful/6-100))), nil, "400 pages"},
		{"too many rows", doc(tree.Block{Kind: tree.Table, Rows: make([][]tree.Cell, 100_000)}), nil, "400 pages"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			s := sheet()
			if tt.sheet != nil {
				tt.sheet(&s)
			}
			out, err := Write(tt.doc, s)
			if !errors.Is(err, carryover.ErrInvalid) || out != nil {
				t.Fatalf("Write = %d bytes, %v; want an error of kind ErrInvalid", len(out), err)
			}
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %q does not say %q", err, tt.says)
			}
			if strings.Contains(err.Error()+carryover.HintOf(err), "Secret") {
				t.Error("the error holds words of the document")
			}
			if carryover.HintOf(err) == "" {
				t.Error("the error does not say what to do")
			}
		})
	}
}

func TestALongDocumentKeepsItsPagesApart(t *testing.T) {
	var d tree.Doc
	for i := range 300 {
		d.Blocks = append(d.Blocks, para(fmt.Sprintf("Line number %d of a long report.", i)))
	}
	l, err := plan(d, sheet())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(l.pages); n < 5 || n > 12 {
		t.Fatalf("300 short paragraphs take %d pages", n)
	}
	for i, p := range l.pages {
		foot := asideText(p.marks[len(p.marks)-1])
		if want := fmt.Sprintf("HD-7Q4K2MXA-2C7P Page %d of %d", i+1, len(l.pages)); foot != want {
			t.Errorf("page %d: foot %q, want %q", i+1, foot, want)
		}
		head, want := asideText(p.marks[0]), "Wattle Bay Physiotherapy Letter to GP"
		if i == 0 {
			want = ""
		}
		if head != want {
			t.Errorf("page %d: head %q, want %q", i+1, head, want)
		}
		for _, m := range p.marks {
			if tx, ok := m.(text); ok && (tx.y > bottomEdge || tx.y < firstEdge || tx.x < leftEdge-1 || tx.x+tx.width > rightEdge+1) {
				t.Errorf("page %d: words at %.0f, %.0f leave the page's frame", i+1, tx.x, tx.y)
			}
		}
	}
}

func asideText(m mark) string {
	var parts []string
	if a, ok := m.(aside); ok {
		for _, m := range a.marks {
			switch m := m.(type) {
			case text:
				parts = append(parts, m.text)
			case aloud:
				parts = append(parts, m.words)
			}
		}
	}
	return strings.Join(parts, " ")
}

func TestATitleIsNotSaidTwice(t *testing.T) {
	d := doc(tree.Block{Kind: tree.Heading, Level: 1, Spans: words(" LETTER  to GP ")}, para("Dear colleague"))
	if got := readText(t, mustWrite(t, d, sheet())); strings.Count(strings.ToLower(got), "letter to gp") != 1 {
		t.Errorf("the title stands twice: %q", got)
	}
}

func TestADocumentWithoutWords(t *testing.T) {
	got := readText(t, mustWrite(t, tree.Doc{}, Sheet{Reference: "HD-7Q4K2MXA-2C7P"}))
	if want := carryover.Reference("HD-7Q4K2MXA-2C7P").Line(); got != want {
		t.Errorf("text layer %q, want %q", got, want)
	}
}

func TestAFaultOfOursIsNoticed(t *testing.T) {
	for _, tt := range []struct {
		why   string
		spoil func(*layout)
	}{
		{"a word lost", func(l *layout) { l.pages[0].marks = l.pages[0].marks[:len(l.pages[0].marks)-3] }},
		{"a word added", func(l *layout) { l.pages[0].put(text{piece: piece{style: style{size: 9}, text: "not"}, x: 99, y: 99}) }},
		{"pages swapped", func(l *layout) { l.pages[0], l.pages[1] = l.pages[1], l.pages[0] }},
		{"a row read aloud as another", func(l *layout) {
			for i, m := range l.pages[0].marks {
				if a, ok := m.(aloud); ok {
					a.words = strings.Replace(a.words, "120", "135", 1)
					l.pages[0].marks[i] = a
					return
				}
			}
		}},
		{"a word among what stands around", func(l *layout) {
			for i, m := range l.pages[0].marks {
				if tx, ok := m.(text); ok {
					l.pages[0].marks[i] = aside{page{[]mark{tx}}}
					return
				}
			}
		}},
	} {
		d := doc(table(nil, cells("Flexion", "120")))
		for i := range 60 {
			d.Blocks = append(d.Blocks, para(fmt.Sprint("Paragraph ", i)))
		}
		l, err := plan(d, sheet())
		if err != nil {
			t.Fatal(err)
		}
		tt.spoil(l)
		file, err := draw(l)
		if err != nil {
			t.Fatal(err)
		}
		if err := verify(file, l); !errors.Is(err, carryover.ErrInvalid) {
			t.Errorf("%s: verify = %v, want an error of kind ErrInvalid", tt.why, err)
		}
	}
	if err := verify([]byte("%PDF-1.3 /Contents nothing"), &layout{}); !errors.Is(err, carryover.ErrInvalid) {
		t.Errorf("a broken file: verify = %v", err)
	}
}
