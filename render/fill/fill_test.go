package fill_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"carryover"
	"carryover/render"
	"carryover/render/fill"
)

func markdown(s string) carryover.Document {
	return carryover.Document{Content: carryover.NewText(s), Format: carryover.FormatMarkdown}
}

func paragraphs(names ...string) carryover.NoteTemplate {
	var qs []carryover.Question
	for _, n := range names {
		qs = append(qs, carryover.Question{Name: carryover.NewText(n), Type: carryover.ParagraphQuestion})
	}
	return carryover.NoteTemplate{ID: "71", Sections: []carryover.Section{{Questions: qs}}}
}

func TestUnusableTemplates(t *testing.T) {
	archived := paragraphs("Subjective")
	archived.ArchivedAt = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	long := paragraphs(strings.Repeat("é", 255))
	for name, template := range map[string]carryover.NoteTemplate{
		"archived":       archived,
		"asks nothing":   {ID: "71", Sections: []carryover.Section{{Name: carryover.NewText("S")}}},
		"empty":          {ID: "71"},
		"1000 questions": paragraphs(make([]string, 1000)...),
	} {
		if _, err := fill.Fill(render.Parse(markdown("words")), template, nil, render.Standard); !errors.Is(err, carryover.ErrInvalid) {
			t.Errorf("%s: Fill = %v, want an error of kind %v", name, err, carryover.ErrInvalid)
		}
	}
	body := "## " + strings.Repeat("é", 255) + "\n\n" + strings.Repeat("word ", 3000)
	_, err := fill.Fill(render.Parse(markdown(body)), long, nil, render.Standard)
	if !errors.Is(err, carryover.ErrInvalid) {
		t.Errorf("a name of 255 characters that would go on: Fill = %v, want %v", err, carryover.ErrInvalid)
	}
}

// TestFourHundredQuestions answers the last of very many.
func TestFourHundredQuestions(t *testing.T) {
	var names []string
	for i := range 400 {
		names = append(names, fmt.Sprintf("Question %c%c", 'a'+i/26, 'a'+i%26))
	}
	got, err := fill.Fill(render.Parse(markdown("## Question pj\n\nyes and more")), paragraphs(names...), nil, render.Standard)
	if err != nil || got.Answered != 1 {
		t.Fatalf("Fill = %d answered, %v, want 1", got.Answered, err)
	}
	if a := got.Sections[0].Questions[399].Answer.Reveal(); a != "<p>yes and more</p>" {
		t.Errorf("the last question's answer is %q", a)
	}
}

// TestLongAnswersGoOn: what is longer than an answer may be is split, never cut.
func TestLongAnswersGoOn(t *testing.T) {
	for name, body := range map[string]string{
		"one paragraph":  strings.Repeat("pain 3/10 ", 2500),
		"many":           strings.Repeat("pain 3/10\n\n", 2500),
		"a list":         strings.Repeat("- pain 3/10\n", 2500),
		"numbers":        "1. " + strings.Repeat("pain ", 5000) + "\n2. end\n",
		"a table":        "| a | b |\n|---|---|\n" + strings.Repeat("| pain | 3/10 |\n", 1000),
		"nested":         "- top\n" + strings.Repeat("  - pain 3/10\n", 1500),
		"a quote":        strings.Repeat("> pain 3/10\n>\n", 1500),
		"code":           "```\n" + strings.Repeat("pain 3/10\n", 2500) + "```\n",
		"signs grow":     strings.Repeat("<3/10 & ", 2500),
		"bold and plain": strings.Repeat("**pain** 3/10 ", 2500),
		"a cell":         "| a | b | c |\n|---|---|---|\n| x | " + strings.Repeat("pain 3/10 ", 2500) + " | |\n",
		"a heading row":  "| a | " + strings.Repeat("pain 3/10 ", 2500) + " | c |\n|---|---|---|\n",
		"a line of code": "```\n" + strings.Repeat("pain 3/10 ", 2500) + "\n```\n",
	} {
		t.Run(name, func(t *testing.T) {
			doc := markdown("## Subjective\n\n" + body)
			got, err := fill.Fill(render.Parse(doc), paragraphs("Subjective"), nil, render.Standard)
			if err != nil {
				t.Fatal(err)
			}
			qs := got.Sections[0].Questions
			if len(qs) < 2 || qs[0].Name.Reveal() != "Subjective" || qs[1].Name.Reveal() != "Subjective (2)" {
				t.Fatalf("%d answers, want it to go on in Subjective (2)", len(qs))
			}
			for _, q := range qs {
				if n := utf8.RuneCountInString(q.Answer.Reveal()); n > 10_000 {
					t.Errorf("%s has %d characters, want at most 10,000", q.Name.Reveal(), n)
				}
			}
			for _, word := range []string{"pain", "10"} {
				if have, want := strings.Count(carryover.Body(got.Sections).Reveal(), word), strings.Count(body, word); have != want && name != "signs grow" {
					t.Errorf("%q stands %d times, want %d", word, have, want)
				}
			}
		})
	}
}

