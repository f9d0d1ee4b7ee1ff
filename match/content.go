package match

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"carryover"
)

// A document may say itself whose it is: "Client: Tamsin Quillfeather DOB:
// 14/02/1979". Only labelled identifiers count, because prose names relatives,
// doctors and employers. A contradiction holds; agreement adds nothing to a
// match, since the scribe wrote both from one recording.

// Bounds on what is read: a document of a book's length is cut, and lines of
// the weak labels count near the top only, where letters have their "Re:".
const (
	maxDocument = 200_000
	maxHead     = 2_000
	maxLabels   = 20
)

// What stands before a patient's name, and before a line's first word.
const (
	birthLabels = `d\.?o\.?b\.?|date of birth|birth ?date|medicare(?: no\.?| number)?`
	nameLabels  = `(?:patient|client|participant|worker|child|full|pt)(?:['’]s)? name|name of (?:patient|client)`
	labels      = `(?:injured )?worker|patient|client|participant|claimant|child|athlete|resident|consumer|` + nameLabels
	start       = `(?:^|\t| {2,}|·|;)[ >#*+-]*(?:\d{1,2}[.)] )?`
)

var (
	strong = regexp.MustCompile(`(?im)` + start + `(?:` + labels + `)[ ]*[:\t][ \t]*([^\t\n]*)|` + start + `(?:` + nameLabels + `)[ ]+[-–—][ ]+([^\t\n]*)`)
	weak   = regexp.MustCompile(`(?im)(?:^|\t| {2,})[ >#*+-]*(?:name|re|regarding|prepared for|attn re)[ ]*(?:[:\t]|for\b)?[ \t]+([^\t\n]*)`)
	// Two halves of a name, as forms ask for them.
	lastHalves  = regexp.MustCompile(`(?im)` + start + `(?:surname|last name|family name)[ ]*[:\t][ \t]*([^\t\n]*)`)
	firstHalves = regexp.MustCompile(`(?im)` + start + `(?:first|given) names?(?:\(s\))?[ ]*[:\t][ \t]*([^\t\n]*)`)
	headed      = regexp.MustCompile(`(?m)^#{1,3} +(.+)$|^(.+)\n(?:=+|-{3,})$`)
	bornAt      = regexp.MustCompile(`(?i)\b(?:DOB|D\.\s?O\.\s?B\.?|date of birth\b|birth ?date\b|born[ ]*:)[\s:*\t(-]*([0-9][0-9a-zA-Z/.\- ]{5,24}|[a-z]{3,9}\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4})`)
	// stops end a labelled value where the next thing begins.
	stops = regexp.MustCompile(`(?i) {2,}|\t| [-–—·|;] |[;·(\[]|\b(?:DOB|D\.O\.B|date|ref|sex|gender|aged?|phone|address|claim|medicare|referr\w*|employer|guardian|\d+)\b.*`)
)

// saying is what a document says of its patient.
type saying struct {
	strong [][]carryover.Text // labelled names, each with its possible readings
	weak   [][]carryover.Text // names whose label may be somebody else's
	born   [][]carryover.Date // labelled birth dates, each in the centuries it can mean
}

// readDocument finds a document's labelled identifiers.
func readDocument(d carryover.Document) saying {
	text := d.Content.Reveal()
	if strings.TrimSpace(text) == "" {
		return saying{}
	}
	text = visible(text)
	head := cut(text, maxHead)
	s := saying{strong: labelled(strong, text), weak: labelled(weak, head)}
	for _, m := range headed.FindAllStringSubmatch(head, maxLabels) {
		value, _, _ := strings.Cut(strings.ReplaceAll(m[1]+m[2], "–", "-"), " - ")
		if value = strings.TrimSpace(value); headingIsName(value) {
			s.weak = append(s.weak, []carryover.Text{carryover.NewText(value)})
		}
	}
	if name, ok := halves(head); ok {
		s.weak = append(s.weak, []carryover.Text{name})
	}
	for _, m := range bornAt.FindAllStringSubmatch(text, maxLabels) {
		if _, said := takeDates("DOB "+m[1], time.Time{}); len(said.born) > 0 {
			s.born = append(s.born, said.born[:1])
		} else if len(said.either) > 0 {
			s.born = append(s.born, said.either)
		}
	}
	return s
}

