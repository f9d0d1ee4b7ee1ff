// Package pdf draws a document as a PDF: what Cliniko keeps of a document that
// is routed to an attachment. A tree goes in, the bytes of an A4 letter come
// out. It is pure: the same document and sheet give the same bytes.
//
// The words are drawn in reading order, cell by cell and row by row, so that a
// reader, a search and a screen reader meet them as they were written; a row of
// a table also says its words as one, for readers that guess the order. What a
// page cannot show by looks alone is spelled out besides: struck-out words say
// so, a raised 3 is the sign ³, a link's address follows it in brackets. A sign
// that the fonts do not have is written as its name ("[emoji: thumbs up
// sign]"); writing that they cannot set (right to left, Chinese) is an error,
// and the document waits for a person.
//
// The finished file is read back before it leaves Write: were a word lost or
// moved on its way through lines, tables and pages, the document is held.
//
// The fonts are DejaVu's; their licence is LICENSE-DejaVu.txt.
package pdf

import (
	"time"

	"carryover"
	"carryover/render/tree"
)

// A Sheet says what stands around the words.
type Sheet struct {
	Practice  carryover.Text      // the letterhead; blank: none
	Title     carryover.Text      // the document's name, as its heading; blank: none
	Reference carryover.Reference // stands at the foot of each page and in the last line; needed
	Date      time.Time           // the day printed, read in its own zone; zero: none is printed
}

// Write returns doc as a PDF. Its errors are of kind ErrInvalid and hold no
// word of the document: the document cannot be drawn as it is.
func Write(doc tree.Doc, s Sheet) ([]byte, error) {
	p, err := plan(doc, s)
	if err != nil {
		return nil, err
	}
	out, err := draw(p)
	if err != nil {
		return nil, err
	}
	if err := verify(out, p); err != nil {
		return nil, err
	}
	return out, nil
}

// plan sets a document on pages.
func plan(doc tree.Doc, s Sheet) (*layout, error) {
	if !isReference(s.Reference) {
		return nil, invalid("no reference, or one with other signs than A to Z, digits and hyphens", faultHint)
	}
	if err := bounded(doc); err != nil {
		return nil, err
	}
	head, err := newHeading(doc, s)
	if err != nil {
		return nil, err
	}
	if doc, err = legibleDoc(doc); err != nil {
		return nil, err
	}
	l := &layout{heading: head, created: created(s.Date)}
	l.newPage()
	l.letterhead()
	l.blocks(doc.Blocks, column{left: leftEdge, right: rightEdge})
	l.endLine()
	if l.err != nil {
		return nil, l.err
	}
	l.words = spell(doc, head, l.labelled)
	l.frames()
	return l, nil
}

// invalid is an error that says why a document cannot be drawn and what a
// person should do. Neither sentence may hold words of the document.
func invalid(why, hint string) error {
	return &carryover.Problem{Op: "draw document as a PDF", Kind: carryover.ErrInvalid, Hint: hint, Err: reason(why)}
}

// A reason is the cause of an error, in words of our own.
type reason string

func (r reason) Error() string { return string(r) }

// faultHint goes with errors that no document should be able to cause.
const faultHint = "This is a fault of Carryover's: please report it, and file the document by hand."

func isReference(r carryover.Reference) bool {
	for _, c := range r {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return r != ""
}
