package cli

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// This file breaks words into lines of a terminal, which counts columns: a
// Chinese sign takes two of them, an accent that is a rune of its own none.

// A glyph is a rune of a note's words and whether it is bold.
type glyph struct {
	r    rune
	bold bool
}

// lines breaks the collected words between words, or within one that is longer
// than a line.
func (s *screen) lines() [][]glyph {
	room := max(s.wide-columns(glyphs(s.after)), leastColumns/2)
	var out [][]glyph
	rest := trimmed(s.run)
	for columns(rest) > room {
		fits, blank := 0, 0
		for used := 0; fits < len(rest) && used+cell(rest[fits].r) <= room; fits++ {
			used += cell(rest[fits].r)
			if rest[fits].r == ' ' {
				blank = fits
			}
		}
		switch {
		case rest[fits].r == ' ': // the line ends with a whole word
		case blank > 0:
			fits = blank
		}
		out = append(out, rest[:fits])
		rest = trimmed(rest[fits:])
	}
	return append(out, rest)
}

func trimmed(run []glyph) []glyph {
	blank := func(g glyph) bool { return g.r == ' ' }
	if i := slices.IndexFunc(run, func(g glyph) bool { return !blank(g) }); i > 0 {
		run = run[i:]
	}
	for len(run) > 0 && blank(run[len(run)-1]) {
		run = run[:len(run)-1]
	}
	return run
}

// dressed is a line as the terminal gets it. A blank that must not break is an
// ordinary one by now, so that what is copied from here can be searched for.
func (s *screen) dressed(line []glyph) string {
	var b strings.Builder
	on := false
	for _, g := range line {
		if want := g.bold && s.bold; want != on {
			b.WriteString(map[bool]string{true: "\x1b[1m", false: "\x1b[22m"}[want])
			on = want
		}
		if g.r == '\u00a0' {
			g.r = ' '
		}
		b.WriteRune(g.r)
	}
	if on {
		b.WriteString("\x1b[22m")
	}
	return b.String()
}

func glyphs(s string) []glyph {
	var out []glyph
	for _, r := range s {
		out = append(out, glyph{r: r})
	}
	return out
}

func columns(line []glyph) (n int) {
	for _, g := range line {
		n += cell(g.r)
	}
	return n
}

// cell is how many columns of a terminal a rune takes.
func cell(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= ' ' && r < 0x300:
		return 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
