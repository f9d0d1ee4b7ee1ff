package render

import (
	"slices"
	"strings"

	"carryover/render/tree"
)

// table writes a table as lines that read as one when spoken: two columns as
// "key: value", wider ones as "first | heading: value | heading: value", those
// without headings as cells between bars. An empty cell is a dash, so that no
// value slides into another's place.
func (w *writer) table(t tree.Block, depth int) {
	switch {
	case t.Head != nil && !anyWords(t.Head):
		t.Head = nil
	case t.Head != nil:
		w.line(w.headLine(t), depth)
	}
	sign := ""
	if isPairs(t) {
		sign = pairSign(t)
	}
	for _, row := range t.Rows {
		if anyWords(row) {
			w.line(w.row(t, row, sign), depth)
		}
	}
}

func anyWords(cells []tree.Cell) bool {
	for _, c := range cells {
		if len(c.Spans) > 0 {
			return true
		}
	}
	return false
}

// isPairs says whether every row is a key on one line and its value.
func isPairs(t tree.Block) bool {
	for _, row := range allRows(t) {
		if len(row) != 2 || slices.ContainsFunc(row[0].Spans, func(s tree.Span) bool { return s.Break }) {
			return false
		}
	}
	return !t.Joined
}

// headLine writes the heading row, bold.
func (w *writer) headLine(t tree.Block) string {
	cells := make([]tree.Cell, len(t.Head))
	for i, c := range t.Head {
		cells[i] = tree.Cell{Spans: without(c.Spans, tree.Bold), Covered: c.Covered}
	}
	line := ""
	if isPairs(t) {
		line = w.pair(cells, pairSign(t))
	} else {
		line = Inline(bars(cells), w.profile)
	}
	if w.profile == Minimal {
		return line
	}
	return "<b>" + line + "</b>"
}

// pairSign stands between the keys of a table and their values: a bar where a key
// ends in a colon of its own ("Pain:") or a value begins with one ("[struck out:
// 5 mg]").
func pairSign(t tree.Block) string {
	for _, row := range allRows(t) {
		if after(row[0]) == " " || len(row[1].Spans) > 0 && row[1].Spans[0].Has(tree.Struck) {
			return " | "
		}
	}
	return ": "
}

func (w *writer) pair(row []tree.Cell, sign string) string {
	return w.cell(row[0]) + sign + w.cell(row[1])
}

// row writes one row; pairSign is empty where the table has no pairs.
func (w *writer) row(t tree.Block, row []tree.Cell, pairSign string) string {
	switch {
	case pairSign != "":
		return w.pair(row, pairSign)
	case t.Joined || t.Head == nil:
		return Inline(bars(row), w.profile)
	}
	filled := len(row)
	for filled > 0 && len(row[filled-1].Spans) == 0 {
		filled--
	}
	cells := make([]string, len(row))
	for i, c := range row {
		cells[i] = w.cell(c)
		// The dashes at a row's end need no heading.
		if 0 < i && i < min(filled, len(t.Head)) && isLabel(t.Head[i]) {
			cells[i] = label(t.Head[i]) + after(t.Head[i]) + cells[i]
		}
	}
	return strings.Join(cells, " | ")
}

// cell writes a cell's words, or the dash of an empty one.
func (w *writer) cell(c tree.Cell) string {
	if len(c.Spans) == 0 {
		return emptyCell
	}
	return Inline(c.Spans, w.profile)
}

// isLabel says whether a heading may stand before values: it has words, and
// none that are marked with signs of their own.
func isLabel(head tree.Cell) bool {
	return len(head.Spans) > 0 && !slices.ContainsFunc(head.Spans, func(s tree.Span) bool {
		return s.Marks&(tree.Struck|tree.Raised|tree.Lowered|tree.Spelled) != 0 || s.Box != tree.NoBox
	})
}

// label writes a heading before a value: its words without their looks.
func label(head tree.Cell) string {
	plain := make([]tree.Span, 0, len(head.Spans))
	for _, s := range head.Spans {
		if s.Break {
			s = tree.Span{Text: " "}
		}
		s.Marks &= tree.Struck | tree.Raised | tree.Lowered
		s.Address = ""
		plain = append(plain, s)
	}
	return Inline(plain, Minimal)
}

// after is the sign between a label and its value, unless the label ends in one.
func after(c tree.Cell) string {
	if n := len(c.Spans); n > 0 && strings.HasSuffix(c.Spans[n-1].Text, ":") {
		return " "
	}
	return ": "
}
