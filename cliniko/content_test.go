package cliniko

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

func words255(n int) carryover.Text { return carryover.NewText(strings.Repeat("é", n)) }

// choose builds a question of choices; values with a star are selected.
func choose(kind carryover.QuestionType, other carryover.Other, values ...string) carryover.Question {
	q := carryover.Question{Name: carryover.NewText("Q"), Type: kind, Other: other}
	for _, v := range values {
		word, picked := strings.CutSuffix(v, "*")
		q.Choices = append(q.Choices, carryover.Choice{Value: carryover.NewText(word), Selected: picked})
	}
	return q
}

func answer1(kind carryover.QuestionType, words string) carryover.Question {
	return carryover.Question{Name: carryover.NewText("Q"), Type: kind, Answer: carryover.NewText(words)}
}

// filled is a question with an answer, so that a content is not empty.
var filled = answer1(carryover.ParagraphQuestion, "<p>x</p>")

// Each row is a line of the table in the reference sheet's §14.5: the sections
// and the JSON that is sent for them.
func TestContentAsSent(t *testing.T) {
	const x = `{"name":"Q","type":"paragraph","answer":"<p>x</p>"}`
	on := func(value string) carryover.Other {
		return carryover.Other{Enabled: true, Selected: true, Value: carryover.NewText(value)}
	}
	for _, tt := range []struct {
		name string
		in   carryover.Question
		want string // the question; "" when it is left out
	}{
		{"paragraph", answer1(carryover.ParagraphQuestion, "<p>a &lt; b</p>"), `{"name":"Q","type":"paragraph","answer":"<p>a &lt; b</p>"}`},
		{"empty paragraph", answer1(carryover.ParagraphQuestion, ""), `{"name":"Q","type":"paragraph"}`},
		{"blank paragraph", answer1(carryover.ParagraphQuestion, " \n"), `{"name":"Q","type":"paragraph"}`},
		{"text", answer1(carryover.TextQuestion, "3/10 & up"), `{"name":"Q","type":"text","answer":"3/10 & up"}`},
		{"empty text", answer1(carryover.TextQuestion, ""), `{"name":"Q","type":"text"}`},
		{"date", answer1(carryover.DateQuestion, "2026-03-02"), `{"name":"Q","type":"date","answer":"2026-03-02"}`},
		{"no date", answer1(carryover.DateQuestion, ""), `{"name":"Q","type":"date"}`},
		{"checkboxes", choose(carryover.CheckboxQuestion, carryover.Other{}, "A*", "B", "C*"), `{"name":"Q","type":"checkboxes","answers":[{"value":"A","selected":true},{"value":"B"},{"value":"C","selected":true}]}`},
		{"checkboxes, none ticked", choose(carryover.CheckboxQuestion, carryover.Other{}, "A"), `{"name":"Q","type":"checkboxes","answers":[{"value":"A"}]}`},
		{"checkboxes without boxes", choose(carryover.CheckboxQuestion, carryover.Other{}), `{"name":"Q","type":"checkboxes"}`},
		{"a box without words", choose(carryover.CheckboxQuestion, carryover.Other{}, "", "B"), `{"name":"Q","type":"checkboxes","answers":[{"value":"B"}]}`},
		{"radio buttons", choose(carryover.RadioQuestion, carryover.Other{}, "A", "B*"), `{"name":"Q","type":"radiobuttons","answers":[{"value":"A"},{"value":"B","selected":true}]}`},
		{"other offered", choose(carryover.RadioQuestion, carryover.Other{Enabled: true}, "A*"), `{"name":"Q","type":"radiobuttons","answers":[{"value":"A","selected":true}],"other":{"enabled":true}}`},
		{"other chosen", choose(carryover.RadioQuestion, on("Else"), "A"), `{"name":"Q","type":"radiobuttons","answers":[{"value":"A"}],"other":{"enabled":true,"selected":true,"value":"Else"}}`},
		{"other chosen without words", choose(carryover.CheckboxQuestion, on("")), `{"name":"Q","type":"checkboxes","other":{"enabled":true,"selected":true}}`},
		{"words of another that is not chosen", choose(carryover.CheckboxQuestion, carryover.Other{Enabled: true, Value: carryover.NewText("old")}), `{"name":"Q","type":"checkboxes","other":{"enabled":true}}`},
		{"offers of a question without choices", choose(carryover.TextQuestion, carryover.Other{Enabled: true}, "A"), `{"name":"Q","type":"text"}`},
		{"body charts", carryover.Question{Name: carryover.NewText("Q"), Type: carryover.BodyChartsQuestion}, ""},
		{"a type of next year", carryover.Question{Name: carryover.NewText("Q"), Type: "signature"}, ""},
	} {
		sections := []carryover.Section{{Name: carryover.NewText("S"), Questions: []carryover.Question{filled, tt.in}}}
		if err := unfitSections(sections); err != nil {
			t.Errorf("%s: unfitSections = %v, want nil", tt.name, err)
		}
		want := `{"sections":[{"name":"S","questions":[` + x + `,` + tt.want + `]}]}`
		if tt.want == "" {
			want = `{"sections":[{"name":"S","questions":[` + x + `]}]}`
		}
		sameJSON(t, tt.name, contentOf(sections), want)
	}
}

