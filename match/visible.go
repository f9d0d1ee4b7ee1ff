package match

import (
	"html"
	"regexp"
	"strings"

	"carryover"
)

// A document comes as Markdown or as HTML, and its patient line as a line, a
// bold label, a list item, a row or a column of a table. Here all of them
// become lines of "label: value".

var (
	// breaks are the tags after which another piece of text begins.
	breaks = regexp.MustCompile(`(?i)<(?:br|/?p|/?div|/?h[1-6]|/?li|/?tr|/?table|/?ul|/?ol|/?title|/?dt|/?dd|/?section)\b[^>]*>`)
	cells  = regexp.MustCompile(`(?i)<(?:/?t[dh]|/?span)\b[^>]*>`)
	hidden = regexp.MustCompile(`(?is)<(?:style|script)\b.*?</(?:style|script)>|<!--.*?-->`)
	tag    = regexp.MustCompile(`</?[a-zA-Z][^>]*>`)
	mark   = regexp.MustCompile("\\*+|`|\\\\(.)|~~|_{2,}")
	bars   = regexp.MustCompile(`[ \t]*\|[ \t]*`)
	dashes = regexp.MustCompile(`^[\t :|+-]+$`)

	// headers are what the columns of a table are called in which a patient is
	// named, and identity those of them that say who it is. A column of names
	// counts only beside birth dates or Medicare numbers: people who sign, or
	// are to be called, have names as well.
	headers  = regexp.MustCompile(`(?i)^(?:` + labels + `|` + birthLabels + `|name|date|sex|gender|age|phone|mobile|address|clinician|practitioner|provider|therapist|referrer|employer|funding|claim(?: no\.?| number)?)$`)
	identity = regexp.MustCompile(`(?i)^(?:` + labels + `|` + birthLabels + `|name)$`)
	personal = regexp.MustCompile(`(?i)^(?:` + labels + `|` + birthLabels + `)$`)
	// alone is a label with nothing beside it: its value is on the next line.
	alone = regexp.MustCompile(`(?i)^[ \t>#*+-]*((?:` + labels + `))[ \t]*:?[ \t]*$`)
)

// visible gives a document's text with one piece a line, cells a tab apart, and
// labels beside their values.
func visible(text string) string {
	text = cut(carryover.Normalise(text), maxDocument)
	text = breaks.ReplaceAllString(hidden.ReplaceAllString(text, ""), "\n")
	text = tag.ReplaceAllString(cells.ReplaceAllString(text, "\t"), "")
	text = strings.ReplaceAll(html.UnescapeString(text), "\u00a0", " ")
	text = bars.ReplaceAllString(mark.ReplaceAllString(text, "$1"), "\t")
	return beside(text)
}

// beside adds, after a row of a table whose columns are labelled, the labels
// with their values, and joins a label that stands alone with the name in the
// line after it.
func beside(text string) string {
	lines := strings.Split(text, "\n")
	out := make([]string, 0, len(lines))
	var columns []string // of the table that is being read
	waiting := ""        // a label alone in its line
	for _, line := range lines {
		value := strings.TrimSpace(line)
		row := strings.Split(line, "\t")
		switch {
		case value == "":
		case waiting != "" && headingIsName(value):
			line = waiting + ": " + value
			waiting, columns = "", nil
		case dashes.MatchString(line):
		case len(row) < 2:
			columns = nil
		case isHeader(row):
			columns = row
		case columns != nil:
			line += labelRow(columns, row)
		}
		if m := alone.FindStringSubmatch(line); m != nil {
			waiting = m[1]
		} else if value != "" {
			waiting = ""
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// isHeader says that a row names the columns below it: two of its cells are
// such names, one of them is a patient's own, and none is a value. A row of
// labels and their values is no header.
func isHeader(row []string) bool {
	known, own := 0, false
	for _, cell := range row {
		cell = strings.Trim(cell, " :")
		if strings.ContainsAny(cell, "0123456789") || headingIsName(cell) {
			return false
		}
		if headers.MatchString(cell) {
			known++
		}
		own = own || personal.MatchString(cell)
	}
	return known >= 2 && own
}

// labelRow writes a row's identifying cells as lines.
func labelRow(columns, row []string) string {
	var b strings.Builder
	for i, cell := range row {
		if i < len(columns) && identity.MatchString(strings.Trim(columns[i], " :")) && strings.TrimSpace(cell) != "" && !identity.MatchString(strings.Trim(cell, " :")) {
			b.WriteString("\n" + strings.Trim(columns[i], " :") + ": " + strings.TrimSpace(cell))
		}
	}
	return b.String()
}

func cut(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "")
	}
	return s
}
