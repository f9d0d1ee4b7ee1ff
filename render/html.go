package render

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"carryover"
)

// blockTags are the tags that put their content on lines of its own.
var blockTags = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Table: true,
	atom.Tr: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true,
	atom.H6: true, atom.Blockquote: true, atom.Pre: true, atom.Section: true, atom.Article: true,
	atom.Header: true, atom.Footer: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Hr: true,
	atom.Form: true, atom.Fieldset: true, atom.Legend: true, atom.Thead: true, atom.Tbody: true,
	atom.Caption: true, atom.Figure: true, atom.Figcaption: true, atom.Main: true, atom.Address: true,
	atom.Summary: true, atom.Details: true, atom.Aside: true, atom.Nav: true, atom.Center: true, atom.Option: true,
	atom.Optgroup: true, atom.Select: true, atom.Textarea: true, atom.Button: true, atom.Menu: true, atom.Dialog: true,
	atom.Hgroup: true, atom.Dir: true, atom.Iframe: true, atom.Video: true, atom.Audio: true, atom.Object: true, atom.Body: true,
}

// unseen are the elements whose content no reader sees.
var unseen = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Template: true,
}

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
	return blockTags[atom.Lookup([]byte(name))] && strings.Contains(s, "</"+name)
}

// htmlLines returns the visible text of an HTML document, one block a line,
// list items with their mark, cells with a bar between, boxes as ☐ and ☑.
func htmlLines(src string) string {
	root, err := html.Parse(strings.NewReader(src))
	if err != nil { // nested beyond the parser's bound of 512: shown with its tags
		return src
	}
	w := &lineWriter{counts: map[*html.Node]int{}}
	w.walk(root)
	w.flush()
	return strings.Join(w.lines, "\n")
}

type lineWriter struct {
	lines   []string
	current strings.Builder
	counts  map[*html.Node]int // the number of each ordered list's last item
}

func (w *lineWriter) flush() {
	if l := strings.Join(strings.Fields(w.current.String()), " "); l != "" {
		w.lines = append(w.lines, l)
	}
	w.current.Reset()
}

func (w *lineWriter) walk(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.current.WriteString(n.Data)
		return
	case html.CommentNode, html.DoctypeNode:
		return
	}
	if n.Type == html.ElementNode && unseen[n.DataAtom] {
		return
	}
	block := n.Type == html.ElementNode && blockTags[n.DataAtom]
	if block {
		w.flush()
	}
	w.open(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.walk(c)
	}
	switch n.DataAtom {
	case atom.Td, atom.Th:
		if nextCell(n) {
			w.current.WriteString(" | ")
		}
	case atom.Del, atom.S, atom.Strike:
		w.current.WriteString("]")
	}
	if block {
		w.flush()
	}
}

// open writes what an element shows before its content.
func (w *lineWriter) open(n *html.Node) {
	switch n.DataAtom {
	case atom.Br:
		w.flush()
	case atom.Li:
		w.current.WriteString(w.listMark(n))
	case atom.Sup: // 10³ must not become 103
		w.current.WriteString("^")
	case atom.Sub:
		w.current.WriteString("_")
	case atom.Del, atom.S, atom.Strike:
		w.current.WriteString("[struck out: ")
	case atom.Hr:
		w.current.WriteString("———")
	case atom.Img:
		w.current.WriteString(" ")
		if alt := attr(n, "alt"); alt != "" {
			w.current.WriteString("[Image: " + alt + "] ")
		}
	case atom.Input:
		w.current.WriteString(fieldText(n))
	}
}

func fieldText(n *html.Node) string {
	switch strings.ToLower(attr(n, "type")) {
	case "checkbox", "radio":
		if hasAttr(n, "checked") {
			return " ☑ "
		}
		return " ☐ "
	case "hidden", "submit", "button", "reset":
		return ""
	}
	return " " + attr(n, "value") + " "
}

// listMark counts an ordered list's items as a browser does.
func (w *lineWriter) listMark(li *html.Node) string {
	list := li.Parent
	if list == nil || list.DataAtom != atom.Ol {
		return "• "
	}
	n, begun := w.counts[list]
	if n++; !begun {
		n = 1
		if start, err := strconv.Atoi(attr(list, "start")); err == nil {
			n = start
		}
	}
	if v, err := strconv.Atoi(attr(li, "value")); err == nil {
		n = v
	}
	w.counts[list] = n
	return strconv.Itoa(n) + ". "
}

// nextCell says whether another cell follows in the row.
func nextCell(n *html.Node) bool {
	for s := n.NextSibling; s != nil; s = s.NextSibling {
		if s.DataAtom == atom.Td || s.DataAtom == atom.Th {
			return true
		}
	}
	return false
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
