package render

import (
	"strings"

	"carryover/render/tree"
)

// typedNumber begins the label of an item whose number was typed in Markdown.
// It is a noncharacter, which no source holds after normalise.
const typedNumber = "\ufdd0"

// hardBlank stands for a blank of preformatted text until white space is
// folded; a noncharacter too.
const hardBlank = "\ufdd1"

// takeBox makes the box that an item's words begin with the item's own.
func takeBox(item *tree.Item) {
	if len(item.Blocks) == 0 || item.Blocks[0].Kind != tree.Paragraph {
		return
	}
	spans := item.Blocks[0].Spans
	if spans[0].Box == tree.NoBox {
		return
	}
	item.Box = spans[0].Box
	if spans = tidy(spans[1:]); len(spans) == 0 {
		item.Blocks = item.Blocks[1:]
		return
	}
	item.Blocks[0].Spans = spans
}

// tidy folds white space as HTML does: one blank between words, none at the
// start and end of a line, no line ends at the end of a paragraph. Neighbours
// with the same look become one span.
func tidy(spans []tree.Span) []tree.Span {
	var t tidier
	t.fresh = true
	for _, s := range spans {
		t.take(s)
	}
	t.close()
	out := t.out
	for len(out) > 0 && out[len(out)-1].Break {
		out = out[:len(out)-1]
	}
	for len(out) > 0 && out[0].Break {
		out = out[1:]
	}
	return out
}

// A tidier is the state of tidy.
type tidier struct {
	out   []tree.Span
	last  tree.Span       // the look of what is being joined
	text  strings.Builder // its words
	blank bool            // a blank is due
	space tree.Span       // its look
	fresh bool            // the line is empty so far
}

func (t *tidier) take(s tree.Span) {
	if s.Break || s.Box != tree.NoBox {
		if s.Box != tree.NoBox && t.blank && !t.fresh {
			t.join(t.space)
		}
		t.close()
		t.out = append(t.out, s)
		t.blank, t.fresh = false, s.Break
		return
	}
	text, lead, trail := folded(s.Text)
	if text == "" {
		if lead {
			t.due(s)
		}
		return
	}
	if lead {
		t.due(s)
	}
	if t.blank && !t.fresh {
		t.join(t.space)
	}
	s.Text = text
	t.join(s)
	t.blank, t.fresh = false, false
	if trail {
		t.due(s)
	}
}

// due notes a blank of s's look. Two blanks of different looks make one that
// has what they share.
func (t *tidier) due(s tree.Span) {
	s.Text = " "
	if t.blank {
		s.Marks &= t.space.Marks
		if s.Address != t.space.Address {
			s.Address = ""
		}
	}
	t.blank, t.space = true, s
}

// join adds words to the span before if both look the same.
func (t *tidier) join(s tree.Span) {
	if t.text.Len() > 0 && !sameLook(t.last, s) {
		t.close()
	}
	t.last = s
	t.text.WriteString(s.Text)
}

func sameLook(a, b tree.Span) bool { return a.Marks == b.Marks && a.Address == b.Address }

func (t *tidier) close() {
	if t.text.Len() > 0 {
		t.last.Text = strings.ReplaceAll(t.text.String(), hardBlank, "\u00a0")
		t.out = append(t.out, t.last)
	}
	t.text.Reset()
}

// folded folds the blanks inside s to one each and says whether there were any
// at its ends.
func folded(s string) (text string, lead, trail bool) {
	text = strings.TrimFunc(s, isBlank)
	if text == "" {
		return "", s != "", s != ""
	}
	lead, trail = !strings.HasPrefix(s, text), !strings.HasSuffix(s, text)
	if strings.ContainsAny(text, " \t\n\u00a0") {
		text = strings.Join(strings.FieldsFunc(text, isBlank), " ")
	}
	return text, lead, trail
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\u00a0' }
