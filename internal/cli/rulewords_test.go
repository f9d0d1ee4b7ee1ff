package cli

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/internal/config"
	"carryover/internal/desk"
)

// practiceWith is a configuration with some lines of routes, loaded.
func practiceWith(t *testing.T, routes string) (*config.Config, error) {
	t.Helper()
	dir := t.TempDir()
	for name, words := range map[string]string{
		"cliniko-1.key": "SANDBOX-one-au3", "master.key": base64.StdEncoding.EncodeToString(make([]byte, 32)),
		"carryover.yaml": "region: AU\nmaster_key_file: master.key\ncontact: frontdesk@example.com\n" +
			"practitioners:\n  - {cliniko_key_file: cliniko-1.key, practitioner_id: \"1\"}\nroutes:\n" + routes,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(words+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config.Load(filepath.Join(dir, "carryover.yaml"))
}

// What people are told to paste is a rule that means what was proposed, whatever
// a template is called.
func TestPasteableRulesLoad(t *testing.T) {
	for _, want := range []desk.Rule{
		{Template: "66efd8c7d667e87f653e42c2", To: "attachment", Mode: "review"},
		{Template: "71", To: "treatment_note", Mode: "review", NoteTemplate: "0071"},
		{TemplateName: `no: "Plan" # 2 \ é 漢 {x}`, To: "skip", Mode: "review"},
		{Name: "true", Practitioner: "1", To: "treatment_note", Mode: "auto", Title: "- NAME", Later: "file"},
		{TemplateName: "1e5", To: "treatment_note", Mode: "shadow", NoteTemplate: "71", Fill: map[string]string{"Plan: today": "Treatment", "~": "null"}},
	} {
		cfg, err := practiceWith(t, pasteable(want))
		if err != nil || len(cfg.Routes) != 1 {
			t.Errorf("the configuration with\n%s\ndoes not load: %v", pasteable(want), err)
			continue
		}
		if d := cmp.Diff(want, ruleOf(cfg.Routes[0])); d != "" {
			t.Errorf("pasted, the rule is another one (-want +got):\n%s", d)
		}
	}
}

func TestRulesInWords(t *testing.T) {
	var out strings.Builder
	ruleTable(&out, desk.Rules{
		NamesKnown: true,
		Rules: []desk.Rule{
			{TemplateName: "GP letter", Practitioner: "7", To: "attachment", Mode: "auto"},
			{Template: "t1", To: "treatment_note", Mode: "review", NoteTemplate: "71"},
			{Name: "Consent\x1b[2J", To: "skip", Mode: "review"},
			{To: "treatment_note", Mode: "shadow"},
		},
		Unmapped: []desk.Unmapped{
			{Template: "t9", TemplateName: "Work\nreport", Documents: 2, Suggestion: &desk.Rule{Template: "t9", To: "attachment", Mode: "review"}, Why: "It leaves the practice."},
			{Documents: 1},
		},
	})
	want := `RULE  DOCUMENTS                                   GO TO                              HOW
1     of the template “GP letter”, of practitioner 7  attachment (PDF)                   auto: filed once all is certain
2     of template t1                                  treatment note by note template 71  review: waits for one click
3     called “Consent` + "\uFFFD" + `[2J”                            nowhere: skipped                    -
4     everything else                                 treatment note                      shadow: watched, never filed

No rule names these; they go where a rule for everything sends them:
  “Work report” (t9)  2 documents
  without a template  1 document

Rules to paste under routes: in the configuration, above the rule for everything else:
  # Work report
  # It leaves the practice.
  - template: "t9"
    to: attachment
    mode: review
`
	if d := cmp.Diff(strings.Fields(want), strings.Fields(out.String())); d != "" {
		t.Errorf("the rules in words (-want +got):\n%s\n%s", d, out.String())
	}
}

func TestRouteInWords(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    desk.Routed
		want []string
		not  string
	}{
		{"no rule fits", desk.Routed{To: "treatment_note", Mode: "review", Unmapped: true, Steps: []desk.RouteStep{{Rule: 1, Misfit: "practitioner"}}}, []string{
			"rule 1 no: it is another practitioner's (practitioner)", "no rule fits: the default decides", "unmapped",
		}, "title"},
		{"nobody asked Heidi", desk.Routed{Template: "t1", Steps: []desk.RouteStep{{Rule: 1, Misfit: "template_name"}}}, []string{"Heidi was not asked"}, ""},
		{"Heidi was asked", desk.Routed{Template: "t1", TemplateName: "Plan", Rule: 1, Steps: []desk.RouteStep{{Rule: 1, Misfit: "template_name"}}}, []string{
			"template “Plan”", "its template is not called so",
		}, "asked"},
		{"made from no template", desk.Routed{Steps: []desk.RouteStep{{Rule: 1, Misfit: "template_name"}}}, []string{"no template", "its template is not called so"}, "asked"},
		{"a form", desk.Routed{Rule: 1, To: "treatment_note", NoteTemplate: "71", Filled: "3 of 5 questions"}, []string{"by note template 71", "form 3 of 5 questions"}, "default"},
		{"without words", desk.Routed{Rule: 1, Wordless: true}, []string{"Its words are destroyed"}, ""},
	} {
		var out strings.Builder
		routed(&out, tt.r)
		got := oneLine(out.String())
		for _, w := range tt.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q does not say %q", tt.name, got, w)
			}
		}
		if tt.not != "" && strings.Contains(got, tt.not) {
			t.Errorf("%s: %q says %q", tt.name, got, tt.not)
		}
	}
}
