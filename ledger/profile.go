package ledger

import (
	"context"
	"strings"

	"carryover"
)

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

// profileSetting begins the names of the settings that say which documents are
// written in few tags: those of a Heidi template, by its id, or all of them.
const (
	profileSetting = "profile."
	everyTemplate  = "all"
)

// UseMinimal records that the documents of a Heidi template are written in as
// few tags as possible from now on, because words of one were lost. One without
// a template tells of all documents.
func (tx *Tx) UseMinimal(ctx context.Context, t carryover.TemplateID) error {
	return tx.SetSetting(ctx, minimalSetting(t), ProfileMinimal)
}

// UsesMinimal says whether UseMinimal was said of a template, or of all.
func (tx *Tx) UsesMinimal(ctx context.Context, t carryover.TemplateID) (bool, error) {
	for _, name := range []string{minimalSetting(t), minimalSetting("")} {
		said, _, err := tx.Setting(ctx, name)
		if err != nil || said == ProfileMinimal {
			return err == nil, err
		}
	}
	return false, nil
}

// MinimalTemplates returns of which templates UseMinimal was said, "all" for all
// documents: what a status shows.
func (tx *Tx) MinimalTemplates(ctx context.Context) ([]string, error) {
	names, err := column[string](ctx, tx, "list templates in few tags",
		`SELECT name FROM setting WHERE name >= $1 AND name < $2 AND value = $3 ORDER BY name`,
		profileSetting, profileSetting+"~", ProfileMinimal)
	for i, n := range names {
		names[i] = strings.TrimPrefix(n, profileSetting)
	}
	return names, err
}

func minimalSetting(t carryover.TemplateID) string {
	if t == "" {
		return profileSetting + everyTemplate
	}
	return profileSetting + string(t)
}
