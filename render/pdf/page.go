package pdf

import (
	"time"

	"carryover/render/tree"
)

// The page: A4, in points, the origin at the top left. The margins leave some
// 85 signs on a line of body type, and room to punch holes.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	leftEdge   = 62.0
	rightEdge  = pageWidth - 62
	topEdge    = 78.0 // of pages after the first; the letterhead places its own words
	firstEdge  = 56.0
	bottomEdge = pageHeight - 72
	footLine   = pageHeight - 42 // the baseline of a page's foot
)

// The type sizes, in points.
const (
	bodySize  = 11.0
	codeSize  = 9.5
	smallSize = 8.5
	titleSize = 17.0
	nameSize  = 13.0 // of the practice
)

// leading is the distance of baselines, in type sizes.
const leading = 1.4

// rise is how far below its line's top a baseline lies, in type sizes: half the
// blank of the leading, then DejaVu's ascender (0.928 of 1.164).
const rise = (leading-1.164)/2 + 0.928

// A mark is something drawn on a page.
type mark interface{ draw(*pen) }

// A page is its marks, in reading order.
type page struct{ marks []mark }

// An aside is what stands around a document's words: the file tells it from
// them (an artifact, ISO 32000-1 §14.8.2.2), so that they read in one go.
type aside struct{ page }

// An aloud is marks that are read in one go, as these words. Programs that guess
// the reading order from where words stand would read a table down its columns,
// or a value between two lines of the cell beside it; the file tells them the
// words in order (ActualText, ISO 32000-1 §14.9.4).
type aloud struct {
	words string
	page
}

func (p *page) put(m mark) { p.marks = append(p.marks, m) }

// A column is where blocks are set: from left to right, in points.
type column struct{ left, right float64 }

func (c column) width() float64 { return c.right - c.left }

// indent narrows a column from the left, as long as enough of it is left to
// read: the deepest lists of a narrow one stand below each other.
func (c column) indent(by float64) column {
	if c.width()-by >= narrowest {
		c.left += by
	}
	return c
}

const narrowest = 150.0

// A layout is a document on pages.
type layout struct {
	heading heading
	created time.Time // what the file says of itself

	pages    []*page
	y        float64  // where the next line's top lies
	space    float64  // wanted above it, unless it begins a page
	bars     []*bar   // of the quotes that are open
	waiting  []marker // list marks that stand before the next line
	labelled []bool   // of each table in reading order: it was set as labelled lines
	words    string   // what a reader should find in the finished file
	repeat   func()   // draws a table's headings again; nil: no table is open
	err      error
}

// A marker is the mark of a list item: its right end and the words.
type marker struct {
	right float64
	line  line
}

// A bar runs beside a quote, from where it began on this page.
type bar struct{ x, from float64 }

// page is the page being filled.
func (l *layout) page() *page { return l.pages[len(l.pages)-1] }

// newPage begins a page. Past the limit it fills the last one again and again:
// the error has been said and nothing of it is kept.
func (l *layout) newPage() {
	l.closeBars()
	l.space = 0
	l.y = topEdge
	if len(l.pages) == 0 {
		l.y = firstEdge
	}
	if len(l.pages) >= maxPages {
		if l.err == nil {
			l.err = tooLong()
		}
		l.pages[len(l.pages)-1] = &page{}
	} else {
		l.pages = append(l.pages, &page{})
	}
	for _, b := range l.bars {
		b.from = l.y
	}
	if l.repeat != nil {
		l.repeat()
	}
}

// gap wants at least h points above what comes next.
func (l *layout) gap(h float64) { l.space = max(l.space, h) }

// room makes sure that h points are left, together with what must follow on the
// same page.
func (l *layout) room(h, follow float64) {
	if l.y+l.space+h+follow > bottomEdge+slack && l.y > topEdge+slack {
		l.newPage()
	}
	l.y += l.space
	l.space = 0
}

// lines sets lines of a type size in a column and keeps two together at either
// end of a page.
func (l *layout) lines(lines []line, col column, size float64) {
	h := size * leading
	for i, ln := range lines {
		if l.err != nil {
			return
		}
		follow := 0.0
		if i == 0 && len(lines) > 1 || i == len(lines)-2 && i > 0 {
			follow = h
		}
		l.room(h, follow)
		l.line(ln, col.left, size)
	}
}

// line draws one line where there is room for it.
func (l *layout) line(ln line, x, size float64) {
	baseline := l.y + rise*size
	for _, m := range l.waiting {
		l.page().pieces(m.line, m.right-m.line.width, baseline)
	}
	l.waiting = nil
	l.page().pieces(ln, x, baseline)
	l.y += size * leading
}

// pieces puts a line's pieces on a page.
func (p *page) pieces(ln line, x, baseline float64) {
	for _, pc := range ln.pieces {
		p.put(text{piece: pc, x: x, y: baseline})
		x += pc.width
	}
}

// settle draws list marks that no line has taken: the item is empty, or begins
// with something that is not a line.
func (l *layout) settle() {
	if len(l.waiting) == 0 {
		return
	}
	l.room(bodySize*leading, 0)
	l.line(line{}, leftEdge, bodySize)
}

// closeBars draws the bars of open quotes as far as this page was filled.
func (l *layout) closeBars() {
	for _, b := range l.bars {
		if l.y > b.from {
			l.page().put(box{x: b.x, y: b.from, w: 2, h: l.y - b.from, ink: pale})
		}
		b.from = l.y
	}
}

// oneLine sets words of a style that must fit: what does not is cut with an
// ellipsis. It is for what a page repeats, never for a document's words.
func oneLine(s string, m tree.Mark, size, width float64, in ink) line {
	words := set([]phrase{{text: s}}, size, m)
	var ln line
	var blank piece
	for _, w := range words {
		if ln.width+blank.width+w.width > width-size && len(ln.pieces) > 0 {
			words = set([]phrase{{text: "…"}}, size, m)
			ln.add(words[0].pieces[0])
			break
		}
		ln.add(blank)
		for _, p := range w.pieces {
			ln.add(p)
		}
		blank = w.blank
	}
	for i := range ln.pieces {
		ln.pieces[i].ink = in
	}
	return ln
}
