package render

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	gfm "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// tableRows finds GitHub's tables in paragraphs. Unlike the standard it keeps
// the cells of a row beyond the heading's (policy P5).
type tableRows struct{}

func (tableRows) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	lines, source := node.Lines(), reader.Source()
	for i := 1; i < lines.Len(); i++ {
		delimiter := lines.At(i)
		columns := delimiterColumns(string(delimiter.Value(source)))
		if columns == 0 {
			continue
		}
		head := tableCells(lines.At(i-1), source)
		if len(head) != columns {
			return
		}
		table := gfm.NewTable()
		table.AppendChild(table, gfm.NewTableHeader(rowOf(head, columns)))
		for j := i + 1; j < lines.Len(); j++ {
			if outside := leftBehind(node, lines.At(j), source); outside != nil {
				after := ast.NewParagraph()
				after.Lines().AppendAll(lines.Sliced(j, lines.Len()))
				outside.Parent().InsertAfter(outside.Parent(), outside, after)
				break
			}
			table.AppendChild(table, rowOf(tableCells(lines.At(j), source), columns))
		}
		node.Parent().InsertAfter(node.Parent(), node, table)
		if i == 1 {
			node.Parent().RemoveChild(node.Parent(), node)
			return
		}
		node.Lines().SetSliced(0, i-1)
		last := node.Lines().At(i - 2)
		node.Lines().Set(i-2, last.TrimRightSpace(source))
		return
	}
}

// leftBehind returns the quote or list around node that a line does not carry on,
// or nil. Such a line may go on a paragraph, never a table: it stands below.
func leftBehind(node ast.Node, line text.Segment, source []byte) ast.Node {
	var around []ast.Node
	for p := node.Parent(); p != nil; p = p.Parent() {
		around = append(around, p)
	}
	rest := string(source[bytes.LastIndexByte(source[:line.Start], '\n')+1 : line.Stop])
	for _, p := range slices.Backward(around) {
		switch p := p.(type) {
		case *ast.Blockquote:
			after, ok := strings.CutPrefix(strings.TrimLeft(rest, " \t"), ">")
			if !ok {
				return p
			}
			rest = strings.TrimPrefix(after, " ")
		case *ast.ListItem:
			if strings.HasPrefix(rest, "\t") || strings.Contains(rest[:min(len(rest), p.Offset)], "\t") {
				return nil // tabs reach far enough
			}
			if trimmed := strings.TrimLeft(rest, " "); len(rest)-len(trimmed) < p.Offset {
				return p.Parent()
			}
			rest = rest[p.Offset:]
		}
	}
	return nil
}

// delimiterColumns counts the columns of a line like |---|:-:|, or returns 0.
func delimiterColumns(line string) int {
	line = strings.TrimRight(line, " \t\n")
	if len(line)-len(strings.TrimLeft(line, " ")) > 3 || !strings.Contains(line, "-") ||
		strings.Trim(line, " \t-|:") != "" || !strings.ContainsAny(line, "|:") {
		return 0
	}
	line = strings.TrimSpace(line)
	line = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	columns := 0
	for col := range strings.SplitSeq(line, "|") {
		dashes := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(col), ":"), ":")
		if dashes == "" || strings.Trim(dashes, "-") != "" {
			return 0
		}
		columns++
	}
	return columns
}

// tableCells splits a row at the bars that no backslash stands before.
func tableCells(row text.Segment, source []byte) []text.Segment {
	row = row.TrimLeftSpace(source)
	row = row.TrimRightSpace(source)
	start, stop := row.Start, row.Stop
	if start < stop && source[start] == '|' {
		start++
	}
	if start < stop && source[stop-1] == '|' && (stop-1 == start || source[stop-2] != '\\') {
		stop--
	}
	var cells []text.Segment
	from := start
	for i := start; i <= stop; i++ {
		if i < stop && (source[i] != '|' || i > start && source[i-1] == '\\') {
			continue
		}
		cell := text.NewSegment(from, i)
		cell = cell.TrimLeftSpace(source)
		cells = append(cells, cell.TrimRightSpace(source))
		from = i + 1
	}
	return cells
}

// rowOf makes a row of at least so many cells.
func rowOf(cells []text.Segment, columns int) *gfm.TableRow {
	row := gfm.NewTableRow(nil)
	for i := range max(len(cells), columns) {
		cell := gfm.NewTableCell()
		if i < len(cells) && !cells[i].IsEmpty() {
			cell.Lines().Append(cells[i])
		}
		row.AppendChild(row, cell)
	}
	return row
}
