package pdf

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"codeberg.org/go-pdf/fpdf"
)

// A text is a piece of a line: x is its left end, y its baseline.
type text struct {
	piece
	x, y float64
}

// A box is a filled rectangle; x, y are its top left corner.
type box struct {
	x, y, w, h float64
	ink        ink
}

// A frame is a box with a border.
type frame struct{ box }

// colours are the inks, each of red, green and blue from 0 to 255. Grey and
// blue keep a contrast of 4.5 to 1 on white.
var colours = [...][3]int{
	black: {0, 0, 0}, grey: {95, 95, 95}, blue: {0, 70, 150}, pale: {185, 190, 195}, wash: {241, 243, 245},
}

// families are the faces' names in the PDF library: a family and a style.
var families = [faces][2]string{
	regular: {"text", ""}, bold: {"text", "B"}, italic: {"text", "I"}, boldItalic: {"text", "BI"}, mono: {"mono", ""},
}

// The modes of drawing text (ISO 32000-1 §9.3.6).
const (
	filled    = 0
	invisible = 3
)

// A pen draws on a PDF and remembers what it is set to.
type pen struct {
	pdf       *fpdf.Fpdf
	face      face
	size      float64
	ink, fill ink
}

// draw makes a file of finished pages.
func draw(l *layout) ([]byte, error) {
	f := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: pageWidth, Ht: pageHeight}})
	f.SetMargins(0, 0, 0)
	f.SetAutoPageBreak(false, 0)
	f.SetCatalogSort(true)
	f.SetCreationDate(l.created)
	f.SetModificationDate(l.created)
	f.SetProducer("Carryover", false)
	// What stands in the file's properties shows in folders and search results:
	// the reference, never the title, which people type names into.
	f.SetTitle("Document "+l.heading.reference, false)
	f.SetLang("en-AU")
	for _, c := range usedFaces(l) {
		// The library writes into the bytes of a font while it cuts it down.
		f.AddUTF8FontFromBytes(families[c][0], families[c][1], slices.Clone(files[c]))
	}
	for _, p := range l.pages {
		f.AddPage()
		pen := &pen{pdf: f, face: faces, fill: none, ink: none}
		for _, m := range p.marks {
			m.draw(pen)
		}
	}
	var out bytes.Buffer
	if f.Output(&out) != nil { // its errors may quote what it was given
		return nil, invalid("the PDF library gave up", faultHint)
	}
	return out.Bytes(), nil
}

// usedFaces returns the faces that pages need, in fixed order.
func usedFaces(l *layout) []face {
	var used [faces]bool
	var look func(marks []mark)
	look = func(marks []mark) {
		for _, m := range marks {
			switch m := m.(type) {
			case text:
				used[m.face] = true
			case aside:
				look(m.marks)
			case aloud:
				look(m.marks)
			}
		}
	}
	for _, p := range l.pages {
		look(p.marks)
	}
	var out []face
	for f := range faces {
		if used[f] {
			out = append(out, f)
		}
	}
	return out
}

func (t text) draw(p *pen) {
	if p.face != t.face || p.size != t.size {
		p.face, p.size = t.face, t.size
		p.pdf.SetFont(families[t.face][0], families[t.face][1], t.size)
	}
	if t.ink == none {
		p.pdf.SetTextRenderingMode(invisible)
		p.pdf.Text(t.x, t.y, t.text)
		p.pdf.SetTextRenderingMode(filled)
		return
	}
	if p.ink != t.ink {
		p.ink = t.ink
		c := colours[t.ink]
		p.pdf.SetTextColor(c[0], c[1], c[2])
	}
	p.pdf.Text(t.x, t.y, t.text)
	if t.under {
		box{x: t.x, y: t.y + 0.13*t.size, w: t.width, h: 0.055 * t.size, ink: t.ink}.draw(p)
	}
	if t.struck {
		box{x: t.x, y: t.y - 0.30*t.size, w: t.width, h: 0.07 * t.size, ink: t.ink}.draw(p)
	}
	if t.link != "" {
		p.pdf.LinkString(t.x, t.y-t.size, t.width, 1.25*t.size, t.link)
	}
}

func (b box) draw(p *pen) {
	if p.fill != b.ink {
		p.fill = b.ink
		c := colours[b.ink]
		p.pdf.SetFillColor(c[0], c[1], c[2])
	}
	p.pdf.Rect(b.x, b.y, b.w, b.h, "F")
}

func (f frame) draw(p *pen) {
	if f.ink != none {
		f.box.draw(p)
	}
	c := colours[pale]
	p.pdf.SetDrawColor(c[0], c[1], c[2])
	p.pdf.SetLineWidth(0.5)
	p.pdf.Rect(f.x, f.y, f.w, f.h, "D")
}

func (a aside) draw(p *pen) {
	p.pdf.RawWriteStr("/Artifact BMC")
	for _, m := range a.marks {
		m.draw(p)
	}
	p.pdf.RawWriteStr("EMC")
}

func (a aloud) draw(p *pen) {
	var hex strings.Builder
	for _, unit := range utf16.Encode([]rune("\ufeff" + a.words)) {
		fmt.Fprintf(&hex, "%04X", unit)
	}
	p.pdf.RawWriteStr("/Span <</ActualText <" + hex.String() + ">>> BDC")
	for _, m := range a.marks {
		m.draw(p)
	}
	p.pdf.RawWriteStr("EMC")
}
