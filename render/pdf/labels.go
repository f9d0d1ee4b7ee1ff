package pdf

import "carryover/render/tree"

// labels sets each row as lines that name their column.
func (l *layout) labels(b tree.Block, col column) {
	if len(b.Rows) == 0 {
		l.lines(wrap(set(sayRow(b.Head), bodySize, tree.Bold), col.width()), col, bodySize)
		return
	}
	for _, cells := range b.Rows {
		l.gap(between + 1)
		if len(b.Head) == 0 {
			l.lines(wrap(set(sayRow(cells), bodySize, 0), col.width()), col, bodySize)
			continue
		}
		in := col
		for i, c := range cells {
			if l.err != nil {
				return
			}
			l.lines(wrap(set(sayLabelled(b.Head, i, c), bodySize, 0), in.width()), in, bodySize)
			in = col.indent(14)
		}
	}
}

// sayLabelled returns a cell's phrases after the heading of its column.
func sayLabelled(head []tree.Cell, column int, c tree.Cell) []phrase {
	if column >= len(head) || isBlank(say(head[column].Spans)) {
		return sayCell(c)
	}
	var out []phrase
	for _, p := range say(head[column].Spans) {
		if p.end {
			p = phrase{text: " "}
		}
		p.marks |= tree.Bold
		out = append(out, p)
	}
	return append(append(out, phrase{text: ": ", marks: tree.Bold}), sayCell(c)...)
}

// sayRow returns the phrases of a row's cells, a bar between.
func sayRow(cells []tree.Cell) []phrase {
	var out []phrase
	for i, c := range cells {
		if i > 0 {
			out = append(out, phrase{text: " | ", aside: true})
		}
		out = append(out, sayCell(c)...)
	}
	return out
}
