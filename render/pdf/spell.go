package pdf

import (
	"strings"
	"unicode"

	"carryover"
	"carryover/render/tree"
)

// spell returns what a reader should find in the finished file, in order and
// without blanks: the document's words with what say and the lists add, as a
// plain walk of the tree, without a thought of lines and pages. labelled says
// how each table was set.
func spell(doc tree.Doc, h heading, labelled []bool) string {
	s := speller{labelled: labelled}
	s.write(h.practice)
	s.write(h.date)
	if !h.repeated {
		s.write(h.title)
	}
	s.blocks(doc.Blocks, 0)
	s.write(carryover.Reference(h.reference).Line())
	return s.b.String()
}

// A speller gathers words.
type speller struct {
	b        strings.Builder
	labelled []bool // of the tables to come
}

func (s *speller) write(words string) {
	for _, r := range words {
		if !unicode.IsSpace(r) {
			s.b.WriteRune(r)
		}
	}
}

func (s *speller) phrases(phrases []phrase) {
	for _, p := range phrases {
		s.write(p.text)
	}
}

// blocks spells blocks; level counts the lists right around them.
func (s *speller) blocks(blocks []tree.Block, level int) {
	for _, b := range blocks {
		switch b.Kind {
		case tree.Paragraph, tree.Heading:
			s.phrases(say(b.Spans))
		case tree.List:
			for _, it := range b.Items {
				s.write(itemMark(it, level))
				s.blocks(it.Blocks, level+1)
			}
		case tree.Quote:
			s.blocks(b.Blocks, 0)
		case tree.Code:
			for _, l := range b.Lines {
				s.write(l)
			}
		case tree.Table:
			s.table(b)
		}
	}
}

func (s *speller) table(b tree.Block) {
	if columns(b) == 0 {
		return
	}
	asLines := s.labelled[0]
	s.labelled = s.labelled[1:]
	switch {
	case asLines && len(b.Rows) == 0:
		s.phrases(sayRow(b.Head))
	case asLines && len(b.Head) == 0:
		for _, r := range b.Rows {
			s.phrases(sayRow(r))
		}
	case asLines:
		for _, r := range b.Rows {
			for i, c := range r {
				s.phrases(sayLabelled(b.Head, i, c))
			}
		}
	default:
		n := columns(b)
		if len(b.Head) > 0 {
			s.row(b.Head, n)
		}
		for _, r := range b.Rows {
			s.row(r, n)
		}
	}
}

// row spells a row's cells and the bars between all that the table has.
func (s *speller) row(cells []tree.Cell, n int) {
	for i := range n {
		if i > 0 {
			s.write("|")
		}
		if i < len(cells) {
			s.phrases(sayCell(cells[i]))
		}
	}
}
