package pdf

import (
	"slices"
	"strings"

	"carryover/render/tree"
)

// The measures of a table, in points.
const (
	cellSide  = 4.5   // blank beside a cell's words
	cellAbove = 3.5   // and above and below them
	longWord  = 170.0 // a word longer than this may be cut
)

// maxColumns is where a table is no longer read across on a sheet of A4.
const maxColumns = 9

// maxRow is the height of a row that is still read across; a cell with a
// report in it is not.
const maxRow = (bottomEdge - topEdge) * 0.6

// tableSizes are the sizes of type tried, until no word has to be cut.
var tableSizes = []float64{10, 9, 8, 7.5}

// A grid is a table that fits its column.
type grid struct {
	size   float64
	widths []float64
	head   row // nil: there is none
	rows   []row
}

// A row is its cells.
type row []cell

// A cell is its lines, and its words as they are read out.
type cell struct {
	lines []line
	words string
}

// table sets a table as one, or as labelled lines where it has too many columns
// or too tall a row to be read across.
func (l *layout) table(b tree.Block, col column) {
	n := columns(b)
	if n == 0 {
		return
	}
	l.settle()
	g, fits := fit(b, n, col.width())
	l.labelled = append(l.labelled, !fits)
	l.gap(between + 1)
	if fits {
		l.grid(g, col.left)
	} else {
		l.labels(b, col)
	}
	l.gap(between + 4)
}

// columns returns the number of cells of a table's longest row.
func columns(b tree.Block) int {
	n := len(b.Head)
	for _, r := range b.Rows {
		n = max(n, len(r))
	}
	return n
}

// fit sets a table's cells in columns of a width in all; false: it cannot be.
func fit(b tree.Block, n int, width float64) (grid, bool) {
	if n > maxColumns {
		return grid{}, false
	}
	for _, size := range tableSizes {
		widths, ok := columnWidths(b, n, size, width)
		if !ok {
			continue
		}
		g := grid{size: size, widths: widths}
		if len(b.Head) > 0 {
			g.head = setRow(b.Head, widths, size, tree.Bold)
			if g.height(g.head) > maxRow/2 {
				return grid{}, false
			}
		}
		for _, cells := range b.Rows {
			r := setRow(cells, widths, size, 0)
			if g.height(r) > maxRow {
				return grid{}, false
			}
			g.rows = append(g.rows, r)
		}
		return g, true
	}
	return grid{}, false
}

// columnWidths shares a width among columns: each gets its longest word, then
// what is left goes by how much more its longest line would like. ok is false
// where the longest words alone are too much.
func columnWidths(b tree.Block, n int, size, width float64) (widths []float64, ok bool) {
	least, liked := make([]float64, n), make([]float64, n)
	look := func(cells []tree.Cell, m tree.Mark) {
		for i, c := range cells {
			short, long := widthsOf(set(sayCell(c), size, m))
			least[i], liked[i] = max(least[i], min(short, longWord)), max(liked[i], long)
		}
	}
	look(b.Head, tree.Bold)
	for _, r := range b.Rows {
		look(r, 0)
	}
	left, wanted := width, 0.0
	for i := range n {
		least[i] = max(least[i], size) + 2*cellSide + slack
		liked[i] = max(liked[i]+2*cellSide+slack, least[i])
		left -= least[i]
		wanted += liked[i] - least[i]
	}
	if left < 0 {
		return nil, false
	}
	share := 1.0
	if wanted > left {
		share = left / wanted
	}
	widths = make([]float64, n)
	for i := range n {
		widths[i] = least[i] + share*(liked[i]-least[i])
	}
	return widths, true
}

// widthsOf returns the width of the widest word and of the longest line.
func widthsOf(words []word) (short, long float64) {
	at := 0.0
	for _, w := range words {
		short = max(short, w.width)
		at += w.width
		long = max(long, at)
		if at += w.blank.width; w.end {
			at = 0
		}
	}
	return short, long
}

// sayCell returns a cell's phrases. An empty cell says so, so that no value
// seems to stand in its column.
func sayCell(c tree.Cell) []phrase {
	p := say(c.Spans)
	if isBlank(p) {
		return []phrase{{text: "—", aside: true}}
	}
	return p
}

func isBlank(phrases []phrase) bool {
	return !slices.ContainsFunc(phrases, func(p phrase) bool { return flat(p.text) != "" })
}

func setRow(cells []tree.Cell, widths []float64, size float64, m tree.Mark) row {
	r := make(row, len(widths))
	for i, c := range cells {
		phrases := sayCell(c)
		r[i] = cell{wrap(set(phrases, size, m), widths[i]-2*cellSide), wordsOf(phrases)}
	}
	return r
}

// words are a row's words from left to right, a bar between cells.
func (r row) words() string {
	said := make([]string, len(r))
	for i, c := range r {
		said[i] = c.words
	}
	return strings.Join(said, " | ")
}

func (g grid) height(r row) float64 {
	most := 1
	for _, c := range r {
		most = max(most, len(c.lines))
	}
	return float64(most)*g.size*lineStep + 2*cellAbove
}

// lineStep is the leading within a cell.
const lineStep = 1.3

// grid draws a table row by row, its headings again on each page.
func (l *layout) grid(g grid, left float64) {
	if g.head != nil {
		follow := 0.0
		if len(g.rows) > 0 {
			follow = g.height(g.rows[0])
		}
		l.room(g.height(g.head), follow)
		l.y += l.page().row(g, g.head, left, l.y, wash)
		l.repeat = func() {
			var again aside
			l.y += again.row(g, g.head, left, l.y, wash)
			l.page().put(again)
		}
	}
	for _, r := range g.rows {
		if l.err != nil {
			break
		}
		l.room(g.height(r), 0)
		l.y += l.page().row(g, r, left, l.y, none)
	}
	l.repeat = nil
}

// row draws a row's borders and then its cells, one after another, and returns
// its height.
func (p *page) row(g grid, r row, left, top float64, behind ink) float64 {
	h := g.height(r)
	x := left
	for _, w := range g.widths {
		p.put(frame{box: box{x: x, y: top, w: w, h: h, ink: behind}})
		x += w
	}
	read := aloud{words: r.words()}
	x = left
	for i, c := range r {
		if i > 0 {
			read.bar(x, top+cellAbove+(rise-0.03)*g.size, g.size)
		}
		for j, ln := range c.lines {
			read.pieces(ln, x+cellSide, top+cellAbove+(float64(j)*lineStep+rise-0.03)*g.size)
		}
		x += g.widths[i]
	}
	p.put(read)
	return h
}

// bar puts a bar on the border between two cells, for whoever copies the words
// or has them read aloud: cells stay apart, and an empty one does not let the
// next value slide into its column. What is seen of it is the border.
func (p *page) bar(x, baseline, size float64) {
	looks := style{face: regular, size: size, ink: none}
	w := measure(looks, "|")
	p.put(text{piece: piece{style: looks, text: "|", width: w}, x: x - w/2, y: baseline})
}
