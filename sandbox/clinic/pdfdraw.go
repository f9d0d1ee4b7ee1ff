package clinic

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// A drawing follows a page's operators as far as they show text: which font is
// set, on which line the next string stands, and whether it belongs to what
// stands around the page (ISO 32000-1 §9 and §14.6).
type drawing struct {
	fonts map[string]characterMap
	text  *strings.Builder

	font      characterMap
	y         float64 // of the text line that is being placed
	line      float64 // of the string drawn last; NaN: none yet
	operands  []operand
	marks     []bool // marked content that is open: true for artifacts
	artifacts int    // how many of them are artifacts
}

// An operand is a string, a name or a number; an array is its items in a row.
type operand struct {
	name   string
	raw    []byte // of a string
	number float64
	kind   byte // 's', '/', 'n'
}

// sameLine is how far two baselines may lie apart on one line, in points: less
// than any leading, more than a rounding.
const sameLine = 1.0

// tightly is the move within an array of strings, in thousandths of the type
// size, from which on it stands for a blank.
const tightly = 200

// read goes through a content stream.
func (d *drawing) read(stream []byte) {
	for i := 0; i < len(stream); {
		switch c := stream[i]; {
		case c == '(':
			raw, n := literalString(stream[i:])
			d.operands = append(d.operands, operand{kind: 's', raw: raw})
			i += n
		case c == '<' && !bytes.HasPrefix(stream[i:], []byte("<<")):
			end := bytes.IndexByte(stream[i:], '>')
			if end < 0 {
				return
			}
			d.operands = append(d.operands, operand{kind: 's', raw: unhex(stream[i+1 : i+end])})
			i += end + 1
		case c == '%':
			end := bytes.IndexAny(stream[i:], "\r\n")
			if end < 0 {
				return
			}
			i += end
		case c != '/' && delimits(c):
			i++
		default:
			n := 1
			for i+n < len(stream) && !delimits(stream[i+n]) {
				n++
			}
			d.word(string(stream[i : i+n]))
			i += n
		}
	}
}

// delimits says that a sign ends the word before it (ISO 32000-1 §7.2.2).
func delimits(c byte) bool { return c <= ' ' || strings.IndexByte("()[]<>{}/%", c) >= 0 }

// word takes a name, a number or an operator.
func (d *drawing) word(s string) {
	if s[0] == '/' {
		d.operands = append(d.operands, operand{kind: '/', name: s[1:]})
		return
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		d.operands = append(d.operands, operand{kind: 'n', number: n})
		return
	}
	d.operator(s)
	d.operands = d.operands[:0]
}

func (d *drawing) operator(name string) {
	switch name {
	case "BT":
		d.y = 0
	case "Tf":
		if len(d.operands) > 0 {
			d.font = d.fonts[d.operands[0].name]
		}
	case "Td", "TD":
		d.y += d.number(1)
	case "Tm":
		d.y = d.number(5)
	case "T*":
		d.nextLine()
	case "'", `"`:
		d.nextLine()
		d.show()
	case "Tj", "TJ":
		d.show()
	case "BMC", "BDC":
		artifact := len(d.operands) > 0 && d.operands[0].name == "Artifact"
		d.marks = append(d.marks, artifact)
		if artifact {
			d.artifacts++
		}
	case "EMC":
		if n := len(d.marks); n > 0 {
			if d.marks[n-1] {
				d.artifacts--
			}
			d.marks = d.marks[:n-1]
		}
	}
}

// nextLine goes down by a leading that nobody needs to know.
func (d *drawing) nextLine() { d.y -= 2 * sameLine }

// number returns the i-th operand, 0 when it is not there.
func (d *drawing) number(i int) float64 {
	if i < len(d.operands) {
		return d.operands[i].number
	}
	return 0
}

// show writes the strings among the operands.
func (d *drawing) show() {
	if d.artifacts > 0 {
		return
	}
	if !math.IsNaN(d.line) && math.Abs(d.line-d.y) > sameLine {
		d.text.WriteByte('\n')
	}
	d.line = d.y
	for _, o := range d.operands {
		switch {
		case o.kind == 's':
			d.text.WriteString(d.font.spell(o.raw))
		case o.kind == 'n' && o.number < -tightly:
			d.text.WriteByte(' ')
		}
	}
}

// escapes are the signs that a letter after a backslash stands for.
var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

// literalString reads a string in parentheses and returns its bytes and its
// length in the file (ISO 32000-1 §7.3.4.2).
func literalString(b []byte) (raw []byte, size int) {
	depth := 0
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c == '\\' && i+1 < len(b):
			n := escaped(b[i+1:], &raw)
			i += n
			continue
		case c == '(':
			depth++
			if depth == 1 {
				continue
			}
		case c == ')':
			depth--
			if depth == 0 {
				return raw, i + 1
			}
		case c == '\r': // a line's end within a string is \n, however it is written
			if i+1 < len(b) && b[i+1] == '\n' {
				i++
			}
			c = '\n'
		}
		raw = append(raw, c)
	}
	return raw, len(b)
}

// escaped reads what follows a backslash, adds what it stands for, and returns
// how many bytes that was.
func escaped(b []byte, raw *[]byte) int {
	digits := 0
	for digits < min(3, len(b)) && b[digits] >= '0' && b[digits] <= '7' {
		digits++
	}
	if digits > 0 {
		code, _ := strconv.ParseUint(string(b[:digits]), 8, 16)
		*raw = append(*raw, byte(code))
		return digits
	}
	switch c := b[0]; c {
	case '\r':
		if len(b) > 1 && b[1] == '\n' {
			return 2
		}
		return 1
	case '\n':
		return 1
	default:
		if e, known := escapes[c]; known {
			c = e
		}
		*raw = append(*raw, c)
		return 1
	}
}
