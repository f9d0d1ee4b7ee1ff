package pipeline

import (
	"context"
	"errors"
	"fmt"

	"carryover"
	"carryover/ledger"
	"carryover/render"
	"carryover/route"
)

// A Preview is a version as it would be filed, with what was decided about it.
type Preview struct {
	Decision    route.Decision
	Destination carryover.Destination // the decision's, or what it was sent as already
	Reference   carryover.Reference
	Profile     string // how it is rendered, a word of package ledger's
	Fallback    string // why a note template is not used; see ledger.FallbackSentence
	Title       carryover.Text
	HTML        carryover.Text // what is read: a note's answers; of a file, its document as a note would have it
	Sections    []carryover.Section
	Answered    int            // questions of the note template
	Left        int            // parts of the document that found no question
	PDF         carryover.Text // of a file
	FileName    string
	Description carryover.Text // of a file
}

// Preview renders a version as it would be filed. ErrGone when its text is
// destroyed, as it is once it is proven; ErrInvalid when it cannot be rendered.
func (p *Pipeline) Preview(ctx context.Context, id carryover.VersionID) (Preview, error) {
	w, err := p.shown(ctx, id)
	if err != nil {
		return Preview{}, err
	}
	return p.previewOf(ctx, w)
}

// shown is the way of a version that somebody wants to see.
func (p *Pipeline) shown(ctx context.Context, id carryover.VersionID) (way, error) {
	var v ledger.Version
	err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		v, err = tx.Version(ctx, id)
		return err
	})
	if err != nil {
		return way{}, fmt.Errorf("preview version %s: %w", id, err)
	}
	w, err := p.wayOf(ctx, v, listing{})
	switch {
	case errors.Is(err, carryover.ErrGone):
		return way{}, &carryover.Problem{
			Op: "preview version " + string(id), Kind: carryover.ErrGone, Err: err,
			Hint: "The kept text is destroyed once a document is proven. Open it in Cliniko instead.",
		}
	case err != nil:
		return way{}, fmt.Errorf("preview version %s: %w", id, err)
	}
	return w, nil
}

// Draw returns a version as a PDF: as it would be filed, or as it would look if
// its rule made a file of it.
func (p *Pipeline) Draw(ctx context.Context, id carryover.VersionID) (carryover.Text, error) {
	w, err := p.shown(ctx, id)
	if err != nil {
		return carryover.Text{}, err
	}
	out, err := p.composeFile(w)
	return out.file.Content, err
}

// previewOf composes a way without anything being sent.
func (p *Pipeline) previewOf(ctx context.Context, w way) (Preview, error) {
	out, err := p.compose(ctx, w)
	if err != nil {
		return Preview{}, fmt.Errorf("render document %s of session %s: %w", w.doc.ID, w.doc.Session, err)
	}
	seen := Preview{
		Decision: p.routed(w.doc, w.v.Practitioner), Destination: out.to, Reference: w.d.Reference, Profile: out.profile,
		Title: out.note.Title, HTML: out.note.Body(), Sections: out.note.Sections, Answered: out.answered, Left: out.left, Fallback: out.fallback,
	}
	if out.to != carryover.ToAttachment {
		return seen, nil
	}
	seen.Title, seen.PDF, seen.FileName, seen.Description = w.titled(seen.Decision.Title), out.file.Content, out.file.FileName, out.file.Description
	seen.HTML, err = render.Note(w.doc, w.d.Reference, render.Standard)
	return seen, err
}
