package pipeline

import (
	"bytes"
	"context"
	"errors"
	"html"
	"slices"
	"strings"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/render"
	"carryover/route"
)

// Filing in another record what was taken out of one: the words are had once
// more before anything is touched, and the version then takes the ordinary road.

// refileUndone files again what was taken out before, when a person asks for it.
func (p *Pipeline) refileUndone(ctx context.Context, c *Cycle, look *looker, r ledger.Reversal, d ledger.Delivery) error {
	if !r.Refiles() {
		return p.reverseLater(ctx, r, time.Time{})
	}
	seen, err := look.at(ctx, d) // in the archive it may still have the words
	if err != nil {
		return err
	}
	why, err := p.secure(ctx, c, r, d, seen)
	switch {
	case err != nil:
		return err
	case why != carryover.NoReason:
		return p.giveUp(ctx, r, d, why)
	}
	return p.update(ctx, func(s *step) error {
		if err := s.MoveReversal(ctx, d.ID, r.State, r.State, func(x *ledger.Reversal) { x.RefiledAt = s.now }, s.now); err != nil {
			return err
		}
		return s.fileAgain(ctx, r, d)
	})
}

// secure makes sure that a document can go where it is to go: the record is
// there, and its words are kept. The reason says why not.
func (p *Pipeline) secure(ctx context.Context, c *Cycle, r ledger.Reversal, d ledger.Delivery, seen sighting) (carryover.Reason, error) {
	if err := c.fetch(forReadAgain.reading(ctx), []carryover.PatientID{r.Patient}); err != nil {
		return "", err
	}
	if record, known := c.byID[r.Patient]; !known || !record.Live() {
		return carryover.NoSuchRecord, nil
	}
	var v ledger.Version
	var doc carryover.Document
	kept := false
	err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		if v, err = tx.Version(ctx, r.Version); err != nil {
			return err
		}
		if kept, err = tx.KeptFor(ctx, d.ID); kept || err != nil {
			return err
		}
		doc, err = tx.Content(ctx, v.ID)
		return err
	})
	switch {
	case kept:
		return carryover.NoReason, nil
	case errors.Is(err, carryover.ErrGone):
		doc, err = p.wordsAgain(ctx, v, d, seen)
	}
	switch {
	case errors.Is(err, carryover.ErrGone):
		return carryover.CannotMove, nil
	case err != nil:
		return "", err
	}
	return carryover.NoReason, p.update(ctx, func(s *step) error {
		now, err := s.Reversal(ctx, d.ID)
		switch {
		case err != nil:
			return err
		case now.State != r.State: // called off meanwhile: the words are nobody's business any more
			return ledger.ErrConflict
		}
		return s.KeepFor(ctx, d.ID, doc)
	})
}

// wordsAgain has the words of a version once more: from Heidi, if they are still
// the same there, else from our own note, if they are still the same there.
// ErrGone: from nowhere; ErrTransient: Heidi cannot be asked now.
func (p *Pipeline) wordsAgain(ctx context.Context, v ledger.Version, d ledger.Delivery, seen sighting) (carryover.Document, error) {
	doc, err := p.wordsInHeidi(ctx, v)
	switch {
	case err == nil:
		return doc, nil
	case !errors.Is(err, carryover.ErrGone): // its key or link is no matter of Cliniko's
		p.Log.Info("words not asked of heidi", "version", string(v.ID), "err", err)
		err = &carryover.Problem{Op: "read version " + string(v.ID) + " again", Kind: carryover.ErrTransient}
	}
	if seen.note == nil || seen.note.Template != "" { // the answers of a form leave out the headings between them
		return carryover.Document{}, err
	}
	if like, failed := p.compare(ctx, seen.filing, d.WordsDigest); failed != nil || like != same {
		return carryover.Document{}, errors.Join(failed, err)
	}
	content, ok := withoutReference(seen.says, d.Reference)
	if !ok {
		return carryover.Document{}, err
	}
	name := route.NameIn(p.patternOf(v), seen.note.Title)
	return carryover.Document{Session: v.Session, ID: v.Document, Template: v.Template, Name: name, Content: content, Format: carryover.FormatHTML}, nil
}

// patternOf is how the rules title a version's note, as far as its template
// tells.
func (p *Pipeline) patternOf(v ledger.Version) string {
	i := p.routed(carryover.Document{Template: v.Template}, v.Practitioner).Rule
	if i == 0 {
		return ""
	}
	return p.routes().Rules[i-1].Title
}

