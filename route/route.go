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

// A Later says what becomes of a version that comes after a filed one.
type Later string

// What a rule may say about later versions. Where the patient's details in Heidi
// changed as well, a person decides whatever it says.
const (
	HoldLater  Later = "hold"  // a person decides
	FileLater  Later = "file"  // as a further draft, titled so
	LeaveLater Later = "leave" // what was filed stays as it is
)

// A Rule sends the documents it fits to a destination. Its conditions are
// those fields that are not empty; a rule without conditions fits everything.
type Rule struct {
	Template     carryover.TemplateID     // Heidi's template id
	TemplateName string                   // the whole name of Heidi's template, as Heidi lists it
	Name         string                   // the document's whole name
	Practitioner carryover.PractitionerID // the author
	To           carryover.Destination
	Mode         Mode
	// Title of the note; NAME stands for the document's name. Empty: DefaultTitle.
	Title string
	Later Later // what becomes of later versions of what was filed; empty: HoldLater
	// NoteTemplate is Cliniko's form that the note answers; empty: none, the
	// document is one paragraph.
	NoteTemplate carryover.NoteTemplateID
	// Fill says which question or section of that form a heading or label of the
	// document answers, where the names alone do not tell.
	Fill map[string]string
}

// DefaultTitle is a note's title where a rule gives none.
const DefaultTitle = "NAME (from Heidi)"

// A Table is the practice's rules with what they need to know of Heidi.
type Table struct {
	Rules []Rule
	// TemplateNames are the names of Heidi's templates by id, as far as Heidi
	// lists them. A rule by template name fits nothing that is not here.
	TemplateNames map[carryover.TemplateID]string
}

// A Decision is where one document goes.
type Decision struct {
	To           carryover.Destination
	Mode         Mode
	Title        carryover.Text
	Later        Later
	NoteTemplate carryover.NoteTemplateID
	Fill         map[string]string
	Rule         int  // which rule decided, counted from 1; 0: none, the default did
	Unmapped     bool // no rule named its template or its name: the default decided
}

// Decide returns where d, written by author, goes by the first rule that fits.
// With no fitting rule a document becomes a treatment note and waits for
// review, and is marked unmapped.
func (t Table) Decide(d carryover.Document, author carryover.PractitionerID) Decision {
	for i, r := range t.Rules {
		if t.misfit(r, d, author) == "" {
			return Decision{
				To: r.To, Mode: r.mode(), Title: title(r.Title, d.Name), Later: r.later(),
				NoteTemplate: r.NoteTemplate, Fill: r.Fill,
				Rule: i + 1, Unmapped: !r.names(),
			}
		}
	}
	return Decision{To: carryover.ToTreatmentNote, Mode: Review, Title: title("", d.Name), Later: HoldLater, Unmapped: true}
}

// Updated is the title of a note that is filed after an earlier version of its
// document was.
func Updated(title carryover.Text) carryover.Text {
	return carryover.NewText(updated + title.Reveal())
}

const updated = "Updated "

// IsUpdated says that a title, or what begins with one, is of a later version.
func IsUpdated(title carryover.Text) bool { return strings.HasPrefix(title.Reveal(), updated) }

// Decide is Table.Decide for rules that name no template by its name.
func Decide(rules []Rule, d carryover.Document, author carryover.PractitionerID) Decision {
	return Table{Rules: rules}.Decide(d, author)
}

// names says that the rule was made for some kind of document.
func (r Rule) names() bool { return r.Template != "" || r.TemplateName != "" || r.Name != "" }

func (r Rule) mode() Mode {
	if r.Mode == "" {
		return Review
	}
	return r.Mode
}

func (r Rule) later() Later {
	if r.Later == "" {
		return HoldLater
	}
	return r.Later
}

// The conditions of a rule, as the configuration calls them.
const (
	byTemplate     = "template"
	byTemplateName = "template_name"
	byName         = "name"
	byPractitioner = "practitioner"
)

// misfit returns the first condition of r that d does not meet; "" when it
// meets all.
func (t Table) misfit(r Rule, d carryover.Document, author carryover.PractitionerID) string {
	switch {
	case r.Template != "" && r.Template != d.Template:
		return byTemplate
	case r.TemplateName != "" && fold(r.TemplateName) != fold(t.TemplateNames[d.Template]):
		return byTemplateName
	case r.Name != "" && fold(r.Name) != fold(d.Name.Reveal()):
		return byName
	case r.Practitioner != "" && r.Practitioner != author:
		return byPractitioner
	}
	return ""
}

// fold makes names comparable: case and blanks do not tell two apart.
func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// maxTitle keeps a title within what Cliniko's other name fields allow; the
// reference sheet knows no limit for titles (§14.2).
const maxTitle = 200

// NameIn returns the document's name that a title made by pattern holds, or the
// whole title where it was not made by it.
func NameIn(pattern string, titled carryover.Text) carryover.Text {
	if pattern == "" {
		pattern = DefaultTitle
	}
	before, after, has := strings.Cut(pattern, "NAME")
	said, begins := strings.CutPrefix(titled.Reveal(), before)
	said, ends := strings.CutSuffix(said, after)
	if !has || !begins || !ends {
		return titled
	}
	return carryover.NewText(said)
}

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