func TestSectionsAsSent(t *testing.T) {
	chart := carryover.Question{Name: carryover.NewText("Q"), Type: carryover.BodyChartsQuestion}
	for _, tt := range []struct {
		name string
		in   carryover.Section
		want string
	}{
		{"name and description", carryover.Section{Name: carryover.NewText("S"), Description: carryover.NewText("D")}, `{"name":"S","description":"D"}`},
		{"no name", carryover.Section{Description: carryover.NewText("D")}, `{"description":"D"}`},
		{"blank name", carryover.Section{Name: carryover.NewText(" "), Description: carryover.NewText("D")}, `{"description":"D"}`},
		{"name alone, its chart left out", carryover.Section{Name: carryover.NewText("S"), Questions: []carryover.Question{chart}}, `{"name":"S"}`},
		{"nothing but a chart", carryover.Section{Questions: []carryover.Question{chart}}, ""},
		{"nothing", carryover.Section{}, ""},
	} {
		sections := []carryover.Section{tt.in, {Questions: []carryover.Question{filled}}}
		want := `{"sections":[` + strings.TrimPrefix(tt.want+`,{"questions":[{"name":"Q","type":"paragraph","answer":"<p>x</p>"}]}`, ",") + `]}`
		sameJSON(t, tt.name, contentOf(sections), want)
	}
}

func sameJSON(t *testing.T, name string, got any, want string) {
	t.Helper()
	raw, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if json.Unmarshal(raw, &a) != nil || json.Unmarshal([]byte(want), &b) != nil {
		t.Fatalf("%s: %s or %s is not JSON", name, raw, want)
	}
	if diff := cmp.Diff(b, a); diff != "" {
		t.Errorf("%s (-want +sent):\n%s", name, diff)
	}
}

// What cannot be sent without losing an answer is refused before anything is
// sent, and the reason quotes nothing.
func TestUnfitContent(t *testing.T) {
	for name, q := range map[string]carryover.Question{
		"answer to a body chart":          answer1(carryover.BodyChartsQuestion, "Zephyrine"),
		"answer of an unknown type":       answer1("signature", "Zephyrine"),
		"answer without a type":           answer1("", "Zephyrine"),
		"choice of an unknown type":       choose("signature", carryover.Other{}, "Zephyrine*"),
		"words for checkboxes":            answer1(carryover.CheckboxQuestion, "Zephyrine"),
		"choice of a text":                choose(carryover.TextQuestion, carryover.Other{}, "Zephyrine*"),
		"free choice of a paragraph":      choose(carryover.ParagraphQuestion, carryover.Other{Enabled: true, Selected: true}),
		"two lines in a text":             answer1(carryover.TextQuestion, "Zephyrine\nQuux"),
		"a tab in a text":                 answer1(carryover.TextQuestion, "Zephyrine\tQuux"),
		"a date in words":                 answer1(carryover.DateQuestion, "2 March 2026"),
		"a date as people write it":       answer1(carryover.DateQuestion, "02/03/2026"),
		"an impossible date":              answer1(carryover.DateQuestion, "2026-02-30"),
		"a date with blanks":              answer1(carryover.DateQuestion, " 2026-03-02"),
		"two radio buttons":               choose(carryover.RadioQuestion, carryover.Other{}, "A*", "B*"),
		"a radio button and the other":    choose(carryover.RadioQuestion, carryover.Other{Enabled: true, Selected: true}, "A*"),
		"the other that is not offered":   choose(carryover.CheckboxQuestion, carryover.Other{Selected: true, Value: carryover.NewText("Zephyrine")}, "A"),
		"a choice without words":          choose(carryover.CheckboxQuestion, carryover.Other{}, "*"),
		"a choice of 256 characters":      choose(carryover.CheckboxQuestion, carryover.Other{}, words255(256).Reveal()),
		"another one of 256 characters":   choose(carryover.CheckboxQuestion, carryover.Other{Enabled: true, Selected: true, Value: words255(256)}),
		"a question without a name":       {Type: carryover.TextQuestion},
		"a choice that is no valid UTF-8": choose(carryover.CheckboxQuestion, carryover.Other{}, "\xff"),
	} {
		err := unfitSections([]carryover.Section{{Questions: []carryover.Question{filled, q}}})
		if err == nil || strings.Contains(err.Error(), "Zephyrine") {
			t.Errorf("%s: unfitSections = %v, want an error without the words", name, err)
		}
	}
	for name, s := range map[string]carryover.Section{
		"section name of 256 characters": {Name: words255(256), Questions: []carryover.Question{filled}},
		"description that is no UTF-8":   {Description: carryover.NewText("\xff"), Questions: []carryover.Question{filled}},
		"no answer at all":               {Name: carryover.NewText("S"), Questions: []carryover.Question{answer1(carryover.ParagraphQuestion, " ")}},
	} {
		if unfitSections([]carryover.Section{s}) == nil {
			t.Errorf("%s: unfitSections = nil, want an error", name)
		}
	}
	long := carryover.Section{Name: words255(255), Questions: []carryover.Question{
		filled, choose(carryover.CheckboxQuestion, carryover.Other{Enabled: true, Selected: true, Value: words255(255)}, words255(255).Reveal()+"*"),
	}}
	if err := unfitSections([]carryover.Section{long}); err != nil {
		t.Errorf("unfitSections of names and values of 255 characters = %v, want nil", err)
	}
}