func TestOneLineAnswers(t *testing.T) {
	template := carryover.NoteTemplate{ID: "71", Sections: []carryover.Section{{Questions: []carryover.Question{
		{Name: carryover.NewText("Claim"), Type: carryover.TextQuestion},
	}}}}
	for length, want := range map[int]string{255: "text", 256: "also"} {
		words := strings.Repeat("é", length)
		got, err := fill.Fill(render.Parse(markdown("Claim: "+words)), template, nil, render.Standard)
		if err != nil {
			t.Fatal(err)
		}
		where := "also"
		if got.Sections[0].Questions[0].Answer.Reveal() == words {
			where = "text"
		}
		if where != want {
			t.Errorf("%d characters went to %s, want %s", length, where, want)
		}
	}
}

func TestOverrides(t *testing.T) {
	doc := markdown("## Story\n\nFell.\n\n## Numbers\n\nPain: 3/10\n")
	got, err := fill.Fill(render.Parse(doc), paragraphs("Subjective", "Objective"), fill.Overrides{"story:": "Subjective", "Numbers": "objective"}, render.Standard)
	if err != nil || got.Answered != 2 || got.Left != 0 {
		t.Fatalf("Fill = %d answered, %d left, %v, want 2 and 0", got.Answered, got.Left, err)
	}
	if a := got.Sections[0].Questions[0].Answer.Reveal(); a != "<h2>Story</h2> <p>Fell.</p>" {
		t.Errorf("Subjective = %q, want Story and the words under it", a)
	}
}

// TestDefaultsAreNotFiled: a template's default answer says what nobody wrote.
func TestDefaultsAreNotFiled(t *testing.T) {
	template := paragraphs("Subjective", "Consent")
	template.Sections[0].Questions[1].Answer = carryover.NewText("<p>Consent was given.</p>")
	got, err := fill.Fill(render.Parse(markdown("## Subjective\n\nSore.")), template, nil, render.Standard)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(carryover.Body(got.Sections).Reveal(), "given") {
		t.Error("the template's default answer was filed as if somebody had said it")
	}
}

func TestWithReference(t *testing.T) {
	line := carryover.NewText("<p>Heidi document HD-7Q4K2MXA-2C7P</p>")
	name := carryover.NewText("Also in this document")
	long := carryover.NewText("<p>" + strings.Repeat("é", 9990) + "</p>")
	for why, tt := range map[string]struct {
		in       []carryover.Section
		sections int
	}{
		"alone":                {nil, 1},
		"after the form":       {[]carryover.Section{{Name: carryover.NewText("Plan")}}, 2},
		"below what was left":  {[]carryover.Section{{Name: name, Questions: []carryover.Question{{Name: name, Type: carryover.ParagraphQuestion, Answer: carryover.NewText("<p>a</p>")}}}}, 1},
		"where it has no room": {[]carryover.Section{{Name: name, Questions: []carryover.Question{{Name: name, Type: carryover.ParagraphQuestion, Answer: long}}}}, 2},
	} {
		before := carryover.Body(tt.in)
		got := fill.WithReference(tt.in, line)
		if len(got) != tt.sections || !strings.HasSuffix(carryover.Body(got).Reveal(), line.Reveal()) {
			t.Errorf("%s: %d sections, the last words are not the reference; want %d", why, len(got), tt.sections)
		}
		if carryover.Body(tt.in) != before {
			t.Errorf("%s: the sections that were given changed", why)
		}
	}
}

