// Package render turns what Heidi wrote into what Cliniko keeps, and reads the
// visible words of both so that they can be compared. It is pure.
//
// For now a document is rendered as plain lines: every line of the source,
// escaped, in a paragraph of its own (docs/adr/0005). That is sometimes plain
// to look at and never loses a word: Markdown's signs stay visible, and
// nothing that a clinician typed is taken for markup.
package render

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"carryover"
)

// A Profile names the tags a rendering may use.
type Profile string

// The profiles: Standard uses p and br, Minimal only div and br, for a shard
// whose sanitiser keeps no more (reference sheet §14.6, documents of 2022).
const (
	Standard Profile = "standard"
	Minimal  Profile = "minimal"
)

// maxIndent bounds the nesting blanks kept at a line's start.
const maxIndent = 24

// footer is the last line of every note; the reference must stay, the words
// around it are for the clinician.
const footer = "Heidi document %s · carried by Carryover · AI-drafted, check before finalising"

// Note renders d as one paragraph answer that ends in the reference line. It
// returns an error of kind ErrInvalid, which never holds the text, when the
// document is empty or when the words of the finished HTML are not the words
// of the source: an unknown fault gives a hold, never a wrong note.
func Note(d carryover.Document, ref carryover.Reference, p Profile) (carryover.Text, error) {
	if d.Content.IsBlank() {
		return carryover.Text{}, fmt.Errorf("render document: no text: %w", carryover.ErrInvalid)
	}
	lines := Lines(d)
	want := fields(strings.Join(lines, "\n"))
	lines = append(lines, "", fmt.Sprintf(footer, ref))
	out := paragraphs(lines, p)

	got := Words(carryover.NewText(out))
	tail := fields(fmt.Sprintf(footer, ref))
	if !slices.Equal(got, append(want, tail...)) {
		return carryover.Text{}, fmt.Errorf("render document: words differ after rendering: %w", carryover.ErrInvalid)
	}
	return carryover.NewText(out), nil
}

// Lines returns the document's visible lines, clean of control characters:
// Markdown and plain text as typed, HTML walked as a tree.
func Lines(d carryover.Document) []string {
	src := carryover.Normalise(strings.ToValidUTF8(d.Content.Reveal(), "\uFFFD"))
	if IsHTML(d.Format, src) {
		src = htmlLines(src)
	}
	src = norm.NFC.String(strings.NewReplacer("\u2028", "\n", "\u2029", "\n", "\u0085", "\n", "\v", "\n", "\f", "\n").Replace(src))
	lines := strings.Split(src, "\n")
	for i, l := range lines {
		lines[i] = clean(l)
	}
	return lines
}

// clean drops what a reader cannot see and Cliniko must not get, and keeps a
// line's indentation as no-break spaces, since nested lists lean on it.
func clean(line string) string {
	line = strings.ReplaceAll(line, "\t", "    ")
	body := strings.TrimLeft(line, " \u00a0")
	indent := min(len([]rune(line))-len([]rune(body)), maxIndent)
	var b strings.Builder
	for _, r := range body {
		if invisible(r) {
			continue
		}
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return ""
	}
	return strings.Repeat("\u00a0", indent) + strings.TrimRight(b.String(), " ")
}

// invisible reports characters that carry no word: controls, byte-order marks,
// soft hyphens, zero-width spaces and direction marks. Zero-width joiners stay,
// for scripts and emoji that need them.
func invisible(r rune) bool {
	switch {
	case unicode.IsControl(r):
		return true
	case r == '\u00ad', r == '\u200b', r == '\ufeff', r == '\u2060':
		return true
	case r >= '\u200e' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true
	}
	return false
}

// paragraphs writes each line as a block of its own with a space between
// blocks, so that words stay apart even where a sanitiser drops the tags.
// It writes no newline: Cliniko strips them (reference sheet §14.6).
func paragraphs(lines []string, p Profile) string {
	open, shut := "<p>", "</p>"
	if p == Minimal {
		open, shut = "<div>", "</div>"
	}
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(open)
		if l == "" {
			b.WriteString("<br>")
		} else {
			b.WriteString(html.EscapeString(l))
		}
		b.WriteString(shut)
	}
	return b.String()
}
