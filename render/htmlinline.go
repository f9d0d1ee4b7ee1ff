package render

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"carryover/render/tree"
)

// marksOf are the elements that make words stand out.
var marksOf = map[atom.Atom]tree.Mark{
	atom.B: tree.Bold, atom.Strong: tree.Bold,
	atom.I: tree.Italic, atom.Em: tree.Italic, atom.Cite: tree.Italic, atom.Var: tree.Italic, atom.Dfn: tree.Italic,
	atom.U: tree.Underlined, atom.Ins: tree.Underlined,
	atom.S: tree.Struck, atom.Strike: tree.Struck, atom.Del: tree.Struck,
	atom.Sup: tree.Raised, atom.Sub: tree.Lowered,
	atom.Code: tree.Mono, atom.Kbd: tree.Mono, atom.Samp: tree.Mono, atom.Tt: tree.Mono,
}

// spanMarks are the marks of spans that markup wrote.
var spanMarks = map[string]tree.Mark{"struck": tree.Struck, "spelled": tree.Spelled}

// spell adds words that the source does not hold as such.
func (b *builder) spell(s string) {
	marks := b.marks
	b.marks |= tree.Spelled
	b.add(s)
	b.marks = marks
}

func (b *builder) inline(n *html.Node) {
	switch n.DataAtom {
	case atom.Br:
		b.spans = append(b.spans, tree.Span{Break: true, Marks: b.marks & tree.Struck})
	case atom.A:
		b.link(n)
	case atom.Img:
		b.image(n)
	case atom.Input:
		b.field(n)
	case atom.Q:
		b.add("“")
		b.children(n)
		b.add("”")
	case atom.Abbr:
		b.children(n)
		if title := strings.TrimSpace(attr(n, "title")); title != "" {
			b.spell(" (" + title + ")")
		}
	case atom.Sup:
		b.raised(n)
	default: // Without a mark of its own: head, body, and what looks like its surroundings.
		b.under(marksOf[n.DataAtom]|spanMarks[attr(n, "class")], n)
	}
}

// raised reads <sup>. An ordinal's letters stay on the line: 1st.
func (b *builder) raised(n *html.Node) {
	if c := n.FirstChild; c != nil && c.NextSibling == nil && c.Type == html.TextNode {
		switch strings.ToLower(strings.TrimSpace(c.Data)) {
		case "st", "nd", "rd", "th":
			b.children(n)
			return
		}
	}
	b.under(tree.Raised, n)
}

// link reads <a>. An address that nobody may be led to is words; one that
// could run something is dropped.
func (b *builder) link(n *html.Node) {
	href := strings.TrimSpace(visible(lineEnds.Replace(attr(n, "href"))))
	if address, ok := safeAddress(href); ok {
		old := b.address
		b.address = address
		b.children(n)
		b.address = old
	} else {
		b.children(n)
		shown := shownAddress(href)
		if strings.HasPrefix(shown, "#") && attr(n, "class") != "markdown" {
			shown = "" // a place within a web page
		}
		if shown != "" {
			b.spell(" (" + shown + ")")
		}
	}
	if title := strings.TrimSpace(attr(n, "title")); title != "" {
		b.spell(" (" + title + ")")
	}
}

// image spells a picture out: what it shows, and where it is.
func (b *builder) image(n *html.Node) {
	alt := strings.TrimSpace(attr(n, "alt"))
	src := strings.TrimSpace(visible(attr(n, "src")))
	if _, ok := safeAddress(src); !ok {
		src = shownAddress(src)
	}
	if alt == "" {
		b.spell(" [Image]")
	} else {
		b.spell(" [Image: ")
		b.add(alt)
		b.spell("]")
	}
	if src != "" {
		b.spell(" (" + src + ")")
	}
	if title := strings.TrimSpace(attr(n, "title")); title != "" {
		b.spell(" " + title)
	}
	b.add(" ")
}

// field reads <input>: a box with its state, or the value that was typed.
func (b *builder) field(n *html.Node) {
	switch strings.ToLower(attr(n, "type")) {
	case "checkbox", "radio":
		box := tree.Unticked
		if hasAttr(n, "checked") {
			box = tree.Ticked
		}
		b.add(" ")
		b.spans = append(b.spans, tree.Span{Box: box})
		b.add(" ")
	case "hidden", "image", "file", "password":
	default:
		if v := attr(n, "value"); strings.TrimSpace(v) != "" {
			b.add(" " + v + " ")
		}
	}
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
