package match

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"carryover"
)

// maxName bounds work on hostile names, in runes; a real one is far shorter.
const maxName = 400

// letters are those that Unicode does not take apart into a base and a mark.
var letters = strings.NewReplacer(
	"ø", "o", "đ", "d", "ł", "l", "ß", "ss", "æ", "ae", "œ", "oe", "ð", "d", "þ", "th", "ı", "i",
)

// apostrophes people and keyboards put into O'Brien, Fa'asavalu and ʻAna.
const apostrophes = "'’‘ʼʻ`´′"

// plain folds a name into what can be compared: lower case, no accents, no
// apostrophes, no invisible characters. Punctuation and spaces stay.
func plain(s string) string {
	if isPlain(s) {
		return s
	}
	if r := []rune(s); len(r) > maxName {
		s = string(r[:maxName])
	}
	unmark := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	if folded, _, err := transform.String(unmark, s); err == nil {
		s = folded
	}
	s = letters.Replace(strings.ToLower(s))
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(apostrophes, r), unicode.In(r, unicode.Cf):
			return -1
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, s)
}

// isPlain says that s is already folded, so that the common case costs one
// look at each byte.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || c < ' ' || c == '\'' || c == '`' || ('A' <= c && c <= 'Z') {
			return false
		}
	}
	return len(s) <= maxName
}

// fold returns the words of a name: O'Brien is obrien, Hampton-Smith is two
// words, Đặng is dang.
func fold(s string) []string {
	if s == "" {
		return nil
	}
	return strings.FieldsFunc(asciiLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// asciiLower is plain with a short way for names of ASCII letters, which most
// of a register's are.
func asciiLower(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || c < ' ' || c == '\'' || c == '`' {
			return plain(s)
		}
	}
	if len(s) > maxName {
		return plain(s)
	}
	return strings.ToLower(s)
}

// particles are the small words of family names. They are left out and written
// together so often that they neither tell apart nor bring together.
var particles = set("van", "von", "der", "den", "de", "di", "da", "del", "della", "dos", "du", "la", "le", "el", "al", "bin", "ibn", "ter", "ten", "zu")

// stem returns the words of a family name without its particles, or all of
// them when nothing else is left (the family name Le).
func stem(words []string) []string {
	if !slices.ContainsFunc(words, func(w string) bool { return particles[w] }) {
		return words
	}
	out := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return particles[w] })
	if len(out) == 0 {
		return words
	}
	return out
}

// set makes a set of words.
func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// Words returns a name folded as this package compares it: one person typed in
// two ways, one list of words.
func Words(name carryover.Text) []string { return fold(plain(name.Reveal())) }
