package match

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"carryover"
)

// maxHead is how much of a document is searched for patient lines; they stand
// at the top, and a letter's body may name relatives.
const maxHead = 2000

// label finds "Patient:", "**Client name:**" and the like at a line's start or
// after a gap. Only labelled identifiers count: prose names relatives too.
var (
	label = regexp.MustCompile(`(?im)(?:^|[\t|>]| {2,}|\*\*|<[^>]*>)\s*(?:patient|client|patient name|client name|name)\s*(?:\*\*)?\s*:\s*(?:\*\*)?([^\n|<]*)`)
	born  = regexp.MustCompile(`(?i)\b(?:DOB|D\.O\.B\.?|date of birth)\b[\s:*]*(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})`)
	// next ends a labelled value where the following label begins.
	next = regexp.MustCompile(`(?i)\s{2,}|\*\*|\b(?:DOB|D\.O\.B|date|ref|sex|gender|age|phone|address|claim)\b`)
)

// Clashes says whether a document's own patient line names somebody other than
// p: a birth date that differs, or a name that shares no word with any of
// p's. What it cannot read it leaves alone; agreement adds nothing.
func Clashes(d carryover.Document, p carryover.Patient) bool {
	head := d.Content.Reveal()
	if len(head) > maxHead {
		head = strings.ToValidUTF8(head[:maxHead], "")
	}
	for _, m := range born.FindAllStringSubmatch(head, 3) {
		if date, ok := readDate(m[1], m[2], m[3]); ok && !p.BirthDate.IsZero() && date != p.BirthDate {
			return true
		}
	}
	known := slices.Concat(parts(p.FirstName), parts(p.LastName), parts(p.PreferredName))
	for _, m := range label.FindAllStringSubmatch(head, 3) {
		value := m[1]
		if at := next.FindStringIndex(value); at != nil {
			value = value[:at[0]]
		}
		said := parts(carryover.NewText(value))
		if len(said) < 2 || len(said) > 5 {
			continue // a placeholder, a sentence, a single word: not a name to hold on
		}
		if !slices.ContainsFunc(said, func(w string) bool { return slices.Contains(known, w) }) {
			return true
		}
	}
	return false
}

// readDate reads a date as Australians write it, day first, or ISO.
func readDate(a, b, c string) (carryover.Date, bool) {
	if len(a) == 4 {
		a, c = c, a
	}
	if len(c) != 4 {
		return carryover.Date{}, false
	}
	day, _ := strconv.Atoi(a)
	month, _ := strconv.Atoi(b)
	pad := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	d, err := carryover.ParseDate(c + "-" + pad(month) + "-" + pad(day))
	return d, err == nil
}
