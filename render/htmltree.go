package render

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"carryover/render/tree"
)

// buildTree reads clean markup as a browser does and returns what a reader
// sees of it.
func buildTree(clean string) tree.Doc {
	root, err := html.Parse(strings.NewReader(clean))
	if err != nil {
		panic(err) // only a reader's error, or nesting that markup does not let through
	}
	b := &builder{}
	b.children(root)
	return tree.Doc{Blocks: b.done()}
}

// A builder turns the children of one element into blocks.
type builder struct {
	blocks  []tree.Block
	spans   []tree.Span // the paragraph that is being read
	marks   tree.Mark
	address string
	level   int  // of the heading around, 0: none
	pre     bool // blanks and line ends count
}

// done returns the blocks, the last paragraph included.
func (b *builder) done() []tree.Block {
	b.flush()
	return b.blocks
}

// flush ends the paragraph that is being read.
func (b *builder) flush() {
	spans := tidy(b.spans)
	b.spans = nil
	if len(spans) == 0 {
		return
	}
	block := tree.Block{Kind: tree.Paragraph, Spans: spans}
	if b.level > 0 {
		block.Kind, block.Level = tree.Heading, b.level
	}
	b.blocks = append(b.blocks, block)
}

// inner reads n's children into blocks of their own, under the same marks.
func (b *builder) inner(n *html.Node) []tree.Block {
	in := &builder{marks: b.marks | spanMarks[attr(n, "class")], address: b.address, pre: b.pre, level: b.level}
	in.children(n)
	return in.done()
}

func (b *builder) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.node(c)
	}
}

func (b *builder) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		b.text(n.Data)
	case html.ElementNode:
		if blockNames[n.Data] {
			b.block(n)
		} else {
			b.inline(n)
		}
	default:
		b.children(n)
	}
}

// text adds words; in preformatted text line ends are line ends.
func (b *builder) text(s string) {
	if !b.pre {
		b.add(s)
		return
	}
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			b.spans = append(b.spans, tree.Span{Break: true, Marks: b.marks & tree.Struck})
		}
		b.add(preserved(line))
	}
}

// preserved keeps a line's blanks: tabs reach to the next multiple of eight,
// and blanks that HTML would fold become hard ones.
func preserved(line string) string {
	if !strings.ContainsAny(line, "\t ") {
		return line
	}
	var b strings.Builder
	col, blank := 0, true
	for _, r := range line {
		switch {
		case r == '\t':
			for pad := 8 - col%8; pad > 0; pad-- {
				b.WriteString(hardBlank)
				col++
			}
		case r == ' ' && blank:
			b.WriteString(hardBlank)
		default:
			b.WriteRune(r)
		}
		blank = r == ' ' || r == '\t'
		col++
	}
	return b.String()
}

func (b *builder) add(s string) {
	if s != "" {
		b.spans = append(b.spans, tree.Span{Text: s, Marks: b.marks, Address: b.address})
	}
}

func (b *builder) block(n *html.Node) {
	b.flush()
	if m := spanMarks[attr(n, "class")]; m&^b.marks != 0 { // struck out as a whole
		marks := b.marks
		b.marks |= m
		defer func() { b.marks = marks }()
	}
	switch n.DataAtom {
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		b.list(n)
	case atom.Blockquote:
		level := b.level
		b.level = 0
		if in := b.inner(n); len(in) > 0 {
			b.blocks = append(b.blocks, tree.Block{Kind: tree.Quote, Blocks: in})
		}
		b.level = level
	case atom.Table:
		b.table(n)
	case atom.Hr:
		b.blocks = append(b.blocks, tree.Block{Kind: tree.Rule})
	case atom.Pre:
		b.preformatted(n)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		level := b.level
		b.level = int(n.Data[1] - '0')
		b.children(n)
		b.flush()
		b.level = level
	case atom.Dt, atom.Summary, atom.Legend, atom.Caption:
		b.under(tree.Bold, n)
		b.flush()
	default:
		b.children(n)
		b.flush()
	}
}

// under reads n's children with one more mark.
func (b *builder) under(m tree.Mark, n *html.Node) {
	marks := b.marks
	b.marks |= m
	b.children(n)
	b.marks = marks
}

// preformatted makes code of plain text; with marks or boxes in it the lines
// are a paragraph with hard line ends.
func (b *builder) preformatted(n *html.Node) {
	pre := b.pre
	b.pre = true
	in := b.inner(n)
	b.pre = pre
	for _, block := range in {
		if lines, ok := plainLines(block); ok {
			block = tree.Block{Kind: tree.Code, Lines: lines}
		}
		b.blocks = append(b.blocks, block)
	}
}

// plainLines returns a paragraph's lines if nothing in them is marked.
func plainLines(block tree.Block) ([]string, bool) {
	if block.Kind != tree.Paragraph {
		return nil, false
	}
	lines := []string{""}
	for _, s := range block.Spans {
		switch {
		case s.Break:
			lines = append(lines, "")
		case s.Marks&^tree.Mono != 0, s.Address != "", s.Box != tree.NoBox:
			return nil, false
		default:
			lines[len(lines)-1] += strings.ReplaceAll(s.Text, "\u00a0", " ")
		}
	}
	return lines, true
}
