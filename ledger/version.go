package ledger

import (
	"context"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// What a version's sealed items are called.
const (
	sealedText = "text"
	sealedName = "name"
)

// A Version is one version of a document: its text and its session's evidence
// as they were read. A zero time means not (yet).
type Version struct {
	ID       carryover.VersionID
	Session  carryover.SessionID
	Document carryover.DocumentID
	Template carryover.TemplateID
	Format   carryover.Format
	Number   int  // from 1 within the document
	Newest   bool // no later version exists

	State  carryover.State
	Reason carryover.Reason
	Due    time.Time // when its next step may be taken; zero: nothing wakes it

	FirstSeen time.Time // when these words and this evidence were first read
	LastRead  time.Time // when they were read last
	ChangedAt time.Time // when the state last changed
	UpdatedAt time.Time // when the row was last written
	GoneAt    time.Time // when the document had vanished from its session
	Reads     int
	Revision  int64 // counts the writes: equal revisions, equal rows
	Empty     bool  // the document has no text yet

	ContentDigest  []byte
	EvidenceDigest []byte

	Delivery     carryover.DeliveryID // the current one; empty: none yet
	Patient      carryover.PatientID
	Practitioner carryover.PractitionerID
	Booking      carryover.BookingID
	Attendee     carryover.AttendeeID
	ByPerson     bool // a person chose the patient
}

// versionRow is what every query of versions returns; sqlc names the same
// struct anew for each.
type versionRow = query.GetVersionRow

func newVersion(r versionRow) Version {
	v := r.Version
	return Version{
		ID: v.ID, Session: v.Session, Document: v.Document, Template: r.Template, Format: v.Format,
		Number: int(v.Number), Newest: v.Newest, State: v.State, Reason: v.Reason, Due: v.DueAt.Time,
		FirstSeen: v.FirstSeen.Time, LastRead: v.LastRead.Time, ChangedAt: v.ChangedAt.Time,
		UpdatedAt: v.UpdatedAt.Time, GoneAt: r.GoneAt.Time, Reads: int(v.Reads), Revision: v.Revision, Empty: v.Empty,
		ContentDigest: v.ContentDigest, EvidenceDigest: v.EvidenceDigest,
		Delivery: v.Delivery, Patient: v.Patient, Practitioner: v.Practitioner,
		Booking: v.Booking, Attendee: v.Attendee, ByPerson: v.ByPerson,
	}
}

// Version returns one version; ErrGone if it is unknown.
func (tx *Tx) Version(ctx context.Context, id carryover.VersionID) (Version, error) {
	r, err := tx.q.GetVersion(ctx, id)
	return newVersion(r), wrap(err, "read version %s", id)
}

// CurrentVersions returns the newest version of each document of a session, in
// the order of Heidi's tabs; GoneAt marks documents that have vanished.
func (tx *Tx) CurrentVersions(ctx context.Context, s carryover.SessionID) ([]Version, error) {
	rows, err := tx.q.CurrentVersions(ctx, s)
	if err != nil {
		return nil, wrap(err, "list versions of session %s", s)
	}
	vs := make([]Version, len(rows))
	for i, r := range rows {
		vs[i] = newVersion(versionRow(r))
	}
	return vs, nil
}

// VersionsOf returns every version of a document, oldest first.
func (tx *Tx) VersionsOf(ctx context.Context, s carryover.SessionID, d carryover.DocumentID) ([]Version, error) {
	rows, err := tx.q.VersionsOf(ctx, query.VersionsOfParams{Session: s, Document: d})
	if err != nil {
		return nil, wrap(err, "list versions of document %s of session %s", d, s)
	}
	vs := make([]Version, len(rows))
	for i, r := range rows {
		vs[i] = newVersion(versionRow(r))
	}
	return vs, nil
}

// AddVersion records that document d has words or evidence that were not seen
// before. The new version is Seen, the newest of its document, and due at
// v.Due, or at once when that is zero; d's text and name are sealed. Of v it
// takes Due, FirstSeen (now; required), Reads, Empty, the two digests and
// Practitioner, and nothing else.
//
// The version before stays where it stands: when it is not filed yet, the
// caller moves it to Superseded in the same transaction.
func (tx *Tx) AddVersion(ctx context.Context, d carryover.Document, v Version) (carryover.VersionID, error) {
	now := v.FirstSeen
	if now.IsZero() {
		return "", wrap(carryover.ErrInvalid, "add a version of document %s of session %s without a time", d.ID, d.Session)
	}
	number, err := tx.nextNumber(ctx, d, now)
	if err != nil {
		return "", err
	}
	id := carryover.VersionID(newID(now))
	err = tx.q.AddVersion(ctx, query.AddVersionParams{
		ID: id, Session: d.Session, Document: d.ID, Number: number, Format: d.Format,
		State: carryover.Seen, DueAt: micros(dueAt(carryover.Seen, v.Due, now)), Now: micros(now),
		Reads: int64(max(v.Reads, 1)), Empty: v.Empty,
		ContentDigest: notNil(v.ContentDigest), EvidenceDigest: notNil(v.EvidenceDigest), Practitioner: v.Practitioner,
	})
	if err != nil {
		return "", wrap(err, "add version %d of document %s of session %s", number, d.ID, d.Session)
	}
	if err := tx.SealText(ctx, string(id), sealedText, d.Content); err != nil {
		return "", err
	}
	return id, tx.SealText(ctx, string(id), sealedName, d.Name)
}

// nextNumber keeps the document's row and makes room for its next version.
func (tx *Tx) nextNumber(ctx context.Context, d carryover.Document, now time.Time) (int64, error) {
	err := tx.q.SaveDocument(ctx, query.SaveDocumentParams{
		Session: d.Session, ID: d.ID, Template: d.Template, Tab: int64(d.Index), FirstSeen: micros(now),
	})
	if err != nil {
		return 0, wrap(err, "save document %s of session %s", d.ID, d.Session)
	}
	last, err := tx.q.RetireNewest(ctx, query.RetireNewestParams{Session: d.Session, Document: d.ID})
	if err != nil {
		return 0, wrap(err, "follow the newest version of document %s of session %s", d.ID, d.Session)
	}
	if len(last) == 0 {
		return 1, nil
	}
	return last[0] + 1, nil
}

// TouchVersion records one more reading that found the version as it is, which
// also means that its document is there.
func (tx *Tx) TouchVersion(ctx context.Context, id carryover.VersionID, now time.Time) error {
	n, err := tx.q.TouchVersion(ctx, query.TouchVersionParams{ID: id, Now: micros(now)})
	if err := changed(n, err); err != nil {
		return wrap(err, "touch version %s", id)
	}
	return tx.DocumentBack(ctx, id)
}

// DocumentBack records that the document of a version is there.
func (tx *Tx) DocumentBack(ctx context.Context, id carryover.VersionID) error {
	return wrap(tx.q.DocumentIsBack(ctx, id), "bring back the document of version %s", id)
}

// MarkDocumentGone records that a reading of its session no longer showed the
// document. AddVersion and TouchVersion bring it back.
func (tx *Tx) MarkDocumentGone(ctx context.Context, s carryover.SessionID, d carryover.DocumentID, now time.Time) error {
	n, err := tx.q.SetDocumentGone(ctx, query.SetDocumentGoneParams{Session: s, ID: d, GoneAt: micros(now)})
	return wrap(changed(n, err), "mark document %s of session %s gone", d, s)
}

// Content returns the document of a version with its text and name unsealed;
// ErrGone after Destroy.
func (tx *Tx) Content(ctx context.Context, id carryover.VersionID) (carryover.Document, error) {
	r, err := tx.q.GetVersion(ctx, id)
	if err != nil {
		return carryover.Document{}, wrap(err, "read version %s", id)
	}
	text, err := tx.OpenText(ctx, string(id), sealedText)
	if err != nil {
		return carryover.Document{}, err
	}
	name, err := tx.OpenText(ctx, string(id), sealedName)
	if err != nil {
		return carryover.Document{}, err
	}
	return carryover.Document{
		Session: r.Version.Session, ID: r.Version.Document, Name: name,
		Template: r.Template, Index: int(r.Tab), Content: text, Format: r.Version.Format,
	}, nil
}
