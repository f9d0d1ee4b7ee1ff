// Package render turns what Heidi wrote into what Cliniko keeps, and reads the
// visible words of both so that they can be compared. It is pure.
//
// A document is parsed into a tree of what a reader sees (Parse), and the tree
// is written as the few tags that Cliniko keeps (Render). Before a note leaves,
// its words are read back and compared with the tree's, and the tree's with the
// source's. A document that does not come through whole is shown as plain lines
// (docs/rendering.md): an unknown fault gives an ugly note, never a wrong one.
package render

import (
	"fmt"
	"html"

	"carryover"
)

// A Profile names the tags a rendering may use.
type Profile string

// The profiles: Standard uses the tags that Cliniko lists today, Minimal only
// div and br, for a shard whose sanitiser keeps no more (reference sheet §14.6,
// documents of 2022).
const (
	Standard Profile = "standard"
	Minimal  Profile = "minimal"
)

// block is the tag of a paragraph.
func (p Profile) block() string {
	if p == Minimal {
		return "div"
	}
	return "p"
}

// plainNotice heads a note that could not be laid out.
const plainNotice = "Shown as plain lines: this document could not be laid out without risk to its words."

// A Rendering is a document as a paragraph answer.
type Rendering struct {
	HTML  carryover.Text
	Plain bool // shown line by line, with a notice, because its layout was in doubt
}

// ReferenceLine writes the line that ends every note.
func ReferenceLine(ref carryover.Reference, p Profile) carryover.Text {
	return carryover.NewText("<" + p.block() + ">" + html.EscapeString(ref.Line()) + "</" + p.block() + ">")
}

// Note is Render for callers that need the HTML alone.
func Note(d carryover.Document, ref carryover.Reference, p Profile) (carryover.Text, error) {
	r, err := Render(d, ref, p)
	return r.HTML, err
}

// Render writes d as one paragraph answer that ends in the reference line. It
// returns an error of kind ErrInvalid, which never holds the text, when the
// document is empty or when not even its plain lines come through.
func Render(d carryover.Document, ref carryover.Reference, p Profile) (Rendering, error) {
	if d.Content.IsBlank() {
		return Rendering{}, fmt.Errorf("render document: no text: %w", carryover.ErrInvalid)
	}
	tail := ReferenceLine(ref, p).Reveal()
	body, ok := laidOut(d, p)
	if ok {
		return Rendering{HTML: carryover.NewText(body + " <" + p.block() + "><br></" + p.block() + "> " + tail)}, nil
	}
	body, ok = inLines(d, p)
	if !ok {
		return Rendering{}, fmt.Errorf("render document: words differ after rendering: %w", carryover.ErrInvalid)
	}
	notice := paragraphs([]string{plainNotice}, p)
	return Rendering{HTML: carryover.NewText(notice + " " + body + " <" + p.block() + "><br></" + p.block() + "> " + tail), Plain: true}, nil
}

// Body is a document as paragraph HTML without the reference line, and whether
// it had to be shown as plain lines (without the notice).
func Body(d carryover.Document, p Profile) (string, bool) {
	if body, ok := laidOut(d, p); ok {
		return body, false
	}
	body, _ := inLines(d, p)
	return body, true
}
