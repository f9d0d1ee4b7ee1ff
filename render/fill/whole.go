package fill

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"carryover"
	"carryover/render/tree"
)

// complete compares the words of the document with the words that were placed
// and those that the form shows itself. Every word of the one must be in the
// other as often, or the form is not used.
func (f *form) complete(doc tree.Doc) error {
	have := append(treeWords(f.also), f.spoken...)
	for _, t := range f.titles {
		if !t.used {
			have = append(have, treeWords([]tree.Block{t.block})...)
		}
	}
	for _, s := range f.sections {
		for _, q := range s.questions {
			have = append(have, treeWords(q.blocks)...)
			if q.answer.Type == carryover.TextQuestion {
				have = append(have, tokens(q.answer.Answer.Reveal())...)
			}
		}
	}
	if !maps.Equal(counted(treeWords(doc.Blocks)), counted(have)) {
		return fmt.Errorf("fill note template: words would be lost or doubled: %w", carryover.ErrInvalid)
	}
	return nil
}

func counted(words []string) map[string]int {
	n := map[string]int{}
	for _, w := range words {
		n[w]++
	}
	return n
}

// treeWords returns the words and signs of blocks, in order.
func treeWords(blocks []tree.Block) []string {
	var out []string
	for _, b := range blocks {
		out = append(out, spanWords(b.Spans)...)
		for _, it := range b.Items {
			out = append(out, tokens(it.Number)...)
			out = append(out, treeWords(it.Blocks)...)
		}
		out = append(out, treeWords(b.Blocks)...)
		for _, l := range b.Lines {
			out = append(out, tokens(l)...)
		}
		out = append(out, tokens(cellWords(b.Head))...)
		for _, row := range b.Rows {
			for _, c := range row {
				out = append(out, spanWords(c.Spans)...)
			}
		}
	}
	return out
}

func spanWords(spans []tree.Span) []string { return tokens(visible(spans)) }

func cellWords(cells []tree.Cell) string {
	var parts []string
	for _, c := range cells {
		parts = append(parts, visible(c.Spans))
	}
	return strings.Join(parts, " ")
}

// visible is plain with the spans set together as a reader sees them: marks
// within a word do not cut it.
func visible(spans []tree.Span) string { return plain(spans) }

// tokens cuts a text into runs of letters and digits, and the signs between
// them that mean something. Punctuation may go with a label.
func tokens(s string) []string {
	var out []string
	word := -1
	for i, r := range s {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || unicode.Is(unicode.No, r)
		if letter && word < 0 {
			word = i
		}
		if !letter {
			if word >= 0 {
				out = append(out, s[word:i])
				word = -1
			}
			if !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !slices.Contains(silent, r) {
				out = append(out, string(r))
			}
		}
	}
	if word >= 0 {
		out = append(out, s[word:])
	}
	return out
}

// silent are signs that say nothing by themselves at the end of a label or
// between choices.
var silent = []rune(`:;,.•*`)
