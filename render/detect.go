package render

import (
	"strings"

	"carryover"
)

// IsHTML decides whether src is HTML, in the order of the Heidi sheet §7: what
// the API says; else HTML only if it begins with a block-level tag and holds
// the matching close tag. "BP <120" stays Markdown.
func IsHTML(f carryover.Format, src string) bool {
	switch f {
	case carryover.FormatHTML:
		return true
	case carryover.FormatMarkdown:
		return false
	}
	s := strings.ToLower(strings.TrimSpace(src))
	if strings.HasPrefix(s, "<!doctype") || strings.HasPrefix(s, "<html") {
		return true
	}
	if !strings.HasPrefix(s, "<") {
		return false
	}
	end := strings.IndexAny(s[1:], " \t\n>/")
	if end <= 0 {
		return false
	}
	name := s[1 : 1+end]
	return (blockNames[name] || renamed[name] == "div" || name == "pre") && strings.Contains(s, "</"+name)
}
