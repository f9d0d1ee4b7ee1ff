package fill

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"carryover"
	"carryover/render/tree"
)

// longestLabel is how many characters may stand before a colon that ends a
// label. A longer one is a sentence.
const longestLabel = 60

// labelled handles a block that consists of labels with their values: "Pain:
// 3/10", lines of them, a list of them, a table of two columns. What names no
// question stays where it stands. It returns false for a block of another kind.
func (f *form) labelled(b *tree.Block, at place, owner *place) bool {
	switch b.Kind {
	case tree.Paragraph:
		return f.lines(b, at, owner)
	case tree.List:
		return f.items(b, at)
	case tree.Table:
		return f.rows(b, at)
	}
	return false
}

// lines handles a paragraph, line by line. Lines in a row that name nothing
// stay one paragraph.
func (f *form) lines(b *tree.Block, at place, owner *place) bool {
	var rest [][]tree.Span
	flush := func(to place) {
		if len(rest) > 0 {
			f.put(to, tree.Block{Kind: tree.Paragraph, Spans: joined(rest)})
			rest = nil
		}
	}
	some := false
	for _, line := range split(b.Spans) {
		label, value, ok := cut(line)
		if !ok {
			rest = append(rest, line)
			continue
		}
		to, ok := f.find(label, at.section)
		switch {
		case !ok:
			rest = append(rest, line)
		case to.question == nil:
			rest = append(rest, line)
		case len(value) == 0 && to.question.takesBlocks():
			flush(*owner)
			to.level = boldLevel
			f.named(to, label, tree.Block{Kind: tree.Paragraph, Spans: line})
			*owner, some = to, true
		case len(value) > 0 && f.answer(to, label, line, value):
			flush(*owner)
			*owner, some = at, true
		default:
			rest = append(rest, line)
		}
	}
	if !some && len(rest) > 0 {
		return false
	}
	flush(*owner)
	return true
}

// answer gives a question the value that a label stands before. It returns
// false, and does nothing, when the question cannot take it.
func (f *form) answer(to place, label string, line, value []tree.Span) bool {
	q := to.question
	same := sameWords(label, q.name)
	switch {
	case q.takesBlocks() && same:
		f.say(label)
		q.blocks = append(q.blocks, tree.Block{Kind: tree.Paragraph, Spans: value})
		return true
	case q.takesBlocks():
		q.blocks = append(q.blocks, tree.Block{Kind: tree.Paragraph, Spans: line})
		return true
	case !same && q.from.Type != carryover.TextQuestion:
		return false // the label's own words would have nowhere to stand
	case !same:
		return q.write(line)
	case !q.take(value):
		return false
	}
	f.say(label)
	if q.from.Type != carryover.TextQuestion {
		f.say(plain(value)) // the form shows it as a date or as ticks
	}
	return true
}

// say notes words that the form itself shows.
func (f *form) say(words string) { f.spoken = append(f.spoken, tokens(words)...) }

// items handles a list: a list of marks may answer the question at hand, and
// an item may be a label with its value.
func (f *form) items(b *tree.Block, at place) bool {
	var rest []tree.Item
	some := false
	flush := func() {
		if len(rest) > 0 {
			f.put(at, tree.Block{Kind: tree.List, Items: rest})
			rest = nil
		}
	}
	for _, it := range b.Items {
		if f.item(it, at) {
			flush()
			some = true
			continue
		}
		rest = append(rest, it)
	}
	if !some {
		return false
	}
	flush()
	return true
}

// item handles one item of the form "Label: value" without anything nested.
func (f *form) item(it tree.Item, at place) bool {
	if it.Box != tree.NoBox || it.Number != "" || len(it.Blocks) != 1 || it.Blocks[0].Kind != tree.Paragraph {
		return false
	}
	label, value, ok := cut(it.Blocks[0].Spans)
	if !ok || len(value) == 0 {
		return false
	}
	to, ok := f.find(label, at.section)
	return ok && to.question != nil && to.question != at.question && f.answer(to, label, it.Blocks[0].Spans, value)
}

// rows handles a table of two columns whose first one names questions. It is
// all or nothing: half a table is no table.
func (f *form) rows(b *tree.Block, at place) bool {
	if len(tokens(cellWords(b.Head))) > 0 {
		return false // its heading's words would have nowhere to stand
	}
	type pair struct {
		to    place
		label string
		row   []tree.Cell
	}
	var pairs []pair
	taken := map[*question]bool{}
	for _, row := range b.Rows {
		if len(row) != 2 || len(row[1].Spans) == 0 {
			return false
		}
		label := plain(row[0].Spans)
		to, ok := f.find(label, at.section)
		if !ok || to.question == nil || taken[to.question] || !to.question.takesBlocks() || !sameWords(label, to.question.name) {
			return false
		}
		taken[to.question] = true
		pairs = append(pairs, pair{to, label, row})
	}
	for _, p := range pairs {
		f.say(p.label)
		p.to.question.blocks = append(p.to.question.blocks, tree.Block{Kind: tree.Paragraph, Spans: p.row[1].Spans})
	}
	return true
}

// cut splits a line at the colon that ends its label. The label may be bold,
// with the colon within or after. A time (10:30), a ratio (2:1) and an address
// (https://…) have no label.
func cut(line []tree.Span) (label string, value []tree.Span, ok bool) {
	var before strings.Builder
	for i, s := range line {
		if s.Break || s.Box != tree.NoBox || s.Address != "" || s.Has(tree.Struck) || s.Has(tree.Mono) {
			return "", nil, false
		}
		at := strings.Index(s.Text, ":")
		if at < 0 {
			before.WriteString(s.Text)
			continue
		}
		before.WriteString(s.Text[:at])
		after := s.Text[at+1:]
		if after != "" && !startsWithSpace(after) || after == "" && i+1 < len(line) && !s.Has(tree.Bold) && !startsWithSpace(line[i+1].Text) {
			return "", nil, false
		}
		label = strings.TrimSpace(before.String())
		if n := utf8.RuneCountInString(label); n == 0 || n > longestLabel || key(label) == "" {
			return "", nil, false
		}
		if rest := strings.TrimLeftFunc(after, unicode.IsSpace); rest != "" {
			s.Text = rest
			value = append(value, s)
		}
		for _, t := range line[i+1:] {
			if len(value) == 0 {
				if t.Text = strings.TrimLeftFunc(t.Text, unicode.IsSpace); t.Text == "" && t.Box == tree.NoBox {
					continue
				}
			}
			value = append(value, t)
		}
		return label, value, true
	}
	return "", nil, false
}

func startsWithSpace(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r)
}

// split cuts spans into lines at their breaks.
func split(spans []tree.Span) [][]tree.Span {
	lines := [][]tree.Span{nil}
	for _, s := range spans {
		if s.Break {
			lines = append(lines, nil)
			continue
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], s)
	}
	return lines
}

func joined(lines [][]tree.Span) []tree.Span {
	var out []tree.Span
	for i, l := range lines {
		if i > 0 {
			out = append(out, tree.Span{Break: true})
		}
		out = append(out, l...)
	}
	return out
}

// plain returns the words of spans without their marks.
func plain(spans []tree.Span) string {
	var b strings.Builder
	for _, s := range spans {
		switch {
		case s.Break:
			b.WriteByte(' ')
		case s.Box == tree.NoBox:
			b.WriteString(s.Text)
		}
	}
	return strings.TrimSpace(b.String())
}
