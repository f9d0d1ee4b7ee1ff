package render

import (
	"html"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	gfm "github.com/yuin/goldmark/extension/ast"
)

func (w *markdownWriter) inlineChildren(n ast.Node) {
	for c := n.FirstChild(); c != nil; {
		c = w.inline(c)
	}
}

// inline writes a node and returns the one to go on with.
func (w *markdownWriter) inline(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.Text:
		w.words(n)
	case *ast.String:
		w.text(string(n.Value))
	case *ast.CodeSpan:
		w.codeSpan(n)
	case *ast.Emphasis:
		if w.isBlankDate(n) { // "__/__/____", to be filled in
			w.text("__")
			w.inlineChildren(n)
			w.text("__")
			break
		}
		name := "em"
		if n.Level == 2 {
			name = "strong"
		}
		w.span(name, n)
	case *gfm.Strikethrough:
		w.span("del", n)
	case *ast.Link:
		if w.alt {
			w.inlineChildren(n)
			break
		}
		w.span("a", n, w.linkAttributes(n.Destination, n.Title)...)
	case *ast.Image:
		w.image(n)
	case *ast.AutoLink:
		w.autoLink(n)
	case *ast.RawHTML:
		return w.rawInline(n)
	case *gfm.TaskCheckBox:
		attrs := []attribute{{name: "type", value: "checkbox"}}
		if n.IsChecked {
			attrs = append(attrs, attribute{name: "checked", value: ""})
		}
		w.start("input", attrs...)
	case *gfm.FootnoteLink:
		w.start("span", attribute{name: "class", value: "spelled"})
		w.text("[" + strconv.Itoa(n.Index) + "]")
		w.end("span")
	default:
		w.inlineChildren(n)
	}
	return n.NextSibling()
}

// isBlankDate says whether "__" round a lone sign is not emphasis but blanks to
// write in.
func (w *markdownWriter) isBlankDate(n *ast.Emphasis) bool {
	only, ok := n.FirstChild().(*ast.Text)
	if !ok || n.Level != 2 || only.NextSibling() != nil || only.Segment.Stop >= len(w.source) || w.source[only.Segment.Stop] != '_' {
		return false
	}
	sign := strings.TrimSpace(string(only.Segment.Value(w.source)))
	return sign == "/" || sign == "-" || sign == "." || sign == ":"
}

func (w *markdownWriter) span(name string, n ast.Node, attrs ...attribute) {
	w.start(name, attrs...)
	depth := len(w.open)
	w.inlineChildren(n)
	for len(w.open) > depth { // typed inside and never closed: it ends here
		w.end(w.open[len(w.open)-1])
	}
	w.end(name)
}

// words writes text with its backslashes and entities resolved, and the line
// end after it.
func (w *markdownWriter) words(n *ast.Text) {
	s := string(n.Segment.Value(w.source))
	if !n.IsRaw() {
		w.escapes(s)
	} else {
		w.text(s)
	}
	switch {
	case n.HardLineBreak(), n.SoftLineBreak():
		w.start("br") // a line that was typed stays a line
	}
}

// escapes resolves backslashes and entities: "\&lt;" is an ampersand and more.
func (w *markdownWriter) escapes(s string) {
	var b strings.Builder
	from := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && isPunct(s[i+1]) {
			b.WriteString(decoded(s[from:i]))
			b.WriteByte(s[i+1])
			i++
			from = i + 1
		}
	}
	b.WriteString(decoded(s[from:]))
	w.text(b.String())
}

// decoded resolves the entities that end in a semicolon; "&copy" without one is
// text in Markdown.
func decoded(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			return visible(lineEnds.Replace(b.String() + s))
		}
		b.WriteString(s[:i])
		s = s[i:]
		end := 1
		for end < len(s) && (isNameByte(s[end]) || s[end] == '#') && end < 40 {
			end++
		}
		if end < len(s) && s[end] == ';' {
			if d := html.UnescapeString(s[:end+1]); isReference(s[1:end]) && (!strings.HasSuffix(d, ";") || d == ";") {
				b.WriteString(d)
				s = s[end+1:]
				continue
			}
		}
		b.WriteByte('&')
		s = s[1:]
	}
}

