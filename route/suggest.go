package route

import (
	"slices"
	"strings"

	"carryover"
)

// A Suggestion is a rule that a practice may want for a template of Heidi's
// that none of its rules names, with the reason in words.
type Suggestion struct {
	Rule Rule
	Why  string
}

// sentOut are words in a template's name that tell of a document which leaves
// the practice as a whole: it is better kept as a file than as a note.
var sentOut = []string{"letter", "certificate", "referral", "report", "form", "consent", "plan request", "capacity"}

// Suggest proposes a rule for a template. noteTemplates are Cliniko's forms. The
// mode is always review: a practice earns auto (DESIGN §6).
func Suggest(template carryover.TemplateID, name string, noteTemplates []carryover.NoteTemplate) Suggestion {
	r := Rule{Template: template, TemplateName: name, To: carryover.ToTreatmentNote, Mode: Review}
	if template != "" {
		r.TemplateName = ""
	}
	for _, n := range noteTemplates {
		if n.Live() && name != "" && fold(n.Name.Reveal()) == fold(name) {
			r.NoteTemplate = n.ID
			return Suggestion{r, "Cliniko has a note template of the same name."}
		}
	}
	if slices.ContainsFunc(sentOut, func(w string) bool { return hasWord(fold(name), w) }) {
		r.To = carryover.ToAttachment
		return Suggestion{r, "Its name is that of a document which leaves the practice as a whole."}
	}
	return Suggestion{r, "Nothing in its name says otherwise."}
}

// hasWord says that words holds w between word boundaries, a plural s allowed.
func hasWord(words, w string) bool {
	padded := " " + strings.NewReplacer("-", " ", "/", " ", ",", " ", "(", " ", ")", " ").Replace(words) + " "
	return strings.Contains(padded, " "+w+" ") || strings.Contains(padded, " "+w+"s ")
}
