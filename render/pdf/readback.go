package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// verify reads a finished file and compares its words with those it was made
// from. A difference is a fault of this package; the document is held.
func verify(file []byte, l *layout) error {
	texts, ok := textLayer(file)
	if !ok {
		return invalid("the finished file cannot be read back", faultHint)
	}
	var b strings.Builder
	for _, t := range texts {
		for _, r := range t {
			if !unicode.IsSpace(r) {
				b.WriteRune(r)
			}
		}
	}
	if b.String() != l.words {
		return invalid("words differ in the finished file", faultHint)
	}
	return nil
}

var contents = regexp.MustCompile(`^\d+ 0 R>>\nendobj\n\d+ 0 obj\n<</Filter /FlateDecode /Length (\d+)>>\nstream\n`)

// textLayer returns the strings that a file of ours draws, page by page in the
// order of drawing, without what stands around the document's words. Strings
// are two bytes a sign and name it by its code point (Identity-H, and the
// library's ToUnicode is the identity).
func textLayer(file []byte) (texts []string, ok bool) {
	const mark = "/Contents "
	for {
		at := bytes.Index(file, []byte(mark))
		if end := bytes.Index(file, []byte("<</Type /Pages\n")); at < 0 || end >= 0 && end < at {
			return texts, true
		}
		file = file[at+len(mark):]
		m := contents.FindSubmatch(file)
		if m == nil {
			return nil, false
		}
		size, err := strconv.Atoi(string(m[1]))
		if file = file[len(m[0]):]; err != nil || size > len(file) {
			return nil, false
		}
		z, err := zlib.NewReader(bytes.NewReader(file[:size]))
		if err != nil {
			return nil, false
		}
		stream, err := io.ReadAll(z)
		if err != nil {
			return nil, false
		}
		shown, ok := shownStrings(stream)
		if !ok {
			return nil, false
		}
		texts = append(texts, shown...)
		file = file[size:]
	}
}

// shownStrings returns the operands of Tj outside artifacts. ok is false where
// marks are read aloud as other words than they show.
func shownStrings(stream []byte) (out []string, ok bool) {
	var last, word string
	var open []content
	around := 0
	for i := 0; i < len(stream); {
		switch c := stream[i]; {
		case c == '(':
			raw, n := literal(stream[i:])
			last = utf16Text(raw)
			i += n
			continue
		case c <= ' ':
			i++
			continue
		}
		n := bytes.IndexAny(stream[i:], " \n(")
		if n < 0 {
			n = len(stream) - i
		}
		before := word
		word = string(stream[i : i+n])
		i += n
		switch word {
		case "Tj":
			for j := range open {
				open[j].shown += solid(last)
			}
			if around == 0 {
				out = append(out, last)
			}
		case "BMC":
			around++
			open = append(open, content{artifact: true})
		case "BDC":
			raw, err := hex.DecodeString(strings.Trim(before, "<>"))
			if err != nil {
				return nil, false
			}
			open = append(open, content{words: solid(strings.TrimPrefix(utf16Text(raw), "\ufeff"))})
		case "EMC":
			if len(open) == 0 {
				return nil, false
			}
			end := open[len(open)-1]
			open = open[:len(open)-1]
			if end.artifact {
				around--
			} else if end.words != end.shown {
				return nil, false
			}
		}
	}
	return out, len(open) == 0
}

// A content is a stretch of a page that is an artifact, or that is read aloud.
type content struct {
	artifact     bool
	words, shown string // as read aloud and as drawn, without blanks
}

// solid returns s without blanks.
func solid(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// literal reads a string in parentheses and returns its bytes and its length in
// the file.
func literal(b []byte) (raw []byte, n int) {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case ')':
			return raw, i + 1
		case '\\':
			if i++; i < len(b) && b[i] == 'r' {
				raw = append(raw, '\r')
				continue
			}
			raw = append(raw, b[i])
		default:
			raw = append(raw, b[i])
		}
	}
	return raw, len(b)
}

func utf16Text(b []byte) string {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(units))
}
