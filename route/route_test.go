package route

import (
	"strings"
	"testing"

	"carryover"
)

func TestDecideFirstFittingRuleWins(t *testing.T) {
	rules := []Rule{
		{Template: "t1", To: carryover.ToNowhere, Mode: Auto},
		{Name: "GP Letter ", To: carryover.ToTreatmentNote, Mode: Auto, Title: "Letter: NAME"},
		{Practitioner: "p2", To: carryover.ToTreatmentNote, Mode: Shadow},
		{To: carryover.ToTreatmentNote},
	}
	tests := []struct {
		why      string
		template carryover.TemplateID
		name     string
		author   carryover.PractitionerID
		want     Decision
		title    string
	}{
		{"by template", "t1", "Anything", "p1", Decision{To: carryover.ToNowhere, Mode: Auto}, "Anything (from Heidi)"},
		{"by name, folded", "t9", " gp letter", "p1", Decision{To: carryover.ToTreatmentNote, Mode: Auto}, "Letter: gp letter"},
		{"by author", "", "Plan", "p2", Decision{To: carryover.ToTreatmentNote, Mode: Shadow, Unmapped: true}, "Plan (from Heidi)"},
		{"a rule without a mode waits for review", "", "", "p1", Decision{To: carryover.ToTreatmentNote, Mode: Review, Unmapped: true}, "Document (from Heidi)"},
	}
	for _, tt := range tests {
		got := Decide(rules, carryover.Document{Template: tt.template, Name: carryover.NewText(tt.name)}, tt.author)
		if got.To != tt.want.To || got.Mode != tt.want.Mode || got.Unmapped != tt.want.Unmapped {
			t.Errorf("%s: Decide = %+v, want %+v", tt.why, got, tt.want)
		}
		if got.Title.Reveal() != tt.title {
			t.Errorf("%s: title = %q, want %q", tt.why, got.Title.Reveal(), tt.title)
		}
	}
}

func TestDecideWithoutRulesWaitsForReview(t *testing.T) {
	got := Decide(nil, carryover.Document{Name: carryover.NewText("Plan")}, "p1")
	if got.To != carryover.ToTreatmentNote || got.Mode != Review || !got.Unmapped {
		t.Errorf("Decide with no rules = %+v, want an unmapped treatment note in review", got)
	}
}

func TestTitleIsOneShortLine(t *testing.T) {
	got := Decide(nil, carryover.Document{Name: carryover.NewText("a\n b\t" + strings.Repeat("x", 5000))}, "p1").Title.Reveal()
	if strings.ContainsAny(got, "\n\t") || len([]rune(got)) > maxTitle+len(DefaultTitle) {
		t.Errorf("title has %d characters or a line break", len([]rune(got)))
	}
}
