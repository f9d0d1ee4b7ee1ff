package pipeline

import (
	"context"
	"errors"
	"slices"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/render"
)

// Reading a note of ours again: is it there, and is it as we left it? Our own
// untouched note is one whose id, reference, author, record and words are those
// of the delivery, a draft that nobody saved since.

// What somebody did to a note, a closed list for the ledger and the chain.
const (
	untouched      = ""
	touchEdited    = "edited"           // other words stand there
	touchFinal     = "finalised"        // it is no draft any more
	touchSaved     = "saved"            // somebody saved it, the words are the same
	touchRecord    = "another_record"   // it is in a record where we did not put it
	touchAuthor    = "another_author"   // it is not of the author whose key made it
	touchDescribed = "described"        // a file under another description
	touchUnread    = "unread"           // a file that Cliniko does not show
	touchRefused   = "refused"          // Cliniko would not archive it
	touchLost      = "no_answer"        // twice nobody could tell whether it would
	touchMeanwhile = "worked_on_during" // somebody worked on it while it was archived
	touchBack      = "brought_back"     // somebody unarchived it at once
)

// thereAlready is why a move was given up: a merge has put the note into the
// record that it was to go to.
const thereAlready = "there_already"

// A sighting is what reading showed of a delivery's note or file.
type sighting struct {
	filing
	archivedAt time.Time // zero: it is in the record, or nowhere
	updatedAt  time.Time
	draft      bool
	note       *carryover.Note // nil: a file, or nowhere
}

// by says who took the note out, as far as a reversal knows: a word for the chain.
func (g sighting) by(r ledger.Reversal) string {
	switch {
	case g.archivedAt.IsZero():
		return "not_there"
	case r.State == ledger.ReversalArchiving:
		return "by_carryover"
	}
	return "by_somebody"
}

// A looker reads the notes of one author for one round. Whatever an id does not
// find is looked for in a complete list, which serves all that it reaches back
// to, until a request is sent: what was listed before that tells nothing of it.
type looker struct {
	p      *Pipeline
	author carryover.PractitionerID
	listed map[carryover.Destination]*listing
	since  map[carryover.Destination]time.Time // how far each of them reaches back
}

// forget is called before a request is sent.
func (l *looker) forget() { l.listed, l.since = nil, nil }

// at reads the note or file of a delivery. One that is nowhere comes back as
// not live, without a time.
func (l *looker) at(ctx context.Context, d ledger.Delivery) (sighting, error) {
	seen, err := l.byID(ctx, d)
	if !errors.Is(err, carryover.ErrGone) {
		return seen, err
	}
	since := d.IntentAt
	if since.IsZero() {
		since = d.FiledAt
	}
	list := l.listed[d.Destination]
	if list == nil || since.Before(l.since[d.Destination]) {
		made, err := l.p.listFiled(ctx, l.author, since.Add(-before), d.Destination == carryover.ToAttachment)
		if err != nil {
			return sighting{}, err
		}
		if l.listed == nil {
			l.listed, l.since = map[carryover.Destination]*listing{}, map[carryover.Destination]time.Time{}
		}
		list = &made
		l.listed[d.Destination], l.since[d.Destination] = list, since
	}
	i := slices.IndexFunc(list.filings, func(f filing) bool { return f.id == d.Note && f.to == d.Destination })
	switch {
	case i >= 0:
		return list.sightings[i], nil
	case time.Since(d.FiledAt) < l.p.Timing.Grace: // lists may lag behind ids, and ids may hiccup
		return sighting{}, &carryover.Problem{Op: "read the note of delivery " + string(d.ID), Kind: carryover.ErrTransient}
	}
	return sighting{}, nil
}

