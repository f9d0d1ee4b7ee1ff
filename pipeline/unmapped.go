package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"carryover"
	"carryover/ledger"
	"carryover/route"
)

// An Unmapped is a Heidi template that no rule names: its documents go where a
// rule for everything sends them.
type Unmapped struct {
	Template   carryover.TemplateID // empty: documents that have none
	Name       string               // as far as Heidi lists it
	Documents  int                  // that the ledger knows of
	Suggestion route.Suggestion     // zero where there is nothing to go by
}

// Unmapped returns the templates that no rule names for some practitioner: of
// Heidi's list and of the documents ever seen, those with most documents first.
func (p *Pipeline) Unmapped(ctx context.Context) ([]Unmapped, error) {
	var counts map[carryover.TemplateID]int
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		counts, err = tx.Templates(ctx)
		return err
	}); err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	table := p.routes()
	for id := range table.TemplateNames {
		counts[id] += 0 // listed, and no document of it seen yet
	}
	forms := p.formsInUse(ctx)
	var out []Unmapped
	for id, n := range counts {
		if !p.unmapped(table, id) {
			continue
		}
		u := Unmapped{Template: id, Name: table.TemplateNames[id], Documents: n}
		if id != "" {
			u.Suggestion = route.Suggest(id, u.Name, forms)
		}
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b Unmapped) int {
		return cmp.Or(cmp.Compare(b.Documents, a.Documents), cmp.Compare(a.Template, b.Template))
	})
	return out, nil
}

func (p *Pipeline) unmapped(table route.Table, id carryover.TemplateID) bool {
	return slices.ContainsFunc(p.practitioners(), func(who carryover.PractitionerID) bool {
		return table.Decide(carryover.Document{Template: id}, who).Unmapped
	})
}

// formsInUse lists Cliniko's note templates through the first key that may; a
// suggestion without them is still one.
func (p *Pipeline) formsInUse(ctx context.Context) []carryover.NoteTemplate {
	for _, who := range p.practitioners() {
		if p.Sides[who].Forms == nil {
			continue
		}
		forms, err := p.Sides[who].Forms.NoteTemplates(ctx)
		if err == nil {
			return forms
		}
		p.Log.Info("note templates not listed", "practitioner", string(who), "err", err)
	}
	return nil
}

// NamesKnown says that Heidi has told what its templates are called.
func (p *Pipeline) NamesKnown() bool { return len(p.routes().TemplateNames) > 0 }
