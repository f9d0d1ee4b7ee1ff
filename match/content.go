package match

import (
	"html"
	"regexp"
	"slices"
	"strings"
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

var (
	// breaks are the tags after which another piece of text begins.
	breaks = regexp.MustCompile(`(?i)<(?:br|/?p|/?div|/?h[1-6]|/?li|/?tr|/?table|/?ul|/?ol|/?title|/?dt|/?dd|/?section)\b[^>]*>`)
	cells  = regexp.MustCompile(`(?i)<(?:/?t[dh]|/?span)\b[^>]*>`)
	hidden = regexp.MustCompile(`(?is)<(?:style|script)\b.*?</(?:style|script)>|<!--.*?-->`)
	tag    = regexp.MustCompile(`</?[a-zA-Z][^>]*>`)
	mark   = regexp.MustCompile("\\*+|`|\\\\(.)|~~|_{2,}")
	bars   = regexp.MustCompile(`[ \t]*\|[ \t]*`)

	strong = regexp.MustCompile(`(?im)(?:^|\t| {2,}|·|;)[ >#-]*(?:(?:injured )?worker|patient|client|participant|claimant|child|athlete|resident|consumer|(?:patient|client|participant|worker|child|full)(?:'s)? name|name of (?:patient|client))[ ]*[:\t][ \t]*([^\t\n]*)`)
	weak   = regexp.MustCompile(`(?im)(?:^|\t| {2,})[ >#-]*(?:name|re|regarding|prepared for|attn re)[ ]*(?:[:\t]|for\b)?[ \t]+([^\t\n]*)`)
	headed = regexp.MustCompile(`(?m)^#{1,3} +(.+)$|^(.+)\n(?:=+|-{3,})$`)
	bornAt = regexp.MustCompile(`(?i)\b(?:DOB\b|D\.\s?O\.\s?B\.?|date of birth\b|birth ?date\b)[\s:*\t(-]*([0-9][0-9a-zA-Z/.\- ]{5,24})`)
	// stops end a labelled value where the next thing begins.
	stops = regexp.MustCompile(`(?i) {2,}|\t| [-–—·|;] |[;·(\[]|\b(?:DOB|D\.O\.B|date|ref|sex|gender|aged?|phone|address|claim|medicare|referr\w*|employer|guardian|\d+)\b.*`)
)

// saying is what a document says of its patient.
type saying struct {
	strong [][]carryover.Text // labelled names, each with its possible readings
	weak   [][]carryover.Text // names whose label may be somebody else's
	born   []carryover.Date
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
		if value := strings.TrimSpace(m[1] + m[2]); headingIsName(value) {
			s.weak = append(s.weak, []carryover.Text{carryover.NewText(value)})
		}
	}
	for _, m := range bornAt.FindAllStringSubmatch(text, maxLabels) {
		if _, dates := takeDates(m[1]); len(dates) > 0 {
			s.born = append(s.born, dates[0])
		}
	}
	return s
}

// visible gives a document's text with one piece a line and cells a tab apart.
func visible(text string) string {
	text = cut(carryover.Normalise(text), maxDocument)
	text = breaks.ReplaceAllString(hidden.ReplaceAllString(text, ""), "\n")
	text = tag.ReplaceAllString(cells.ReplaceAllString(text, "\t"), "")
	text = strings.ReplaceAll(html.UnescapeString(text), "\u00a0", " ")
	return bars.ReplaceAllString(mark.ReplaceAllString(text, "$1"), "\t")
}

func cut(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "")
	}
	return s
}

// labelled returns the names behind a label. A comma may part last and first
// name or begin something else, so both readings are kept.
func labelled(label *regexp.Regexp, text string) [][]carryover.Text {
	var out [][]carryover.Text
	for _, m := range label.FindAllStringSubmatch(text, maxLabels) {
		value := strings.Trim(m[1], " \t:,.-–")
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
	"examination", "management", "treatment", "progress", "certificate", "protocol", "park", "house", "hill", "beach")

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
		if !p.born().IsZero() && d != p.born() {
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
			return compareName(readClaim(t), known, isGiven).fit >= nameAkin
		})
	})
}

// anyFits says that one reading of a labelled name can be the person's.
func anyFits(readings []carryover.Text, known []naming) bool {
	return slices.ContainsFunc(readings, func(t carryover.Text) bool {
		c := readClaim(t)
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
