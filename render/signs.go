package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	gfm "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// setext is the parser of underlined headings without policy P8's case: a
// single dash under a line is a finding ("nil").
type setext struct{ parser.BlockParser }

func (p setext) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if line, _ := reader.PeekLine(); strings.TrimSpace(string(line)) == "-" {
		return nil, parser.NoChildren
	}
	return p.BlockParser.Open(parent, reader, pc)
}

// quote is the parser of quotes without policy P7's case: ">" before a number
// is a sign. At the start of a numbered item ("2. > 5/10 or leg pain") it may
// be either, so it is shown as both.
type quote struct{ parser.BlockParser }

var signAttribute = []byte("sign")

func (p quote) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	if !greaterThan(string(line)) {
		return p.BlockParser.Open(parent, reader, pc)
	}
	if !beginsNumbered(parent) || !strings.HasPrefix(strings.TrimLeft(string(line), " "), "> ") {
		return nil, parser.NoChildren
	}
	node, state := p.BlockParser.Open(parent, reader, pc)
	if node != nil {
		node.SetAttribute(signAttribute, true)
	}
	return node, state
}

// beginsNumbered says that nothing stands yet in an item of a numbered list.
func beginsNumbered(parent ast.Node) bool {
	item, ok := parent.(*ast.ListItem)
	if !ok || item.HasChildren() {
		return false
	}
	list, ok := item.Parent().(*ast.List)
	return ok && list.IsOrdered()
}

// keepsSign says that a paragraph begins a quote whose ">" is shown as well.
func keepsSign(n ast.Node) bool {
	q, ok := n.Parent().(*ast.Blockquote)
	if !ok || n.PreviousSibling() != nil {
		return false
	}
	_, signed := q.Attribute(signAttribute)
	return signed
}

// Continue keeps the sign within a quote too: showing one too many is better
// than losing "greater than".
func (p quote) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	if line, _ := reader.PeekLine(); greaterThan(string(line)) {
		return parser.Close
	}
	return p.BlockParser.Continue(node, reader, pc)
}

// greaterThan says whether a line begins with ">" as a sign: before a number,
// or before what leads to one. An ordered list within a quote is none.
func greaterThan(line string) bool {
	s, ok := strings.CutPrefix(strings.TrimLeft(line, " "), ">")
	if !ok {
		return false
	}
	signed := strings.TrimLeft(s, " ")
	s = strings.TrimLeft(signed, "=~≈±+−$€£. ")
	if n := len(s); n > 1 && s[0] == '-' && isDigit(rune(s[1])) {
		s = s[1:]
	}
	r, _ := utf8.DecodeRuneInString(s)
	if !unicode.IsNumber(r) {
		return false
	}
	rest := strings.TrimLeftFunc(s, unicode.IsDigit)
	return !strings.HasPrefix(rest, ". ") && !strings.HasPrefix(rest, ") ") && strings.TrimSpace(rest) != "."
}

// listItem notes each item's number as it was typed (policy P9).
type listItem struct{ parser.BlockParser }

var numberAttribute = []byte("number")

func (p listItem) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	marker := strings.TrimLeft(string(line[:min(len(line), 24)]), " ")
	node, state := p.BlockParser.Open(parent, reader, pc)
	if node != nil {
		end := strings.IndexFunc(marker, func(r rune) bool { return r < '0' || r > '9' })
		if end > 0 {
			number := strings.TrimLeft(marker[:end-1], "0") + marker[end-1:end+1]
			node.SetAttribute(numberAttribute, number)
		}
	}
	return node, state
}

// htmlBlock is the parser of HTML that stands on lines of its own. What names
// no element (policies P1 and P2) is the beginning of a paragraph.
type htmlBlock struct{ parser.BlockParser }

func (p htmlBlock) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	s := strings.TrimLeft(string(line), " ")
	if len(s) > 1 && s[0] == '<' && isLetter(s[1]) && strings.Contains(s, ">") {
		m := newMarkup(false)
		name, attrs, length, ok := m.lexTag(s, 0)
		if ok && !m.isElement(name, attrs) && (len(attrs) > 0 || strings.TrimSpace(s[length:]) != "" || !isPair(reader.Source()[segment.Stop:], name)) {
			return nil, parser.NoChildren
		}
	}
	return p.BlockParser.Open(parent, reader, pc)
}

// isPair says whether the lines after a tag alone on its line are sentences up
// to its end tag, alone too. What stands in such a pair is no Markdown, whatever
// the tag's name; lists, tables and headings in it are.
func isPair(after []byte, name string) bool {
	for line := range strings.Lines(string(after[:min(len(after), 4000)])) {
		line = strings.ToLower(strings.TrimSpace(line))
		if line == "</"+name+">" {
			return true
		}
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(line, "*_"))
		if line == "" || !unicode.IsLetter(r) {
			return false
		}
	}
	return false
}

// sign keeps "*" and "~" that stand between digits (policy P6), a single "~"
// within a word or number, and "*" between words that stand for a product.
type sign struct{}

func (sign) Trigger() []byte { return []byte{'*', '~'} }

func (sign) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if len(line) < 2 || line[1] == line[0] {
		return nil
	}
	before := block.PrecendingCharacter()
	after, _ := utf8.DecodeRune(line[1:])
	digits := isDigit(before) && isDigit(after)
	inWord := isWord(before) && isWord(after)
	if !digits && !(inWord && (line[0] == '~' || allInWords(block.Source(), segment.Start))) {
		return nil
	}
	block.Advance(1)
	return ast.NewTextSegment(segment.WithStop(segment.Start + 1))
}

// allInWords says whether every "*" of the blank-free stretch around i stands
// alone between letters or digits, and there are two or more: sets*reps*sides.
func allInWords(source []byte, i int) bool {
	from, to := i, i
	for from > 0 && i-from < 200 && source[from-1] > ' ' {
		from--
	}
	for to < len(source) && to-i < 200 && source[to] > ' ' {
		to++
	}
	stretch := []rune(string(source[from:to]))
	stars := 0
	for at, r := range stretch {
		if r != '*' {
			continue
		}
		if at == 0 || at == len(stretch)-1 || !isWord(stretch[at-1]) || !isWord(stretch[at+1]) {
			return false
		}
		stars++
	}
	return stars > 1
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// taskBox reads the tick box that a list item begins with.
type taskBox struct{}

func (taskBox) Trigger() []byte { return []byte{'['} }

func (taskBox) Parse(parent ast.Node, block text.Reader, _ parser.Context) ast.Node {
	item := parent.Parent()
	if item == nil || item.Kind() != ast.KindListItem || parent.Kind() == ast.KindHeading || item.FirstChild() != parent || parent.HasChildren() {
		return nil
	}
	line, _ := block.PeekLine()
	if len(line) < 4 || line[2] != ']' || !strings.ContainsRune(" xX", rune(line[1])) || line[3] != ' ' && line[3] != '\t' && line[3] != '\n' {
		return nil
	}
	block.Advance(3)
	return gfm.NewTaskCheckBox(line[1] != ' ')
}
