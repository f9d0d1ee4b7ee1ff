package cliniko

import (
	"errors"
	"unicode/utf8"

	"carryover"
)

// The content of a note as it is sent (reference sheet §14.5). What has no
// value is left out: Cliniko takes empty strings and empty lists for mistakes.
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
		r := sectionRequest{Name: s.Name.Reveal(), Description: s.Description.Reveal()}
		for _, q := range s.Questions {
			r.Questions = append(r.Questions, questionOf(q))
		}
		c.Sections = append(c.Sections, r)
	}
	return c
}

func questionOf(q carryover.Question) questionRequest {
	r := questionRequest{Name: q.Name.Reveal(), Type: string(q.Type), Answer: q.Answer.Reveal()}
	for _, c := range q.Choices {
		r.Answers = append(r.Answers, choiceRequest{Value: c.Value.Reveal(), Selected: c.Selected})
	}
	if q.Other.Enabled {
		r.Other = &otherRequest{Enabled: true, Selected: q.Other.Selected}
		if q.Other.Selected {
			r.Other.Value = q.Other.Value.Reveal()
		}
	}
	return r
}

// longestName is the longest name of a section or question, and the longest
// value of a choice, in characters (reference sheet §14.5).
const longestName = 255

var errNotUTF8 = errors.New("text is not valid UTF-8") // JSON would replace what it cannot hold

// unfitSections says what makes sections a content that Cliniko can never take.
func unfitSections(sections []carryover.Section) error {
	if carryover.Body(sections).IsBlank() {
		return errors.New("no text")
	}
	for _, s := range sections {
		if !fits(s.Name) {
			return errors.New("section name is longer than 255 characters")
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
	selected := 0
	for _, c := range q.Choices {
		if c.Selected {
			selected++
		}
		if !fits(c.Value) {
			return errors.New("choice is longer than 255 characters")
		}
	}
	if q.Other.Selected {
		selected++
	}
	switch {
	case q.Name.IsBlank() || !fits(q.Name):
		return errors.New("question name is empty or longer than 255 characters")
	case q.Type == carryover.RadioQuestion && selected > 1:
		return errors.New("two radio buttons of one question are selected")
	case !fits(q.Other.Value):
		return errors.New("choice is longer than 255 characters")
	}
	return nil
}

// fits says that a name or value is short enough and valid.
func fits(t carryover.Text) bool {
	return utf8.RuneCountInString(t.Reveal()) <= longestName && utf8.ValidString(t.Reveal())
}