func (l *looker) byID(ctx context.Context, d ledger.Delivery) (sighting, error) {
	side := l.p.Sides[l.author]
	if d.Destination != carryover.ToAttachment {
		n, err := side.Chart.Note(ctx, d.Note)
		if err != nil {
			return sighting{}, err
		}
		return noteSighting(n), nil
	}
	if side.Files == nil {
		return sighting{}, errNoFiles
	}
	user, err := l.p.userOf(ctx, l.author)
	if err != nil {
		return sighting{}, err
	}
	a, err := side.Files.Attachment(ctx, carryover.AttachmentID(d.Note))
	if err != nil {
		return sighting{}, err
	}
	author := l.author
	if a.User != user {
		author = "" // somebody else's key, or a person in the pages
	}
	return fileSighting(a, author), nil
}

func noteSighting(n carryover.Note) sighting {
	return sighting{filing: noteFiling(n), archivedAt: n.ArchivedAt, updatedAt: n.UpdatedAt, draft: n.Draft && n.FinalizedAt.IsZero(), note: &n}
}

func fileSighting(a carryover.Attachment, author carryover.PractitionerID) sighting {
	return sighting{filing: fileFiling(a, author), archivedAt: a.ArchivedAt, updatedAt: a.UpdatedAt, draft: true}
}

// touchOf says what anybody did to a note in the record since we made it.
func (p *Pipeline) touchOf(ctx context.Context, d ledger.Delivery, seen sighting) (string, error) {
	switch {
	case seen.author != d.Practitioner:
		return touchAuthor, nil
	case !p.samePerson(ctx, d.Practitioner, d.Patient, seen.patient):
		return touchRecord, nil
	case !seen.draft:
		return touchFinal, nil
	case !slices.Contains(render.References(seen.says), d.Reference):
		return touchEdited, nil
	}
	like, err := p.compare(ctx, seen.filing, d.WordsDigest)
	switch {
	case err != nil:
		return "", err
	case like == unread:
		return touchUnread, nil
	case like == retold:
		return touchDescribed, nil
	case like != same:
		return touchEdited, nil
	case seen.touched:
		return touchSaved, nil
	}
	return untouched, nil
}

// touchedMeanwhile says whether somebody worked on a note between our reading
// it untouched and its being archived: what it holds in the archive is not what
// we read. Archiving may move the time of its last change; a change before that
// moment is somebody's. A file's bytes are nobody's to change, and a
// description that went with it was of no use where it stood.
func (p *Pipeline) touchedMeanwhile(ctx context.Context, d ledger.Delivery, seen sighting) (bool, error) {
	if seen.note == nil {
		return false, nil
	}
	like, err := p.compare(ctx, seen.filing, d.WordsDigest)
	if err != nil {
		return false, err
	}
	saved := seen.updatedAt.After(seen.created) && seen.updatedAt.Before(seen.archivedAt)
	return like != same || !seen.draft || saved || seen.patient != d.Patient && !p.samePerson(ctx, d.Practitioner, d.Patient, seen.patient), nil
}

// An Outlook is what a reversal would do now, as far as reading the note tells.
type Outlook struct {
	There bool   // it is in the record
	Touch string // what somebody did to it; empty: it will be archived
}

// OutlookOf reads the note of a delivery and says what undoing it would come
// to. Nothing is changed.
func (p *Pipeline) OutlookOf(ctx context.Context, id carryover.DeliveryID) (Outlook, error) {
	var d ledger.Delivery
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		d, err = tx.Delivery(ctx, id)
		return err
	}); err != nil {
		return Outlook{}, err
	}
	if p.Sides[d.Practitioner].Chart == nil {
		return Outlook{}, &carryover.Problem{
			Op: "read the note of delivery " + string(id), Kind: carryover.ErrInvalid,
			Hint: "Its practitioner is not in the configuration, so nobody here can read it.",
		}
	}
	ctx = forNotes.reading(ctx)
	seen, err := (&looker{p: p, author: d.Practitioner}).at(ctx, d)
	if err != nil || !seen.live {
		return Outlook{}, err
	}
	touch, err := p.touchOf(ctx, d, seen)
	return Outlook{There: true, Touch: touch}, err
}
