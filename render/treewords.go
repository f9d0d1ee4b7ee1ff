package render

import (
	"unicode"

	"golang.org/x/text/unicode/norm"

	"carryover/render/tree"
)

// WordsAndSigns splits visible text into words (runs of letters, digits and
// their marks) and signs, each sign by itself. White space and what no reader
// sees is left out. Raised and lowered digits are runs of their own, in plain
// digits: 10³ gives "10", "3" and is not "103".
func WordsAndSigns(s string) []string {
	var out []string
	var run []rune
	height := 0
	end := func() {
		if len(run) > 0 {
			out = append(out, string(run))
			run = run[:0]
		}
	}
	for _, r := range norm.NFC.String(s) {
		h := 0
		if plain, ok := lowered[r]; ok {
			r, h = plain, 1
		} else if plain, ok := raised[r]; ok {
			r, h = plain, 2
		}
		switch {
		case invisible(r), unicode.IsSpace(r):
			if unicode.IsSpace(r) {
				end()
			}
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '\u200c', r == '\u200d':
			if h != height {
				end()
			}
			run = append(run, r)
		default:
			end()
			out = append(out, string(r))
		}
		height = h
	}
	end()
	return out
}

var raised, lowered = inverted(superscripts), inverted(subscripts)

func inverted(m map[rune]rune) map[rune]rune {
	out := map[rune]rune{}
	for from, to := range m {
		out[to] = from
	}
	return out
}

// TreeWords returns the words and signs of a tree in order: what any rendering
// of it must show. A writer may add to them: bullets, column headings before
// values, dashes for empty cells, the words that mark struck-out text. Numbers
// are among them where a list does not count from 1 by itself.
func TreeWords(doc tree.Doc) []string {
	var out []string
	eachText(doc.Blocks, func(s string) { out = append(out, WordsAndSigns(s)...) })
	return out
}

// eachText calls f with each stretch of text that stands together.
func eachText(blocks []tree.Block, f func(string)) {
	for _, b := range blocks {
		spansText(b.Spans, f)
		numbers := b.Kind == tree.List && isNumbered(b) && !counts(b)
		for _, item := range b.Items {
			if numbers {
				f(item.Number)
			}
			f(boxSign(item.Box))
			eachText(item.Blocks, f)
		}
		eachText(b.Blocks, f)
		for _, l := range b.Lines {
			f(l)
		}
		if b.Kind == tree.Table {
			for _, row := range allRows(b) {
				for _, c := range row {
					spansText(c.Spans, f)
				}
			}
		}
	}
}

// spansText parts text at line ends, boxes, struck-out stretches and where
// words are raised or lowered.
func spansText(spans []tree.Span, f func(string)) {
	const parting = tree.Raised | tree.Lowered | tree.Struck
	for i := 0; i < len(spans); {
		s := spans[i]
		if s.Break || s.Box != tree.NoBox {
			f(boxSign(s.Box))
			i++
			continue
		}
		j := i + 1
		for j < len(spans) && !spans[j].Break && spans[j].Box == tree.NoBox && spans[j].Marks&parting == s.Marks&parting {
			j++
		}
		f(joined(spans[i:j]))
		i = j
	}
}
