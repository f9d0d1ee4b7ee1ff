package pdf

import (
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"carryover/render/tree"
)

// fromHTML makes a tree of clean HTML, as a stand-in for the parsers of package
// render: what is tested here is the drawing.
func fromHTML(t testing.TB, src string) tree.Doc {
	t.Helper()
	root, err := html.Parse(strings.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	return tree.Doc{Blocks: htmlBlocks(root, 0)}
}

func htmlBlocks(n *html.Node, m tree.Mark) []tree.Block {
	var out []tree.Block
	var loose []tree.Span
	flush := func() {
		if strings.TrimSpace(spanText(loose)) != "" || hasBox(loose) {
			out = append(out, tree.Block{Kind: tree.Paragraph, Spans: loose})
		}
		loose = nil
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Html, atom.Body, atom.Div, atom.Section, atom.Article, atom.Details, atom.Summary, atom.Form,
			atom.Dl, atom.Dt, atom.Dd, atom.Fieldset, atom.Legend, atom.Header, atom.Footer, atom.Main, atom.Caption:
			flush()
			out = append(out, htmlBlocks(c, m)...)
		case atom.Head, atom.Script, atom.Style, atom.Title, atom.Template:
		case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			flush()
			b := tree.Block{Kind: tree.Paragraph, Spans: htmlSpans(c, m, "")}
			if c.DataAtom != atom.P {
				b.Kind, b.Level = tree.Heading, int(c.Data[1]-'0')
			}
			out = append(out, b)
		case atom.Ul, atom.Ol:
			flush()
			out = append(out, htmlList(c, m))
		case atom.Blockquote:
			flush()
			out = append(out, tree.Block{Kind: tree.Quote, Blocks: htmlBlocks(c, m)})
		case atom.Pre:
			flush()
			out = append(out, tree.Block{Kind: tree.Code, Lines: strings.Split(strings.TrimSuffix(nodeText(c), "\n"), "\n")})
		case atom.Hr:
			flush()
			out = append(out, tree.Block{Kind: tree.Rule})
		case atom.Table:
			flush()
			if f := c.FirstChild; f != nil && f.DataAtom == atom.Caption {
				out = append(out, tree.Block{Kind: tree.Paragraph, Spans: htmlSpans(f, m, "")})
			}
			out = append(out, htmlTable(c, m))
		default:
			loose = append(loose, htmlSpan(c, m, "")...)
		}
	}
	flush()
	return out
}

func htmlList(n *html.Node, m tree.Mark) tree.Block {
	b := tree.Block{Kind: tree.List}
	at := 1
	if v, err := strconv.Atoi(htmlAttr(n, "start")); err == nil {
		at = v
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Li {
			continue
		}
		it := tree.Item{Blocks: htmlBlocks(c, m)}
		if v, err := strconv.Atoi(htmlAttr(c, "value")); err == nil {
			at = v
		}
		if n.DataAtom == atom.Ol {
			it.Number = strconv.Itoa(at) + "."
			at++
		}
		if len(it.Blocks) > 0 && len(it.Blocks[0].Spans) > 0 && it.Blocks[0].Spans[0].Box != tree.NoBox {
			it.Box = it.Blocks[0].Spans[0].Box
			it.Blocks[0].Spans = it.Blocks[0].Spans[1:]
		}
		b.Items = append(b.Items, it)
	}
	return b
}

func htmlTable(n *html.Node, m tree.Mark) tree.Block {
	b := tree.Block{Kind: tree.Table}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom != atom.Tr {
				walk(c)
				continue
			}
			var cells []tree.Cell
			heads := 0
			for d := c.FirstChild; d != nil; d = d.NextSibling {
				if d.DataAtom == atom.Td || d.DataAtom == atom.Th {
					cells = append(cells, tree.Cell{Spans: htmlSpans(d, m, "")})
				}
				if d.DataAtom == atom.Th {
					heads++
				}
			}
			if heads == len(cells) && b.Head == nil && len(b.Rows) == 0 {
				b.Head = cells
			} else {
				b.Rows = append(b.Rows, cells)
			}
		}
	}
	walk(n)
	return b
}

func htmlSpans(n *html.Node, m tree.Mark, address string) []tree.Span {
	var out []tree.Span
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out = append(out, htmlSpan(c, m, address)...)
	}
	return out
}

func htmlSpan(n *html.Node, m tree.Mark, address string) []tree.Span {
	if n.Type == html.TextNode {
		return []tree.Span{{Text: n.Data, Marks: m, Address: address}}
	}
	switch n.DataAtom {
	case atom.Br:
		return []tree.Span{{Break: true}}
	case atom.B, atom.Strong, atom.Th:
		m |= tree.Bold
	case atom.I, atom.Em:
		m |= tree.Italic
	case atom.U, atom.Ins:
		m |= tree.Underlined
	case atom.Del, atom.S, atom.Strike:
		m |= tree.Struck
	case atom.Sup:
		m |= tree.Raised
	case atom.Sub:
		m |= tree.Lowered
	case atom.Code, atom.Kbd:
		m |= tree.Mono
	case atom.A:
		switch address = htmlAttr(n, "href"); {
		case strings.HasPrefix(address, "#"): // a footnote's way there and back
			address = ""
		case clickable(address) == "": // a parser makes it text
			return append(htmlSpans(n, m, ""), tree.Span{Text: " (" + address + ")", Marks: m})
		}
	case atom.Input:
		if k := htmlAttr(n, "type"); k == "checkbox" || k == "radio" {
			for _, a := range n.Attr {
				if a.Key == "checked" {
					return []tree.Span{{Box: tree.Ticked}}
				}
			}
			return []tree.Span{{Box: tree.Unticked}}
		}
		return []tree.Span{{Text: " " + htmlAttr(n, "value") + " "}}
	case atom.Img:
		return []tree.Span{{Text: "[Image: " + htmlAttr(n, "alt") + "]"}}
	case atom.Script, atom.Style, atom.Template:
		return nil
	}
	return htmlSpans(n, m, address)
}

func htmlAttr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func nodeText(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(nodeText(c))
	}
	return b.String()
}

func spanText(spans []tree.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

func hasBox(spans []tree.Span) bool {
	for _, s := range spans {
		if s.Box != tree.NoBox {
			return true
		}
	}
	return false
}
