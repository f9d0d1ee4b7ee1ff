// Package tree is a document as a reader sees it: blocks of words with their
// marks, lists with the numbers that were typed, tables with all their cells,
// boxes with their states. It is what the parsers of package render make out
// of Markdown and HTML, and what the writers (a note's HTML, the answers of a
// note template, a PDF) start from. A tree holds every visible word of its
// source, in order, and no markup.
package tree

// A Doc is a whole document.
type Doc struct {
	Blocks []Block
}

// A Kind says what a block is.
type Kind int

// The kinds of block, and the field of Block each uses.
const (
	Paragraph Kind = iota + 1 // Spans
	Heading                   // Spans, Level
	List                      // Items
	Quote                     // Blocks
	Code                      // Lines
	Table                     // Head, Rows
	Rule                      // nothing: a line across
)

// A Block is one piece of a document that stands on lines of its own.
type Block struct {
	Kind   Kind
	Level  int      // of a heading, 1 to 6
	Spans  []Span   // a paragraph's or a heading's words
	Items  []Item   // a list's items
	Blocks []Block  // what stands in a quote
	Lines  []string // code, line by line, as typed
	Head   []Cell   // a table's heading row; nil: it has none
	Rows   [][]Cell // its rows, each with all the cells that were typed
	Joined bool     // some cells of the table reach over several columns or rows: what stands below a heading may not be under it
}

// A Box is the state of a tick box.
type Box int

// The states of a tick box. NoBox: there is none.
const (
	NoBox Box = iota
	Unticked
	Ticked
)

// An Item is one item of a list.
type Item struct {
	// Number is what a reader sees before the item, as typed: "2." or "4)";
	// empty for a bullet. "+" and "-" are findings, or bullets that may be.
	Number string
	Box    Box
	Blocks []Block // its words, then whatever is nested in it
}

// A Cell is one cell of a table.
type Cell struct {
	Spans   []Span
	Covered bool // no cell of its own: one before or above it reaches over its place
}

// A Mark is a way in which words stand out. Marks add up.
type Mark int

// The marks.
const (
	Bold Mark = 1 << iota
	Italic
	Underlined
	Struck // struck out: must stay visible as such
	Raised
	Lowered
	Mono    // code
	Spelled // words for what is no text in the source: "Image", an address after a link's words, a footnote's mark
)

// A Span is a run of words with one set of marks, or the end of a line.
type Span struct {
	Text    string // visible text, neither escaped nor marked up
	Marks   Mark
	Address string // where it leads: http, https, mailto or tel; empty: nowhere
	Break   bool   // a hard line end; the other fields are empty, but for Struck within struck-out text
	Box     Box    // a tick box among the words; the other fields are empty
}

// Has says that m is among the marks.
func (s Span) Has(m Mark) bool { return s.Marks&m != 0 }