// lines are what the property test makes documents of: names of the template,
// near names, values and traps.
var lines = []string{
	"# Initial assessment", "## Subjective", "### Objective", "## Plan", "**Red flags**", "Red flags:", "- [x] Night pain", "- [ ] Night pain",
	"- Night pain", "- [x] Steroids", "Pain score: 3/10", "Pain score: <3/10", "**Consent:** Yes", "Consent: no", "Next review: 3/4/2026",
	"Next review: soon", "Side: Left", "Side: ☐ Left ☑ Right", "Side: Left, right", "| a | b |\n|---|---|\n| Pain score | 4 |",
	"Strength: 4/5", "1. one", "4. four", "> quoted", "```\ncode\n```", "plain words", "~~struck~~", "---", "Plan", "Range: 90° ≥ 45°", "", "",
}

var form = carryover.NoteTemplate{ID: "71", Sections: []carryover.Section{
	{Name: carryover.NewText("Subjective"), Questions: []carryover.Question{
		{Name: carryover.NewText("Pain score"), Type: carryover.TextQuestion},
		{Name: carryover.NewText("Red flags"), Type: carryover.CheckboxQuestion, Choices: []carryover.Choice{{Value: carryover.NewText("Night pain")}}, Other: carryover.Other{Enabled: true}},
	}},
	{Name: carryover.NewText("Objective"), Questions: []carryover.Question{
		{Name: carryover.NewText("Strength"), Type: carryover.ParagraphQuestion},
		{Name: carryover.NewText("Side"), Type: carryover.RadioQuestion, Choices: []carryover.Choice{{Value: carryover.NewText("Left")}, {Value: carryover.NewText("Right")}}},
	}},
	{Name: carryover.NewText("Plan"), Questions: []carryover.Question{
		{Name: carryover.NewText("Plan"), Type: carryover.ParagraphQuestion},
		{Name: carryover.NewText("Consent"), Type: carryover.CheckboxQuestion, Choices: []carryover.Choice{{Value: carryover.NewText("Consent obtained")}}},
		{Name: carryover.NewText("Next review"), Type: carryover.DateQuestion},
	}},
}}

// shown are all words of a filled form that a reader sees: names, choices and
// answers.
func shown(sections []carryover.Section) map[string]int {
	n := map[string]int{}
	add := func(s string) {
		for _, w := range render.WordsAndSigns(s) {
			n[strings.ToLower(w)]++
		}
	}
	for _, s := range sections {
		add(s.Name.Reveal())
		for _, q := range s.Questions {
			add(q.Name.Reveal())
			for _, c := range q.Choices {
				add(c.Value.Reveal())
			}
		}
	}
	for _, w := range render.Words(carryover.Body(sections)) {
		add(w)
	}
	return n
}

// TestNothingIsDropped fills the form from documents of every sort and looks
// for each of their words on it.
func TestNothingIsDropped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOfN(rapid.SampledFrom(lines), 1, 12).Draw(t, "lines"), rapid.SampledFrom([]string{"\n", "\n\n"}).Draw(t, "between"))
		doc := render.Parse(markdown(src))
		got, err := fill.Fill(doc, form, nil, render.Standard)
		if err != nil {
			t.Fatalf("Fill(%q): %v", src, err)
		}
		have := shown(got.Sections)
		for _, w := range render.TreeWords(doc) {
			for _, w := range render.WordsAndSigns(w) {
				w = strings.ToLower(w)
				if have[w] == 0 && !spoken[w] {
					t.Errorf("Fill(%q) dropped %q", src, w)
				}
			}
		}
		for _, s := range got.Sections {
			for _, q := range s.Questions {
				if q.Type == carryover.RadioQuestion && q.Choices[0].Selected && q.Choices[1].Selected {
					t.Errorf("Fill(%q) selected two radio buttons", src)
				}
			}
		}
	})
}

// spoken are words that a form shows in a form of its own: a date, a plain yes,
// the boxes, and punctuation of labels.
var spoken = map[string]bool{"3": true, "4": true, "2026": true, "/": true, "yes": true, ":": true, "☐": true, "☑": true, ",": true, "|": true, ".": true}

func FuzzFill(f *testing.F) {
	for _, l := range lines {
		f.Add(l + "\n" + l)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 1<<14 {
			return
		}
		got, err := fill.Fill(render.Parse(markdown(src)), form, fill.Overrides{"x": "Plan"}, render.Standard)
		if err != nil && !errors.Is(err, carryover.ErrInvalid) {
			t.Errorf("Fill = %v, want a form or an error of kind %v", err, carryover.ErrInvalid)
		}
		if err == nil && len(got.Sections) == 0 {
			t.Error("Fill returned nothing, and no error")
		}
	})
}
