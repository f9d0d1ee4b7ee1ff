package daemon

import (
	"cmp"
	"context"
	"fmt"

	"carryover"
	"carryover/heidi"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/route"
)

// What a running daemon tells of the practice's rules: it knows what Heidi's
// templates are called and can ask Cliniko for its forms.

// templates is Heidi's list in the domain's words.
type templates struct{ *heidi.Client }

// TemplateNames implements pipeline.Templates.
func (t templates) TemplateNames(ctx context.Context) (map[carryover.TemplateID]carryover.Text, error) {
	all, err := t.Templates(ctx)
	names := map[carryover.TemplateID]carryover.Text{}
	for _, one := range all {
		names[one.ID] = one.Name
	}
	return names, err
}

// Rules implements desk.Router.
func (e engine) Rules(ctx context.Context) (desk.Rules, error) {
	out := desk.Rules{Rules: []desk.Rule{}, Unmapped: []desk.Unmapped{}, NamesKnown: e.d.line.NamesKnown()}
	for _, r := range e.d.line.Rules {
		out.Rules = append(out.Rules, ruleOf(r))
	}
	unmapped, err := e.d.line.Unmapped(ctx)
	for _, u := range unmapped {
		one := desk.Unmapped{Template: string(u.Template), TemplateName: u.Name, Documents: u.Documents, Why: u.Suggestion.Why}
		if u.Template != "" {
			rule := ruleOf(u.Suggestion.Rule)
			one.Suggestion = &rule
		}
		out.Unmapped = append(out.Unmapped, one)
	}
	return out, err
}

// RouteOf implements desk.Router.
func (e engine) RouteOf(ctx context.Context, id carryover.SessionID) ([]desk.Explanation, error) {
	all, err := e.d.line.RouteOf(ctx, id)
	out := make([]desk.Explanation, 0, len(all))
	for _, r := range all {
		out = append(out, explanation(r))
	}
	return out, err
}

func explanation(r pipeline.Routing) desk.Explanation {
	d, doc := r.Decision, r.Document
	e := desk.Explanation{
		Routed: desk.Routed{
			ID: string(r.Version), Document: string(doc.ID), Mark: carryover.DocumentMark(doc.Session, doc.ID),
			Template: string(doc.Template), TemplateName: r.TemplateName, Practitioner: string(r.Author), Steps: []desk.RouteStep{},
			Rule: d.Rule, Unmapped: d.Unmapped, To: string(d.To), Mode: string(d.Mode), NoteTemplate: string(d.NoteTemplate),
			Filled: filledSentence(r.Preview), Wordless: r.Wordless,
		},
		Name: doc.Name,
	}
	if d.To != carryover.ToNowhere {
		e.Title = d.Title
	}
	for _, s := range r.Steps {
		e.Steps = append(e.Steps, desk.RouteStep(s))
	}
	return e
}

// Compose implements desk.Composer.
func (e engine) Compose(ctx context.Context, id carryover.VersionID, draw bool) (desk.Composition, error) {
	p, err := e.d.line.Preview(ctx, id)
	if err != nil {
		return desk.Composition{}, err
	}
	c := desk.Composition{
		To: p.Destination, Reference: p.Reference, Title: p.Title, HTML: p.HTML,
		Filled: filledSentence(p), PDF: p.PDF, FileName: p.FileName,
	}
	if p.Decision.NoteTemplate != "" && p.Destination == carryover.ToTreatmentNote {
		c.NoteTemplate = p.Decision.NoteTemplate
		if p.Fallback == "" {
			c.Sections = p.Sections
		}
	}
	if draw && c.PDF.Reveal() == "" {
		c.PDF, err = e.d.line.Draw(ctx, id)
	}
	return c, err
}

// filledSentence says how a note template is answered, or why it is not; "" for
// what has none.
func filledSentence(p pipeline.Preview) string {
	switch {
	case p.Fallback != "":
		return ledger.FallbackSentence(p.Fallback)
	case p.Decision.NoteTemplate == "" || p.Destination != carryover.ToTreatmentNote:
		return ""
	case p.Left == 0:
		return fmt.Sprintf("Questions answered: %d. All of the document found a place.", p.Answered)
	}
	return fmt.Sprintf("Questions answered: %d. Parts of the document that found none, at the end: %d.", p.Answered, p.Left)
}

// ruleOf is a rule in the desk's words.
func ruleOf(r route.Rule) desk.Rule {
	return desk.Rule{
		Template: string(r.Template), TemplateName: r.TemplateName, Name: r.Name, Practitioner: string(r.Practitioner),
		To: string(r.To), Mode: cmp.Or(string(r.Mode), string(route.Review)), Title: r.Title,
		NoteTemplate: string(r.NoteTemplate), Fill: r.Fill, Later: string(r.Later),
	}
}
