package pdf

import (
	"encoding/binary"
	"math"
	"sync"

	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"github.com/go-fonts/dejavu/dejavusanscondensedbold"
	"github.com/go-fonts/dejavu/dejavusanscondensedboldoblique"
	"github.com/go-fonts/dejavu/dejavusanscondensedoblique"
	"github.com/go-fonts/dejavu/dejavusansmono"

	"carryover/render/tree"
)

// A face is one of the embedded typefaces.
type face int

// The faces. DejaVu Sans Condensed is close to the width of a letter's usual
// type and has the clinical signs (≥ ½ ☐ ♀ ✓) that most open fonts lack.
const (
	regular face = iota
	bold
	italic
	boldItalic
	mono
	faces // how many
)

// files are the faces' font files.
var files = [faces][]byte{
	regular:    dejavusanscondensed.TTF,
	bold:       dejavusanscondensedbold.TTF,
	italic:     dejavusanscondensedoblique.TTF,
	boldItalic: dejavusanscondensedboldoblique.TTF,
	mono:       dejavusansmono.TTF,
}

// standIns are the faces asked, in order, for a sign that a face lacks: the
// slanted ones have no ♯, the monospaced one no ℃.
var standIns = [faces][]face{
	regular:    {regular},
	bold:       {bold, regular},
	italic:     {italic, regular},
	boldItalic: {boldItalic, bold, regular},
	mono:       {mono, regular},
}

// glyphs holds the advance of every rune that a face can draw, in thousandths
// of the type size, rounded as the PDF states them; 0 where it has no glyph.
// Runes that combine with the one before have an advance of zeroWidth.
type glyphs [1 << 16]uint16

const zeroWidth = math.MaxUint16

// metrics reads a face's glyphs once.
var metrics = func() (m [faces]func() *glyphs) {
	for f := range faces {
		m[f] = sync.OnceValue(func() *glyphs { return readGlyphs(files[f]) })
	}
	return m
}()

// has says that a face draws r where the reader expects it. A combining mark
// with a width of its own would stand beside its letter.
func (f face) has(r rune) bool {
	if r < 0 || r > math.MaxUint16 {
		return false
	}
	w := metrics[f]()[r]
	return w != 0 && (!combines(r) || w == zeroWidth)
}

// advance returns how far r moves the pen, in thousandths of the type size.
func (f face) advance(r rune) int {
	if w := metrics[f]()[r]; w != zeroWidth {
		return int(w)
	}
	return 0
}

// faceFor returns the face that draws r with some marks; ok is false where none
// can.
func faceFor(r rune, m tree.Mark) (f face, ok bool) {
	for _, f := range standIns[faceOf(m)] {
		if f.has(r) {
			return f, true
		}
	}
	return regular, false
}

func faceOf(m tree.Mark) face {
	switch {
	case m&tree.Mono != 0:
		return mono
	case m&tree.Bold != 0 && m&tree.Italic != 0:
		return boldItalic
	case m&tree.Bold != 0:
		return bold
	case m&tree.Italic != 0:
		return italic
	}
	return regular
}

// readGlyphs reads which runes a TrueType font can draw and how wide they are,
// from its tables head, hhea, hmtx and cmap (format 4, the one the PDF library
// reads). https://learn.microsoft.com/typography/opentype/spec/cmap
func readGlyphs(ttf []byte) *glyphs {
	t := fontTables(ttf)
	unitsPerEm := float64(u16(t["head"], 18))
	full := int(u16(t["hhea"], 34)) // glyphs with an advance of their own; the rest share the last

	var out glyphs
	for r, g := range cmapFour(t["cmap"]) {
		w := u16(t["hmtx"], 4*min(int(g), full-1))
		if w == 0 {
			out[r] = zeroWidth
			continue
		}
		out[r] = uint16(math.Round(1000 / unitsPerEm * float64(w)))
	}
	return &out
}

// fontTables returns the tables of a TrueType file by name.
func fontTables(ttf []byte) map[string][]byte {
	tables := map[string][]byte{}
	for i := range int(u16(ttf, 4)) {
		rec := ttf[12+16*i:]
		at, size := binary.BigEndian.Uint32(rec[8:]), binary.BigEndian.Uint32(rec[12:])
		tables[string(rec[:4])] = ttf[at : at+size]
	}
	return tables
}

// cmapFour returns the glyph of each rune, by the first Unicode subtable of
// format 4.
func cmapFour(cmap []byte) map[rune]uint16 {
	out := map[rune]uint16{}
	for i := range int(u16(cmap, 2)) {
		rec := cmap[4+8*i:]
		platform, encoding := u16(rec, 0), u16(rec, 2)
		sub := cmap[binary.BigEndian.Uint32(rec[4:]):]
		if platform != 0 && (platform != 3 || encoding != 1) || u16(sub, 0) != 4 {
			continue
		}
		n := int(u16(sub, 6)) / 2
		for s := range n {
			last, first := u16(sub, 14+2*s), u16(sub, 16+2*n+2*s)
			delta, offset := u16(sub, 16+4*n+2*s), int(u16(sub, 16+6*n+2*s))
			for r := int(first); r <= int(last); r++ {
				g := uint16(r) + delta
				if offset != 0 {
					if g = u16(sub, 16+6*n+2*s+offset+2*(r-int(first))); g != 0 {
						g += delta
					}
				}
				if g != 0 {
					out[rune(r)] = g
				}
			}
		}
		return out
	}
	return out
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }
