package route

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

func TestTemplateNamesFitOnlyWhatHeidiLists(t *testing.T) {
	table := Table{
		Rules: []Rule{
			{TemplateName: "GP letter", To: carryover.ToAttachment, Mode: Auto},
			{To: carryover.ToTreatmentNote, Mode: Review},
		},
		TemplateNames: map[carryover.TemplateID]string{"t1": " gp  Letter", "t2": "Assessment"},
	}
	for _, tt := range []struct {
		why      string
		template carryover.TemplateID
		want     carryover.Destination
		rule     int
	}{
		{"the name, folded", "t1", carryover.ToAttachment, 1},
		{"another template", "t2", carryover.ToTreatmentNote, 2},
		{"a template that Heidi does not list", "t3", carryover.ToTreatmentNote, 2},
		{"a document without a template", "", carryover.ToTreatmentNote, 2},
	} {
		got := table.Decide(carryover.Document{Template: tt.template}, "p1")
		if got.To != tt.want || got.Rule != tt.rule || got.Unmapped != (tt.rule == 2) {
			t.Errorf("%s: Decide = %+v, want %s by rule %d", tt.why, got, tt.want, tt.rule)
		}
	}
}

func TestExplainNamesTheConditionThatDidNotFit(t *testing.T) {
	table := Table{Rules: []Rule{
		{Template: "t9", To: carryover.ToNowhere},
		{TemplateName: "Report", To: carryover.ToNowhere},
		{Name: "Plan", Practitioner: "p2", To: carryover.ToNowhere},
		{Practitioner: "p2"},
		{Name: "Plan", To: carryover.ToAttachment},
		{},
	}}
	d := carryover.Document{Template: "t1", Name: carryover.NewText("plan")}
	want := []Step{
		{Rule: 1, Misfit: "template"},
		{Rule: 2, Misfit: "template_name"},
		{Rule: 3, Misfit: "practitioner"},
		{Rule: 4, Misfit: "practitioner"},
		{Rule: 5, Fits: true},
		{Rule: 6, Unread: true},
	}
	if diff := cmp.Diff(want, table.Explain(d, "p1")); diff != "" {
		t.Errorf("Explain (-want +got):\n%s", diff)
	}
	if got := table.Decide(d, "p1"); got.Rule != 5 || got.To != carryover.ToAttachment {
		t.Errorf("Decide = %+v, want rule 5 as Explain says", got)
	}
}

func TestSuggest(t *testing.T) {
	forms := []carryover.NoteTemplate{{ID: "71", Name: carryover.NewText("Initial Assessment")}}
	for name, want := range map[string]Rule{
		"Initial assessment":        {To: carryover.ToTreatmentNote, NoteTemplate: "71"},
		"GP letters":                {To: carryover.ToAttachment},
		"WorkCover certificate":     {To: carryover.ToAttachment},
		"Progress report (insurer)": {To: carryover.ToAttachment},
		"Performance review":        {To: carryover.ToTreatmentNote}, // no form within performance
		"":                          {To: carryover.ToTreatmentNote},
	} {
		got := Suggest("t1", name, forms)
		want.Template, want.Mode = "t1", Review
		if d := cmp.Diff(want, got.Rule); d != "" || got.Why == "" {
			t.Errorf("Suggest(%q) (-want +got), why %q:\n%s", name, got.Why, d)
		}
	}
	if got := Suggest("", "Discharge", nil); got.Rule.TemplateName != "Discharge" {
		t.Errorf("Suggest without an id = %+v, want a rule by the template's name", got.Rule)
	}
}
