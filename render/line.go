package render

import (
	"html"
	"strings"

	"carryover/render/tree"
)

// TextLine writes blocks as the one line of a text answer: no HTML, no line
// ends. Blocks and lines are set apart by a bar, items by their bullet or
// number.
func TextLine(blocks []tree.Block) string {
	spans := tidy(flatLine(blocks))
	w := &inlineWriter{escape: func(s string) string { return s }, lineEnd: " | "}
	return strings.Join(strings.Fields(html.UnescapeString(html.EscapeString(w.write(spans)))), " ")
}

// flatLine is flat with a table's rows as they stand in notes.
func flatLine(blocks []tree.Block) []tree.Span { return flat(blocks) }
