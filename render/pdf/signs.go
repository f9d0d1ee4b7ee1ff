package pdf

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/runenames"
)

// drawnScripts are the scripts that need no shaping and whose letters the fonts
// have. Common and inherited signs belong to no script.
var drawnScripts = []*unicode.RangeTable{
	unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian, unicode.Common, unicode.Inherited,
}

// plainer are signs that the fonts lack and have in a plainer drawing.
var plainer = map[rune]string{
	'✅': "✔", '❌': "✖", '❎': "✖", '⭐': "★", '⬜': "□", '⬛': "■", '❗': "!", '❓': "?", '❕': "!", '❔': "?",
}

// skinTones are the modifiers of the signs for people, by their plain names.
var skinTones = map[rune]string{
	'\U0001F3FB': "light skin tone", '\U0001F3FC': "medium-light skin tone", '\U0001F3FD': "medium skin tone",
	'\U0001F3FE': "medium-dark skin tone", '\U0001F3FF': "dark skin tone",
}

const (
	zeroWidthJoiner = '\u200d'
	emojiSelector   = '\ufe0f'
	keycap          = '\u20e3'
	regionalA       = '\U0001F1E6'
	regionalZ       = '\U0001F1FF'
	lastCircledA    = 'ⓩ'
	circledA        = 'Ⓐ'
	circledSmallA   = 'ⓐ'
)

// legible returns s in signs that the fonts have, composed (NFC). Nothing that a
// reader sees goes missing: a sign without a glyph becomes its like or its name
// in brackets, and what cannot be put so is an error. What nobody sees (soft
// hyphens, zero-width signs, controls) goes. White space stays as it is.
func legible(s string) (string, error) {
	if isPlain(s) {
		return s, nil
	}
	runes := []rune(norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD")))
	var b strings.Builder
	for i := 0; i < len(runes); {
		shown, n, err := sign(runes[i:])
		if err != nil {
			return "", err
		}
		b.WriteString(shown)
		i += n
	}
	return b.String(), nil
}

// isPlain says that s is printable ASCII and spaces, as most text is.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// sign returns how the first sign of some runes is drawn and how many runes it
// takes.
func sign(runes []rune) (string, int, error) {
	r := runes[0]
	if unicode.IsSpace(r) {
		return string(r), 1, nil
	}
	if unseen(r) {
		return "", 1, nil
	}
	if n := keycapLen(runes); n > 0 {
		return "(" + string(r) + ")", n, nil
	}
	if err := settable(r); err != nil {
		return "", 0, err
	}
	if regular.has(r) {
		return string(r), 1, nil
	}
	if s := alike(r); s != "" {
		return s, 1, nil
	}
	return named(runes)
}

// unseen reports runes that carry no visible sign.
func unseen(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u00ad', r == '\ufeff', r == '\u034f', r == '\u061c':
		return true
	case r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u206f':
		return true
	case r >= '\ufe00' && r <= '\ufe0f', r >= '\U000E0000' && r <= '\U000E0FFF':
		return true
	}
	return false
}

// keycapLen returns how many runes a digit in a key's frame takes; 0: it is none.
func keycapLen(runes []rune) int {
	at := 1
	if len(runes) > at && runes[at] == emojiSelector {
		at++
	}
	if len(runes) > at && runes[at] == keycap && (unicode.IsDigit(runes[0]) || runes[0] == '#' || runes[0] == '*') {
		return at + 1
	}
	return 0
}

// settable refuses letters that stand in their place only when somebody shapes
// or turns them: drawn one by one they would read wrong.
func settable(r rune) error {
	p, _ := bidi.LookupRune(r)
	switch p.Class() {
	case bidi.R, bidi.AL, bidi.AN:
		return invalid("writing that runs from right to left", holdHint)
	}
	if (unicode.IsLetter(r) || unicode.IsMark(r)) && !unicode.In(r, drawnScripts...) {
		return invalid("letters of a script that the fonts do not have: "+scriptOf(r), holdHint)
	}
	return nil
}

