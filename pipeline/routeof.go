package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"carryover"
	"carryover/ledger"
	"carryover/route"
)

// A Routing is what the practice's rules say to one document. Nothing was
// changed to find out.
type Routing struct {
	Version      carryover.VersionID // the document's newest; empty: not in the ledger yet
	Document     carryover.Document
	TemplateName string // of its Heidi template, as far as Heidi lists it
	Author       carryover.PractitionerID
	Wordless     bool // its words are destroyed, and Heidi does not show them now
	Steps        []route.Step
	Decision     route.Decision
	// Preview is how it would be filed; zero where it would not, or where Why
	// says that it cannot be told.
	Preview Preview
	Why     error
}

// RouteOf goes through the rules for each document of a session: as Heidi shows
// it now, or else as the ledger has it. ErrGone when neither knows the session.
func (p *Pipeline) RouteOf(ctx context.Context, id carryover.SessionID) ([]Routing, error) {
	all, err := p.documentsNow(ctx, id)
	if err != nil {
		return nil, err
	}
	table := p.routes()
	for i := range all {
		r := &all[i]
		r.TemplateName = table.TemplateNames[r.Document.Template]
		r.Steps, r.Decision = table.Explain(r.Document, r.Author), table.Decide(r.Document, r.Author)
		if r.Wordless || r.Decision.To == carryover.ToNowhere {
			continue
		}
		r.Preview, r.Why = p.previewOf(ctx, p.trialOf(ctx, *r))
	}
	return all, nil
}

// trialOf is the way of a document that nothing is to come of.
func (p *Pipeline) trialOf(ctx context.Context, r Routing) way {
	w := way{
		doc: r.Document, to: r.Decision.To,
		v: ledger.Version{Session: r.Document.Session, Document: r.Document.ID, Practitioner: r.Author},
		d: ledger.Delivery{
			Destination: r.Decision.To,
			Reference:   carryover.NewReference(r.Document.Session, r.Document.ID, r.Document.Content, r.Decision.To, 1),
		},
	}
	_ = p.view(ctx, func(tx *ledger.Tx) error { // the date on a PDF is all that hangs on it
		row, err := tx.SessionRow(ctx, r.Document.Session)
		w.began = row.StartedAt
		return err
	})
	return w
}

// documentsNow returns a session's documents without an opinion about them.
func (p *Pipeline) documentsNow(ctx context.Context, id carryover.SessionID) ([]Routing, error) {
	all, err := p.documentsKept(ctx, id)
	if err != nil || ByHand(id) {
		return all, err
	}
	author, docs, err := p.heidiNow(ctx, id)
	if err != nil && len(all) == 0 {
		return nil, err
	}
	for _, d := range docs {
		i := slices.IndexFunc(all, func(r Routing) bool { return r.Document.ID == d.ID })
		if i < 0 {
			all, i = append(all, Routing{Author: author}), len(all)
		}
		all[i].Document, all[i].Wordless = d, false
	}
	return all, nil
}

// documentsKept returns what the ledger has of a session's documents.
func (p *Pipeline) documentsKept(ctx context.Context, id carryover.SessionID) (all []Routing, err error) {
	err = p.view(ctx, func(tx *ledger.Tx) error {
		versions, err := tx.CurrentVersions(ctx, id)
		if err != nil {
			return err
		}
		for _, v := range versions {
			r := Routing{Version: v.ID, Author: v.Practitioner}
			r.Document, err = tx.Content(ctx, v.ID)
			if errors.Is(err, carryover.ErrGone) {
				r.Document, r.Wordless, err = carryover.Document{Session: id, ID: v.Document, Template: v.Template}, true, nil
			}
			if err != nil {
				return err
			}
			all = append(all, r)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read documents of session %s: %w", id, err)
	}
	return all, nil
}

// heidiNow reads a session's documents through the first link that shows it.
func (p *Pipeline) heidiNow(ctx context.Context, id carryover.SessionID) (carryover.PractitionerID, []carryover.Document, error) {
	err := fmt.Errorf("read session %s: %w", id, carryover.ErrGone)
	for _, who := range p.practitioners() {
		if p.Sides[who].Scribe == nil {
			continue
		}
		docs, failed := p.Sides[who].Scribe.Documents(ctx, id)
		if failed == nil {
			return who, docs, nil
		}
		if !errors.Is(failed, carryover.ErrGone) {
			err = failed
		}
	}
	return "", nil, err
}
