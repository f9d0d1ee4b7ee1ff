package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"carryover"
	"carryover/ledger"
	"carryover/route"
)

// Rules may name a Heidi template by its name. The names are read at the start
// and every few hours, and what is known stays known: a rule must not stop
// fitting because Heidi did not answer. So they are kept, sealed, for the next
// start as well.

// Templates are Heidi's templates as one practitioner's link shows them.
type Templates interface {
	// TemplateNames returns the names of all templates that are listed.
	TemplateNames(context.Context) (map[carryover.TemplateID]carryover.Text, error)
}

// Where the names are sealed.
const (
	namesOwner = "heidi"
	namesKind  = "templates"
)

// LearnTemplates reads what Heidi's templates are called, through every link.
// An error says through which it could not; the names known stay.
func (p *Pipeline) LearnTemplates(ctx context.Context) error {
	learnt := map[carryover.TemplateID]string{}
	var failed error
	for _, who := range p.practitioners() {
		if p.Sides[who].Templates == nil {
			continue
		}
		names, err := p.Sides[who].Templates.TemplateNames(ctx)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("read heidi's templates through practitioner %s: %w", who, err))
			continue
		}
		for id, name := range names {
			learnt[id] = name.Reveal()
		}
	}
	if len(learnt) == 0 {
		return failed
	}
	return errors.Join(failed, p.keepNames(ctx, learnt))
}

// keepNames adds names to those known, for this process and the next.
func (p *Pipeline) keepNames(ctx context.Context, learnt map[carryover.TemplateID]string) error {
	p.mu.Lock()
	all := maps.Clone(p.names)
	p.mu.Unlock()
	if all == nil {
		all = map[carryover.TemplateID]string{}
	}
	maps.Copy(all, learnt)
	text, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("write the names of templates: %w", err)
	}
	if err := p.update(ctx, func(s *step) error {
		return s.SealText(ctx, namesOwner, namesKind, carryover.NewText(string(text)))
	}); err != nil {
		return fmt.Errorf("keep the names of templates: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names = all // never changed in place: readers hold it
	return nil
}

// recallNames takes up the names that the last process knew. Without them rules
// by name fit nothing until Heidi has answered.
func (p *Pipeline) recallNames(ctx context.Context) error {
	var text carryover.Text
	err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		text, err = tx.OpenText(ctx, namesOwner, namesKind)
		return err
	})
	if errors.Is(err, carryover.ErrGone) {
		return nil
	}
	names := map[carryover.TemplateID]string{}
	if err == nil {
		err = json.Unmarshal([]byte(text.Reveal()), &names)
	}
	if err != nil {
		return fmt.Errorf("read the names of templates: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names = names
	return nil
}

// routes is the practice's rules with what is known of Heidi's templates.
func (p *Pipeline) routes() route.Table {
	p.mu.Lock()
	defer p.mu.Unlock()
	return route.Table{Rules: p.Rules, TemplateNames: p.names}
}
