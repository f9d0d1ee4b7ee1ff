package ledger

import "strings"

// What Delivery.Profile may say: how the document was rendered. A note that a
// rule gives a note template, and that was filed as one paragraph all the same,
// has one of the words below after a blank.
const (
	ProfileStandard      = "standard"       // one paragraph, in all tags that Cliniko keeps
	ProfileMinimal       = "minimal"        // one paragraph, in as few as possible
	ProfileFilled        = "filled"         // the questions of a note template
	ProfileFilledMinimal = "filled_minimal" // the same in few tags
	ProfilePDF           = "pdf"            // a file
)

// Why a note template was not used.
const (
	TemplateGone     = "template_gone"     // Cliniko has none of that number, or does not show it
	TemplateArchived = "template_archived" // nobody makes new notes from it
	TemplateUnfit    = "template_unfit"    // it asks nothing, or words would be lost in it
	TemplateRefused  = "template_refused"  // Cliniko did not take a note made from it
)

// Fallback returns why a delivery's note template was not used, one of the words
// above; "" where it was, or where there is none.
func (d Delivery) Fallback() string {
	_, why, _ := strings.Cut(d.Profile, " ")
	return why
}

// FallbackSentence says in plain words why a note template was not used, with
// what helps; "" for any other word.
func FallbackSentence(why string) string { return fallbacks[why] }

var fallbacks = map[string]string{
	TemplateGone:     "Filed as one paragraph: Cliniko has no note template of that number. Compare note_template in the configuration with its address in Cliniko.",
	TemplateArchived: "Filed as one paragraph: the note template is archived in Cliniko. Unarchive it there, or name another in the configuration.",
	TemplateUnfit:    "Filed as one paragraph: in the note template's questions words of the document would have been lost.",
	TemplateRefused:  "Filed as one paragraph: Cliniko did not accept a note from that note template.",
}
