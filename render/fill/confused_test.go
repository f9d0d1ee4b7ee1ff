package fill_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"carryover"
	"carryover/render"
	"carryover/render/fill"
)

// confusable are names that share words and mean different things. Names of one
// inner list may answer each other.
var confusable = [][]string{
	{"History"},
	{"Past history"},
	{"Family history", "FHx"},
	{"Social history", "SHx"},
	{"Past medical history", "PMHx", "Medical history"},
	{"History of presenting complaint", "HPC"},
	{"Presenting complaint", "PC"},
	{"Surgical history"},
	{"Left"},
	{"Right"},
	{"Left knee"},
	{"Right knee"},
	{"Knee"},
	{"ROM left"},
	{"ROM right"},
	{"ROM", "Range of motion"},
	{"Medication", "Current medications"},
	{"Past medications"},
	{"Medication allergies"},
	{"Allergies", "Known allergies"},
	{"3 month goals"},
	{"6 month goals"},
	{"Goals", "Patient goals"},
	{"Pain <24 h"},
	{"Pain >24 h"},
	{"Pain"},
	{"Pain score"},
	{"Neer +ve"},
	{"Neer -ve"},
	{"Diagnosis", "Dx"},
	{"Differential diagnosis"},
	{"Ax"},
	{"Plan", "Treatment plan"},
	{"Treatment"},
	{"Treatment today", "Rx"},
	{"Discharge plan"},
	{"Red flags"},
	{"Yellow flags"},
	{"Before treatment"},
	{"After treatment"},
	{"Next review", "Review date"},
	{"Last review"},
	{"Session 1"},
	{"Session 2"},
	{"Consent"},
	{"Consent withdrawn"},
}

// TestNoAnswerToAnotherQuestion: what stands under a name is never given to a
// question that means something else, as a heading, a label or a list.
func TestNoAnswerToAnotherQuestion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asked := rapid.SliceOfNDistinct(rapid.IntRange(0, len(confusable)-1), 1, 8, rapid.ID).Draw(t, "asked")
		said := rapid.SliceOfNDistinct(rapid.IntRange(0, len(confusable)-1), 1, 8, rapid.ID).Draw(t, "said")
		meaning := map[string]int{}
		var names []string
		for _, i := range asked {
			name := rapid.SampledFrom(confusable[i]).Draw(t, "question")
			names = append(names, name)
			meaning[name] = i
		}
		form := paragraphs(names...)
		for i := range form.Sections[0].Questions {
			if rapid.Bool().Draw(t, "text") {
				form.Sections[0].Questions[i].Type = carryover.TextQuestion
			}
		}
		var b strings.Builder
		shape := rapid.SampledFrom([]string{"## NAME\n\nWORD\n\n", "**NAME**\n\nWORD\n\n", "NAME: WORD\n\n", "- NAME: WORD\n", "NAME:\nWORD\n\n", "1. NAME: WORD\n"})
		word := func(i int) string { return "token" + string(rune('a'+i/26)) + string(rune('a'+i%26)) }
		one := shape.Draw(t, "shape")
		for _, i := range said {
			name := rapid.SampledFrom(confusable[i]).Draw(t, "name")
			b.WriteString(strings.NewReplacer("NAME", name, "WORD", word(i)).Replace(one))
		}
		got, err := fill.Fill(render.Parse(markdown(b.String())), form, nil, render.Standard)
		if err != nil {
			t.Fatalf("Fill(%q): %v", b.String(), err)
		}
		for _, s := range got.Sections {
			for _, q := range s.Questions {
				asks, isQuestion := meaning[q.Name.Reveal()]
				for _, i := range said {
					if isQuestion && asks != i && strings.Contains(q.Answer.Reveal(), word(i)) {
						t.Errorf("Fill(%q): %q is answered with what stands under %q: %s", b.String(), q.Name.Reveal(), confusable[i][0], q.Answer.Reveal())
					}
				}
			}
		}
	})
}

// TestBoxesNobodyTicked: what is no plain tick ticks nothing.
func TestBoxesNobodyTicked(t *testing.T) {
	for _, doc := range []string{
		"Allergies: none", "Allergies: no latex", "Allergies: latex?", "Allergies: latex denied", "Allergies: not latex, penicillin",
		"Allergies: ~~Latex~~", "Allergies: latex (mother)", "Allergies: Latex ☐", "Allergies: Latex ☐ Penicillin ☑", "Allergies: [/] Latex",
		"Allergies: ☐ Latex", "Allergies\n\n- [ ] Latex\n- Penicillin", "## Allergies\n\n- [ ] Latex\n- Penicillin\n", "## Allergies\n\n- Penicillin\n- [ ] Latex\n",
		"## Allergies\n\n- no latex\n", "## Allergies\n\nDenies:\n\n- Latex\n", "## Allergies denied\n\n- Latex\n", "## No allergies\n\n- Latex\n",
		"## Past allergies\n\n- Latex\n", "## Allergies\n\n> Latex\n", "## Allergies\n\n1. Latex\n", "## Allergies\n\n- Latex: no\n", "## Allergies\n\n- Latex\n  - no\n",
		"Known allergies: Latex", "| Allergies | Latex |\n|---|---|\n| x | y |", "Allergies: Latex, Latex", "Allergies: Latex and penicillin",
	} {
		form := carryover.NoteTemplate{ID: "71", Sections: []carryover.Section{{Name: carryover.NewText("History"), Questions: []carryover.Question{{
			Name: carryover.NewText("Allergies"), Type: carryover.CheckboxQuestion,
			Choices: []carryover.Choice{{Value: carryover.NewText("Latex")}, {Value: carryover.NewText("Penicillin")}}, Other: carryover.Other{Enabled: true},
		}}}}}
		got, err := fill.Fill(render.Parse(markdown(doc)), form, nil, render.Standard)
		if err != nil {
			t.Errorf("Fill(%q): %v", doc, err)
			continue
		}
		for _, c := range got.Sections[0].Questions[0].Choices {
			if c.Selected {
				t.Errorf("Fill(%q) ticks %s", doc, c.Value.Reveal())
			}
		}
	}
}
