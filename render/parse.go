package render

import (
	"carryover"
	"carryover/render/tree"
)

// Parse reads a document as a reader would see it. It never fails: what it
// cannot take apart it returns as plain lines.
func Parse(d carryover.Document) tree.Doc {
	doc, _ := parse(d)
	return doc
}

// parse is Parse, and says whether the document came apart.
func parse(d carryover.Document) (doc tree.Doc, ok bool) {
	defer func() {
		if recover() != nil { // a fault of a parser costs the looks, not the words
			doc, ok = plainTree(d), false
		}
	}()
	src := normalise(d.Content.Reveal())
	if IsHTML(d.Format, src) {
		m := newMarkup(true)
		m.raw(src)
		return buildTree(m.b.String()), true
	}
	if tangled(src) {
		return plainTree(d), false
	}
	return buildTree(markdownMarkup(src)), true
}

// plainTree is the document line by line.
func plainTree(d carryover.Document) tree.Doc {
	var doc tree.Doc
	for _, l := range Lines(d) {
		if l != "" {
			doc.Blocks = append(doc.Blocks, tree.Block{Kind: tree.Paragraph, Spans: []tree.Span{{Text: l}}})
		}
	}
	return doc
}
