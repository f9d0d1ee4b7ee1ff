package render

import (
	"html"
	"slices"
	"strings"
)

// maxDepth bounds how deeply elements nest. What is nested deeper is shown
// without its own nesting, on lines of its own; no reader can follow it, and
// HTML's parser gives up at 512.
const maxDepth = 48

// maxTables bounds tables within tables: each lays the words of all inside it
// out again.
const maxTables = 6

// A markup collects clean HTML: known elements, few attributes, everything
// else escaped. The Markdown parser writes its elements here, and what people
// or programs typed as HTML is read tag by tag (raw), so that the tree is
// always built from markup without surprises.
type markup struct {
	b       strings.Builder
	open    []string       // the elements that are open, outermost first
	skipped map[string]int // start tags left out for depth, whose end tags go too
	inSVG   int            // open svg and math elements
	page    bool           // the source is an HTML document, not Markdown
	absent  map[string]int // what a search did not find from an offset on, so that it is not searched again
	blocks  int            // open elements that are no block end here and now
}

type attribute struct {
	name, value string
	quoted      bool // the value stood in quotes
}

func newMarkup(page bool) *markup {
	return &markup{page: page, skipped: map[string]int{}, absent: map[string]int{}}
}

// text writes words that were typed.
func (m *markup) text(s string) { m.b.WriteString(html.EscapeString(s)) }

// start opens an element.
func (m *markup) start(name string, attrs ...attribute) {
	if m.skipped["table"] > 0 && tableParts[name] {
		m.b.WriteString("<br>") // of a table left out: it would end a cell around it
		return
	}
	if !impliedEnds[name] && !voids[name] {
		if len(m.open) >= maxDepth || name == "table" && count(m.open, name) >= maxTables {
			m.skipped[name]++
			if isBlock(name) {
				m.b.WriteString("<br>")
			}
			return
		}
		m.open = append(m.open, name)
	}
	m.b.WriteString("<" + name)
	for _, a := range attrs {
		m.b.WriteString(" " + a.name + `="` + html.EscapeString(a.value) + `"`)
	}
	m.b.WriteByte('>')
}

// end closes an element, and what was left open inside it.
func (m *markup) end(name string) {
	if voids[name] || m.skipped["table"] > 0 && tableParts[name] {
		return
	}
	if m.skipped[name] > 0 {
		m.skipped[name]--
		if isBlock(name) {
			m.b.WriteString("<br>")
		}
		return
	}
	if !impliedEnds[name] && !m.leave(name) {
		return
	}
	m.b.WriteString("</" + name + ">")
}

// leave takes an element that ends off the open ones. It says no if the end tag
// closes nothing. What was opened inside it and never closed goes with it, less
// what HTML's parser opens anew behind it: in <b><s>5</b> mg</s> keep the second
// end tag counts, or all that follows would be struck out.
func (m *markup) leave(name string) bool {
	i := len(m.open) - 1
	for ; i >= 0 && m.open[i] != name; i-- {
	}
	if i < 0 || i < m.blocks {
		return false
	}
	inside := m.open[i+1:]
	looks := formatting[name]
	if !looks && name != "table" && slices.ContainsFunc(inside, func(inner string) bool {
		return inner == "table" || !isBlock(name) && isBlock(inner)
	}) {
		return false // a cell ends no block around its table, and a span no block within it
	}
	kept := m.open[:i]
	for _, inner := range inside {
		if formatting[inner] && count(kept, inner) < 3 || looks && isBlock(inner) {
			kept = append(kept, inner)
		}
	}
	m.open = kept
	return true
}

func count(names []string, name string) int {
	n := 0
	for _, s := range names {
		if s == name {
			n++
		}
	}
	return n
}

// formatting are the elements that HTML's parser opens anew when an element
// around them ends before they do, up to three of a kind.
var formatting = set("a b big code em font i nobr s small strike strong tt u")

// within writes a block whose unclosed elements end with it: a stray <s> in one
// line of Markdown must not strike out the rest of the note.
func (m *markup) within(write func()) {
	floor, depth := m.blocks, len(m.open)
	m.blocks = depth
	write()
	for _, name := range slices.Backward(m.open[min(depth, len(m.open)):]) {
		m.b.WriteString("</" + name + ">")
	}
	m.open = m.open[:min(depth, len(m.open))]
	m.blocks = floor
}

// tableParts are what a table consists of.
var tableParts = set("tr td th thead tbody tfoot caption")

// isBlock says whether an element stands on lines of its own.
func isBlock(name string) bool { return blockNames[name] }

// blockNames are the elements that stand on lines of their own.
var blockNames = set(`p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr caption blockquote pre hr
	details summary section article header footer aside nav main address figure figcaption fieldset legend center
	menu dir hgroup`)
