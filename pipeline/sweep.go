package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
	"carryover/render"
	"carryover/route"
)

// sweepBack is how far back the nightly sweep looks.
const sweepBack = 14 * 24 * time.Hour

// Sweep lists one author's notes of the last 14 days, and files where any go
// there, and looks for two live ones with one reference, and for one whose
// request was thought to have done nothing: the harm that a request can do which
// takes effect long after it was given up on; and for two of one document, of
// which a ledger that was restored knows one at most.
// The ledger itself is inspected as well.
func (p *Pipeline) Sweep(ctx context.Context, author carryover.PractitionerID) error {
	if err := p.inspect(ctx); err != nil {
		return err
	}
	files, err := p.filesMatter(ctx, author)
	if err != nil {
		return fmt.Errorf("sweep notes of %s: %w", author, err)
	}
	list, err := p.listFiled(forNotes.reading(ctx), author, time.Now().Add(-sweepBack), files)
	if err != nil {
		return fmt.Errorf("sweep notes of %s: %w", author, p.keyTrouble(ctx, author, err))
	}
	if err := p.strays(ctx, author, list.filings); err != nil {
		return err
	}
	if err := p.forgotten(ctx, author, list.filings); err != nil {
		return err
	}
	return p.doubled(ctx, author, list.filings)
}

// filesMatter says that files may have been made for an author: a rule makes
// some, or one was on its way once.
func (p *Pipeline) filesMatter(ctx context.Context, author carryover.PractitionerID) (matter bool, err error) {
	if p.Sides[author].Files == nil {
		return false, nil
	}
	if slices.ContainsFunc(p.Rules, func(r route.Rule) bool { return r.To == carryover.ToAttachment }) {
		return true, nil
	}
	err = p.view(ctx, func(tx *ledger.Tx) error {
		matter, err = tx.HasAttachments(ctx, author)
		return err
	})
	return matter, err
}

// doubled raises an alarm and pauses the author when two live notes, or files,
// bear one of our references; a reference belongs to one destination. One that
// bears it beside what the ledger knows as that delivery's is a second one too,
// though a person has taken the reference out of the first. Every listing is good
// enough to look.
func (p *Pipeline) doubled(ctx context.Context, author carryover.PractitionerID, filings []filing) error {
	bearing, there := map[carryover.Reference][]carryover.NoteID{}, map[carryover.NoteID]bool{}
	for _, f := range filings {
		refs := render.References(f.says)
		if f.live && len(refs) > 0 {
			bearing[refs[len(refs)-1]] = append(bearing[refs[len(refs)-1]], f.id)
		}
		there[f.id] = there[f.id] || f.live
	}
	for ref, ids := range bearing {
		if p.wasTold(ref) {
			continue
		}
		if len(ids) < 2 {
			second, err := p.isSecond(ctx, ref, ids[0], there)
			if err != nil {
				return fmt.Errorf("look whose reference %s is: %w", ref, err)
			}
			if !second {
				continue
			}
		}
		if err := p.update(ctx, func(s *step) error { return s.twice(ctx, author, ref) }); err != nil {
			return fmt.Errorf("tell of a doubled note: %w", err)
		}
		p.tell(ref)
	}
	return nil
}

// isSecond says that the only filing with a reference is not the one that its
// delivery made, which is there as well, or was taken back.
func (p *Pipeline) isSecond(ctx context.Context, ref carryover.Reference, id carryover.NoteID, there map[carryover.NoteID]bool) (second bool, err error) {
	err = p.view(ctx, func(tx *ledger.Tx) error {
		found, err := tx.ByReference(ctx, ref)
		for _, d := range found {
			second = second || d.Note != "" && d.Note != id && (there[d.Note] || d.State == carryover.Undone)
		}
		return err
	})
	return second, err
}

// twice raises the alarm of a note that is there twice, and stops its author.
func (s *step) twice(ctx context.Context, author carryover.PractitionerID, ref carryover.Reference) error {
	if err := s.alarm(ctx, alarm.DuplicateNote, string(ref)); err != nil {
		return err
	}
	return s.Pause(ctx, author, ledger.PausedDuplicateNote, s.now)
}

// wasTold says that this process has told of a reference already.
func (p *Pipeline) wasTold(ref carryover.Reference) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.toldDouble[ref]
}

// tell notes that it has been told of, once that is recorded.
func (p *Pipeline) tell(ref carryover.Reference) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.toldDouble == nil {
		p.toldDouble = map[carryover.Reference]bool{}
	}
	p.toldDouble[ref] = true
}
