package clinikosim

// The content of a treatment note or of a template: sections of questions.
// Types here are what is stored and shown; contentrules.go reads and checks
// what is sent.

import "strings"

// content is the value of a note's content field. Once stored it is never
// changed in place, only replaced: answers are written after the lock is
// released, and must not change under the writer's hands.
type content struct {
	Sections []section `json:"sections,omitempty"`
}

type section struct {
	Name        *string    `json:"name,omitempty"`
	Description *string    `json:"description,omitempty"`
	Questions   []question `json:"questions,omitempty"`
}

// A question has an answer, answers, or body charts, by its type.
type question struct {
	Name         string   `json:"name"`
	Type         string   `json:"type"`
	Answer       string   `json:"answer,omitempty"`
	Answers      []choice `json:"answers,omitempty"`
	Other        *other   `json:"other,omitempty"`
	BodyChartIDs []string `json:"body_chart_ids,omitempty"`
}

// A choice is one box or button.
type choice struct {
	Value    *string `json:"value"`
	Selected bool    `json:"selected,omitempty"`
}

// other is the free choice at the end of boxes or buttons.
type other struct {
	Enabled  bool    `json:"enabled"`
	Selected bool    `json:"selected,omitempty"`
	Value    *string `json:"value,omitempty"`
}

// The types of question (section 14.5).
const (
	typeText         = "text"
	typeParagraph    = "paragraph"
	typeDate         = "date"
	typeCheckboxes   = "checkboxes"
	typeRadioButtons = "radiobuttons"
	typeBodyCharts   = "bodycharts"
)

// typedContent is what a person typed into a note without a template: one
// paragraph question, one <p> for each line.
func typedContent(paragraphs []string) *content {
	return &content{Sections: []section{{Questions: []question{typedQuestion(paragraphs)}}}}
}

func typedQuestion(paragraphs []string) question {
	return question{Name: "Notes", Type: typeParagraph, Answer: paragraphsHTML(paragraphs)}
}

// paragraphsHTML is how the editor stores lines; an empty one keeps its place.
func paragraphsHTML(paragraphs []string) string {
	var html strings.Builder
	for _, line := range paragraphs {
		if line == "" {
			html.WriteString("<p><br></p>")
			continue
		}
		html.WriteString("<p>" + escapeText(line) + "</p>")
	}
	return html.String()
}

// clone copies c, so that a note begun from a template has its own.
func (c *content) clone() *content {
	if c == nil {
		return nil
	}
	copied := &content{Sections: make([]section, len(c.Sections))}
	for i, part := range c.Sections {
		copied.Sections[i] = part
		copied.Sections[i].Questions = make([]question, len(part.Questions))
		for j, q := range part.Questions {
			q.Answers = append([]choice(nil), q.Answers...)
			if q.Other != nil {
				o := *q.Other
				q.Other = &o
			}
			copied.Sections[i].Questions[j] = q
		}
	}
	return copied
}

// firstParagraph is the question a person types into; nil if there is none.
func (c *content) firstParagraph() *question {
	if c == nil {
		return nil
	}
	for i := range c.Sections {
		for j := range c.Sections[i].Questions {
			if q := &c.Sections[i].Questions[j]; q.Type == typeParagraph {
				return q
			}
		}
	}
	return nil
}

// text is c as JSON, "null" for none.
func (c *content) text() string { return string(encode(c)) }
