package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/route"
)

// A rulebook answers for the practice's rules where no daemon runs: from the
// configuration as it is written now and from what the ledger holds. Heidi and
// Cliniko are not asked, so templates have no names here.
type rulebook struct {
	ledger *ledger.Ledger
	table  route.Table
}

var _ desk.Router = rulebook{}

func newRulebook(l *ledger.Ledger, cfg *config.Config) rulebook {
	return rulebook{ledger: l, table: route.Table{Rules: cfg.Routes}}
}

// Rules implements desk.Router.
func (b rulebook) Rules(ctx context.Context) (desk.Rules, error) {
	out := desk.Rules{Rules: []desk.Rule{}, Unmapped: []desk.Unmapped{}}
	for _, r := range b.table.Rules {
		out.Rules = append(out.Rules, ruleOf(r))
	}
	found := map[carryover.TemplateID]*desk.Unmapped{}
	err := b.ledger.View(ctx, func(tx *ledger.Tx) error {
		versions, err := tx.List(ctx, ledger.Filter{})
		if err != nil {
			return err
		}
		for _, v := range versions {
			if err := b.count(ctx, tx, v, found); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return desk.Rules{}, err
	}
	for _, u := range found {
		out.Unmapped = append(out.Unmapped, *u)
	}
	slices.SortFunc(out.Unmapped, func(a, b desk.Unmapped) int {
		return cmp.Or(cmp.Compare(b.Documents, a.Documents), cmp.Compare(a.Template, b.Template))
	})
	return out, nil
}

// count counts a version whose template or name no rule names. The suggestion
// goes by the name of the template's latest document, which is not shown.
func (b rulebook) count(ctx context.Context, tx *ledger.Tx, v ledger.Version, found map[carryover.TemplateID]*desk.Unmapped) error {
	doc, wordless, err := documentOf(ctx, tx, v)
	if err != nil {
		return err
	}
	byName := func(r route.Rule) bool { return r.Name != "" }
	if !b.table.Decide(doc, v.Practitioner).Unmapped || wordless && slices.ContainsFunc(b.table.Rules, byName) {
		return nil
	}
	u := found[v.Template]
	if u == nil {
		u = &desk.Unmapped{Template: string(v.Template)}
		found[v.Template] = u
	}
	u.Documents++
	if u.Suggestion == nil && v.Template != "" && !wordless {
		s := route.Suggest(v.Template, doc.Name.Reveal(), nil)
		rule := ruleOf(s.Rule)
		u.Suggestion, u.Why = &rule, s.Why
	}
	return nil
}

// RouteOf implements desk.Router.
func (b rulebook) RouteOf(ctx context.Context, id carryover.SessionID) ([]desk.Explanation, error) {
	var out []desk.Explanation
	err := b.ledger.View(ctx, func(tx *ledger.Tx) error {
		versions, err := tx.CurrentVersions(ctx, id)
		if err != nil {
			return err
		}
		for _, v := range versions {
			doc, wordless, err := documentOf(ctx, tx, v)
			if err != nil {
				return err
			}
			e := explain(b.table, doc, v.Practitioner)
			e.ID, e.Wordless = string(v.ID), wordless
			out = append(out, e)
		}
		return nil
	})
	return out, err
}

// documentOf is a version's document, or what is left of it when its words are
// destroyed.
func documentOf(ctx context.Context, tx *ledger.Tx, v ledger.Version) (doc carryover.Document, wordless bool, err error) {
	doc, err = tx.Content(ctx, v.ID)
	if errors.Is(err, carryover.ErrGone) {
		return carryover.Document{Session: v.Session, ID: v.Document, Template: v.Template}, true, nil
	}
	return doc, false, err
}

// explain says where a document goes and what each rule said to it.
func explain(t route.Table, doc carryover.Document, author carryover.PractitionerID) desk.Explanation {
	d := t.Decide(doc, author)
	e := desk.Explanation{
		Routed: desk.Routed{
			Document: string(doc.ID), Mark: carryover.DocumentMark(doc.Session, doc.ID), Template: string(doc.Template),
			TemplateName: t.TemplateNames[doc.Template], Practitioner: string(author), Steps: []desk.RouteStep{},
			Rule: d.Rule, Unmapped: d.Unmapped, To: string(d.To), Mode: string(d.Mode), NoteTemplate: string(d.NoteTemplate),
		},
		Name: doc.Name,
	}
	if d.To != carryover.ToNowhere {
		e.Title = d.Title
	}
	for _, s := range t.Explain(doc, author) {
		e.Steps = append(e.Steps, desk.RouteStep(s))
	}
	return e
}

// ruleOf is a rule in the desk's words.
func ruleOf(r route.Rule) desk.Rule {
	return desk.Rule{
		Template: string(r.Template), TemplateName: r.TemplateName, Name: r.Name, Practitioner: string(r.Practitioner),
		To: string(r.To), Mode: cmp.Or(string(r.Mode), string(route.Review)), Title: r.Title,
		NoteTemplate: string(r.NoteTemplate), Fill: r.Fill, Later: string(r.Later),
	}
}
