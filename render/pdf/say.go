package pdf

import (
	"strings"
	"unicode"

	"carryover/render/tree"
)

// A phrase is a run of words that look alike, or the end of a line.
type phrase struct {
	text  string
	marks tree.Mark
	link  string // where it leads; empty: nowhere
	aside bool   // our own words about the document's: drawn paler
	end   bool   // a line ends here; the other fields are empty
}

// say puts spans into phrases and spells out what looks alone would say:
// struck-out words, raised and lowered ones, tick boxes, addresses.
func say(spans []tree.Span) []phrase {
	var out []phrase
	for i := 0; i < len(spans); {
		n := 1
		for i+n < len(spans) && spans[i+n].Has(tree.Struck) == spans[i].Has(tree.Struck) {
			n++
		}
		if run := spans[i : i+n]; spans[i].Has(tree.Struck) && !isBlank(sayMarks(run)) {
			out = append(out, phrase{text: "[struck out: ", aside: true})
			out = append(out, sayLinks(run)...)
			out = append(out, phrase{text: "]", aside: true})
		} else {
			out = append(out, sayLinks(run)...)
		}
		i += n
	}
	return out
}

// sayLinks puts each link's address after its words, unless they are the
// address.
func sayLinks(spans []tree.Span) []phrase {
	var out []phrase
	for i := 0; i < len(spans); {
		n := 1
		for i+n < len(spans) && spans[i+n].Address == spans[i].Address {
			n++
		}
		run := spans[i : i+n]
		out = append(out, sayMarks(run)...)
		if a := spans[i].Address; a != "" && !showsAddress(run, a) {
			out = append(out, phrase{text: " (" + shownAddress(a) + ")", aside: true})
		}
		i += n
	}
	return out
}

// sayMarks spells out boxes and raised and lowered words.
func sayMarks(spans []tree.Span) []phrase {
	var out []phrase
	for i, s := range spans {
		p := phrase{text: s.Text, marks: s.Marks, link: clickable(s.Address)}
		switch {
		case s.Break:
			p = phrase{end: true}
		case s.Box != tree.NoBox:
			p = phrase{text: boxSign(s.Box) + " ", marks: s.Marks}
			if i > 0 && !spans[i-1].Break && !endsBlank(spans[i-1].Text) {
				p.text = " " + p.text
			}
		case s.Has(tree.Raised):
			p.text = shifted(s.Text, raised, "^")
		case s.Has(tree.Lowered):
			p.text = shifted(s.Text, lowered, "_")
		}
		out = append(out, p)
	}
	return out
}

func endsBlank(s string) bool {
	trimmed := strings.TrimRightFunc(s, unicode.IsSpace)
	return trimmed != s || s == ""
}

func boxSign(b tree.Box) string {
	if b == tree.Ticked {
		return "☑"
	}
	return "☐"
}

// raised and lowered are the signs that Unicode has for raised and lowered
// ones: 10³ stays 10³ when it is copied, where a 3 set higher would read 103.
var (
	raised = signs("0123456789+-−=()niabcdefghjklmoprstuvwxyz",
		"⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
	lowered = signs("0123456789+-−=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ")
)

func signs(from, to string) map[rune]rune {
	m := map[rune]rune{}
	high := []rune(to)
	for i, r := range []rune(from) {
		m[r] = high[i]
	}
	return m
}

// shifted writes raised or lowered words in signs of that kind, where there are
// some for all of them, else after the mark, in brackets when they are several.
func shifted(s string, to map[rune]rune, mark string) string {
	var b strings.Builder
	whole := true
	for _, r := range s {
		h, ok := to[r]
		whole = whole && ok && regular.has(h)
		b.WriteRune(h)
	}
	switch words := strings.TrimSpace(s); {
	case words == "", strings.HasPrefix(words, "["): // a footnote's [1] stands apart by itself
		return s
	case whole:
		return b.String()
	case len([]rune(words)) == 1:
		return mark + s
	default:
		return mark + "(" + s + ")"
	}
}

// clickable returns the address that a click opens; "" for the schemes that a
// clinician's document has no use for.
func clickable(address string) string {
	scheme, rest, ok := strings.Cut(address, ":")
	if !ok || rest == "" {
		return ""
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto", "tel":
		return escapeAddress(address)
	}
	return ""
}

// shownAddress is what a reader needs of an address.
func shownAddress(address string) string {
	for _, scheme := range []string{"mailto:", "tel:"} {
		if len(address) > len(scheme) && strings.EqualFold(address[:len(scheme)], scheme) {
			address = address[len(scheme):]
		}
	}
	return escapeAddress(address)
}

// showsAddress says that a link's words hold its address already.
func showsAddress(spans []tree.Span, address string) bool {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	shown := strings.TrimSuffix(shownAddress(address), "/")
	shown = strings.TrimPrefix(strings.TrimPrefix(shown, "https://"), "http://")
	return strings.Contains(compact(b.String()), compact(shown))
}

// compact drops what differs between ways to write one address or number.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '(' || r == ')' {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// escapeAddress writes an address in ASCII, as a PDF needs it.
func escapeAddress(address string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(address) {
		if c := address[i]; c > ' ' && c <= '~' {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
		}
	}
	return b.String()
}

// wordsOf returns what phrases say, on one line.
func wordsOf(phrases []phrase) string {
	var b strings.Builder
	for _, p := range phrases {
		if p.end {
			b.WriteByte(' ')
		}
		b.WriteString(p.text)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
