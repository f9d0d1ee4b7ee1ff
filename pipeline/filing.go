package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html"
	"strings"
	"time"

	"carryover"
	"carryover/render"
	"carryover/route"
)

// A filing is what a delivery becomes in Cliniko: a treatment note, or a file in
// a patient's record. Looking, settling and proving are told once for both.
type filing struct {
	to      carryover.Destination
	id      carryover.NoteID // a file's id is one of its own kind
	patient carryover.PatientID
	author  carryover.PractitionerID
	live    bool
	created time.Time
	// touched: somebody worked on it since it was made, so its words may be
	// theirs. A file's bytes are nobody's to change.
	touched bool
	// final: no draft, and nobody has made it so. Cliniko took it for more than
	// was sent.
	final bool
	// readable: what it holds can be read. Cliniko shows a file's content only
	// once it has processed it.
	readable bool
	says     carryover.Text // HTML, where our reference stands
	// later: its title says that it was filed after an earlier version, whose
	// filing stays.
	later bool
}

// noteFiling is a treatment note as a filing.
func noteFiling(n carryover.Note) filing {
	worked := !n.FinalizedAt.IsZero() || n.UpdatedAt.After(n.CreatedAt)
	return filing{
		to: carryover.ToTreatmentNote, id: n.ID, patient: n.Patient, author: n.Practitioner,
		live: n.Live(), created: n.CreatedAt, readable: true, says: n.Body,
		touched: worked || !n.Draft, final: !worked && !n.Draft, later: route.IsUpdated(n.Title),
	}
}

// fileFiling is a file that author's user made as a filing.
func fileFiling(a carryover.Attachment, author carryover.PractitionerID) filing {
	return filing{
		to: carryover.ToAttachment, id: carryover.NoteID(a.ID), patient: a.Patient, author: author,
		live: a.Live(), created: a.CreatedAt, readable: a.Processed, says: plainText(a.Description), later: route.IsUpdated(a.Description),
	}
}

// plainText is text that is no HTML, as HTML.
func plainText(t carryover.Text) carryover.Text {
	return carryover.NewText(html.EscapeString(t.Reveal()))
}

// wordsDigest is a keyed digest of a note's visible words: what was sent and
// what Cliniko shows are compared by it after the text is destroyed.
func (p *Pipeline) wordsDigest(html carryover.Text) []byte {
	return p.Ledger.Keys().Digest("words", strings.Join(render.Words(html), " "))
}

// fileDigest is the same of a file: half of it tells its description, half its
// bytes, because a person may word the description anew and leave the file.
func (p *Pipeline) fileDigest(says, content carryover.Text) []byte {
	sum := sha256.Sum256([]byte(content.Reveal()))
	return append(p.wordsDigest(says), p.Ledger.Keys().Digest("file", hex.EncodeToString(sum[:]))...)
}

// A likeness says how what Cliniko keeps compares with what was sent.
type likeness int

const (
	unread  likeness = iota // Cliniko does not show the content (yet)
	differs                 // other words, or another file
	retold                  // the same file under another description
	same
)

// compare reads what a filing holds, one file at a time, and compares it with
// the digest that was recorded when it was sent. Its errors say that nobody can
// be asked now.
func (p *Pipeline) compare(ctx context.Context, f filing, digest []byte) (likeness, error) {
	if f.to != carryover.ToAttachment {
		if bytes.Equal(p.wordsDigest(f.says), digest) {
			return same, nil
		}
		return differs, nil
	}
	if !f.readable {
		p.lookedInVain(f.id)
		return unread, nil
	}
	content, err := p.Sides[f.author].Files.AttachmentContent(ctx, carryover.AttachmentID(f.id))
	switch {
	case ctx.Err() != nil, errors.Is(err, carryover.ErrUnauthorized):
		return unread, err
	case err != nil: // not there yet, or not for us to read: time decides
		p.Log.Info("file not readable", "attachment", string(f.id), "err", err)
		p.lookedInVain(f.id)
		return unread, nil
	}
	p.lookedInto(f.id)
	got := p.fileDigest(f.says, content)
	half := len(got) / 2
	switch {
	case len(digest) != len(got) || !bytes.Equal(got[half:], digest[half:]):
		return differs, nil
	case !bytes.Equal(got, digest):
		return retold, nil
	}
	return same, nil
}

// waitsFor says that a file which could not be read is worth another look. It has
// as long as a lost request may take to show, and as long again for Cliniko's
// queue, from the first look in vain of this process: after a restore or a long
// stop all files are old, and one answer that was lost says nothing of them.
func (p *Pipeline) waitsFor(file carryover.NoteID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	since, looked := p.inVain[file]
	return !looked || time.Since(since) < 2*p.Timing.Grace
}

// lookedInVain notes that a file could not be read.
func (p *Pipeline) lookedInVain(file carryover.NoteID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.inVain == nil {
		p.inVain = map[carryover.NoteID]time.Time{}
	}
	if _, before := p.inVain[file]; !before {
		p.inVain[file] = time.Now()
	}
}

// lookedInto notes that a file could be read after all.
func (p *Pipeline) lookedInto(file carryover.NoteID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.inVain, file)
}
