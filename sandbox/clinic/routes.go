package clinic

import (
	"fmt"
	"slices"
	"strings"

	"carryover/sandbox"
)

// The kinds of document that the practice sends to somebody else, and so keeps
// as PDFs: the one rule goes by the template's name, the other by its id.
const (
	letterKind      = "GP letter"
	certificateKind = "WorkCover certificate"
)

// answering is the kind of document that answers a form of Cliniko's.
const answering = "Assessment"

// routes returns the rules of the configuration: letters and certificates become
// files, assessments answer their form, everything else is a treatment note of
// one paragraph. A practice without these templates has the last rule alone.
func (c *Clinic) routes() string {
	var b strings.Builder
	b.WriteString("routes:                          # the first that fits decides\n")
	for _, t := range c.Practice.Templates {
		form := c.noteTemplate(assessmentForm)
		switch {
		case t.Name == letterKind:
			fmt.Fprintf(&b, "  - template_name: %s\n    to: attachment               # a PDF in the patient's record\n    mode: auto\n", letterKind)
		case t.Name == certificateKind:
			fmt.Fprintf(&b, "  - template: %s # %s\n    to: attachment\n    mode: auto\n", t.ID, certificateKind)
		case t.Name == answering && form != "":
			fmt.Fprintf(&b, "  - template: %s # %s\n    note_template: %q # %s\n    mode: auto\n", t.ID, answering, form, assessmentForm)
		}
	}
	b.WriteString("  - to: treatment_note\n    mode: auto\n")
	return b.String()
}

// noteTemplate returns the id of Cliniko's live note template of that name, ""
// when there is none.
func (c *Clinic) noteTemplate(name string) string {
	i := slices.IndexFunc(c.Practice.NoteTemplates, func(t sandbox.NoteTemplate) bool { return t.Name == name && t.ArchivedAt.IsZero() })
	if i < 0 {
		return ""
	}
	return c.Practice.NoteTemplates[i].ID
}
