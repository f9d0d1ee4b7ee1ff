package pdf

import "carryover/render/tree"

// bullets are the marks of lists in lists.
var bullets = []string{"•", "◦", "▪"}

// list sets a list: each item's mark hangs before its words, right-aligned, so
// that 9. and 10. stand straight. level counts the lists around it.
func (l *layout) list(b tree.Block, col column, level int) {
	const after = 6.0 // between a mark and its words
	marks := make([][]line, len(b.Items))
	indent := 20.0
	for i, it := range b.Items {
		marks[i] = wrap(set([]phrase{{text: itemMark(it, level)}}, bodySize, 0), col.width()/2)
		if len(marks[i]) == 1 {
			indent = max(indent, marks[i][0].width+after)
		}
	}
	inner := col.indent(indent)
	l.gap(between)
	for i, it := range b.Items {
		if l.err != nil {
			return
		}
		if i > 0 {
			l.space = min(l.space, between)
		}
		l.gap(3)
		if hangs := inner.left > col.left && len(marks[i]) == 1; hangs {
			l.waiting = append(l.waiting, marker{right: inner.left - after, line: marks[i][0]})
		} else { // too narrow a column, or a mark as long as a sentence
			l.settle()
			l.lines(marks[i], col, bodySize)
		}
		l.item(it, inner, level)
		l.settle()
	}
	l.gap(between)
}

// item sets what an item holds. Its first paragraph stands close to the item
// before; a list in it follows at once.
func (l *layout) item(it tree.Item, col column, level int) {
	for i, b := range it.Blocks {
		if l.err != nil {
			return
		}
		switch {
		case b.Kind == tree.List:
			l.list(b, col, level+1)
		case b.Kind == tree.Paragraph && i == 0:
			l.lines(wrap(set(say(b.Spans), bodySize, 0), col.width()), col, bodySize)
		default:
			l.block(b, col)
		}
	}
}

// itemMark is what a reader sees before an item.
func itemMark(it tree.Item, level int) string {
	switch {
	case it.Box != tree.NoBox && it.Number != "":
		return it.Number + "\u00a0" + boxSign(it.Box)
	case it.Box != tree.NoBox:
		return boxSign(it.Box)
	case it.Number != "":
		return it.Number
	}
	return bullets[level%len(bullets)]
}
