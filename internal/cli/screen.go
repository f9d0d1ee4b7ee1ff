package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/term"
)

// A screen writes the HTML of a note as a person will see it in Cliniko, as far
// as letters can: headings underlined, lists with their marks, quotes behind a
// bar, links with where they lead. It knows the thirteen tags that a note may
// have; of any other it shows the words.
type screen struct {
	w      io.Writer
	wide   int  // columns
	bold   bool // the terminal shows bold
	err    error
	run    []glyph // the words of the line that is being collected
	strong int     // how many bold elements are open
	before string  // what stands before the next line: indent, bar, list mark
	after  string  // and before the lines below it
	empty  bool    // the last line written was blank, or none was
}

// The columns of a screen: as wide as reads well, and no narrower than a list
// in a list needs.
const (
	plainColumns = 80 // where the answer goes into a file or a pipe
	mostColumns  = 100
	leastColumns = 24
)

// newScreen returns a screen on w, as wide as its terminal.
func newScreen(w io.Writer) *screen {
	s := &screen{w: w, wide: plainColumns, empty: true}
	if f, ok := w.(*os.File); ok && isTerminal(w) {
		s.bold = true
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			s.wide = min(max(columns, leastColumns), mostColumns)
		}
	}
	return s
}

// show writes a note's HTML and ends its last line.
func (s *screen) show(body string) error {
	nodes, err := html.ParseFragment(strings.NewReader(body), &html.Node{Type: html.ElementNode, DataAtom: atom.Div, Data: "div"})
	if err != nil {
		return fmt.Errorf("read the note's HTML: %w", err)
	}
	for _, n := range nodes {
		s.node(n)
	}
	s.flush()
	return s.err
}

// node writes one node with what is in it.
func (s *screen) node(n *html.Node) {
	if n.Type == html.TextNode {
		s.say(n.Data)
		return
	}
	if n.Type != html.ElementNode {
		return
	}
	switch n.DataAtom {
	case atom.Br:
		s.line()
	case atom.P, atom.Div:
		s.flush()
		s.children(n)
		s.flush()
	case atom.H1:
		s.heading(n, "═")
	case atom.H2:
		s.heading(n, "─")
	case atom.Ul, atom.Ol:
		s.list(n)
	case atom.Li: // outside a list
		s.item(n, "• ")
	case atom.Blockquote:
		s.within("│ ", "│ ", func() { s.children(n) })
	case atom.B:
		s.strong++
		s.children(n)
		s.strong--
	case atom.A:
		s.children(n)
		s.address(n)
	default: // i, u, and whatever Cliniko would drop: its words
		s.children(n)
	}
}

func (s *screen) children(n *html.Node) {
	for c := range n.ChildNodes() {
		s.node(c)
	}
}

// heading writes a heading after a blank line, bold and underlined.
func (s *screen) heading(n *html.Node, under string) {
	s.flush()
	if !s.empty {
		s.blank()
	}
	s.strong++
	s.children(n)
	s.strong--
	long := 0
	for _, l := range s.lines() {
		long = max(long, columns(l))
	}
	s.flush()
	if long > 0 {
		s.write(s.after + strings.Repeat(under, long))
	}
}

// list writes the items of a list, each behind its mark.
func (s *screen) list(n *html.Node) {
	s.flush()
	number := 1
	if first, err := strconv.Atoi(attribute(n, "start")); err == nil {
		number = first
	}
	for c := range n.ChildNodes() {
		if c.DataAtom != atom.Li {
			s.node(c)
			continue
		}
		mark := "• "
		if n.DataAtom == atom.Ol {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		s.item(c, mark)
	}
	s.flush()
}

func (s *screen) item(n *html.Node, mark string) {
	s.within("  "+mark, "  "+strings.Repeat(" ", len([]rune(mark))), func() {
		s.children(n)
		if s.before != s.after && len(s.run) == 0 { // an empty item is an item
			s.line()
		}
	})
}

// within writes something behind a mark: first on its first line, then on the
// lines below.
func (s *screen) within(first, then string, write func()) {
	s.flush()
	before, after := s.before, s.after
	s.before, s.after = before+first, after+then
	write()
	s.flush()
	s.before, s.after = after, after
}

// address says where a link leads, unless its words do.
func (s *screen) address(n *html.Node) {
	to := attribute(n, "href")
	bare := strings.TrimPrefix(strings.TrimPrefix(to, "mailto:"), "tel:")
	if to == "" || strings.Contains(content(n), bare) {
		return
	}
	s.say(" <" + bare + ">")
}

// content is the text of a node.
func content(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// say adds words to the line; blanks and line ends of the source are one blank.
func (s *screen) say(words string) {
	for _, r := range words {
		if strings.ContainsRune(" \t\r\n\f", r) {
			r = ' '
			if n := len(s.run); n == 0 || s.run[n-1].r == ' ' {
				continue
			}
		}
		s.run = append(s.run, glyph{harmless(r), s.strong > 0})
	}
}

// harmless is a rune that does nothing to the terminal: neither moves the cursor
// nor turns the line around.
func harmless(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
		return unicode.ReplacementChar
	}
	return r
}

// flush ends the line, if there is one.
func (s *screen) flush() {
	if len(s.run) > 0 {
		s.line()
	}
}

// line ends the line, blank or not.
func (s *screen) line() {
	if s.run = trimmed(s.run); len(s.run) == 0 && s.before == s.after {
		s.blank()
		return
	}
	for _, l := range s.lines() {
		s.write(s.before + s.dressed(l))
		s.before = s.after
	}
	s.run = s.run[:0]
}

func (s *screen) blank() {
	s.write(s.after)
	s.empty = true
}

func (s *screen) write(line string) {
	s.empty = false
	if _, err := fmt.Fprintln(s.w, strings.TrimRight(line, " ")); s.err == nil {
		s.err = err
	}
}
