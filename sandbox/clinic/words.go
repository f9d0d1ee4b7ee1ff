package clinic

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Words are compared as runs of letters and runs of digits: signs, spacing and
// mark-up are not words. Letters and digits count apart, so that CO₂, CO2 and
// CO<sub>2</sub> are the same two words however they are written.

// A word is a word's number in a lexicon.
type word int32

// A lexicon numbers words, so that comparing two texts compares numbers. It is
// not safe for concurrent use; the books that own it guard it.
type lexicon map[string]word

// number returns the word's number, a new one if need be.
func (l lexicon) number(s string) word {
	if w, known := l[s]; known {
		return w
	}
	w := word(len(l))
	l[s] = w
	return w
}

// words splits text without mark-up into its words. Letters keep their case;
// compatible forms of one letter (ligatures, full width) are the same letter.
func (l lexicon) words(text string) []word {
	var found []word
	for _, s := range splitWords(text) {
		found = append(found, l.number(s))
	}
	return found
}

// splitWords is words before they are numbered.
func splitWords(text string) []string {
	text = norm.NFKC.String(setApart(strings.Map(hidden, text)))
	var found []string
	start, kind := -1, 0
	for i, r := range text {
		k := kindOf(r)
		if k == joiner && start >= 0 {
			continue // a combining mark belongs to the letter before it
		}
		if start >= 0 && k != kind {
			found = append(found, text[start:i])
			start = -1
		}
		if start < 0 && (k == letter || k == digit) {
			start, kind = i, k
		}
	}
	if start >= 0 {
		found = append(found, text[start:])
	}
	return found
}

// The kinds of rune.
const (
	other = iota
	letter
	digit
	joiner
)

func kindOf(r rune) int {
	switch {
	case unicode.IsLetter(r):
		return letter
	case unicode.IsDigit(r):
		return digit
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r):
		return joiner
	}
	return other
}

// hidden drops what nobody sees: soft hyphens, zero-width signs, marks of
// direction. They may be lost, and they do not end a word.
func hidden(r rune) rune {
	switch r {
	case '\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u200e', '\u200f':
		return -1
	}
	return r
}

// setApart puts spaces around raised and lowered digits and around fractions,
// so that 10³ is not 103 and 1½ not 11/2, before they become plain digits.
func setApart(text string) string {
	if !strings.ContainsFunc(text, isSpecialNumber) {
		return text
	}
	var b strings.Builder
	before := false
	for _, r := range text {
		if special := isSpecialNumber(r); special != before {
			b.WriteByte(' ')
			before = special
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isSpecialNumber(r rune) bool { return r > 127 && unicode.Is(unicode.No, r) }
