package cliniko

import (
	"errors"
	"strings"
	"unicode/utf8"

	"carryover"
)

// The content of a note as it is sent (reference sheet §14.5). What has no
// value is left out: Cliniko takes empty strings and empty lists for mistakes.
// A question is sent with the keys of its type alone. Questions of a type that
// nothing fills, such as body charts, are left out; unfitSections has made sure
// that no answer is left out with them.
type contentRequest struct {
	Sections []sectionRequest `json:"sections"`
}

type sectionRequest struct {
	Name        string            `json:"name,omitempty"`
	Description string            `json:"description,omitempty"`
	Questions   []questionRequest `json:"questions,omitempty"`
}

type questionRequest struct {
	Name    string          `json:"name"`
	Type    string          `json:"type"`
	Answer  string          `json:"answer,omitempty"`
	Answers []choiceRequest `json:"answers,omitempty"`
	Other   *otherRequest   `json:"other,omitempty"`
}

type choiceRequest struct {
	Value    string `json:"value"`
	Selected bool   `json:"selected,omitempty"`
}

type otherRequest struct {
	Enabled  bool   `json:"enabled"`
	Selected bool   `json:"selected,omitempty"`
	Value    string `json:"value,omitempty"`
}

func contentOf(sections []carryover.Section) contentRequest {
	var c contentRequest
	for _, s := range sections {
		r := sectionRequest{Name: given(s.Name), Description: given(s.Description)}
		for _, q := range s.Questions {
			if sent(q.Type) {
				r.Questions = append(r.Questions, questionOf(q))
			}
		}
		if r.Name != "" || r.Description != "" || r.Questions != nil {
			c.Sections = append(c.Sections, r)
		}
	}
	return c
}

func questionOf(q carryover.Question) questionRequest {
	r := questionRequest{Name: q.Name.Reveal(), Type: string(q.Type)}
	if !offersChoices(q.Type) {
		r.Answer = given(q.Answer)
		return r
	}
	for _, c := range q.Choices {
		if !c.Value.IsBlank() {
			r.Answers = append(r.Answers, choiceRequest{Value: c.Value.Reveal(), Selected: c.Selected})
		}
	}
	if q.Other.Enabled {
		r.Other = &otherRequest{Enabled: true, Selected: q.Other.Selected}
		if q.Other.Selected {
			r.Other.Value = given(q.Other.Value)
		}
	}
	return r
}

// given returns the words of t, or "" if it is blank: blanks alone are what
// Cliniko's sanitiser may turn into the empty string.
func given(t carryover.Text) string {
	if t.IsBlank() {
		return ""
	}
	return t.Reveal()
}

// sent says that questions of a type are sent. New types appear in templates;
// their keys are not known.
func sent(t carryover.QuestionType) bool {
	switch t {
	case carryover.TextQuestion, carryover.ParagraphQuestion, carryover.DateQuestion:
		return true
	}
	return offersChoices(t)
}

func offersChoices(t carryover.QuestionType) bool {
	return t == carryover.CheckboxQuestion || t == carryover.RadioQuestion
}

// longestName is the longest name of a section or question, and the longest
// value of a choice, in characters (reference sheet §14.5).
const longestName = 255

var errNotUTF8 = errors.New("text is not valid UTF-8") // JSON would replace what it cannot hold

// unfitSections says what makes sections a content that Cliniko can never take,
// or one that could not be sent without losing an answer.
func unfitSections(sections []carryover.Section) error {
	if carryover.Body(sections).IsBlank() {
		return errors.New("no text")
	}
	for _, s := range sections {
		if !fits(s.Name) {
			return errors.New("section name is longer than 255 characters")
		}
		if !utf8.ValidString(s.Description.Reveal()) {
			return errNotUTF8
		}
		for _, q := range s.Questions {
			if err := unfitQuestion(q); err != nil {
				return err
			}
		}
	}
	if !utf8.ValidString(carryover.Body(sections).Reveal()) {
		return errNotUTF8
	}
	return nil
}

func unfitQuestion(q carryover.Question) error {
	answered, chosen := !q.Answer.IsBlank(), picks(q)
	switch {
	case !sent(q.Type) && (answered || chosen > 0):
		return errors.New("a question of a type that takes no answer has one")
	case !sent(q.Type):
		return nil // not sent
	case q.Name.IsBlank() || !fits(q.Name):
		return errors.New("question name is empty or longer than 255 characters")
	case offersChoices(q.Type):
		return unfitChoices(q, answered, chosen)
	case chosen > 0:
		return errors.New("a question without choices has one that is selected")
	case q.Type == carryover.TextQuestion && strings.ContainsAny(q.Answer.Reveal(), "\n\r\t"):
		return errors.New("the answer of a text question has more than one line") // breaks are taken out, words run together
	case q.Type == carryover.DateQuestion && answered && !isDate(q.Answer.Reveal()):
		return errors.New("the answer of a date question is not YYYY-MM-DD")
	}
	return nil
}

// unfitChoices is unfitQuestion for checkboxes and radio buttons.
func unfitChoices(q carryover.Question, answered bool, chosen int) error {
	for _, c := range q.Choices {
		if !fits(c.Value) {
			return errors.New("choice is longer than 255 characters")
		}
		if c.Selected && c.Value.IsBlank() {
			return errors.New("a choice without words is selected")
		}
	}
	switch {
	case answered:
		return errors.New("a question of choices has an answer in words")
	case q.Type == carryover.RadioQuestion && chosen > 1:
		return errors.New("two radio buttons of one question are selected")
	case q.Other.Selected && !q.Other.Enabled:
		return errors.New("a question without a free choice has it selected")
	case !fits(q.Other.Value):
		return errors.New("choice is longer than 255 characters")
	}
	return nil
}

// picks counts what is selected, the free choice too.
func picks(q carryover.Question) int {
	n := 0
	for _, c := range q.Choices {
		if c.Selected {
			n++
		}
	}
	if q.Other.Selected {
		n++
	}
	return n
}

// isDate says that s is a day as Cliniko writes it, without blanks around it.
func isDate(s string) bool {
	d, err := carryover.ParseDate(s)
	return err == nil && d.Reveal() == s
}

// fits says that a name or value is short enough and valid.
func fits(t carryover.Text) bool {
	return utf8.RuneCountInString(t.Reveal()) <= longestName && utf8.ValidString(t.Reveal())
}
