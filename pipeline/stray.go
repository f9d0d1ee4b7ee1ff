package pipeline

import (
	"context"
	"fmt"
	"slices"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
	"carryover/render"
)

// A stray is a live note, or file, of a request that was found to have done
// nothing: it took effect long after it was given up on, and meanwhile the
// document went another way. Its reference is in Cliniko once, so no count of
// references shows it; yet it may be the old text, or in the file of a patient
// whom somebody had corrected.

// strays tells of every stray in a listing and pauses its author, as for a
// doubled note.
func (p *Pipeline) strays(ctx context.Context, author carryover.PractitionerID, filings []filing) error {
	for _, f := range filings {
		refs := render.References(f.says)
		if !f.live || len(refs) == 0 || p.wasTold(refs[len(refs)-1]) {
			continue
		}
		ref := refs[len(refs)-1]
		var d ledger.Delivery
		if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
			d, err = givenUp(ctx, tx, ref)
			return err
		}); err != nil {
			return fmt.Errorf("look whose reference %s is: %w", ref, err)
		}
		if d.ID == "" {
			continue
		}
		if err := p.update(ctx, func(s *step) error {
			if err := s.wrongFile(ctx, d, f); err != nil {
				return err
			}
			return s.twice(ctx, author, ref)
		}); err != nil {
			return fmt.Errorf("tell of a note that came late: %w", err)
		}
		p.tell(ref)
	}
	return nil
}

// givenUp returns the delivery of a reference whose request was found absent and
// whose note nothing will look for again; none when some delivery accounts for
// the reference. What waits for a person because of that note has been told of.
func givenUp(ctx context.Context, tx *ledger.Tx, ref carryover.Reference) (ledger.Delivery, error) {
	found, err := tx.ByReference(ctx, ref)
	if err != nil {
		return ledger.Delivery{}, err
	}
	for _, d := range found {
		switch {
		case d.Note != "":
			return ledger.Delivery{}, nil
		case d.State == carryover.Superseded, d.State == carryover.Skipped:
		case d.State == carryover.Held && !slices.Contains(aboutANote, d.Reason):
		default:
			continue
		}
		attempts, err := tx.Attempts(ctx, d.ID)
		if err != nil || slices.ContainsFunc(attempts, func(a ledger.Attempt) bool { return a.Outcome == ledger.Absent }) {
			return d, err
		}
	}
	return ledger.Delivery{}, nil
}

// forgotten tells of two live notes, or files, of one document of which this
// ledger has never heard of one: it was restored, and what had happened before
// is known from Cliniko alone. A later version says so in its title, and so was
// filed on purpose.
func (p *Pipeline) forgotten(ctx context.Context, author carryover.PractitionerID, filings []filing) error {
	count, strange := map[string]int{}, map[string]carryover.Reference{}
	for _, f := range filings {
		refs := render.References(f.says)
		if !f.live || f.later || len(refs) == 0 {
			continue
		}
		ref := refs[len(refs)-1]
		count[ref.Mark()]++
		if strange[ref.Mark()] != "" {
			continue
		}
		if err := p.view(ctx, func(tx *ledger.Tx) error {
			known, err := tx.ByReference(ctx, ref)
			if len(known) == 0 {
				strange[ref.Mark()] = ref
			}
			return err
		}); err != nil {
			return fmt.Errorf("look whose reference %s is: %w", ref, err)
		}
	}
	for mark, ref := range strange {
		if count[mark] < 2 || p.wasTold(ref) {
			continue
		}
		if err := p.update(ctx, func(s *step) error { return s.twice(ctx, author, ref) }); err != nil {
			return fmt.Errorf("tell of two notes of one document: %w", err)
		}
		p.tell(ref)
	}
	return nil
}

// aboutANote are the reasons that send a person to look for the note itself.
var aboutANote = []carryover.Reason{
	carryover.StillInDoubt, carryover.SettleConflict, carryover.EarlierNote, carryover.AlreadyPasted,
}

// wrongFile raises the alarm of a note that is not in the file where its
// document goes by now.
func (s *step) wrongFile(ctx context.Context, d ledger.Delivery, f filing) error {
	v, err := s.Version(ctx, d.Version)
	if err != nil {
		return err
	}
	all, err := s.VersionsOf(ctx, v.Session, v.Document)
	if err != nil || len(all) == 0 {
		return err
	}
	newest := all[len(all)-1]
	if newest.Patient == f.patient {
		return nil
	}
	return s.alarm(ctx, alarm.MaybeWrongFile, string(newest.ID))
}
