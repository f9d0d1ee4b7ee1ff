package config

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"carryover"
)

// A Mistake is one thing wrong with the configuration, where, and what to do.
// None of its fields holds a secret or an e-mail address.
type Mistake struct {
	Line, Column int    // from 1, in the file
	Path         string // the key, like practitioners[2].email; empty for the whole file
	Text         string // what is wrong
	Hint         string // what to do; may be empty
	Excerpt      string // the line, with what looks like a secret or an address masked
}

// String is the mistake on one line, without excerpt and hint.
func (m Mistake) String() string {
	where := fmt.Sprintf("line %d, column %d", m.Line, m.Column)
	if m.Path != "" {
		where += " (" + m.Path + ")"
	}
	return where + ": " + m.Text
}

// An Error is every mistake of a configuration file, in the order of its lines.
type Error struct {
	File     string
	Mistakes []Mistake
}

func newError(file string, source []byte, mistakes []Mistake) *Error {
	lines := strings.Split(string(source), "\n")
	for i := range mistakes {
		if m := &mistakes[i]; m.Line <= len(lines) {
			m.Excerpt = masked(strings.TrimRight(lines[m.Line-1], "\r"))
		}
	}
	slices.SortStableFunc(mistakes, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return &Error{File: file, Mistakes: mistakes}
}

// Error lists the mistakes, one a line.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "configuration %s: %s", filepath.Base(e.File), count(len(e.Mistakes)))
	for _, m := range e.Mistakes {
		b.WriteString("\n" + m.String())
	}
	return b.String()
}

// Unwrap says that trying again is useless until somebody edits the file.
func (e *Error) Unwrap() error { return carryover.ErrInvalid }

func count(n int) string {
	if n == 1 {
		return "1 mistake"
	}
	return fmt.Sprintf("%d mistakes", n)
}

var (
	address  = regexp.MustCompile(`[^\s"'<>:]+@[^\s"'<>]+`)
	longWord = regexp.MustCompile(`[A-Za-z0-9_\-+/=]{24,}`)
)

// masked hides what might be an address or a key pasted by mistake. A path is
// longer than a key's alphabet allows without a dot, so most stay readable.
func masked(line string) string {
	const most = 100
	line = address.ReplaceAllString(line, "…@…")
	line = longWord.ReplaceAllString(line, "…")
	if r := []rune(line); len(r) > most {
		line = string(r[:most]) + "…"
	}
	return line
}

// shortened keeps a pasted key that stands where a key of the file should be
// from being printed.
func shortened(name string) string { return masked(name) }

// nearest returns the candidate that a slip of the finger turns into word, or
// "" when none is close.
func nearest(word string, candidates []string) string {
	best, least := "", 1+len(word)/3
	for _, c := range candidates {
		if d := distance(fold(word), c); d <= least && (best == "" || d < distance(fold(word), best)) {
			best = c
		}
	}
	return best
}

// distance is the number of single-letter edits and swaps of neighbours between
// two words (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}
