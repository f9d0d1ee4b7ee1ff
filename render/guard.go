package render

import "strings"

// Bounds of what is parsed as Markdown. No clinician writes beyond them, and
// the parser needs time that grows with the square of what does.
const (
	maxMarkers = 32 // quote and list marks at one line's start
	// Squares of how many signs of emphasis and opening brackets a paragraph
	// has, over all paragraphs: one paragraph of 17,000 signs, or hundreds of
	// a thousand.
	maxDelimiterSquares = 300_000_000
	maxBracketSquares   = 100_000_000
)

// tangled says whether Markdown is beyond these bounds: it is shown as plain
// lines.
func tangled(src string) bool {
	delimiters, brackets := 0, 0 // of the paragraph
	delimiterSquares, bracketSquares := 0, 0
	for line := range strings.Lines(src) {
		if strings.TrimSpace(line) == "" {
			delimiterSquares += delimiters * delimiters
			bracketSquares += brackets * brackets
			delimiters, brackets = 0, 0
			continue
		}
		if markers(line) > maxMarkers {
			return true
		}
		delimiters += strings.Count(line, "*") + strings.Count(line, "_") + strings.Count(line, "~")
		brackets += strings.Count(line, "[")
	}
	return delimiterSquares+delimiters*delimiters > maxDelimiterSquares || bracketSquares+brackets*brackets > maxBracketSquares
}

// markers counts the quote and list marks at a line's start.
func markers(line string) int {
	count, inNumber := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ' || c == '\t':
		case c >= '0' && c <= '9':
			inNumber = true
			continue
		case c == '>', (c == '-' || c == '*' || c == '+') && i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '\t'),
			(c == '.' || c == ')') && inNumber:
			count++
		default:
			return count
		}
		inNumber = false
	}
	return count
}
