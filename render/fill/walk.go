package fill

import (
	"slices"
	"strings"
	"unicode/utf8"

	"carryover"
	"carryover/render/tree"
)

// A place is where the words that come next belong.
type place struct {
	section  *section
	question *question // nil: nowhere in the form, Also
	level    int       // of the heading that led here
	heading  *title    // that heading, where its words are on the form already
}

// A title is a heading that names a section of the form. It is used when
// something below it found no question and took it along.
type title struct {
	block tree.Block
	used  bool
}

// walk goes through the document once, in order. A heading that names a section
// or question leads there until the next heading of its level; a label with
// words after it takes those along and no more.
func (f *form) walk(blocks []tree.Block) {
	var at place
	owner := at // where a label without words of its own leads
	blocks = unfolded(blocks)
	for i := 0; i < len(blocks); i++ {
		b := blocks[i]
		if h, ok := headingOf(b); ok {
			if i+1 < len(blocks) && f.mark(h, at, blocks[i+1:]) {
				i++
				continue
			}
			at = f.under(h, b, at)
			owner = at
			continue
		}
		if f.labelled(&blocks[i], at, &owner) {
			continue
		}
		f.put(owner, b)
	}
}

// unfolded gives a first line that is a heading in all but form (bold, or a
// label alone) a block of its own, apart from the lines that follow it.
func unfolded(blocks []tree.Block) []tree.Block {
	var out []tree.Block
	for _, b := range blocks {
		if lines := split(b.Spans); b.Kind == tree.Paragraph && len(lines) > 1 {
			first := tree.Block{Kind: tree.Paragraph, Spans: lines[0]}
			if _, ok := headingOf(first); ok {
				out = append(out, first)
				b.Spans = joined(lines[1:])
			}
		}
		out = append(out, b)
	}
	return out
}

// A heading is a block that names what follows.
type heading struct {
	words string
	level int
}

// boldLevel is the level of a bold line used as a heading: below all others.
const boldLevel = 7

// longestHeading is how long a bold line may be and still be a heading.
const longestHeading = 80

func headingOf(b tree.Block) (heading, bool) {
	switch {
	case b.Kind == tree.Heading:
		return heading{plain(b.Spans), b.Level}, true
	case b.Kind == tree.Paragraph && allBold(b.Spans):
		words := plain(b.Spans)
		if utf8.RuneCountInString(words) <= longestHeading && !strings.HasSuffix(words, ".") {
			return heading{words, boldLevel}, true
		}
	case b.Kind == tree.Paragraph && len(split(b.Spans)) == 1:
		if label, value, ok := cut(b.Spans); ok && len(value) == 0 {
			return heading{label, boldLevel}, true
		}
	}
	return heading{}, false
}

// mark answers a question of choices, a date or one line from the one block
// that stands under its name.
func (f *form) mark(h heading, at place, next []tree.Block) bool {
	to, ok := f.find(h.words, at.section)
	if !ok || to.question == nil || to.question.takesBlocks() || !sameWords(h.words, to.question.name) {
		return false
	}
	if len(next) > 1 {
		if _, ends := headingOf(next[1]); !ends {
			return false // more stands under it than an answer
		}
	}
	b := next[0]
	switch {
	case b.Kind == tree.List && to.question.choose(marksIn(b)):
		f.spoken = append(f.spoken, treeWords([]tree.Block{b})...)
	case b.Kind == tree.Paragraph && to.question.take(b.Spans):
		if to.question.from.Type != carryover.TextQuestion {
			f.say(plain(b.Spans))
		}
	default:
		return false
	}
	f.say(h.words)
	return true
}

func allBold(spans []tree.Span) bool {
	some := false
	for _, s := range spans {
		if s.Break || s.Box != tree.NoBox || s.Has(tree.Struck) || s.Address != "" {
			return false
		}
		if strings.TrimSpace(s.Text) == "" {
			continue
		}
		if !s.Has(tree.Bold) {
			return false
		}
		some = true
	}
	return some
}

// under returns where a heading leads, and keeps its words: as the name of what
// it leads to, or as a line of the text.
func (f *form) under(h heading, b tree.Block, at place) place {
	to, ok := f.find(h.words, at.section)
	switch {
	case ok && to.question == nil:
		// The section asks several things: its heading is on the form. Whatever
		// below it finds no question takes the heading along.
		t := &title{block: b}
		if sameWords(h.words, to.section.name) {
			f.titles = append(f.titles, t)
		} else {
			t.used = true
			f.also = append(f.also, b)
		}
		return place{section: to.section, level: h.level, heading: t}
	case ok && to.question.takesBlocks():
		to.level = h.level
		f.named(to, h.words, b)
		return to
	case (at.question != nil || at.section != nil) && h.level > at.level:
		f.put(at, b) // a part of what it stands under
		return at
	}
	next := place{level: h.level}
	f.put(next, b)
	return next
}

// named keeps the words of a heading or label that led to a question. Where
// they are the section's or question's own they are on the form already; else
// they stand in the answer.
func (f *form) named(to place, words string, b tree.Block) {
	if sameWords(words, to.question.name) || to.section != nil && sameWords(words, to.section.name) {
		f.say(words)
		return
	}
	f.put(to, b)
}

// put adds a block to a question, or to what found none, there with the heading
// it stood under.
func (f *form) put(at place, b tree.Block) {
	if at.question == nil || !at.question.takesBlocks() {
		if h := at.heading; h != nil && !h.used {
			h.used = true
			f.also = append(f.also, h.block)
		}
		f.also = append(f.also, b)
		return
	}
	at.question.blocks = append(at.question.blocks, b)
}

// find returns the section's or question's place that a name means: in the
// section at hand first, then anywhere, and only where it is the one.
func (f *form) find(words string, here *section) (place, bool) {
	k := key(words)
	if o := f.override[k]; o != "" {
		k = o
	}
	if here != nil {
		if q := one(here.questions, k); q != nil {
			return place{section: here, question: q}, true
		}
	}
	for _, fits := range []func(a, b string) bool{func(a, b string) bool { return a != "" && a == b }, alike} {
		var found []place
		for _, s := range f.sections {
			if fits(k, s.key) {
				found = append(found, place{section: s, question: s.sink()})
				continue // a question of the section's own name is its sink
			}
			for _, q := range s.questions {
				if fits(k, q.key) {
					found = append(found, place{section: s, question: q})
				}
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0], true
		default:
			return place{}, false
		}
	}
	return place{}, false
}

// one returns the only question that a name means: by its own words, else by
// their meaning.
func one(questions []*question, k string) *question {
	for _, fits := range []func(a, b string) bool{func(a, b string) bool { return a != "" && a == b }, alike} {
		var found []*question
		for _, q := range questions {
			if fits(k, q.key) {
				found = append(found, q)
			}
		}
		if len(found) > 0 {
			if len(found) > 1 {
				return nil
			}
			return found[0]
		}
	}
	return nil
}

// general are names of questions that take whatever belongs to their section.
var general = []string{"note", "comment", "detail", "finding", "summary", "other", "general", "free text"}

// sink returns the question that takes what stands under a section's heading
// without naming a question: the one of the section's own name, the only one
// there is, or the one for anything else. In a section that asks several things
// nothing is guessed: nil.
func (s *section) sink() *question {
	var open []*question
	for _, q := range s.questions {
		switch {
		case !q.takesBlocks():
		case alike(q.key, s.key):
			return q
		case len(s.questions) == 1, slices.Contains(general, q.key):
			open = append(open, q)
		}
	}
	if len(open) == 1 {
		return open[0]
	}
	return nil
}
