// Package paper puts a note on a page: what a preview says, in HTML that is safe
// to show. The words are other people's, whatever the renderer let through: the
// HTML is written anew from its tree, with the tags that a note may have and no
// attribute but a link's address.
package paper

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// noteTags are the tags that a note may have.
var noteTags = []atom.Atom{
	atom.P, atom.Div, atom.Br, atom.Ul, atom.Ol, atom.Li, atom.Blockquote,
	atom.H1, atom.H2, atom.B, atom.I, atom.U, atom.A,
}

// Clean writes a note's HTML anew from its tree. Of tags that a note may not
// have, the words stay.
func Clean(body string) (template.HTML, error) {
	nodes, err := html.ParseFragment(strings.NewReader(body), &html.Node{Type: html.ElementNode, DataAtom: atom.Div, Data: "div"})
	if err != nil {
		return "", fmt.Errorf("read the note's HTML: %w", err)
	}
	var b strings.Builder
	for _, n := range nodes {
		writeClean(&b, n)
	}
	return template.HTML(b.String()), nil //nolint:gosec // written tag by tag
}

func writeClean(b *strings.Builder, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		b.WriteString(html.EscapeString(n.Data))
		return
	case n.Type != html.ElementNode:
		return
	}
	known := slices.Contains(noteTags, n.DataAtom)
	if known {
		b.WriteString("<" + n.DataAtom.String())
		if to := attribute(n, "href"); n.DataAtom == atom.A && leadsSomewhere(to) {
			b.WriteString(` href="` + html.EscapeString(to) + `"`)
		}
		b.WriteString(">")
	}
	for c := range n.ChildNodes() {
		writeClean(b, c)
	}
	if known && n.DataAtom != atom.Br {
		b.WriteString("</" + n.DataAtom.String() + ">")
	}
}

// leadsSomewhere says that an address may be clicked.
func leadsSomewhere(to string) bool {
	u, err := url.Parse(to)
	return err == nil && slices.Contains([]string{"http", "https", "mailto", "tel"}, u.Scheme)
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
