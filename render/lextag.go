package render

import (
	"html"
	"strings"
)

const blanks = " \t\n"

// lexTag reads the start tag at i as HTML's tokenizer does: its name and
// attributes in lower case, values decoded, and its length. It says no to a tag
// that has no end before the next "<".
func (m *markup) lexTag(s string, i int) (name string, attrs []attribute, length int, ok bool) {
	at := i + 1
	for at < len(s) && !strings.ContainsRune(blanks+"/<>", rune(s[at])) {
		at++
	}
	name = strings.ToLower(s[i+1 : at])
	for at < len(s) {
		switch c := s[at]; {
		case c == '>':
			return name, attrs, at + 1 - i, true
		case c == '<':
			return "", nil, 0, false
		case c == '/' || strings.IndexByte(blanks, c) >= 0:
			at++
			continue
		}
		key := at
		for at++; at < len(s) && !strings.ContainsRune(blanks+"/<>=", rune(s[at])); at++ {
		}
		a := attribute{name: strings.ToLower(s[key:at])}
		at, ok = m.lexValue(s, at, &a)
		if !ok {
			return "", nil, 0, false
		}
		attrs = append(attrs, a)
	}
	return "", nil, 0, false
}

// lexValue reads "=value" at i into a, if that is there, and returns where it
// ends.
func (m *markup) lexValue(s string, i int, a *attribute) (end int, ok bool) {
	at := skipBlanks(s, i)
	if at >= len(s) || s[at] != '=' {
		return i, true
	}
	at = skipBlanks(s, at+1)
	if at >= len(s) {
		return at, false
	}
	if q := s[at]; q == '"' || q == '\'' {
		end := m.through(s, at+1, string(q))
		if end == at+1 {
			return at, false
		}
		a.value, a.quoted = html.UnescapeString(s[at+1:end-1]), true
		return end, true
	}
	from := at
	for at < len(s) && !strings.ContainsRune(blanks+"<>", rune(s[at])) {
		at++
	}
	a.value = html.UnescapeString(s[from:at])
	return at, true
}

func skipBlanks(s string, i int) int {
	for i < len(s) && strings.IndexByte(blanks, s[i]) >= 0 {
		i++
	}
	return i
}
