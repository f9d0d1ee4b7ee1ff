package render

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	"carryover"
)

// Words returns the visible words of Cliniko content, in order: tags
// stripped with block tags parting words, entities decoded once, white space
// and no-break spaces folded, Unicode composed. Two contents with equal Words
// read the same, whatever their bytes (reference sheet §14.6).
func Words(content carryover.Text) []string { return fields(visibleText(content.Reveal())) }

// visibleText is what a reader sees of Cliniko content.
func visibleText(content string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(content))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			if n := string(name); blockNames[n] || renamed[n] == "div" || n == "br" || n == "td" || n == "th" {
				b.WriteByte(' ')
			}
		}
	}
}

// fields splits visible text into words.
func fields(s string) []string {
	s = norm.NFC.String(s)
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case invisible(r):
		default:
			b.WriteRune(r)
		}
	}
	return strings.Fields(b.String())
}

var referencePattern = regexp.MustCompile(`HD-[A-Z2-7]{8}-[A-Z2-7]{4}`)

// References returns the references that stand in a note, in order. A note of
// ours has exactly one, in its last line.
func References(content carryover.Text) []carryover.Reference {
	var refs []carryover.Reference
	for _, m := range referencePattern.FindAllString(strings.Join(Words(content), " "), -1) {
		refs = append(refs, carryover.Reference(m))
	}
	return refs
}

// plainWords are runs of letters and digits: what is left of a text when a
// person copies it by hand and Markdown's signs, bullets or quotes get lost.
func plainWords(words []string) []string {
	return strings.FieldsFunc(strings.ToLower(strings.Join(words, " ")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

// readings are the words that a hand copy of a document may have: of its
// source, of the document as people see it, and of the two ways in which a note
// shows it. None is without words.
func readings(d carryover.Document) [][]string {
	doc := Parse(d)
	var out [][]string
	for _, text := range []string{
		strings.Join(Lines(d), "\n"),
		strings.Join(TreeWords(doc), " "),
		visibleText(HTML(doc, Standard)),
		visibleText(HTML(doc, Minimal)),
	} {
		if w := plainWords(fields(text)); len(w) > 0 {
			out = append(out, w)
		}
	}
	return out
}

// HoldsCopy says whether a note's content holds all words of a document in one
// run, signs and case aside: somebody pasted it by hand, as Markdown or as it
// is shown.
func HoldsCopy(content carryover.Text, d carryover.Document) bool {
	note := plainWords(Words(content))
	// A separator that no word holds keeps "arm" from matching inside "harm".
	held := "\x00" + strings.Join(note, "\x00") + "\x00"
	return slices.ContainsFunc(readings(d), func(doc []string) bool {
		return strings.Contains(held, "\x00"+strings.Join(doc, "\x00")+"\x00")
	})
}

// IsCopy says whether a note of ours holds exactly a document's words and the
// reference line: the same text was filed under another reference.
func IsCopy(content carryover.Text, d carryover.Document) bool {
	note := plainWords(Words(content))
	notice := plainWords(fields(plainNotice))
	if len(note) > len(notice) && slices.Equal(note[:len(notice)], notice) {
		note = note[len(notice):]
	}
	tail := plainWords(fields(carryover.Reference("HD AAAAAAAA AAAA").Line()))
	return slices.ContainsFunc(readings(d), func(doc []string) bool {
		return len(note) <= len(doc)+len(tail) && len(doc) <= len(note) && slices.Equal(doc, note[:len(doc)])
	})
}

// SameText says whether two documents have the same visible words.
func SameText(a, b carryover.Document) bool {
	y := readings(b)
	for i, x := range readings(a) {
		if i < len(y) && slices.Equal(x, y[i]) {
			return true
		}
	}
	return false
}