// isReference says whether what stands between "&" and ";" may be a character
// reference: a name, up to seven digits, or up to six hexadecimal ones.
func isReference(s string) bool {
	digits, numeric := strings.CutPrefix(s, "#")
	switch {
	case !numeric:
		return s != ""
	case digits != "" && digits[0]|0x20 == 'x':
		return len(digits) > 1 && len(digits) <= 7 && strings.Trim(digits[1:], "0123456789abcdefABCDEF") == ""
	}
	return digits != "" && len(digits) <= 7 && strings.Trim(digits, "0123456789") == ""
}

func (w *markdownWriter) codeSpan(n *ast.CodeSpan) {
	s := w.literal(n)
	if w.inCell {
		s = strings.ReplaceAll(s, `\|`, `|`)
	}
	w.start("code")
	w.text(s)
	w.end("code")
}

// literal is the text of a node's children as typed, line ends as blanks.
func (w *markdownWriter) literal(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(w.source))
		} else {
			b.WriteString(w.literal(c))
		}
	}
	return strings.ReplaceAll(b.String(), "\n", " ")
}

// linkAttributes keeps what a link says. The class tells a Markdown link, whose
// "#rest" a clinician typed, from the anchors of a web page.
func (w *markdownWriter) linkAttributes(destination, title []byte) []attribute {
	attrs := []attribute{{name: "href", value: unescaped(string(destination))}, {name: "class", value: "markdown"}}
	if len(title) > 0 {
		attrs = append(attrs, attribute{name: "title", value: unescaped(string(title))})
	}
	return attrs
}

func (w *markdownWriter) image(n *ast.Image) {
	if w.alt { // a picture within a picture's words is its words
		w.inlineChildren(n)
		return
	}
	alt := &markdownWriter{markup: newMarkup(false), source: w.source, used: w.used, alt: true}
	alt.inlineChildren(n)
	attrs := []attribute{{name: "src", value: unescaped(string(n.Destination))}, {name: "alt", value: plainText(alt.b.String())}}
	if len(n.Title) > 0 {
		attrs = append(attrs, attribute{name: "title", value: unescaped(string(n.Title))})
	}
	w.start("img", attrs...)
}

// plainText is what is left of clean markup without its looks.
func plainText(clean string) string {
	var b strings.Builder
	for _, block := range buildTree(clean).Blocks {
		for _, s := range block.Spans {
			if s.Break {
				b.WriteByte(' ')
			}
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func (w *markdownWriter) autoLink(n *ast.AutoLink) {
	label := decoded(string(n.Label(w.source)))
	address := decoded(string(n.URL(w.source)))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(address), "mailto:") {
		address = "mailto:" + address
	}
	if _, ok := safeAddress(address); !ok {
		w.text(label)
		return
	}
	w.start("a", attribute{name: "href", value: address})
	w.text(label)
	w.end("a")
}

// rawInline writes HTML among the words. What no reader sees takes the nodes up
// to its end with it; without an end it is text.
func (w *markdownWriter) rawInline(n *ast.RawHTML) ast.Node {
	s := w.typed(n)
	name, _, _, ok := w.lexTag(s, 0)
	if !ok || !unseen[name] && name != "textarea" {
		w.raw(s)
		return n.NextSibling()
	}
	if w.endless[name] == n.Parent() {
		w.text(s)
		return n.NextSibling()
	}
	for c := n.NextSibling(); c != nil; c = c.NextSibling() {
		end, isRaw := c.(*ast.RawHTML)
		if isRaw && strings.HasPrefix(strings.ToLower(w.typed(end)), "</"+name) {
			if unseen[name] {
				return c.NextSibling()
			}
			w.text(" ") // a field: its value stands among the words
			return n.NextSibling()
		}
	}
	if w.endless == nil {
		w.endless = map[string]ast.Node{}
	}
	w.endless[name] = n.Parent()
	w.text(s)
	return n.NextSibling()
}

func (w *markdownWriter) typed(n *ast.RawHTML) string {
	var b strings.Builder
	for i := range n.Segments.Len() {
		segment := n.Segments.At(i)
		b.Write(segment.Value(w.source))
	}
	return b.String()
}
