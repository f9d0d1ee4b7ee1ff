package render

import (
	"html"

	"carryover"
)

func laidOut(d carryover.Document, p Profile) (string, bool) {
	doc, ok := parse(d)
	return HTML(doc, p), ok
}

func inLines(d carryover.Document, p Profile) (string, bool) {
	_ = html.EscapeString
	return paragraphs(Lines(d), p), true
}
