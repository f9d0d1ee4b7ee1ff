package pipeline

import (
	"context"
	"fmt"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
	"carryover/render"
)

// sweepBack is how far back the nightly sweep looks.
const sweepBack = 14 * 24 * time.Hour

// Sweep lists one author's notes of the last 14 days and looks for two live
// notes with one reference: the one harm that a request can do which takes
// effect long after it was given up on.
func (p *Pipeline) Sweep(ctx context.Context, author carryover.PractitionerID) error {
	notes, err := p.Sides[author].Chart.Notes(forNotes.reading(ctx), author, time.Now().Add(-sweepBack))
	if err != nil {
		return fmt.Errorf("sweep notes of %s: %w", author, p.keyTrouble(ctx, author, err))
	}
	return p.doubled(ctx, author, notes)
}

// doubled raises an alarm and pauses the author when two live notes bear one
// of our references. Every listing is good enough to look.
func (p *Pipeline) doubled(ctx context.Context, author carryover.PractitionerID, notes []carryover.Note) error {
	live := map[carryover.Reference]int{}
	for _, n := range notes {
		refs := render.References(n.Body)
		if n.Live() && len(refs) > 0 {
			live[refs[len(refs)-1]]++
		}
	}
	for ref, n := range live {
		if n < 2 {
			continue
		}
		p.mu.Lock()
		told := p.toldDouble[ref]
		if p.toldDouble == nil {
			p.toldDouble = map[carryover.Reference]bool{}
		}
		p.toldDouble[ref] = true
		p.mu.Unlock()
		if told {
			continue
		}
		if err := p.update(ctx, func(s *step) error {
			if err := s.alarm(ctx, alarm.DuplicateNote, string(ref)); err != nil {
				return err
			}
			return s.Pause(ctx, author, ledger.PausedDuplicateNote, s.now)
		}); err != nil {
			return fmt.Errorf("tell of a doubled note: %w", err)
		}
	}
	return nil
}
