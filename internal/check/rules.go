package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"carryover"
	"carryover/cliniko"
	"carryover/heidi"
	"carryover/route"
)

// rules compares the practice's rules with the templates of both sides.
func rules(ctx context.Context, s Subject) []Finding {
	var out []Finding
	rules := s.Config.Routes
	if slices.ContainsFunc(rules, func(r route.Rule) bool { return r.NoteTemplate != "" }) {
		out = append(out, noteTemplates(ctx, s, rules)...)
	}
	if s.Config.Heidi != nil && slices.ContainsFunc(rules, func(r route.Rule) bool { return r.Template != "" || r.TemplateName != "" }) {
		out = append(out, heidiTemplates(ctx, s, rules)...)
	}
	if len(out) == 0 {
		out = append(out, ok(Rules, fmt.Sprintf("%s, each of which documents can meet.", counted(len(rules), "rule"))))
	}
	return out
}

// noteTemplates looks for Cliniko's forms that rules name.
func noteTemplates(ctx context.Context, s Subject, rules []route.Rule) []Finding {
	var there []carryover.NoteTemplate
	err := error(&carryover.Problem{Op: "list note templates", Kind: carryover.ErrTransient})
	for _, side := range s.Sides {
		if there, err = side.Cliniko.NoteTemplates(cliniko.WithPriority(ctx, cliniko.Person)); err == nil {
			break
		}
	}
	if err != nil {
		return []Finding{failed(Rules, "Cliniko's note templates cannot be read.", err)}
	}
	var out []Finding
	for i, r := range rules {
		live := slices.ContainsFunc(there, func(t carryover.NoteTemplate) bool { return t.ID == r.NoteTemplate })
		if r.NoteTemplate != "" && !live {
			out = append(out, broken(Rules, fmt.Sprintf("Rule %d names note template %s, which Cliniko has archived or never had.", i+1, r.NoteTemplate),
				"Correct note_template, or remove it: the document is then one paragraph."))
		}
	}
	return out
}

// heidiTemplates looks for rules that no template of Heidi's meets. Whether a
// practice's own templates are all in Heidi's list is not known, so that one is
// missing there is a word and not a fault.
func heidiTemplates(ctx context.Context, s Subject, rules []route.Rule) []Finding {
	all, err := templatesOf(ctx, s.Sides)
	if err != nil {
		return []Finding{attention(Rules, "Heidi's templates cannot be read, so rules that name them were not compared.", "Run the check again when Heidi answers.")}
	}
	var out []Finding
	for i, r := range rules {
		met := slices.ContainsFunc(all, func(t heidi.Template) bool {
			return (r.Template == "" || t.ID == r.Template) && (r.TemplateName == "" || plain(t.Name.Reveal()) == plain(r.TemplateName))
		})
		if (r.Template != "" || r.TemplateName != "") && !met {
			out = append(out, attention(Rules, fmt.Sprintf("Rule %d names a template that Heidi does not list: no document may meet it.", i+1),
				"Compare it with the template in Heidi; `carryover routes list` shows what documents come from."))
		}
	}
	return out
}

// templatesOf reads Heidi's templates through every link that answers: each
// shows its own clinician's.
func templatesOf(ctx context.Context, sides []Side) ([]heidi.Template, error) {
	var all []heidi.Template
	err := error(&carryover.Problem{Op: "list heidi templates", Kind: carryover.ErrTransient})
	read := false
	for _, side := range sides {
		if side.Heidi == nil {
			continue
		}
		some, e := side.Heidi.Templates(ctx)
		if e != nil {
			err = e
			continue
		}
		read = true
		all = append(all, some...)
	}
	if read {
		return all, nil
	}
	return nil, err
}

// plain makes names comparable as package route does.
func plain(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
