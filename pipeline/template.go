package pipeline

import (
	"context"
	"errors"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/render"
	"carryover/render/fill"
	"carryover/route"
)

// A note that a rule gives one of Cliniko's note templates answers its
// questions. Whatever is wrong with the template, the document is filed: as one
// paragraph, and the delivery's profile says why.

// Forms are Cliniko's note templates as one practitioner's key shows them.
type Forms interface {
	// NoteTemplates lists those in use.
	NoteTemplates(context.Context) ([]carryover.NoteTemplate, error)
	// NoteTemplate reads one, archived ones too; ErrGone when there is none.
	NoteTemplate(context.Context, carryover.NoteTemplateID) (carryover.NoteTemplate, error)
	// NamesTemplate says whether a refusal was about the note template.
	NamesTemplate(error) bool
}

// templatePolls is for how many polls a note template is used that was read:
// it is the clinic's to edit at any time, and seldom is. Cliniko tells when one
// is no longer there.
const templatePolls = 10

// A heldForm is a note template as it was read last; gone: there was none.
type heldForm struct {
	carryover.NoteTemplate
	gone bool
	at   time.Time
}

// form returns a note template, read within the last few polls. The error says
// that Cliniko could not be asked.
func (p *Pipeline) form(ctx context.Context, author carryover.PractitionerID, id carryover.NoteTemplateID) (heldForm, error) {
	p.mu.Lock()
	f, known := p.forms[id]
	p.mu.Unlock()
	if known && time.Since(f.at) < templatePolls*p.Timing.Poll {
		return f, nil
	}
	if p.Sides[author].Forms == nil {
		return heldForm{gone: true}, nil
	}
	read, err := p.Sides[author].Forms.NoteTemplate(forNotes.reading(ctx), id)
	switch {
	case errors.Is(err, carryover.ErrGone), errors.Is(err, carryover.ErrRefused), errors.Is(err, carryover.ErrInvalid):
		f = heldForm{gone: true, at: time.Now()}
	case err != nil:
		return heldForm{}, err
	default:
		f = heldForm{NoteTemplate: read, at: time.Now()}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.forms == nil {
		p.forms = map[carryover.NoteTemplateID]heldForm{}
	}
	p.forms[id] = f
	return f, nil
}

// forgetForms has every note template read anew: Cliniko has refused one.
func (p *Pipeline) forgetForms() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forms = nil
}

// fillIn answers the questions of the note template that the rules name, in
// place of the one paragraph that out holds, or says in its profile why not.
func (p *Pipeline) fillIn(ctx context.Context, out *outgoing, w way, decided route.Decision, with render.Profile) error {
	if w.d.Fallback() == ledger.TemplateRefused {
		out.fallBack(ledger.TemplateRefused)
		return nil
	}
	f, err := p.form(ctx, w.v.Practitioner, decided.NoteTemplate)
	switch {
	case err != nil:
		return err
	case f.gone:
		out.fallBack(ledger.TemplateGone)
		return nil
	case !f.Live():
		out.fallBack(ledger.TemplateArchived)
		return nil
	}
	filled, err := fill.Fill(render.Parse(w.doc), f.NoteTemplate, decided.Fill, with)
	if err != nil {
		p.Log.Info("note template not used", "document", string(w.doc.ID), "session", string(w.doc.Session), "err", err)
		out.fallBack(ledger.TemplateUnfit)
		return nil
	}
	out.note.Template = f.ID
	out.note.Sections = fill.WithReference(filled.Sections, render.ReferenceLine(out.note.Reference, with))
	out.answered, out.left = filled.Answered, filled.Left
	out.profile = ledger.ProfileFilled
	if with == render.Minimal {
		out.profile = ledger.ProfileFilledMinimal
	}
	return nil
}

// fallBack records why the note is one paragraph.
func (o *outgoing) fallBack(why string) {
	o.profile += " " + why
	o.fallback = why
}

// plainly takes a delivery off its note template.
func plainly(d *ledger.Delivery) { d.Profile = ledger.ProfileStandard + " " + ledger.TemplateRefused }

// namesTemplate says that a refusal was about the note template of a note that
// has one.
func (p *Pipeline) namesTemplate(d ledger.Delivery, cause error) bool {
	forms := p.Sides[d.Practitioner].Forms
	return forms != nil && d.Destination == carryover.ToTreatmentNote && d.Fallback() == "" && forms.NamesTemplate(cause)
}
