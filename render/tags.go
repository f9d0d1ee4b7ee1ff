package render

import (
	"html"
	"slices"
	"strings"
)

// raw reads HTML as somebody typed it. Known elements are passed on; comments
// and what no reader sees go (policy P10); every other "<" is a sign.
func (m *markup) raw(s string) {
	clear(m.absent)
	for i := 0; i < len(s); {
		next := strings.IndexByte(s[i:], '<')
		if next < 0 {
			m.entities(s[i:])
			return
		}
		m.entities(s[i : i+next])
		i += next
		if n := m.tag(s, i); n > 0 {
			i += n
			continue
		}
		m.text("<")
		i++
	}
}

// entities writes text whose character references are decoded.
func (m *markup) entities(s string) { m.text(visible(lineEnds.Replace(html.UnescapeString(s)))) }

// tag reads what begins with the "<" at i and returns its length, or 0 if it is
// a sign of the text.
func (m *markup) tag(s string, i int) int {
	rest := s[i:]
	switch {
	case strings.HasPrefix(rest, "<!-->"):
		return len("<!-->")
	case strings.HasPrefix(rest, "<!--"):
		if end := m.through(s, i+len("<!-"), "-->"); end > i+len("<!-") {
			return end - i
		}
		return 0 // it never ends, so it hides nothing
	case instruction(rest), declaration(rest):
		return m.through(s, i, ">") - i
	case len(rest) > 2 && rest[1] == '/' && isLetter(rest[2]):
		return m.endTag(rest)
	case len(rest) > 1 && isLetter(rest[1]):
		return m.startTag(s, i)
	}
	return 0
}

// declaration recognises "<!DOCTYPE" and its kin, and the conditions that
// office programs write.
func declaration(s string) bool {
	return begins(s, "<!", "doctype", "element", "attlist", "entity", "notation", "[if", "[endif")
}

// instruction recognises what programs write for each other. Any other "<?" is
// a question: <?fracture>.
func instruction(s string) bool {
	return begins(s, "<?", "xml", "xml:namespace", "xml-stylesheet", "php", "mso-application")
}

// begins says whether s begins with a mark and one of some words.
func begins(s, mark string, words ...string) bool {
	if !strings.HasPrefix(s, mark) {
		return false
	}
	head := s[len(mark):min(len(s), len(mark)+20)]
	stop := strings.IndexAny(head, blanks+"?>")
	return stop > 0 && slices.Contains(words, strings.ToLower(head[:stop]))
}

// through returns the offset after the next mark in s from i on, or i if there
// is none. A search that failed once is not repeated.
func (m *markup) through(s string, i int, mark string) int {
	if from, ok := m.absent[mark]; ok && i >= from {
		return i
	}
	if n := strings.Index(s[i:], mark); n >= 0 {
		return i + n + len(mark)
	}
	m.absent[mark] = i
	return i
}

func (m *markup) endTag(s string) int {
	stop := strings.IndexAny(s[1:], "<>")
	if stop < 0 || s[1+stop] == '<' {
		return 0
	}
	name := strings.ToLower(strings.TrimRight(s[2:1+stop], " \t\n/"))
	if at := strings.IndexAny(name, " \t\n"); at >= 0 {
		name = name[:at]
	}
	switch {
	case m.inSVG > 0 && foreign[name]:
	case name == "svg", name == "math":
		m.inSVG = max(0, m.inSVG-1)
		m.end("span")
	case renamed[name] != "":
		m.end(renamed[name])
	case keptElements[name]:
		m.closing(name)
	case unwrapped[name], unseen[name], m.page && strings.Contains(name, ":"):
	default:
		return 0
	}
	return 2 + stop
}

// closing ends an element that was typed; an end without a start says nothing,
// except that </p> and </br> part lines.
func (m *markup) closing(name string) {
	if name == "br" {
		m.start("br")
		return
	}
	m.end(name)
}

