package render

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"carryover/render/tree"
)

// maxSpan bounds how far a cell may reach; wider ones are layout.
const maxSpan = 32

// maxCovered bounds the places of a table that cells from beside or above cover:
// a few signs of markup must not become megabytes of empty cells.
const maxCovered = 2000

// A coverage is what the cells of a table that were read so far cover.
type coverage struct {
	rows map[int]int // by column: the rows that a cell from above still covers
	left int         // of maxCovered
}

// table reads a table with all its cells. What reaches over several columns or
// rows leaves empty cells where it covers them, so that the others keep their
// column.
func (b *builder) table(n *html.Node) {
	t := tree.Block{Kind: tree.Table}
	covered := coverage{rows: map[int]int{}, left: maxCovered}
	headed := false
	for row := range rowsOf(n) {
		if row.DataAtom == atom.Caption {
			b.blocks = append(b.blocks, captionOf(b, row)...)
			continue
		}
		cells, heads, joined := b.row(row, &covered)
		t.Joined = t.Joined || joined
		switch {
		case len(cells) == 0:
		case !headed && len(t.Rows) == 0 && heads:
			t.Head, headed = cells, true
		default:
			t.Rows = append(t.Rows, cells)
		}
	}
	if t.Head != nil || len(t.Rows) > 0 {
		b.blocks = append(b.blocks, t)
	}
}

func captionOf(b *builder, n *html.Node) []tree.Block {
	in := &builder{marks: b.marks | tree.Bold, address: b.address}
	in.children(n)
	return in.done()
}

// rowsOf yields a table's caption and its rows, but not those of tables in it.
func rowsOf(n *html.Node) func(yield func(*html.Node) bool) {
	return func(yield func(*html.Node) bool) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch c.DataAtom {
			case atom.Tr, atom.Caption:
				if !yield(c) {
					return
				}
			case atom.Thead, atom.Tbody, atom.Tfoot:
				for r := c.FirstChild; r != nil; r = r.NextSibling {
					if r.DataAtom == atom.Tr && !yield(r) {
						return
					}
				}
			}
		}
	}
}

// row reads one row. It says whether all its cells are headings, and whether
// one of them reaches further than its own place.
func (b *builder) row(n *html.Node, covered *coverage) (cells []tree.Cell, heads, joined bool) {
	heads = true
	cover := func() {
		for covered.left > 0 && covered.rows[len(cells)] > 0 {
			covered.rows[len(cells)]--
			covered.left--
			cells = append(cells, tree.Cell{Covered: true})
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
			continue
		}
		cover()
		heads = heads && c.DataAtom == atom.Th
		wide, high := span(c, "colspan"), span(c, "rowspan")
		joined = joined || wide > 1 || high > 1
		if covered.left -= wide - 1; covered.left <= 0 {
			wide, high = 1, 1
		}
		for i := range wide {
			if high > 1 {
				covered.rows[len(cells)] = high - 1
			}
			cell := tree.Cell{Covered: i > 0}
			if i == 0 {
				cell.Spans = tidy(flat(b.inner(c)))
			}
			cells = append(cells, cell)
		}
	}
	cover()
	return cells, heads, joined
}

func span(n *html.Node, name string) int {
	v, err := strconv.Atoi(strings.TrimSpace(attr(n, name)))
	if err != nil || v < 1 {
		return 1
	}
	return min(v, maxSpan)
}

// flat lays blocks out as the lines of one cell.
func flat(blocks []tree.Block) []tree.Span {
	var out []tree.Span
	line := func() {
		if len(out) > 0 && !out[len(out)-1].Break {
			out = append(out, tree.Span{Break: true})
		}
	}
	for _, block := range blocks {
		line()
		switch block.Kind {
		case tree.Heading:
			for _, s := range block.Spans {
				if !s.Break && s.Box == tree.NoBox {
					s.Marks |= tree.Bold
				}
				out = append(out, s)
			}
		case tree.Paragraph:
			out = append(out, block.Spans...)
		case tree.List:
			for _, item := range block.Items {
				line()
				out = append(out, tree.Span{Text: itemSign(item) + " ", Marks: tree.Spelled})
				if item.Box != tree.NoBox {
					out = append(out, tree.Span{Box: item.Box}, tree.Span{Text: " "})
				}
				out = append(out, flat(item.Blocks)...)
			}
		case tree.Quote:
			out = append(out, flat(block.Blocks)...)
		case tree.Code:
			for _, l := range block.Lines {
				line()
				out = append(out, tree.Span{Text: l})
			}
		case tree.Table:
			for _, row := range allRows(block) {
				line()
				out = append(out, bars(row)...)
			}
		case tree.Rule:
			out = append(out, tree.Span{Text: ruleLine})
		}
	}
	return out
}

// ruleLine is a line across.
const ruleLine = "———"

// itemSign is what stands before an item where there are no lists.
func itemSign(item tree.Item) string {
	if item.Number != "" {
		return item.Number
	}
	if item.Box != tree.NoBox {
		return ""
	}
	return "•"
}

// allRows returns a table's rows, its heading first.
func allRows(t tree.Block) [][]tree.Cell {
	if t.Head == nil {
		return t.Rows
	}
	return append([][]tree.Cell{t.Head}, t.Rows...)
}

// bars lays a row out on one line. A broken bar stands behind a place that
// another cell covers: it is not empty, and what follows keeps its column.
func bars(row []tree.Cell) []tree.Span {
	var out []tree.Span
	for i, c := range row {
		if i > 0 {
			bar := " | "
			if row[i-1].Covered {
				bar = " ¦ "
			}
			out = append(out, tree.Span{Text: bar})
		}
		if len(c.Spans) == 0 {
			out = append(out, tree.Span{Text: emptyCell})
			continue
		}
		out = append(out, c.Spans...)
	}
	return out
}

// emptyCell keeps the place of a cell without words.
const emptyCell = "—"