const holdHint = "File this document by hand, or route it to a treatment note."

// scriptOf names the script of a letter.
func scriptOf(r rune) string {
	for _, name := range slices.Sorted(scriptNames) {
		if unicode.Is(unicode.Scripts[name], r) {
			return name
		}
	}
	return "unknown"
}

func scriptNames(yield func(string) bool) {
	for name := range unicode.Scripts {
		if !yield(name) {
			return
		}
	}
}

// alike returns signs of the fonts that read the same as r, or "".
func alike(r rune) string {
	if s, ok := plainer[r]; ok {
		return s
	}
	switch {
	case r >= circledA && r < circledSmallA: // Ⓡ, Ⓛ: right and left
		return "(" + string(r-circledA+'A') + ")"
	case r >= circledSmallA && r <= lastCircledA:
		return "(" + string(r-circledSmallA+'a') + ")"
	case r >= '\U0001D400' && r <= '\U0001D7FF', // letters and digits in a fancy type
		r >= '\uff01' && r <= '\uff5e', // wide ones
		r >= '\u3371' && r <= '\u33df': // units in one sign: ㎎
		s := norm.NFKC.String(string(r))
		if strings.IndexFunc(s, func(r rune) bool { return !regular.has(r) }) < 0 && !(r < '\uff00' && hasDigit(s)) {
			return s // a digit would be a raised one: ㎡ is not m2
		}
	}
	return ""
}

func hasDigit(s string) bool { return strings.IndexFunc(s, unicode.IsDigit) >= 0 }

// named returns the name of a sign that the fonts lack, in brackets, and how
// many runes it takes: a person, a skin tone and a tool joined are one sign.
func named(runes []rune) (string, int, error) {
	r := runes[0]
	if unicode.IsLetter(r) || unicode.IsMark(r) && !unicode.Is(unicode.Me, r) || unicode.IsNumber(r) {
		return "", 0, invalid("letters or digits that the fonts do not have: "+scriptOf(r), holdHint)
	}
	if r >= regionalA && r <= regionalZ {
		return countryFlag(runes)
	}
	var names []string
	i := 0
	for i < len(runes) {
		switch c := runes[i]; {
		case i == 0, runes[i-1] == zeroWidthJoiner, skinTones[c] != "":
			name := nameOf(c)
			if name == "" {
				return "", 0, invalid("a sign that has no name", holdHint)
			}
			names = append(names, name)
		case c != zeroWidthJoiner && c != emojiSelector && (c < '\U000E0020' || c > '\U000E007F'):
			return "[" + sortOf(r) + ": " + strings.Join(names, ", ") + "]", i, nil
		}
		i++
	}
	return "[" + sortOf(r) + ": " + strings.Join(names, ", ") + "]", i, nil
}

// sortOf says what to call a sign: the pictures have planes of their own.
func sortOf(r rune) string {
	if r >= '\U0001F000' || r >= '\u2600' && r <= '\u27bf' || r >= '\u2b00' && r <= '\u2bff' {
		return "emoji"
	}
	return "sign"
}

func nameOf(r rune) string {
	if tone := skinTones[r]; tone != "" {
		return tone
	}
	name := strings.ToLower(runenames.Name(r))
	if strings.HasPrefix(name, "<") {
		return ""
	}
	return name
}

// countryFlag returns a country's flag by the country's two letters.
func countryFlag(runes []rune) (string, int, error) {
	if len(runes) < 2 || runes[1] < regionalA || runes[1] > regionalZ {
		return "[emoji: letter " + string(runes[0]-regionalA+'A') + "]", 1, nil
	}
	return "[emoji: flag " + string(runes[0]-regionalA+'A') + string(runes[1]-regionalA+'A') + "]", 2, nil
}

// combines says that r is drawn on the rune before it.
func combines(r rune) bool { return unicode.In(r, unicode.Mn, unicode.Me) }
