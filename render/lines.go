package render

import (
	"html"
	"strings"

	xhtml "golang.org/x/net/html"

	"carryover"
)

// maxIndent bounds the nesting blanks kept at a line's start.
const maxIndent = 24

// Lines returns the document's visible lines, clean of control characters:
// Markdown and plain text as typed, HTML tag by tag in the order of its source.
// It is what a note shows when its document cannot be taken apart.
func Lines(d carryover.Document) []string {
	src := normalise(d.Content.Reveal())
	if IsHTML(d.Format, src) {
		src = htmlLines(src)
	}
	lines := strings.Split(src, "\n")
	for i, l := range lines {
		lines[i] = clean(l)
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// htmlLines returns the visible text of an HTML document, one block a line,
// without building a tree: nothing moves.
func htmlLines(src string) string {
	m := newMarkup(true)
	m.raw(src)
	var lines []string
	var line strings.Builder
	flush := func() {
		if l := strings.Join(strings.Fields(line.String()), " "); l != "" {
			lines = append(lines, l)
		}
		line.Reset()
	}
	var lists []*counter // the lists that are open; nil: bullets
	z := xhtml.NewTokenizer(strings.NewReader(m.b.String()))
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			flush()
			return strings.Join(lines, "\n")
		case xhtml.TextToken:
			line.WriteString(html.UnescapeString(string(z.Raw())))
		case xhtml.StartTagToken:
			t := z.Token()
			if blockNames[t.Data] || t.Data == "br" {
				flush()
			}
			switch n := len(lists); {
			case t.Data == "ul", t.Data == "menu", t.Data == "dir":
				lists = append(lists, nil)
			case t.Data == "ol":
				lists = append(lists, newCounter(&xhtml.Node{Attr: t.Attr}))
			case t.Data == "li" && n > 0 && lists[n-1] != nil:
				line.WriteString(lists[n-1].next(&xhtml.Node{Attr: t.Attr}) + " ")
			default:
				line.WriteString(startSign(t))
			}
		case xhtml.EndTagToken:
			t := z.Token()
			switch {
			case blockNames[t.Data]:
				flush()
				if n := len(lists); n > 0 && (t.Data == "ol" || t.Data == "ul" || t.Data == "menu" || t.Data == "dir") {
					lists = lists[:n-1]
				}
			case t.Data == "td", t.Data == "th":
				line.WriteString(" | ")
			case t.Data == "del", t.Data == "s", t.Data == "strike":
				line.WriteString("]")
			}
		}
	}
}

// startSign is what an element shows before its words on a plain line.
func startSign(t xhtml.Token) string {
	get := func(name string) (string, bool) {
		for _, a := range t.Attr {
			if a.Key == name {
				return a.Val, true
			}
		}
		return "", false
	}
	switch t.Data {
	case "li":
		return "• "
	case "sup": // 10³ must not become 103
		return "^"
	case "sub":
		return "_"
	case "del", "s", "strike":
		return "[struck out: "
	case "hr":
		return ruleLine
	case "img":
		if alt, _ := get("alt"); alt != "" {
			return " [Image: " + alt + "] "
		}
		return " "
	case "input":
		value, _ := get("value")
		_, checked := get("checked")
		switch kind, _ := get("type"); {
		case kind == "hidden":
			return ""
		case kind != "checkbox" && kind != "radio":
			return " " + value + " "
		case checked:
			return " ☑ "
		}
		return " ☐ "
	}
	return ""
}

// clean drops the blanks at a line's end and keeps its indentation as no-break
// spaces, since nested lists lean on it.
func clean(line string) string {
	line = strings.TrimRight(strings.ReplaceAll(visible(line), "\t", "    "), " \u00a0")
	body := strings.TrimLeft(line, " \u00a0")
	indent := min(len([]rune(line))-len([]rune(body)), maxIndent)
	return strings.Repeat("\u00a0", indent) + body
}

// paragraphs writes each line as a block of its own with a space between
// blocks, so that words stay apart even where a sanitiser drops the tags.
func paragraphs(lines []string, p Profile) string {
	tag := p.block()
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte(' ')
		}
		if l == "" {
			l = "<br>"
		} else {
			l = html.EscapeString(l)
		}
		b.WriteString("<" + tag + ">" + l + "</" + tag + ">")
	}
	return b.String()
}
