package pdf

import (
	"slices"
	"strings"

	"carryover/render/tree"
)

// legibleDoc returns a copy of doc with all its words legible.
func legibleDoc(doc tree.Doc) (tree.Doc, error) {
	var c copier
	doc.Blocks = c.blocks(doc.Blocks)
	return doc, c.err
}

// A copier copies a tree with legible words; err is the first fault.
type copier struct{ err error }

func (c *copier) text(s string) string {
	out, err := legible(s)
	if err != nil && c.err == nil {
		c.err = err
	}
	return out
}

func (c *copier) blocks(in []tree.Block) []tree.Block {
	out := slices.Clone(in)
	for i := range out {
		b := &out[i]
		b.Spans = c.spans(b.Spans)
		b.Blocks = c.blocks(b.Blocks)
		b.Lines = slices.Clone(b.Lines)
		for j, l := range b.Lines {
			b.Lines[j] = c.text(spacesForTabs(l))
		}
		b.Items = slices.Clone(b.Items)
		for j, it := range b.Items {
			b.Items[j].Number = c.text(it.Number)
			b.Items[j].Blocks = c.blocks(it.Blocks)
		}
		b.Head = c.cells(b.Head)
		b.Rows = slices.Clone(b.Rows)
		for j, row := range b.Rows {
			b.Rows[j] = c.cells(row)
		}
	}
	return out
}

func (c *copier) cells(in []tree.Cell) []tree.Cell {
	out := slices.Clone(in)
	for i, cell := range out {
		out[i].Spans = c.spans(cell.Spans)
	}
	return out
}

func (c *copier) spans(in []tree.Span) []tree.Span {
	out := slices.Clone(in)
	for i, s := range out {
		out[i].Text = c.text(s.Text)
	}
	return out
}

// tabStop is how many signs apart the columns of code stand.
const tabStop = 4

func spacesForTabs(line string) string {
	if !strings.Contains(line, "\t") {
		return line
	}
	var b strings.Builder
	at := 0
	for _, r := range line {
		if r != '\t' {
			b.WriteRune(r)
			at++
			continue
		}
		n := tabStop - at%tabStop
		b.WriteString(strings.Repeat(" ", n))
		at += n
	}
	return b.String()
}
