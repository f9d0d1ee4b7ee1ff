package fill

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"carryover/render"
	"carryover/render/tree"
)

// pieces cuts blocks into answers that are short enough, each as long as it can
// be: between blocks where that is enough, else between items, rows, lines and
// at last words. Never within a word or a tag.
func pieces(blocks []tree.Block, p render.Profile, limit int) []string {
	var out []string
	var now []tree.Block
	for queue := blocks; len(queue) > 0; {
		b := queue[0]
		queue = queue[1:]
		if fits(append(now[:len(now):len(now)], b), p, limit) {
			now = append(now, b)
			continue
		}
		if len(now) > 0 {
			out = append(out, render.HTMLBlocks(now, p))
			now = nil
			queue = append([]tree.Block{b}, queue...)
			continue
		}
		first, rest, ok := halves(b)
		if !ok {
			out = append(out, render.HTMLBlocks([]tree.Block{b}, p)) // one word of 10,000 letters: Cliniko decides
			continue
		}
		queue = append([]tree.Block{first, rest}, queue...)
	}
	if len(now) > 0 {
		out = append(out, render.HTMLBlocks(now, p))
	}
	return out
}

func fits(blocks []tree.Block, p render.Profile, limit int) bool {
	return utf8.RuneCountInString(render.HTMLBlocks(blocks, p)) <= limit
}

// halves cuts a block in two.
func halves(b tree.Block) (first, rest tree.Block, ok bool) {
	first, rest = b, b
	switch {
	case len(b.Items) > 1:
		n := len(b.Items) / 2
		first.Items, rest.Items = b.Items[:n], b.Items[n:]
	case len(b.Items) == 1 && len(b.Items[0].Blocks) > 1:
		it := b.Items[0]
		n := len(it.Blocks) / 2
		first.Items = []tree.Item{{Number: it.Number, Box: it.Box, Blocks: it.Blocks[:n]}}
		rest = tree.Block{Kind: tree.Quote, Blocks: it.Blocks[n:]} // goes on without a second bullet
	case len(b.Items) == 1 && len(b.Items[0].Blocks) == 1:
		it := b.Items[0]
		one, two, can := halves(it.Blocks[0])
		if !can {
			return b, b, false
		}
		first.Items = []tree.Item{{Number: it.Number, Box: it.Box, Blocks: []tree.Block{one}}}
		rest = two
	case len(b.Rows) > 1:
		n := len(b.Rows) / 2
		first.Rows, rest.Rows = b.Rows[:n], b.Rows[n:]
	case len(b.Blocks) > 1:
		n := len(b.Blocks) / 2
		first.Blocks, rest.Blocks = b.Blocks[:n], b.Blocks[n:]
	case len(b.Blocks) == 1:
		one, two, can := halves(b.Blocks[0])
		first.Blocks, rest.Blocks = []tree.Block{one}, []tree.Block{two}
		return first, rest, can
	case len(b.Lines) > 1:
		n := len(b.Lines) / 2
		first.Lines, rest.Lines = b.Lines[:n], b.Lines[n:]
	case len(b.Lines) == 1:
		one, two, can := halfSpans([]tree.Span{{Text: b.Lines[0]}})
		if !can {
			return b, b, false
		}
		first.Lines, rest.Lines = []string{one[0].Text}, []string{two[0].Text}
	case b.Kind == tree.Table && len(b.Head)+len(b.Rows) > 0:
		first, rest = tree.Block{Kind: tree.Paragraph}, tree.Block{Kind: tree.Paragraph}
		if first.Spans, rest.Spans, ok = halfSpans(barred(b)); !ok {
			return b, b, false
		}
	default:
		first.Spans, rest.Spans, ok = halfSpans(b.Spans)
		return first, rest, ok
	}
	return first, rest, true
}

// barred lays out a table that is down to one row and still too long: its
// heading and the row, bars between the cells.
func barred(b tree.Block) []tree.Span {
	var out []tree.Span
	for _, row := range append([][]tree.Cell{b.Head}, b.Rows...) {
		if len(row) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, tree.Span{Break: true})
		}
		for i, c := range row {
			if i > 0 {
				out = append(out, tree.Span{Text: " | "})
			}
			if len(c.Spans) == 0 {
				out = append(out, tree.Span{Text: "—", Marks: tree.Spelled})
			}
			out = append(out, c.Spans...)
		}
	}
	return out
}

// halfSpans cuts a run of words in two, at a blank as near to the middle as
// there is one before it.
func halfSpans(spans []tree.Span) (first, rest []tree.Span, ok bool) {
	total := 0
	for _, s := range spans {
		total += len(s.Text)
	}
	seen := 0
	bestSpan, bestAt := -1, 0
	for i, s := range spans {
		for at, r := range s.Text {
			if seen+at > total/2 && bestSpan >= 0 {
				break
			}
			if unicode.IsSpace(r) && seen+at > 0 && seen+at < total-1 {
				bestSpan, bestAt = i, at
			}
		}
		seen += len(s.Text)
	}
	if bestSpan < 0 {
		return nil, nil, false
	}
	cut := spans[bestSpan]
	before, after := cut, cut
	before.Text, after.Text = cut.Text[:bestAt], strings.TrimLeftFunc(cut.Text[bestAt:], unicode.IsSpace)
	first = append(append(first, spans[:bestSpan]...), before)
	rest = append(append(rest, after), spans[bestSpan+1:]...)
	return first, rest, len(first) > 0 && len(rest) > 0
}
