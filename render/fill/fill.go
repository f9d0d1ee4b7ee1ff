// Package fill answers the questions of a Cliniko note template from a
// document: headings and labels are matched to sections and questions by name,
// lists and marks tick boxes, dates fill dates. What finds no question goes,
// in its order, under Also in this document. It is pure.
//
// Nothing is dropped, nothing is added, nothing stands twice: Fill counts the
// words of what it placed against the words of the document and gives an error
// where they differ. A box is ticked for the choice's own words, a mark, or a
// plain yes, never for words that merely mention it.
package fill

import (
	"fmt"
	"slices"

	"carryover"
	"carryover/render"
	"carryover/render/tree"
)

// Also is the name of the section for what found no question.
const Also = "Also in this document"

// Overrides say which question or section of the template a heading or label
// of the document answers, where the names alone do not tell. Case and
// punctuation do not count. The heading's own words stand in the answer, so a
// question of boxes or a date is answered under its own name alone.
type Overrides map[string]string

// A Filled is a template with its answers.
type Filled struct {
	// Sections are the template's, in its order, and Also at the end when
	// something found no question. Questions without an answer are there without
	// one: a template's own default answer says what nobody wrote, and is left
	// out.
	Sections []carryover.Section
	Answered int // questions that got an answer
	Left     int // blocks that found no question
}

// Fill answers t's questions from doc. Its errors are of kind ErrInvalid and
// say why the template cannot be used (archived, empty, names too long) or that
// words would be lost; then the document is filed as one paragraph.
func Fill(doc tree.Doc, t carryover.NoteTemplate, o Overrides, p render.Profile) (Filled, error) {
	if err := usable(t); err != nil {
		return Filled{}, err
	}
	f := newForm(t, o)
	f.walk(doc.Blocks)
	if err := f.complete(doc); err != nil {
		return Filled{}, err
	}
	return f.filled(p)
}

// maxQuestions bounds a template; a note is written by hand elsewhere.
const maxQuestions = 500

func usable(t carryover.NoteTemplate) error {
	questions := 0
	for _, s := range t.Sections {
		questions += len(s.Questions)
	}
	switch {
	case !t.Live():
		return fmt.Errorf("fill note template %s: it is archived: %w", t.ID, carryover.ErrInvalid)
	case questions == 0:
		return fmt.Errorf("fill note template %s: it asks nothing: %w", t.ID, carryover.ErrInvalid)
	case questions > maxQuestions:
		return fmt.Errorf("fill note template %s: it has %d questions, at most %d are filled: %w", t.ID, questions, maxQuestions, carryover.ErrInvalid)
	}
	return nil
}

// A form is a template being filled.
type form struct {
	sections []*section
	override map[string]string // both normalised
	also     []tree.Block
	titles   []*title
	spoken   []string // words of the document that the form itself shows: names, ticks, dates
}

// A section is one of the template's, with its questions.
type section struct {
	name      string
	key       string // the name, normalised
	from      carryover.Section
	questions []*question
}

// A question is one of the template's, with what answers it so far.
type question struct {
	name   string
	key    string
	from   carryover.Question
	blocks []tree.Block // of a paragraph
	done   bool         // of all others: answered
	answer carryover.Question
}

func newForm(t carryover.NoteTemplate, o Overrides) *form {
	f := &form{override: map[string]string{}}
	for k, v := range o {
		f.override[key(k)] = key(v)
	}
	for _, from := range t.Sections {
		s := &section{name: from.Name.Reveal(), key: key(from.Name.Reveal()), from: from}
		for _, q := range from.Questions {
			if !known(q.Type) {
				continue // nobody knows what an answer would look like
			}
			s.questions = append(s.questions, &question{name: q.Name.Reveal(), key: key(q.Name.Reveal()), from: q, answer: blank(q)})
		}
		f.sections = append(f.sections, s)
	}
	return f
}

func known(t carryover.QuestionType) bool {
	switch t {
	case carryover.TextQuestion, carryover.ParagraphQuestion, carryover.DateQuestion,
		carryover.CheckboxQuestion, carryover.RadioQuestion, carryover.BodyChartsQuestion:
		return true
	}
	return false
}

// blank is a question as it stands in a new note: nothing answered, nothing
// selected, without the template's default.
func blank(q carryover.Question) carryover.Question {
	q.Answer = carryover.Text{}
	q.Choices = slices.Clone(q.Choices)
	for i := range q.Choices {
		q.Choices[i].Selected = false
	}
	q.Other.Selected, q.Other.Value = false, carryover.Text{}
	return q
}
