package pipeline

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/render"
)

// An outgoing is a document in the form in which it is sent: a note or a file.
type outgoing struct {
	to      carryover.Destination
	note    carryover.NoteDraft
	file    carryover.AttachmentDraft
	at      carryover.Text // where the file was put; empty before
	digest  []byte         // what will be read back is compared with it
	profile string         // how it was rendered, see profile.go
	// Of a note with a template: how many of its questions are answered, how many
	// parts of the document found none, or why the template is not used.
	answered, left int
	fallback       string
}

// compose turns a version's text into what would be sent. The same text, rules,
// template and delivery always give the same. ErrInvalid means that words
// would be lost; any other error that Cliniko could not be asked.
func (p *Pipeline) compose(ctx context.Context, w way) (outgoing, error) {
	if w.d.Destination == carryover.ToAttachment {
		return p.composeFile(w)
	}
	return p.composeNote(ctx, w)
}

// sectionName heads the one section of a note without a template.
const sectionName = "Document"

// composeNote makes the draft note, by its template where the rules name one.
func (p *Pipeline) composeNote(ctx context.Context, w way) (outgoing, error) {
	out := outgoing{to: carryover.ToTreatmentNote}
	decided := p.routed(w.doc, w.v.Practitioner)
	out.note = carryover.NoteDraft{
		Patient: w.v.Patient, Booking: w.d.Booking, Attendee: w.d.Attendee,
		Title: w.titled(decided.Title), Reference: w.d.Reference,
	}
	with, err := p.htmlProfile(ctx, w.doc)
	if err != nil {
		return out, err
	}
	html, err := render.Note(w.doc, w.d.Reference, with)
	if err != nil {
		return out, err
	}
	out.profile = string(with)
	out.note.Sections = []carryover.Section{{Questions: []carryover.Question{{
		Name: carryover.NewText(sectionName), Type: carryover.ParagraphQuestion, Answer: html,
	}}}}
	if decided.NoteTemplate != "" {
		if err := p.fillIn(ctx, &out, w, decided, with); err != nil {
			return out, err
		}
	}
	out.digest = p.wordsDigest(out.note.Body())
	return out, nil
}

// send makes the one request that puts out into a patient's chart.
func (s Side) send(ctx context.Context, out outgoing, author carryover.PractitionerID) (filing, error) {
	if out.to == carryover.ToAttachment {
		a, err := s.Files.Attach(ctx, out.file, out.at)
		return fileFiling(a, author), err
	}
	n, err := s.Chart.File(ctx, out.note)
	return noteFiling(n), err
}

// expected is what o becomes in a patient's record, as a listing would show it.
func (o outgoing) expected(v ledger.Version, id carryover.NoteID) filing {
	f := filing{to: o.to, id: id, patient: v.Patient, author: v.Practitioner, live: true, created: time.Now(), readable: true}
	if o.to == carryover.ToAttachment {
		f.says = plainText(o.file.Description)
	} else {
		f.says = o.note.Body()
	}
	return f
}

// trialReference stands for the reference where it is tried whether a document
// can be rendered at all.
const trialReference carryover.Reference = "HD-AAAAAAAA-AAAA"

// renders says whether a document can become what the rules make of it.
func (p *Pipeline) renders(doc carryover.Document, to carryover.Destination) error {
	if to == carryover.ToAttachment {
		_, err := p.composeFile(way{doc: doc, d: ledger.Delivery{Reference: trialReference}, began: time.Unix(0, 0)})
		return err
	}
	_, err := render.Note(doc, trialReference, render.Standard)
	return err
}

// errNoFiles says that nothing here can put a file into a record.
var errNoFiles = errors.Join(errors.New("no access to patients' files"), carryover.ErrInvalid)

func hexed(b []byte) []byte { return hex.AppendEncode(nil, b) }
