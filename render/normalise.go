package render

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lineEnds turns every line end there is into one line feed.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n", "\v", "\n", "\f", "\n")

// normalise returns src as the parsers want it: valid UTF-8 in composed form
// (NFC), one kind of line end, and nothing that no reader can see. The blanks
// at a line's end stay, since two of them are a hard line end in Markdown.
func normalise(src string) string {
	src = lineEnds.Replace(strings.ToValidUTF8(strings.TrimPrefix(src, "\uFEFF"), "\uFFFD"))
	return norm.NFC.String(visible(src))
}

// visible drops the characters that carry no word and keeps tabs and line
// feeds.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && invisible(r) {
			return -1
		}
		return r
	}, s)
}

// invisible reports characters that carry no word: controls, byte-order marks,
// soft hyphens, zero-width spaces, noncharacters, and the direction marks that
// can make one text look like another. Zero-width joiners stay, for scripts
// and emoji that need them.
func invisible(r rune) bool {
	switch {
	case unicode.IsControl(r):
		return true
	case r == '\u00ad', r == '\u200b', r == '\ufeff', r == '\u2060', r == '\u061c':
		return true
	case r >= '\u200e' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true
	case r >= '\ufdd0' && r <= '\ufdef', r&0xfffe == 0xfffe:
		return true
	}
	return false
}
