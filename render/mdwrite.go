package render

import (
	"html"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	gfm "github.com/yuin/goldmark/extension/ast"
)

// A markdownWriter writes a parsed document as clean markup.
type markdownWriter struct {
	*markup
	source []byte
	notes  *gfm.FootnoteList
	used   map[string]bool // link definitions that a link uses, by folded label
	inCell bool
	alt    bool // writing a picture's words, where links lead nowhere
	defs   map[string]bool
	// endless holds, by element, the block in which it was looked for in vain.
	endless map[string]ast.Node
}

func (w *markdownWriter) document(doc ast.Node) {
	w.survey(doc)
	w.blockChildren(doc)
	w.footnotes()
}

func (w *markdownWriter) blockChildren(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.block(c)
	}
}

func (w *markdownWriter) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		w.element("h"+strconv.Itoa(n.Level), nil, n)
	case *ast.Paragraph:
		w.element("p", nil, n)
	case *ast.TextBlock:
		w.within(func() { w.inlineChildren(n) })
		if n.NextSibling() != nil {
			w.b.WriteByte('\n')
		}
	case *ast.Blockquote:
		w.nest("blockquote", n)
	case *ast.List:
		w.list(n)
	case *ast.CodeBlock:
		w.code(n, "")
	case *ast.FencedCodeBlock:
		w.code(n, w.info(n))
	case *ast.ThematicBreak:
		w.start("hr")
	case *ast.HTMLBlock:
		w.htmlBlock(n)
	case *ast.LinkReferenceDefinition:
		w.definition(n)
	case *gfm.Table:
		w.table(n)
	case *gfm.FootnoteList:
		w.unusedNotes(n)
	default:
		w.blockChildren(n)
	}
}

// element writes a block of inline content.
func (w *markdownWriter) element(name string, attrs []attribute, n ast.Node) {
	w.start(name, attrs...)
	if keepsSign(n) {
		w.text("> ")
	}
	w.within(func() { w.inlineChildren(n) })
	w.end(name)
}

// nest writes a block of blocks.
func (w *markdownWriter) nest(name string, n ast.Node, attrs ...attribute) {
	w.start(name, attrs...)
	w.within(func() { w.blockChildren(n) })
	w.end(name)
}

func (w *markdownWriter) list(n *ast.List) {
	name := "ul"
	if n.IsOrdered() {
		name = "ol"
	}
	w.start(name)
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		var attrs []attribute
		if number, ok := c.Attribute(numberAttribute); ok && n.IsOrdered() {
			attrs = append(attrs, attribute{name: "label", value: typedNumber + number.(string)})
		} else if sign := findingSign(n); sign != "" {
			attrs = append(attrs, attribute{name: "label", value: typedNumber + sign})
		}
		w.nest("li", c, attrs...)
	}
	w.end(name)
}

// findingSign returns the sign that a list's items keep: "+" before each is
// either a bullet or a positive finding, and so is "-" beside it a negative one.
func findingSign(n *ast.List) string {
	plus := func(l ast.Node) bool {
		list, ok := l.(*ast.List)
		return ok && list.Marker == '+'
	}
	switch {
	case n.Marker == '+':
		return "+"
	case n.Marker == '-' && (plus(n.PreviousSibling()) || plus(n.NextSibling())):
		return "-"
	}
	return ""
}

func (w *markdownWriter) table(n *gfm.Table) {
	w.start("table")
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		w.start("tr")
		name := "td"
		if row.Kind() == gfm.KindTableHeader {
			name = "th"
		}
		w.inCell = true
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			w.element(name, nil, cell)
		}
		w.inCell = false
		w.end("tr")
	}
	w.end("table")
}

// info returns the words after a fence, unless they only name a language.
func (w *markdownWriter) info(n *ast.FencedCodeBlock) string {
	if n.Info == nil {
		return ""
	}
	info := strings.TrimSpace(string(n.Info.Segment.Value(w.source)))
	if len(plainWords(strings.Fields(info))) < 2 || !strings.Contains(info, " ") || strings.Contains(info, "=") {
		return ""
	}
	return unescaped(info)
}

func (w *markdownWriter) code(n ast.Node, info string) {
	var b strings.Builder
	if info != "" {
		b.WriteString(info + "\n")
	}
	lines := n.Lines()
	for i := range lines.Len() {
		segment := lines.At(i)
		b.Write(segment.Value(w.source))
	}
	w.start("pre")
	w.b.WriteByte('\n') // HTML drops the first line end after <pre>
	w.text(strings.TrimSuffix(b.String(), "\n"))
	w.end("pre")
}

func (w *markdownWriter) htmlBlock(n *ast.HTMLBlock) {
	var b strings.Builder
	lines := n.Lines()
	for i := range lines.Len() {
		segment := lines.At(i)
		b.Write(segment.Value(w.source))
	}
	if n.HasClosure() {
		b.Write(n.ClosureLine.Value(w.source))
	}
	if typed := strings.TrimSpace(b.String()); w.namesNothing(typed) {
		w.start("p")
		for i, line := range strings.Split(typed, "\n") {
			if i > 0 {
				w.start("br")
			}
			w.raw(line)
		}
		w.end("p")
		return
	}
	w.raw(b.String())
	w.b.WriteByte('\n')
}

// namesNothing says that a block begins with a tag of no HTML element.
func (w *markdownWriter) namesNothing(s string) bool {
	if len(s) < 2 || s[0] != '<' || !isLetter(s[1]) {
		return false
	}
	name, attrs, _, ok := w.lexTag(s, 0)
	return ok && !w.isElement(name, attrs)
}

// unescaped resolves backslashes and entities, as in an address or a label.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && isPunct(s[i+1]) {
			i++
		}
		b.WriteByte(s[i])
	}
	return html.UnescapeString(b.String())
}

func isPunct(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}
