package pdf

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"carryover/render/tree"
)

// An ink is a colour, by what it is for.
type ink int

// The inks.
const (
	black ink = iota
	grey      // our own words, and what stands around the document's
	blue      // links
	pale      // borders
	wash      // behind headings of tables and code
	none      // nothing is drawn
)

// A style is how a piece of a line looks.
type style struct {
	face   face
	size   float64 // of the type, in points
	ink    ink
	under  bool
	struck bool
	link   string
}

// A piece is text of one style on one line. Widths are in points.
type piece struct {
	style
	text  string
	width float64
}

// A word is pieces that stay together, and the blank that may follow them.
type word struct {
	pieces []piece
	open   []byte // the text of the last piece, until it is sealed
	width  float64
	blank  piece // as it looks between two words; no text: there is none
	end    bool  // the line ends after it
}

// A line is pieces that stand side by side.
type line struct {
	pieces []piece
	width  float64
}

// A setter makes words out of phrases.
type setter struct {
	size float64
	base tree.Mark // marks that all words have
	out  []word
	cur  word
}

// set makes words of a type size out of phrases; base are marks they all have.
func set(phrases []phrase, size float64, base tree.Mark) []word {
	s := setter{size: size, base: base}
	for _, p := range phrases {
		if p.end {
			s.endLine()
			continue
		}
		s.add(p)
	}
	s.flush()
	return s.out
}

func (s *setter) flush() {
	if s.cur.seal(); len(s.cur.pieces) > 0 || s.cur.end {
		s.out = append(s.out, s.cur)
	}
	s.cur = word{}
}

// endLine ends a line after the word before, and leaves no blank behind it.
func (s *setter) endLine() {
	if n := len(s.out); len(s.cur.pieces) == 0 && n > 0 && s.out[n-1].blank.text != "" {
		s.out[n-1].blank, s.out[n-1].end = piece{}, true
		return
	}
	s.cur.end = true
	s.flush()
}

func (s *setter) add(p phrase) {
	marks := p.marks | s.base
	looks := style{size: s.size, under: marks&tree.Underlined != 0, struck: marks&tree.Struck != 0, link: p.link}
	switch {
	case p.aside:
		looks.ink = grey
	case p.link != "":
		looks.ink, looks.under = blue, true
	}
	for _, r := range p.text {
		if unicode.IsSpace(r) && !unbreakable(r) {
			s.blank(looks, marks)
			continue
		}
		if unbreakable(r) {
			r = ' '
		}
		looks.face, _ = faceFor(r, marks)
		s.cur.put(looks, r)
	}
}

// blank ends a word. Several blanks are one, and none begins a line.
func (s *setter) blank(looks style, marks tree.Mark) {
	if len(s.cur.pieces) == 0 {
		return
	}
	looks.face = faceOf(marks)
	s.cur.blank = piece{style: looks, text: " ", width: measure(looks, " ")}
	s.flush()
}

// unbreakable says that a blank keeps its neighbours on one line.
func unbreakable(r rune) bool { return r == '\u00a0' || r == '\u202f' || r == '\u2007' }

// put adds a rune to a word.
func (w *word) put(looks style, r rune) {
	n := len(w.pieces)
	if n == 0 || w.pieces[n-1].style != looks {
		w.seal()
		w.pieces = append(w.pieces, piece{style: looks})
		n++
	}
	w.open = utf8.AppendRune(w.open, r)
	adv := float64(looks.face.advance(r)) * looks.size / 1000
	w.pieces[n-1].width += adv
	w.width += adv
}

// seal ends the last piece. A word may be a megabyte long: its text is gathered
// once, not joined rune by rune.
func (w *word) seal() {
	if n := len(w.pieces); n > 0 && w.open != nil {
		w.pieces[n-1].text = string(w.open)
		w.open = nil
	}
}

// measure returns the width of s in points.
func measure(looks style, s string) float64 {
	n := 0
	for _, r := range s {
		n += looks.face.advance(r)
	}
	return float64(n) * looks.size / 1000
}

// wrap fills lines of a width with words. Only a word wider than a whole line is
// cut, without a hyphen, after a slash or dot where it has some.
func wrap(words []word, width float64) []line {
	var lines []line
	var cur line
	var blank piece
	begun := false
	for _, w := range words {
		for _, part := range cut(w, width) {
			if begun && cur.width+blank.width+part.width > width+slack {
				lines = append(lines, cur)
				cur, begun = line{}, false
			}
			if begun {
				cur.add(blank)
			}
			for _, p := range part.pieces {
				cur.add(p)
			}
			blank, begun = part.blank, true
			if part.end {
				lines = append(lines, cur)
				cur, begun = line{}, false
			}
		}
	}
	if begun {
		lines = append(lines, cur)
	}
	return lines
}

// slack forgives sums of fractions.
const slack = 0.01

// add puts a piece at a line's end, into the last one if they look alike, so
// that the words of a line stand in the file as one string.
func (l *line) add(p piece) {
	if p.text == "" {
		return
	}
	l.width += p.width
	if n := len(l.pieces); n > 0 && l.pieces[n-1].style == p.style {
		l.pieces[n-1].text += p.text
		l.pieces[n-1].width += p.width
		return
	}
	l.pieces = append(l.pieces, p)
}

// cut returns a word in parts that each fit a line.
func cut(w word, width float64) []word {
	if w.width <= width+slack {
		return []word{w}
	}
	var parts []word
	var cur word
	part := func() {
		cur.seal()
		parts, cur = append(parts, cur), word{}
	}
	for _, p := range w.pieces {
		for i, r := range p.text {
			adv := float64(p.face.advance(r)) * p.size / 1000
			if cur.width+adv > width && len(cur.pieces) > 0 && !combines(r) {
				part()
			}
			cur.put(p.style, r)
			more := i+utf8.RuneLen(r) < len(p.text)
			if more && cur.width > width*3/4 && strings.ContainsRune("/.-_?&=,;", r) {
				part()
			}
		}
	}
	cur.seal()
	cur.blank, cur.end = w.blank, w.end
	return append(parts, cur)
}
