package clinic

import (
	"encoding/hex"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// PDFText returns the words of a PDF in the order in which they are drawn, page
// by page, as the fonts' own character maps spell them. What a file marks as
// standing around its pages (page numbers, headings that are repeated) is no
// text. A file that cannot be read has none.
//
// A blank between two words must be drawn: a gap alone is not taken for one,
// because two styles within a word leave a gap too. A new line is a blank.
func PDFText(file []byte) string {
	objects := objectsOf(file)
	var b strings.Builder
	for _, p := range objects.pages() {
		var stream []byte
		for _, n := range p.contents {
			stream = append(append(stream, objects.stream(n)...), '\n')
		}
		d := drawing{fonts: objects.fonts(p.resources), text: &b, line: math.NaN()}
		d.read(stream)
		b.WriteByte('\n')
	}
	return b.String()
}

// A characterMap says what a font's codes stand for (ISO 32000-1 §9.10.3).
type characterMap struct {
	ranges []codeRange
	wide   bool // codes of two bytes, else of one
}

// A codeRange maps codes from low to high to text: the first's, in UTF-16,
// whose last unit grows with the code.
type codeRange struct {
	low, high int
	text      []uint16
}

var (
	codeSpace  = regexp.MustCompile(`(?s)begincodespacerange\s*<([0-9A-Fa-f]+)>`)
	mapSection = regexp.MustCompile(`(?s)beginbf(char|range)(.*?)endbf`)
	mapEntry   = regexp.MustCompile(`<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>\s*)?(?:<([0-9A-Fa-f]*)>|\[([^\]]*)\])`)
	mapPair    = regexp.MustCompile(`<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>`)
	mapText    = regexp.MustCompile(`<([0-9A-Fa-f]*)>`)
)

// readCharacterMap reads a ToUnicode map.
func readCharacterMap(text []byte) characterMap {
	var m characterMap
	if space := codeSpace.FindSubmatch(text); space != nil {
		m.wide = len(space[1]) > 2
	}
	for _, section := range mapSection.FindAllSubmatch(text, -1) {
		if string(section[1]) == "char" {
			for _, e := range mapPair.FindAllSubmatch(section[2], -1) {
				code := hexNumber(e[1])
				m.ranges = append(m.ranges, codeRange{code, code, hexUnits(e[2])})
			}
			continue
		}
		for _, e := range mapEntry.FindAllSubmatch(section[2], -1) {
			low, high := hexNumber(e[1]), hexNumber(e[2])
			if e[4] == nil {
				m.ranges = append(m.ranges, codeRange{low, high, hexUnits(e[3])})
				continue
			}
			for i, one := range mapText.FindAllSubmatch(e[4], -1) {
				m.ranges = append(m.ranges, codeRange{low + i, low + i, hexUnits(one[1])})
			}
		}
	}
	return m
}

// spell returns what a string of the font's codes says. Codes that the map does
// not know are a sign that nobody reads.
func (m characterMap) spell(codes []byte) string {
	var units []uint16
	size := 1
	if m.wide {
		size = 2
	}
	for ; len(codes) >= size; codes = codes[size:] {
		code := int(codes[0])
		if m.wide {
			code = code<<8 | int(codes[1])
		}
		units = append(units, m.lookUp(code)...)
	}
	return string(utf16.Decode(units))
}

func (m characterMap) lookUp(code int) []uint16 {
	for _, r := range m.ranges {
		if code < r.low || code > r.high || len(r.text) == 0 {
			continue
		}
		if code == r.low {
			return r.text
		}
		text := append([]uint16(nil), r.text...)
		text[len(text)-1] += uint16(code - r.low)
		return text
	}
	return []uint16{0xFFFD}
}

func hexNumber(digits []byte) int {
	n, err := strconv.ParseInt(string(digits), 16, 32)
	if err != nil {
		return -1
	}
	return int(n)
}

func hexUnits(digits []byte) []uint16 {
	raw := unhex(digits)
	units := make([]uint16, 0, len(raw)/2)
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return units
}

// unhex reads hexadecimal digits; blanks between them do not count, and a digit
// that misses its second has a 0 (ISO 32000-1 §7.3.4.3).
func unhex(digits []byte) []byte {
	clean := strings.Join(strings.Fields(string(digits)), "")
	if len(clean)%2 == 1 {
		clean += "0"
	}
	raw, err := hex.DecodeString(clean)
	if err != nil {
		return nil
	}
	return raw
}
