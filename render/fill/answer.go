package fill

import (
	"fmt"
	"unicode/utf8"

	"carryover"
	"carryover/render"
)

// filled writes the answers into the template's sections.
func (f *form) filled(p render.Profile) (Filled, error) {
	out := Filled{Left: len(f.also)}
	for _, s := range f.sections {
		section := carryover.Section{Name: s.from.Name, Description: s.from.Description}
		for _, q := range s.questions {
			answers, err := q.answers(p)
			if err != nil {
				return Filled{}, err
			}
			if q.done || len(q.blocks) > 0 {
				out.Answered++
			}
			section.Questions = append(section.Questions, answers...)
		}
		if len(section.Questions) > 0 {
			out.Sections = append(out.Sections, section)
		}
	}
	if len(f.also) > 0 {
		name := carryover.NewText(Also)
		rest := question{blocks: f.also, answer: carryover.Question{Name: name, Type: carryover.ParagraphQuestion}}
		answers, err := rest.answers(p)
		if err != nil {
			return Filled{}, err
		}
		out.Sections = append(out.Sections, carryover.Section{Name: name, Questions: answers})
	}
	return out, nil
}

// longestName is the longest name of a question (reference sheet §14.5).
const longestName = 255

// answers returns the question with its answer; one that is longer than a
// paragraph may be goes on in further ones, "Name (2)".
func (q *question) answers(p render.Profile) ([]carryover.Question, error) {
	if len(q.blocks) == 0 {
		return []carryover.Question{q.answer}, nil
	}
	var out []carryover.Question
	for i, html := range pieces(q.blocks, p, longestAnswer) {
		a := q.answer
		a.Answer = carryover.NewText(html)
		if i > 0 {
			name := fmt.Sprintf("%s (%d)", a.Name.Reveal(), i+1)
			if utf8.RuneCountInString(name) > longestName {
				return nil, fmt.Errorf("fill note template: the name of a question that goes on is too long: %w", carryover.ErrInvalid)
			}
			a.Name = carryover.NewText(name)
		}
		out = append(out, a)
	}
	return out, nil
}

// WithReference returns sections with the reference line, given as HTML, as
// the last words of the note: in the last answer of Also where it fits, else
// in a section of its own.
func WithReference(sections []carryover.Section, html carryover.Text) []carryover.Section {
	out := append([]carryover.Section(nil), sections...)
	if n := len(out); n > 0 && out[n-1].Name == carryover.NewText(Also) {
		last := out[n-1]
		last.Questions = append([]carryover.Question(nil), last.Questions...)
		q := &last.Questions[len(last.Questions)-1]
		joint := q.Answer.Reveal() + " " + html.Reveal()
		if utf8.RuneCountInString(joint) <= longestAnswer {
			q.Answer = carryover.NewText(joint)
			out[n-1] = last
			return out
		}
	}
	const name = "Reference"
	return append(out, carryover.Section{
		Name:      carryover.NewText(name),
		Questions: []carryover.Question{{Name: carryover.NewText(name), Type: carryover.ParagraphQuestion, Answer: html}},
	})
}