// wordsInHeidi reads a version's document from Heidi; ErrGone where it is not
// there with the same words.
func (p *Pipeline) wordsInHeidi(ctx context.Context, v ledger.Version) (carryover.Document, error) {
	none := &carryover.Problem{Op: "read version " + string(v.ID) + " again", Kind: carryover.ErrGone}
	if ByHand(v.Session) {
		return carryover.Document{}, none
	}
	who, err := p.readerOf(ctx, v)
	switch {
	case err != nil:
		return carryover.Document{}, err
	case p.Sides[who].Scribe == nil: // this process was started without it
		return carryover.Document{}, errNoHeidi
	}
	docs, err := p.Sides[who].Scribe.Documents(ctx, v.Session)
	if err != nil {
		return carryover.Document{}, err
	}
	if v.Document == noteDocument {
		s, err := p.Sides[who].Scribe.Session(ctx, v.Session)
		if err != nil {
			return carryover.Document{}, err
		}
		docs = append(docs, consultNote(s))
	}
	i := slices.IndexFunc(docs, func(d carryover.Document) bool {
		return d.ID == v.Document && bytes.Equal(p.Ledger.Keys().Digest("content", d.ContentParts()...), v.ContentDigest)
	})
	if i < 0 {
		return carryover.Document{}, none
	}
	return docs[i], nil
}

// errNoHeidi says that this process does not read from Heidi.
var errNoHeidi = errors.New("heidi is not asked by this process")

// withoutReference returns what a note of ours says before its last line, and
// whether that is all its other words.
func withoutReference(says carryover.Text, ref carryover.Reference) (carryover.Text, bool) {
	whole, line := says.Reveal(), ref.Line()
	i := max(strings.LastIndex(whole, line), strings.LastIndex(whole, html.EscapeString(line)))
	if i < 0 {
		return carryover.Text{}, false
	}
	body := whole[:max(strings.LastIndexByte(whole[:i], '<'), 0)]
	want := render.Words(says)
	want = want[:max(len(want)-len(strings.Fields(line)), 0)]
	content := carryover.NewText(body)
	return content, !content.IsBlank() && slices.Equal(render.Words(content), want)
}

// beginAgainAt says where a version that is filed again joins the road: what is
// ripe, with a patient whom a person chose, is ready at once.
var beginAgainAt = map[carryover.State]carryover.State{
	carryover.Undone: carryover.Ready, carryover.Held: carryover.Ready, carryover.Ready: carryover.Ready,
	carryover.Skipped: carryover.Ripe, carryover.Ripe: carryover.Ripe,
}

// fileAgain makes the version of a reversal ready for the record that a person
// chose, where it is to be filed again; the reversal is where it is to be by then.
// A version that a later one has replaced
// since, or that a person has dismissed, stays where it is.
func (s *step) fileAgain(ctx context.Context, r ledger.Reversal, d ledger.Delivery) error {
	if !r.Refiles() {
		return nil
	}
	v, err := s.Version(ctx, r.Version)
	if err != nil {
		return err
	}
	to, ok := beginAgainAt[v.State]
	if !v.Newest || !ok {
		if err := s.Destroy(ctx, string(d.ID)); err != nil {
			return err
		}
		return s.DropRefiling(ctx, d.ID, string(carryover.LaterVersion), s.now)
	}
	if err := s.GiveText(ctx, d.ID, v.ID, s.now); err != nil {
		return err
	}
	m, err := s.Evidence(ctx, v.ID)
	if err != nil && !errors.Is(err, carryover.ErrGone) {
		return err
	}
	if v.Patient != r.Patient {
		m.Booking, m.Attendee = "", "" // they were the other patient's
	} else {
		m.Booking, m.Attendee = v.Booking, v.Attendee
	}
	// The person knows of the note that is, or was, in Cliniko.
	m.Patient, m.Reason = r.Patient, carryover.TakenBack
	if err := s.Decide(ctx, v.ID, m, v.Practitioner, true, s.now); err != nil {
		return err
	}
	if v.State == to {
		return s.Postpone(ctx, v.ID, v.State, s.now, s.now)
	}
	return s.move(ctx, v, to, carryover.NoReason, s.now)
}
