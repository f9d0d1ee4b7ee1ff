package pdf

import (
	"strconv"

	"carryover/render/tree"
)

// The bounds of a document. The longest that a practice writes has some ten
// pages; what goes beyond is a mistake, and must not take minutes to be one.
const (
	maxPages = 400
	maxDepth = 64   // lists in lists and quotes in quotes: each is a call deeper
	pageful  = 8000 // bytes: more than the narrowest letters fill a page with
	lineful  = 150  // bytes that a short line takes the place of
)

// tooLong is the error of a document past the bounds.
func tooLong() error {
	return invalid("more than "+strconv.Itoa(maxPages)+" pages", "File this document by hand, in parts.")
}

// bounded refuses a document that is nested too deep, or that would be too long
// without a doubt, before any work is done on it.
func bounded(doc tree.Doc) error {
	w := weigher{left: maxPages * pageful}
	w.blocks(doc.Blocks, 1)
	switch {
	case w.deep:
		return invalid("lists or quotes nested more than "+strconv.Itoa(maxDepth)+" deep", "File this document by hand.")
	case w.left < 0:
		return tooLong()
	}
	return nil
}

// A weigher takes what blocks fill from the room that is left, in bytes of text.
type weigher struct {
	left int
	deep bool
}

func (w *weigher) blocks(blocks []tree.Block, depth int) {
	if len(blocks) > 0 && depth > maxDepth {
		w.deep = true
	}
	for _, b := range blocks {
		if w.deep || w.left < 0 {
			return
		}
		w.left -= lineful * (1 + len(b.Lines) + len(b.Items) + len(b.Rows))
		w.spans(b.Spans)
		for _, l := range b.Lines {
			w.left -= len(l)
		}
		w.cells(b.Head)
		for _, r := range b.Rows {
			w.cells(r)
		}
		w.blocks(b.Blocks, depth+1)
		for _, it := range b.Items {
			w.left -= len(it.Number)
			w.blocks(it.Blocks, depth+1)
		}
	}
}

func (w *weigher) cells(cells []tree.Cell) {
	for _, c := range cells {
		w.left--
		w.spans(c.Spans)
	}
}

func (w *weigher) spans(spans []tree.Span) {
	for _, s := range spans {
		w.left -= 1 + len(s.Text) + len(s.Address)
	}
}
