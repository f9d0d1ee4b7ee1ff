package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"carryover"
	"carryover/ledger"
	"carryover/render"
)

// A route whose notes came back with words missing uses the minimal profile from
// then on: this account's Cliniko keeps fewer tags than it is known for
// (reference sheet §14.6).

// htmlProfile returns in which tags a document is written.
func (p *Pipeline) htmlProfile(ctx context.Context, doc carryover.Document) (render.Profile, error) {
	few := false
	err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		few, err = tx.UsesMinimal(ctx, doc.Template)
		return err
	})
	switch {
	case err != nil:
		return "", fmt.Errorf("read profile of document %s: %w", doc.ID, err)
	case few:
		return render.Minimal, nil
	}
	return render.Standard, nil
}

// damagedOnTheWay: words are missing, or others are there, that nobody touched.
// A person sees the difference, and the next notes of that kind are written
// with fewer tags.
func (p *Pipeline) damagedOnTheWay(ctx context.Context, d ledger.Delivery, f filing) error {
	difference, err := p.difference(ctx, d, f)
	if err != nil {
		return err
	}
	if f.to == carryover.ToTreatmentNote && !strings.Contains(d.Profile, string(render.Minimal)) {
		if err := p.update(ctx, func(s *step) error {
			v, err := s.Version(ctx, d.Version)
			if err != nil {
				return err
			}
			return s.UseMinimal(ctx, v.Template)
		}); err != nil {
			return fmt.Errorf("choose the minimal profile: %w", err)
		}
		p.Log.Warn("words were lost in cliniko, fewer tags from now on", "delivery", string(d.ID))
	}
	return p.notProven(ctx, d, difference)
}

// difference says in which words Cliniko's note differs from what was sent, as
// far as what was sent can be told again; blank when it cannot.
func (p *Pipeline) difference(ctx context.Context, d ledger.Delivery, f filing) (carryover.Text, error) {
	if f.to == carryover.ToAttachment {
		return carryover.NewText("The file in Cliniko is not the file that was sent: its bytes differ."), nil
	}
	var v ledger.Version
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		v, err = tx.Version(ctx, d.Version)
		return err
	}); err != nil {
		return carryover.Text{}, fmt.Errorf("read version %s: %w", d.Version, err)
	}
	w, err := p.wayOf(ctx, v, listing{})
	if errors.Is(err, carryover.ErrGone) {
		return carryover.Text{}, nil
	}
	if err != nil {
		return carryover.Text{}, fmt.Errorf("read version %s: %w", v.ID, err)
	}
	w.d = d
	out, err := p.compose(ctx, w)
	if err != nil {
		return carryover.Text{}, nil //nolint:nilerr // nothing can be told; the hold itself is what matters
	}
	return differing(render.Words(out.note.Body()), render.Words(f.says)), nil
}

// differing words what stands between the equal beginnings and ends of what was
// sent and what was found.
func differing(sent, found []string) carryover.Text {
	from := 0
	for from < min(len(sent), len(found)) && sent[from] == found[from] {
		from++
	}
	back := 0
	for back < min(len(sent), len(found))-from && sent[len(sent)-1-back] == found[len(found)-1-back] {
		back++
	}
	said := func(words []string) string {
		if len(words) == 0 {
			return "(nothing)"
		}
		return strings.Join(words, " ")
	}
	return carryover.NewText("Sent:\n" + said(sent[from:len(sent)-back]) + "\n\nIn Cliniko instead:\n" + said(found[from:len(found)-back]))
}
