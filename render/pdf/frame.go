package pdf

import (
	"fmt"
	"strings"
	"time"

	"carryover"
	"carryover/render/tree"
)

// A heading is what stands above a document's words, made legible.
type heading struct {
	practice  string
	title     string
	date      string
	reference string
	repeated  bool // the document begins with its title itself
}

func newHeading(doc tree.Doc, s Sheet) (heading, error) {
	h := heading{reference: string(s.Reference)}
	var err error
	if h.practice, err = legible(flat(s.Practice.Reveal())); err != nil {
		return heading{}, err
	}
	if h.title, err = legible(flat(s.Title.Reveal())); err != nil {
		return heading{}, err
	}
	if !s.Date.IsZero() {
		h.date = s.Date.Format("2 January 2006")
	}
	if len(doc.Blocks) > 0 && doc.Blocks[0].Kind == tree.Heading {
		var b strings.Builder
		for _, sp := range doc.Blocks[0].Spans {
			b.WriteString(sp.Text)
		}
		h.repeated = strings.EqualFold(flat(b.String()), flat(s.Title.Reveal()))
	}
	return h, nil
}

// flat puts words on one line with single blanks.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// created is the time that a PDF states: the day printed, or a fixed one, so
// that the same document gives the same bytes.
func created(day time.Time) time.Time {
	if day.IsZero() {
		return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
}

// letterhead draws the practice's name, the day and the title on the first page.
func (l *layout) letterhead() {
	h := l.heading
	col := column{leftEdge, rightEdge}
	if h.practice != "" || h.date != "" {
		date := oneLine(h.date, 0, bodySize-1, col.width(), grey)
		name := wrap(set([]phrase{{text: h.practice}}, nameSize, tree.Bold), col.width()-date.width-2*nameSize)
		top := l.y
		l.lines(name, col, nameSize)
		l.y = max(l.y, top+nameSize*leading)
		l.page().pieces(date, col.right-date.width, top+rise*nameSize)
		l.y += 5
		l.page().put(box{x: col.left, y: l.y, w: col.width(), h: 0.8, ink: pale})
		l.y += 16
	}
	if h.title != "" && !h.repeated {
		l.lines(wrap(set([]phrase{{text: h.title}}, titleSize, tree.Bold), col.width()), col, titleSize)
		l.gap(9)
	}
}

// endLine draws the line with the reference, apart from the document's words.
func (l *layout) endLine() {
	phrases := []phrase{{text: carryover.Reference(l.heading.reference).Line(), aside: true}}
	lines := wrap(set(phrases, smallSize, 0), rightEdge-leftEdge)
	l.gap(16)
	l.room(8, float64(len(lines))*smallSize*leading)
	l.page().put(box{x: leftEdge, y: l.y, w: rightEdge - leftEdge, h: 0.5, ink: pale})
	l.y += 6
	l.lines(lines, column{leftEdge, rightEdge}, smallSize)
	l.closeBars()
}

// frames draws what every page carries, once their number is known: who and
// what above all but the first, the reference and the page's number below.
func (l *layout) frames() {
	const width = rightEdge - leftEdge
	for i, p := range l.pages {
		var above, below aside
		if i > 0 {
			name := oneLine(l.heading.practice, 0, smallSize, width*0.45, grey)
			title := oneLine(l.heading.title, 0, smallSize, width*0.5, grey)
			above.pieces(name, leftEdge, topEdge-32)
			above.pieces(title, rightEdge-title.width, topEdge-32)
			if len(above.marks) > 0 {
				above.put(box{x: leftEdge, y: topEdge - 25, w: width, h: 0.5, ink: pale})
			}
		}
		ref := oneLine(l.heading.reference, 0, smallSize, width*0.6, grey)
		number := oneLine(fmt.Sprintf("Page %d of %d", i+1, len(l.pages)), 0, smallSize, width*0.4, grey)
		below.pieces(ref, leftEdge, footLine)
		below.pieces(number, rightEdge-number.width, footLine)
		p.marks = append([]mark{above}, append(p.marks, below)...)
	}
}
