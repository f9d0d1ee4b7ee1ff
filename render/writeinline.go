package render

import (
	"html"
	"strconv"
	"strings"

	"carryover/render/tree"
)

func decimal(n int) string { return strconv.Itoa(n) }

// Inline writes spans as HTML inside a block.
func Inline(spans []tree.Span, p Profile) string {
	w := &inlineWriter{tags: p != Minimal, escape: html.EscapeString, lineEnd: lineBreak}
	return w.write(spans)
}

// An inlineWriter writes spans. Struck-out text is marked in words, since
// Cliniko has no tag for it; so is raised and lowered text, by its own signs or
// "^" and "_".
type inlineWriter struct {
	b       strings.Builder
	tags    bool // b, i, u and a may be used
	escape  func(string) string
	lineEnd string
}

func (w *inlineWriter) write(spans []tree.Span) string {
	for i := 0; i < len(spans); {
		j := i + 1
		for j < len(spans) && sameGroup(spans[i], spans[j]) {
			j++
		}
		w.struck(spans[i:j])
		i = j
	}
	return w.b.String()
}

func sameGroup(a, b tree.Span) bool {
	return a.Has(tree.Struck) && b.Has(tree.Struck) || !a.Has(tree.Struck) && !b.Has(tree.Struck)
}

// struck writes neighbours that are all struck out, or none.
func (w *inlineWriter) struck(spans []tree.Span) {
	if !spans[0].Has(tree.Struck) {
		w.linked(spans)
		return
	}
	text := joined(spans)
	if strings.TrimSpace(text) == "" {
		w.linked(spans)
		return
	}
	if strings.HasPrefix(text, " ") {
		w.b.WriteByte(' ')
		spans = append([]tree.Span{}, spans...)
		spans[0].Text = strings.TrimPrefix(spans[0].Text, " ")
	}
	w.b.WriteString("[struck out: ")
	w.linked(spans)
	w.b.WriteByte(']')
}

func joined(spans []tree.Span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.Break {
			b.WriteByte(' ')
		}
		b.WriteString(s.Text)
	}
	return b.String()
}

// linked writes neighbours, those with one address as one link.
func (w *inlineWriter) linked(spans []tree.Span) {
	for i := 0; i < len(spans); {
		j := i + 1
		for j < len(spans) && spans[j].Address == spans[i].Address && spans[i].Address != "" {
			j++
		}
		w.link(spans[i].Address, spans[i:j])
		i = j
	}
}

func (w *inlineWriter) link(address string, spans []tree.Span) {
	if address != "" {
		address, _ = safeAddress(address)
	}
	if address != "" && w.tags {
		w.b.WriteString(`<a href="` + html.EscapeString(visible(address)) + `">`)
		w.raisedGroups(spans)
		w.b.WriteString("</a>")
		return
	}
	w.raisedGroups(spans)
	if address != "" && !sameAddress(joined(spans), address) {
		w.b.WriteString(w.escape(" (" + address + ")"))
	}
}

// sameAddress says whether a link's words are its address.
func sameAddress(text, address string) bool {
	bare := func(s string) string {
		for _, prefix := range []string{"mailto:", "tel:", "http://", "https://"} {
			s = strings.TrimPrefix(s, prefix)
		}
		return strings.TrimSuffix(s, "/")
	}
	return bare(strings.TrimSpace(text)) == bare(address)
}

func (w *inlineWriter) raisedGroups(spans []tree.Span) {
	const heights = tree.Raised | tree.Lowered
	for i := 0; i < len(spans); {
		j := i + 1
		for j < len(spans) && spans[j].Marks&heights == spans[i].Marks&heights && spans[i].Marks&heights != 0 {
			j++
		}
		if h := spans[i].Marks & heights; h != 0 {
			w.height(h, spans[i:j])
		} else {
			w.span(spans[i], w.escape(spans[i].Text))
		}
		i = j
	}
}

// height writes raised or lowered text.
func (w *inlineWriter) height(h tree.Mark, spans []tree.Span) {
	signs, mark := superscripts, "^("
	if h&tree.Raised == 0 {
		signs, mark = subscripts, "_("
	}
	text := joined(spans)
	if own, ok := mapped(text, signs); ok {
		w.span(spans[0], w.escape(own))
		return
	}
	if strings.TrimSpace(text) == "" {
		w.b.WriteString(text)
		return
	}
	w.b.WriteString(mark)
	for _, s := range spans {
		w.span(s, w.escape(s.Text))
	}
	w.b.WriteByte(')')
}

// mapped writes s in raised or lowered signs, if each has one.
func mapped(s string, signs map[rune]rune) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		m, ok := signs[r]
		if !ok {
			return "", false
		}
		b.WriteRune(m)
	}
	return b.String(), s != ""
}

// The digits and signs that Unicode has raised and lowered. Letters are left
// out, since fonts have few of them, and so is the hyphen, which has no raised
// form of its own.
var (
	superscripts = signMap("0123456789+−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
	subscripts   = signMap("0123456789+−", "₀₁₂₃₄₅₆₇₈₉₊₋")
)

func signMap(from, to string) map[rune]rune {
	m := map[rune]rune{}
	targets := []rune(to)
	for i, r := range []rune(from) {
		m[r] = targets[i]
	}
	return m
}

// span writes one span's text, escaped already, in its tags.
func (w *inlineWriter) span(s tree.Span, text string) {
	if s.Break {
		w.b.WriteString(w.lineEnd)
		return
	}
	if s.Box != tree.NoBox {
		w.b.WriteString(strings.TrimSpace(boxSign(s.Box)))
		return
	}
	var tags []string
	if w.tags && strings.TrimSpace(text) != "" {
		for _, t := range []struct {
			mark tree.Mark
			name string
		}{{tree.Bold, "b"}, {tree.Italic, "i"}, {tree.Underlined, "u"}} {
			if s.Has(t.mark) {
				tags = append(tags, t.name)
			}
		}
	}
	for _, t := range tags {
		w.b.WriteString("<" + t + ">")
	}
	w.b.WriteString(strings.NewReplacer("\n", " ", "\t", " ").Replace(text))
	for i := len(tags) - 1; i >= 0; i-- {
		w.b.WriteString("</" + tags[i] + ">")
	}
}
