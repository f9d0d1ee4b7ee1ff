package render

import (
	"slices"
	"strings"

	"carryover"
	"carryover/render/tree"
)

// laidOut renders a document by its tree. It says no, so that the document is
// shown as plain lines instead, unless three readings agree: the source's
// letters and digits are in the tree, the tree's words are in the HTML, and the
// HTML keeps its words in every model of Cliniko's sanitiser.
func laidOut(d carryover.Document, p Profile) (body string, ok bool) {
	defer func() {
		if recover() != nil {
			body, ok = "", false
		}
	}()
	doc, whole := parse(d)
	if !whole {
		return "", false
	}
	body = HTML(doc, p)
	return body, sourceKept(d, doc) && shows(body, doc) && survives(body)
}

// inLines renders a document's plain lines, under the same checks.
func inLines(d carryover.Document, p Profile) (body string, ok bool) {
	defer func() {
		if recover() != nil {
			body, ok = "", false
		}
	}()
	lines := Lines(d)
	body = paragraphs(lines, p)
	want := WordsAndSigns(strings.Join(lines, "\n"))
	return body, slices.Equal(want, WordsAndSigns(visibleText(body))) && survives(body)
}

// survives says whether a rendering reads the same after every sanitiser.
func survives(body string) bool {
	want := WordsAndSigns(visibleText(body))
	before := body
	for _, z := range sanitisers() {
		after := z.clean(body)
		if after == body || after == before { // read already
			continue
		}
		if !slices.Equal(want, WordsAndSigns(visibleText(after))) {
			return false
		}
		before = after
	}
	return true
}

// shows says whether a rendering has all words and signs of a tree in order,
// and between them nothing but what a writer may add.
func shows(body string, doc tree.Doc) bool {
	want, got := TreeWords(doc), WordsAndSigns(visibleText(body))
	may := additions(doc)
	for _, w := range got {
		switch {
		case len(want) > 0 && w == want[0]:
			want = want[1:]
		case !may[w]:
			return false
		}
	}
	return len(want) == 0
}

// additions are the words and signs that a writer may add to a tree's: signs
// between cells and before items, column headings before values, numbers, and
// addresses that are no links in the minimal profile.
func additions(doc tree.Doc) map[string]bool {
	may := set("[ ] ( ) : | ¦ — • ^ _ struck out")
	add := func(s string) {
		for _, w := range WordsAndSigns(s) {
			may[w] = true
		}
	}
	var walk func([]tree.Block)
	spans := func(ss []tree.Span) {
		for _, s := range ss {
			add(s.Address)
		}
	}
	cells := func(cs []tree.Cell) {
		for _, c := range cs {
			spans(c.Spans)
		}
	}
	walk = func(blocks []tree.Block) {
		for _, b := range blocks {
			spans(b.Spans)
			for _, item := range b.Items {
				add(item.Number)
				walk(item.Blocks)
			}
			for _, c := range b.Head {
				add(joined(c.Spans))
				for _, s := range c.Spans {
					add(boxSign(s.Box))
				}
			}
			cells(b.Head)
			for _, row := range b.Rows {
				cells(row)
			}
			walk(b.Blocks)
		}
	}
	walk(doc.Blocks)
	if hasRule(doc.Blocks) {
		add(ruleLine)
	}
	return may
}

func hasRule(blocks []tree.Block) bool {
	for _, b := range blocks {
		if b.Kind == tree.Rule || hasRule(b.Blocks) {
			return true
		}
	}
	return false
}
