// Package route holds the practice's rules: which document goes where, and
// whether it is filed by itself, waits for a click, or is only watched. It is
// a pure function over domain types; the first rule that fits wins.
package route

import (
	"strings"

	"carryover"
)

// A Mode says how far a route goes without a person.
type Mode string

// The modes. Review is what a new practice starts with.
const (
	Auto   Mode = "auto"   // file what is certain
	Review Mode = "review" // each filing waits for one click
	Shadow Mode = "shadow" // everything but the write
)

// A Rule sends the documents it fits to a destination. Its conditions are
// those fields that are not empty; a rule without conditions fits everything.
type Rule struct {
	Template     carryover.TemplateID     // Heidi's template id
	Name         string                   // the document's whole name, compared without case and outer blanks
	Practitioner carryover.PractitionerID // the author
	To           carryover.Destination
	Mode         Mode
	// Title of the note; NAME stands for the document's name. Empty: DefaultTitle.
	Title string
}

// DefaultTitle is a note's title where a rule gives none.
const DefaultTitle = "NAME (from Heidi)"

// A Decision is where one document goes.
type Decision struct {
	To       carryover.Destination
	Mode     Mode
	Title    carryover.Text
	Unmapped bool // no rule named its template or its name: the default decided
}

// Decide returns the first rule that fits d, written by author. With no
// fitting rule a document becomes a treatment note and waits for review, and
// is marked unmapped.
func Decide(rules []Rule, d carryover.Document, author carryover.PractitionerID) Decision {
	for _, r := range rules {
		if r.fits(d, author) {
			return Decision{
				To:       r.To,
				Mode:     r.mode(),
				Title:    title(r.Title, d.Name),
				Unmapped: r.Template == "" && r.Name == "",
			}
		}
	}
	return Decision{To: carryover.ToTreatmentNote, Mode: Review, Title: title("", d.Name), Unmapped: true}
}

func (r Rule) mode() Mode {
	if r.Mode == "" {
		return Review
	}
	return r.Mode
}

func (r Rule) fits(d carryover.Document, author carryover.PractitionerID) bool {
	if r.Template != "" && r.Template != d.Template {
		return false
	}
	if r.Name != "" && fold(r.Name) != fold(d.Name.Reveal()) {
		return false
	}
	return r.Practitioner == "" || r.Practitioner == author
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// maxTitle keeps a title within what Cliniko's other name fields allow; the
// reference sheet knows no limit for titles (§14.2).
const maxTitle = 200

func title(pattern string, name carryover.Text) carryover.Text {
	if pattern == "" {
		pattern = DefaultTitle
	}
	n := strings.Join(strings.Fields(name.Reveal()), " ")
	if n == "" {
		n = "Document"
	}
	if r := []rune(n); len(r) > maxTitle {
		n = string(r[:maxTitle]) + "…"
	}
	return carryover.NewText(strings.ReplaceAll(pattern, "NAME", n))
}
