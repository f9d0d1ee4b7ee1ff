package clinikosim

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The sanitiser is what happens to the HTML of a paragraph answer between
// sending and storing (section 14.6). The API documents which tags survive and
// that "<" in text may be taken for HTML and vanish; everything finer is a
// model, and a client must compare visible words, never bytes.

var (
	// thirteenTags survive by the current documents.
	thirteenTags = []string{"p", "div", "br", "ul", "ol", "li", "blockquote", "h1", "h2", "b", "i", "u", "a"}
	// twoTags survived in 2022.
	twoTags = []string{"div", "br"}
	// silentTags lose their text too: it was never meant to be read.
	silentTags = []string{"script", "style", "template", "noscript", "iframe", "title", "head", "textarea", "select", "object", "svg", "math"}
	// linkSchemes are what an href may lead to.
	linkSchemes = []string{"http", "https", "mailto"}
)

// A sanitiser cleans HTML as the switches say. Its zero value drops all tags.
type sanitiser struct {
	tags         []string
	keepNewlines bool
	strict       bool
}

func newSanitiser(sw Switches) sanitiser {
	s := sanitiser{tags: thirteenTags, keepNewlines: sw.KeepNewlines, strict: sw.StrictTags}
	if sw.DivBrOnly {
		s.tags = twoTags
	}
	return s
}

// cleanings bounds how often clean repeats itself: taking a tag out can change
// how the rest is read, and stored text must survive being sent back unchanged.
const cleanings = 8

// clean returns what is stored for source.
func (s sanitiser) clean(source string) string {
	if s.strict {
		source = cutAtStray(source)
	}
	for range cleanings {
		cleaned := s.once(source)
		if cleaned == source {
			break
		}
		source = cleaned
	}
	return source
}

// once parses source as the inside of a page and writes what is allowed.
func (s sanitiser) once(source string) string {
	inside := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(source), inside)
	if err != nil { // only a reader's error, and strings have none; keep nothing that was not understood
		return ""
	}
	var out strings.Builder
	for _, n := range nodes {
		s.write(&out, n)
	}
	return out.String()
}

func (s sanitiser) write(out *strings.Builder, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		out.WriteString(escapeText(s.unbroken(n.Data)))
		return
	case html.ElementNode:
	default: // comments and the like
		return
	}
	if slices.Contains(silentTags, n.Data) {
		return
	}
	kept := n.Namespace == "" && slices.Contains(s.tags, n.Data)
	if kept {
		out.WriteString("<" + n.Data + href(n) + ">")
		if n.Data == "br" {
			return
		}
	}
	for child := range n.ChildNodes() {
		s.write(out, child)
	}
	if kept {
		out.WriteString("</" + n.Data + ">")
	}
}

// unbroken strips line breaks and tabs, which are not line breaks in HTML and
// are not kept: two lines of plain text run together.
func (s sanitiser) unbroken(text string) string {
	if s.keepNewlines {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return -1
		}
		return r
	}, text)
}

// href is the one attribute that survives, on a link that leads somewhere
// harmless.
func href(n *html.Node) string {
	if n.Data != "a" {
		return ""
	}
	for _, attribute := range n.Attr {
		if attribute.Key != "href" || attribute.Namespace != "" {
			continue
		}
		target, err := url.Parse(strings.TrimSpace(attribute.Val))
		if err != nil || (target.Scheme != "" && !slices.Contains(linkSchemes, strings.ToLower(target.Scheme))) {
			return ""
		}
		return ` href="` + attributeEscaper.Replace(attribute.Val) + `"`
	}
	return ""
}

var (
	textEscaper      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	attributeEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
)

// escapeText writes text for HTML with the fewest entities: quotes stay as they
// are, so that the bytes of what was sent rarely come back.
func escapeText(text string) string { return textEscaper.Replace(text) }

// cutAtStray ends source before the first "<" that opens no tag, end tag or
// comment, as a careless parser does with "BP <140".
func cutAtStray(source string) string {
	for i := range len(source) {
		if source[i] != '<' {
			continue
		}
		if i+1 == len(source) || !opensMarkup(source[i+1]) {
			return source[:i]
		}
	}
	return source
}

func opensMarkup(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '/' || c == '!'
}

// line is what is stored for an answer or title of one line, which holds no
// HTML. Whether markup in it is taken out is not known; strip says that it is.
func (s sanitiser) line(source string, strip bool) string {
	source = s.unbroken(source)
	if !strip {
		return source
	}
	none := sanitiser{keepNewlines: s.keepNewlines, strict: s.strict}
	return html.UnescapeString(none.clean(source))
}