// startTag passes on the element that begins at i, and returns how much of s it
// took: the tag, or with what no reader sees all of its content.
func (m *markup) startTag(s string, i int) int {
	name, attrs, length, ok := m.lexTag(s, i)
	if !ok || !m.isElement(name, attrs) {
		return 0
	}
	if unseen[name] {
		return m.hidden(s, i, name, length)
	}
	switch {
	case m.inSVG > 0 && foreign[name], unwrapped[name], m.page && strings.Contains(name, ":"):
		return length
	case name == "svg", name == "math":
		m.inSVG++
	case name == "textarea", name == "xmp", name == "iframe", name == "noembed", name == "noframes":
		return m.rawText(s, i, name, length)
	case name == "plaintext":
		m.start("pre")
		m.text(visible(s[i+length:]))
		m.end("pre")
		return len(s) - i
	}
	m.element(name, attrs)
	return length
}

// isElement applies policies P1 and P2: a name that HTML has, and no bare word
// among the attributes that it has not. A value in quotes is markup for sure.
func (m *markup) isElement(name string, attrs []attribute) bool {
	known := keptElements[name] || renamed[name] != "" || unwrapped[name] || unseen[name] ||
		m.inSVG > 0 && foreign[name] || m.page && strings.Contains(name, ":")
	if !known {
		return false
	}
	for _, a := range attrs {
		if a.quoted {
			return true
		}
	}
	for _, a := range attrs {
		if !isAttribute(a.name) && (a.value == "" || !m.page) {
			return m.inSVG > 0
		}
	}
	return true
}

// hidden takes an element with all its content, which no reader sees. Without
// an end it hides nothing: it is text.
func (m *markup) hidden(s string, i int, name string, length int) int {
	if end := m.closeOf(s, i+length, name); end > 0 {
		return end - i
	}
	if name == "head" {
		return length
	}
	return 0
}

// closeOf returns the offset after the end tag of name, or 0.
func (m *markup) closeOf(s string, i int, name string) int {
	mark := "</" + name
	if from, ok := m.absent[mark]; ok && i >= from {
		return 0
	}
	for at := i; ; {
		n := strings.IndexByte(s[at:], '<')
		if n < 0 {
			m.absent[mark] = i
			return 0
		}
		at += n
		if len(s)-at > len(mark) && strings.EqualFold(s[at:at+len(mark)], mark) && !isNameByte(s[at+len(mark)]) {
			if n := strings.IndexByte(s[at:], '>'); n >= 0 {
				return at + n + 1
			}
		}
		at++
	}
}

// rawText takes an element whose content is text, whatever it looks like.
func (m *markup) rawText(s string, i int, name string, length int) int {
	end := m.closeOf(s, i+length, name)
	if end == 0 {
		if !m.page {
			return 0
		}
		m.start("div")
		m.end("div")
		return length
	}
	content := s[i+length : i+length+strings.LastIndex(s[i+length:end], "<")]
	as := renamed[name]
	if name == "textarea" {
		as = "pre"
		content = html.UnescapeString(content)
	}
	m.start(as)
	m.text(visible(lineEnds.Replace(content)))
	m.end(as)
	return end - i
}

// element opens a known element with the attributes that matter.
func (m *markup) element(name string, attrs []attribute) {
	var kept []attribute
	struck := false
	for _, a := range attrs {
		if keptAttributes[a.name] {
			kept = append(kept, attribute{name: a.name, value: visible(a.value)})
		}
		struck = struck || a.name == "style" && strings.Contains(strings.ToLower(a.value), "line-through")
	}
	as := name
	if r := renamed[name]; r != "" {
		as = r
	}
	if struck {
		kept = append(kept, attribute{name: "class", value: "struck"})
	}
	if name == "optgroup" {
		m.start(as)
		for _, a := range kept {
			if a.name == "label" {
				m.text(a.value + " ")
			}
		}
		return
	}
	m.start(as, kept...)
	if name == "option" && slices.ContainsFunc(attrs, func(a attribute) bool { return a.name == "selected" }) {
		m.start("input", attribute{name: "type", value: "radio"}, attribute{name: "checked"})
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isNameByte(c byte) bool {
	return isLetter(c) || c >= '0' && c <= '9' || c == '-' || c == ':' || c == '_'
}
