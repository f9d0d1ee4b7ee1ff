package carryover

import (
	"html"
	"strings"
	"time"
)

// NoteTemplateID is Cliniko's id of a treatment note template; empty when a
// note is made without one. Heidi's templates have a TemplateID.
type NoteTemplateID string

// A NoteTemplate is a form of Cliniko's: what a treatment note asks for. Its
// parts have no ids; a clinic may edit it at any time, and notes keep their own
// copy (reference sheet §13). Times are UTC.
type NoteTemplate struct {
	ID         NoteTemplateID
	Name       Text
	Sections   []Section
	ArchivedAt time.Time // or deleted; zero: in use
	UpdatedAt  time.Time
}

// Live says that new notes may be made from the template.
func (t NoteTemplate) Live() bool { return t.ArchivedAt.IsZero() }

// A Section is a part of a note or of a note template (reference sheet §14.5).
type Section struct {
	Name        Text // may be empty; at most 255 characters
	Description Text
	Questions   []Question
}

// A QuestionType says how a question is answered.
type QuestionType string

// The types of question. A body chart is drawn; nothing fills it.
const (
	TextQuestion       QuestionType = "text"      // one line, no HTML
	ParagraphQuestion  QuestionType = "paragraph" // HTML
	DateQuestion       QuestionType = "date"      // YYYY-MM-DD
	CheckboxQuestion   QuestionType = "checkboxes"
	RadioQuestion      QuestionType = "radiobuttons" // at most one selected, Other counted
	BodyChartsQuestion QuestionType = "bodycharts"
)

// A Question is one question with its answer: of a template, what it offers
// and its default; of a note, what was answered.
type Question struct {
	Name    Text // never empty; at most 255 characters
	Type    QuestionType
	Answer  Text     // of a text, paragraph or date; empty: none
	Choices []Choice // of checkboxes and radio buttons
	Other   Other    // their free choice
}

// A Choice is one box or button.
type Choice struct {
	Value    Text // at most 255 characters
	Selected bool
}

// Other is the choice whose words are written in by hand.
type Other struct {
	Enabled  bool // the question offers it
	Selected bool
	Value    Text // at most 255 characters; only when selected
}

// Body joins every answer of some sections, in order, a newline between: HTML
// of paragraphs as it is, all else escaped. It is what is compared with what
// Cliniko keeps.
func Body(sections []Section) Text {
	var parts []string
	for _, s := range sections {
		for _, q := range s.Questions {
			parts = append(parts, q.answers()...)
		}
	}
	return Text{strings.Join(parts, "\n")}
}

// answers returns what was answered to a question, as HTML.
func (q Question) answers() []string {
	var out []string
	switch {
	case q.Answer.s == "":
	case q.Type == ParagraphQuestion:
		out = append(out, q.Answer.s)
	default:
		out = append(out, html.EscapeString(q.Answer.s))
	}
	for _, c := range q.Choices {
		if c.Selected && c.Value.s != "" {
			out = append(out, html.EscapeString(c.Value.s))
		}
	}
	if q.Other.Selected && q.Other.Value.s != "" {
		out = append(out, html.EscapeString(q.Other.Value.s))
	}
	return out
}
