package pdf

import (
	"strings"

	"carryover/render/tree"
)

// headings are the size of each level and the space above it, in points.
var headings = [7]struct{ size, above float64 }{
	1: {15, 16}, 2: {13, 14}, 3: {12, 12}, 4: {bodySize, 10}, 5: {bodySize, 9}, 6: {bodySize, 9},
}

// between is the space between paragraphs.
const between = 6.5

// blocks sets blocks below each other in a column.
func (l *layout) blocks(blocks []tree.Block, col column) {
	for _, b := range blocks {
		if l.err != nil {
			return
		}
		l.block(b, col)
	}
}

func (l *layout) block(b tree.Block, col column) {
	switch b.Kind {
	case tree.Paragraph:
		l.gap(between)
		l.lines(wrap(set(say(b.Spans), bodySize, 0), col.width()), col, bodySize)
		l.gap(between)
	case tree.Heading:
		l.headline(b, col)
	case tree.List:
		l.list(b, col, 0)
	case tree.Quote:
		l.quote(b, col)
	case tree.Code:
		l.code(b.Lines, col)
	case tree.Table:
		l.table(b, col)
	case tree.Rule:
		l.settle()
		l.gap(between + 2)
		l.room(1, 0)
		l.page().put(box{x: col.left, y: l.y, w: col.width(), h: 0.7, ink: pale})
		l.gap(between + 3)
	}
}

// headline sets a heading and keeps two lines of what follows with it.
func (l *layout) headline(b tree.Block, col column) {
	h := headings[min(max(b.Level, 1), 6)]
	marks := tree.Bold
	if b.Level >= 5 {
		marks |= tree.Italic
	}
	lines := wrap(set(say(b.Spans), h.size, marks), col.width())
	if len(lines) == 0 {
		return
	}
	l.gap(h.above)
	if tall := float64(len(lines)) * h.size * leading; tall < (bottomEdge-topEdge)/2 {
		l.room(0, tall+3*bodySize*leading)
	}
	l.lines(lines, col, h.size)
	l.gap(4)
}

// quote sets blocks behind a bar.
func (l *layout) quote(b tree.Block, col column) {
	if len(b.Blocks) == 0 {
		return
	}
	l.gap(between)
	l.room(0, 2*bodySize*leading)
	l.bars = append(l.bars, &bar{x: col.left + 2, from: l.y})
	l.blocks(b.Blocks, col.indent(14))
	l.settle()
	l.closeBars()
	l.bars = l.bars[:len(l.bars)-1]
	l.gap(between)
}

// code sets lines as they were typed, with their blanks, on a wash.
func (l *layout) code(lines []string, col column) {
	const pad = 5
	h := codeSize * 1.3
	l.settle()
	l.gap(between + 2)
	inner := column{col.left + pad + 1, col.right - pad}
	first := true
	for _, typed := range lines {
		for _, ln := range codeLines(typed, inner.width()) {
			if l.err != nil {
				return
			}
			l.room(h, 0)
			if first {
				l.page().put(box{x: col.left, y: l.y - pad/2, w: col.width(), h: pad / 2, ink: wash})
				first = false
			}
			l.page().put(box{x: col.left, y: l.y, w: col.width(), h: h + 0.3, ink: wash})
			l.page().pieces(ln, inner.left, l.y+rise*codeSize)
			l.y += h
		}
	}
	l.gap(between + 4)
}

// codeLines cuts a typed line where it is wider than a page. Its blanks are
// kept, as signs that do not break.
func codeLines(typed string, width float64) []line {
	solid := strings.ReplaceAll(typed, " ", "\u00a0")
	lines := wrap(set([]phrase{{text: solid}}, codeSize, tree.Mono), width)
	if len(lines) == 0 {
		return []line{{}}
	}
	return lines
}