// labelled returns the names behind a label. A comma may part last and first
// name or begin something else, so both readings are kept.
func labelled(label *regexp.Regexp, text string) [][]carryover.Text {
	var out [][]carryover.Text
	for _, m := range label.FindAllStringSubmatch(text, maxLabels) {
		value := strings.Trim(strings.Join(m[1:], ""), " \t:,.-–")
		if at := stops.FindStringIndex(value); at != nil {
			value = strings.Trim(value[:at[0]], " ,.-–")
		}
		var readings []carryover.Text
		before, after, comma := strings.Cut(value, ",")
		if looksLikeName(before) {
			readings = append(readings, carryover.NewText(before))
		}
		if comma && looksLikeName(after+" "+before) {
			readings = append(readings, carryover.NewText(before+", "+after))
		}
		if len(readings) > 0 {
			out = append(out, readings)
		}
	}
	return out
}

// halves puts the two halves of a name together that a form asks for in two
// places.
func halves(head string) (carryover.Text, bool) {
	last, first := lastHalves.FindStringSubmatch(head), firstHalves.FindStringSubmatch(head)
	if last == nil || first == nil {
		return carryover.Text{}, false
	}
	name := strings.TrimSpace(first[1]) + " " + strings.TrimSpace(last[1])
	return carryover.NewText(name), looksLikeName(name)
}

// looksLikeName says that a labelled value is a name and not a sentence, a
// placeholder or a remark: two to five words, each with a capital.
func looksLikeName(s string) bool {
	words := strings.Fields(s)
	n := 0
	for _, w := range words {
		low := strings.Join(fold(w), "")
		if titles[low] || particles[low] {
			continue
		}
		if first := []rune(strings.TrimLeft(w, apostrophes))[0:]; len(first) == 0 || !unicode.IsUpper(first[0]) && !caseless(first[0]) {
			return false
		}
		if chatter[low] || strings.ContainsFunc(w, unicode.IsDigit) || kinWord.MatchString(low) {
			return false
		}
		n++
	}
	return n >= 2 && n <= 5 || n == 1 && len(words) > 1 && titles[strings.Join(fold(words[0]), "")]
}

var kinWord = regexp.MustCompile(`^(?:` + kin + `|baby|bub)$`)

// caseless are letters of scripts without capitals.
func caseless(r rune) bool { return unicode.IsLetter(r) && unicode.ToUpper(r) == r }

// places are words of headings that only look like names: Rose Bay
// Physiotherapy.
var places = set("clinic", "street", "road", "bay", "health", "medical", "practice", "centre", "center", "hospital",
	"services", "rehabilitation", "therapy", "report", "plan", "summary", "letter", "form", "notes", "history", "program", "programme",
	"examination", "management", "treatment", "progress", "certificate", "protocol", "park", "house", "hill", "beach",
	"details", "information", "description", "duties", "goals", "education", "consent", "assessment", "status", "feedback", "signature")

// headingIsName says that a heading is nothing but a person's name.
func headingIsName(s string) bool {
	words := fold(s)
	return looksLikeName(s) && len(words) >= 2 && len(words) <= 4 && isGiven(words[0]) &&
		!slices.ContainsFunc(words, func(w string) bool { return places[w] })
}

// clashes says that the document names somebody else than p. A label such as
// "Name:" is somebody else's own (an employer's, a next of kin's) where
// another line has already named p.
func (s saying) clashes(p person) bool {
	known := namings(p)
	named := false
	for _, readings := range s.strong {
		if !anyFits(readings, known) {
			return true
		}
		named = true
	}
	for _, readings := range s.weak {
		if fits := anyFits(readings, known); !fits && !named {
			return true
		} else if fits {
			named = true
		}
	}
	for _, d := range s.born {
		if !p.born().IsZero() && !slices.Contains(d, p.born()) {
			return true // the label says a date: a slip in it is for a person to see
		}
	}
	return false
}

// names says that a labelled line names p by first and last name.
func (s saying) names(p person) bool {
	known := namings(p)
	return slices.ContainsFunc(s.strong, func(readings []carryover.Text) bool {
		return slices.ContainsFunc(readings, func(t carryover.Text) bool {
			return compareName(readClaim(t, time.Time{}), known, isGiven).fit >= nameAkin
		})
	})
}

// anyFits says that one reading of a labelled name can be the person's.
func anyFits(readings []carryover.Text, known []naming) bool {
	return slices.ContainsFunc(readings, func(t carryover.Text) bool {
		c := readClaim(t, time.Time{})
		if c.nobody || c.others {
			return true // no name to contradict
		}
		fit := compareName(c, known, isGiven).fit
		return fit != nameOther && fit != nameCould && fit != nameChanged
	})
}

// Clashes says whether a document's own patient line names somebody other than
// p: another birth date, or a name that is not p's. What it cannot read it
// leaves alone.
func Clashes(d carryover.Document, p carryover.Patient) bool {
	return readDocument(d).clashes(person{survivor: p, records: []carryover.Patient{p}})
}
