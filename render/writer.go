package render

import (
	"html"
	"strings"

	"carryover/render/tree"
)

// HTML writes a tree as a paragraph answer's HTML: only the profile's tags, a
// space between blocks, no line end or tab, every sign of the text escaped.
func HTML(doc tree.Doc, p Profile) string { return HTMLBlocks(doc.Blocks, p) }

// HTMLBlocks is HTML for some blocks of a document.
func HTMLBlocks(blocks []tree.Block, p Profile) string {
	w := &writer{profile: p}
	w.blockList(blocks, 0)
	return strings.Join(w.parts, " ")
}

// A writer collects blocks.
type writer struct {
	profile Profile
	parts   []string // pieces between which a space stands
}

func (w *writer) put(s string) { w.parts = append(w.parts, s) }

// line writes a line of its own; in the minimal profile depth is shown by
// no-break spaces.
func (w *writer) line(content string, depth int) {
	if content == "" {
		return
	}
	tag := w.profile.block()
	indent := ""
	if w.profile == Minimal {
		indent = strings.Repeat("\u00a0", min(4*depth, maxIndent))
	}
	w.put("<" + tag + ">" + indent + content + "</" + tag + ">")
}

func (w *writer) blockList(blocks []tree.Block, depth int) {
	for _, b := range blocks {
		w.block(b, depth)
	}
}

func (w *writer) block(b tree.Block, depth int) {
	switch b.Kind {
	case tree.Paragraph:
		w.line(Inline(b.Spans, w.profile), depth)
	case tree.Heading:
		w.heading(b, depth)
	case tree.List:
		w.list(b, depth)
	case tree.Quote:
		if w.profile == Minimal {
			w.blockList(b.Blocks, depth+1)
			return
		}
		w.put("<blockquote>")
		w.blockList(b.Blocks, depth)
		w.put("</blockquote>")
	case tree.Code:
		w.line(codeLines(b.Lines), depth)
	case tree.Table:
		w.table(b, depth)
	case tree.Rule:
		w.line(ruleLine, depth)
	}
}

// heading writes h1 and h2; Cliniko has no deeper ones, so they are bold lines.
func (w *writer) heading(b tree.Block, depth int) {
	switch {
	case w.profile == Minimal:
		w.line(Inline(b.Spans, w.profile), depth)
	case b.Level <= 2:
		tag := "h" + string(rune('0'+max(b.Level, 1)))
		w.put("<" + tag + ">" + Inline(b.Spans, w.profile) + "</" + tag + ">")
	default:
		w.line("<b>"+Inline(without(b.Spans, tree.Bold), w.profile)+"</b>", depth)
	}
}

// without returns spans less one mark.
func without(spans []tree.Span, m tree.Mark) []tree.Span {
	out := make([]tree.Span, len(spans))
	for i, s := range spans {
		s.Marks &^= m
		out[i] = s
	}
	return out
}

// codeLines keeps the blanks of code.
func codeLines(lines []string) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = html.EscapeString(strings.ReplaceAll(preserved(visible(l)), hardBlank, "\u00a0"))
	}
	return strings.Join(out, lineBreak)
}

// lineBreak ends a line within a block. The space keeps words apart where the
// tag is dropped.
const lineBreak = "<br> "

// list writes a list. Cliniko keeps no numbers but those that count from 1, so
// others are words, under bullets.
func (w *writer) list(b tree.Block, depth int) {
	if w.profile == Minimal {
		for _, item := range b.Items {
			w.minimalItem(item, depth)
		}
		return
	}
	tag, numbers := "ul", false
	if isNumbered(b) {
		if counts(b) {
			tag = "ol"
		} else {
			numbers = true
		}
	}
	w.put("<" + tag + ">")
	for _, item := range b.Items {
		lead := ""
		if numbers && item.Number != "" {
			lead = html.EscapeString(item.Number) + " "
		}
		w.item(item, lead+boxSign(item.Box), depth)
	}
	w.put("</" + tag + ">")
}

func boxSign(b tree.Box) string {
	switch b {
	case tree.Ticked:
		return "☑ "
	case tree.Unticked:
		return "☐ "
	}
	return ""
}

// item writes an item: its first paragraph beside the mark, the rest below.
func (w *writer) item(item tree.Item, lead string, depth int) {
	rest := item.Blocks
	if len(rest) > 0 && rest[0].Kind == tree.Paragraph {
		lead += Inline(rest[0].Spans, w.profile)
		rest = rest[1:]
	}
	lead = "<li>" + strings.TrimSuffix(lead, " ")
	if len(rest) == 0 {
		w.put(lead + "</li>")
		return
	}
	w.put(lead)
	w.blockList(rest, depth+1)
	w.put("</li>")
}

func (w *writer) minimalItem(item tree.Item, depth int) {
	lead := boxSign(item.Box)
	if sign := itemSign(item); sign != "" {
		lead = html.EscapeString(sign) + " " + lead
	}
	rest := item.Blocks
	if len(rest) > 0 && rest[0].Kind == tree.Paragraph {
		lead += Inline(rest[0].Spans, w.profile)
		rest = rest[1:]
	}
	w.line(strings.TrimSuffix(lead, " "), depth)
	w.blockList(rest, depth+1)
}

// isNumbered says whether a list has numbers.
func isNumbered(b tree.Block) bool {
	for _, item := range b.Items {
		if item.Number != "" {
			return true
		}
	}
	return false
}

// counts says whether a browser's own counting gives the numbers that a list
// has: 1, 2, 3, or 1 all the way, which is how a counted list is typed lazily.
func counts(b tree.Block) bool {
	ones, run := true, true
	for i, item := range b.Items {
		n := strings.TrimRight(item.Number, ".)")
		ones = ones && n == "1"
		run = run && n == decimal(i+1)
	}
	return ones || run
}
