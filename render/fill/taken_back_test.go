package fill_test

import (
	"testing"

	"carryover"
	"carryover/render"
	"carryover/render/fill"
)

// TestNothingTakenBackIsAnAnswer: struck-out words, a yes to what a choice
// denies, boxes that contradict and a weekday of another day answer nothing.
func TestNothingTakenBackIsAnAnswer(t *testing.T) {
	choices := func(name string, values ...string) carryover.Question {
		q := carryover.Question{Name: carryover.NewText(name), Type: carryover.CheckboxQuestion}
		for _, v := range values {
			q.Choices = append(q.Choices, carryover.Choice{Value: carryover.NewText(v)})
		}
		return q
	}
	template := carryover.NoteTemplate{ID: "71", Sections: []carryover.Section{{Questions: []carryover.Question{
		choices("Red flags", "Night pain", "Weight loss"), choices("Pacemaker", "No pacemaker"),
		{Name: carryover.NewText("Next review"), Type: carryover.DateQuestion},
	}}}}
	for _, source := range []string{
		"Red flags: ~~Night pain~~",
		"Red flags: ☑ ~~Night pain~~ ☐ Weight loss",
		"## Red flags\n\n- [x] Night pain\n- [ ] Night pain",
		"Pacemaker: yes",
		"Next review: ~~1/2/2026~~",
		"Next review: 10<sup>/2/2026</sup>",
		"Next review: Monday 3 January 2026",
	} {
		got, err := fill.Fill(render.Parse(markdown(source)), template, nil, render.Standard)
		if err != nil || got.Answered != 0 || got.Left == 0 {
			t.Errorf("%q: %d answered, %d left, %v, want none answered", source, got.Answered, got.Left, err)
		}
	}
}
