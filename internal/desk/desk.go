// Package desk is where people ask and decide: what is held and why, release
// this, dismiss that, pause everything. It is one interface with two ways to
// it. Local answers from the ledger; Serve and Dial carry the same questions
// over a socket in the data folder to the daemon, which holds the ledger's
// lock. Commands use the socket when a daemon runs and Local when none does.
//
// Every decision, and every look at names or text, is an entry of the audit
// chain in the transaction that makes it. States move by compare-and-set: when
// something else moved first, the person is told that it changed.
package desk

import (
	"context"
	"time"

	"carryover"
	"carryover/alarm"
)

// A Desk answers questions about the ledger and records decisions in it. Errors
// are of the kinds of package carryover and carry a hint for a person; a state
// that moved in between is ErrChanged.
type Desk interface {
	// Status counts what there is and says what needs a person.
	Status(ctx context.Context) (Status, error)
	// Held lists what waits for a person, oldest first, without names.
	Held(ctx context.Context) ([]Item, error)
	// List lists newest versions by state and practitioner, newest first.
	List(ctx context.Context, r ListRequest) ([]Item, error)
	// Show returns one version with its evidence, deliveries and history.
	Show(ctx context.Context, r ShowRequest) (Detail, error)
	// Release lets a held version go, to the patient a person chose or the only
	// one the evidence names.
	Release(ctx context.Context, r ReleaseRequest) (Item, error)
	// Dismiss ends a version's road: it does not belong in Cliniko.
	Dismiss(ctx context.Context, r DismissRequest) (Item, error)
	// Retry sends a held, refused, skipped or dismissed version through the road
	// again, from the step where that makes sense.
	Retry(ctx context.Context, r RetryRequest) (Item, error)
	// Undo takes a filing back: its note is archived, or a person is told to remove
	// it. A dry run says what will happen.
	Undo(ctx context.Context, r UndoRequest) (Reversal, error)
	// Move takes a filing back and files the document in another patient's record.
	Move(ctx context.Context, r MoveRequest) (Reversal, error)
	// Pause stops or resumes all writes to Cliniko, or one practitioner's.
	Pause(ctx context.Context, r PauseRequest) (Status, error)
	// Sync reads one session from Heidi now.
	Sync(ctx context.Context, r SyncRequest) (SyncResult, error)
	// Backfill begins, stops or resumes the carrying of past sessions, or says how
	// far it is; a dry run says what it would take.
	Backfill(ctx context.Context, r BackfillRequest) (Backfill, error)
	// Preview returns what would be filed for a version; nothing is sent.
	Preview(ctx context.Context, r ShowRequest) (Preview, error)
	// File takes a person's own copy of a document into the road. Taking the same
	// document for the same patient twice returns the first one's item.
	File(ctx context.Context, r FileRequest) (Item, error)
	// Rules lists the practice's rules, and templates that none of them names.
	Rules(ctx context.Context) (Rules, error)
	// RouteOf says which rule decides about each document of a session, and why
	// the rules before it do not; nothing is changed.
	RouteOf(ctx context.Context, r RouteRequest) (RouteResult, error)
	// Audit verifies the audit chain, or exports it as JSON lines.
	Audit(ctx context.Context, r AuditRequest) (AuditResult, error)
	// Backup writes a copy of the ledger, which may be in use meanwhile.
	Backup(ctx context.Context, r BackupRequest) (BackupResult, error)
	// Rekey changes the master key; digests stay, so nothing looks new.
	Rekey(ctx context.Context, r RekeyRequest) (RekeyResult, error)
	// AdminLink makes a one-time link that lets somebody in to the review page as
	// an admin.
	AdminLink(ctx context.Context, r AdminLinkRequest) (AdminLink, error)
	// MakeToken makes a token with which a program may ask from outside.
	MakeToken(ctx context.Context, r TokenRequest) (NewToken, error)
	// Support tells how things stand in a form that may leave the practice: counts
	// and words of closed lists.
	Support(ctx context.Context, r SupportRequest) (Support, error)
	// Tokens lists every token that there ever was, the oldest first.
	Tokens(ctx context.Context) ([]Token, error)
	// RevokeToken ends a token for good.
	RevokeToken(ctx context.Context, r RevokeRequest) (Token, error)
}

// An Engine is what the desk needs of a running pipeline. Each method acts at
// once; errors are of the kinds of package carryover.
type Engine interface {
	// SyncSession reads a session and its documents from Heidi now. Done says
	// that its texts are finished, which shortens the quiet period.
	SyncSession(ctx context.Context, id carryover.SessionID, done bool) error
	// Take puts a person's copy of a document into the ledger and returns its
	// version; the same document again returns the version it already has.
	Take(ctx context.Context, r FileRequest) (carryover.VersionID, error)
	// Preview renders a version as it would be filed.
	Preview(ctx context.Context, id carryover.VersionID) (title, html carryover.Text, err error)
	// Wake makes the pipeline look at what is due now.
	Wake()
}

// A Register tells who the candidates of a match are. An Engine may be one too;
// without it, Show names candidates by their id alone.
type Register interface {
	PatientsByID(ctx context.Context, ids []carryover.PatientID) ([]carryover.Patient, error)
}

// A Meter counts what Cliniko was asked. An Engine may be one too; without it,
// Status leaves the counts out.
type Meter interface {
	Budget(p carryover.PractitionerID) (b Budget, ok bool)
}

// A Diary tells what practitioners had booked. An Engine may be one too; without
// it, Show leaves the diary out.
type Diary interface {
	Bookings(ctx context.Context, of []carryover.PractitionerID, from, to time.Time) ([]carryover.Booking, error)
}

// A Memory knows alarms that could not be written to the ledger, because it
// takes no writes. An Engine may be one too.
type Memory interface {
	Unrecorded() []alarm.Alarm
}

// A ListRequest chooses versions.
type ListRequest struct {
	States       []carryover.State        `json:"states,omitempty"` // none: every state
	Practitioner carryover.PractitionerID `json:"practitioner,omitempty"`
	Since        time.Time                `json:"since,omitzero"`  // first seen not before
	Before       time.Time                `json:"before,omitzero"` // first seen before
	After        carryover.VersionID      `json:"after,omitempty"` // go on after this one, the last of the page before
	Limit        int                      `json:"limit,omitempty"`
	OldestFirst  bool                     `json:"oldest_first,omitempty"`
	Names        bool                     `json:"names,omitempty"` // with the documents' names; audited
	Actor        string                   `json:"actor,omitempty"`
}

// A ShowRequest names one version.
type ShowRequest struct {
	// ID is a version's or delivery's id, a reference (HD-XXXXXXXX-XXXX), a
	// document's mark (HD-XXXXXXXX), or the beginning of any of them that fits
	// only one.
	ID    string `json:"id"`
	Text  bool   `json:"text,omitempty"`  // with the document's text; audited
	Names bool   `json:"names,omitempty"` // with names and birth dates; audited
	Diary bool   `json:"diary,omitempty"` // with the bookings around, while a daemon runs
	PDF   bool   `json:"pdf,omitempty"`   // of Preview: drawn as a PDF too
	Actor string `json:"actor,omitempty"`
}

// A ReleaseRequest lets a held version go.
type ReleaseRequest struct {
	ID string `json:"id"`
	// Patient is the patient the person chose; empty means the only certain or
	// probable candidate of the evidence.
	Patient carryover.PatientID `json:"patient,omitempty"`
	// Practitioner is whose session it was, where that is the question
	// (whose_session); empty anywhere else.
	Practitioner carryover.PractitionerID `json:"practitioner,omitempty"`
	// Digest is the Detail.Digest of what the person saw; empty skips the check.
	Digest string `json:"digest,omitempty"`
	Actor  string `json:"actor,omitempty"`
}

// A DismissRequest ends a version's road.
type DismissRequest struct {
	ID     string
	Reason string         // one of DismissReasons
	Remark carryover.Text // free words, sealed; may be empty
	Actor  string
}

// A RetryRequest sends a version through the road again.
type RetryRequest struct {
	ID    string `json:"id"`
	Actor string `json:"actor,omitempty"`
}

// A PauseRequest stops writes or lets them go on.
type PauseRequest struct {
	On           bool                     `json:"on"`
	Practitioner carryover.PractitionerID `json:"practitioner,omitempty"` // empty: everybody
	Actor        string                   `json:"actor,omitempty"`
}

// A SyncRequest names a session to be read now.
type SyncRequest struct {
	// Session is the session's id, or the address of its page in Heidi, which
	// ends in /scribe/session/{id}.
	Session carryover.SessionID `json:"session"`
	Done    bool                `json:"done,omitempty"` // its texts are finished
	Actor   string              `json:"actor,omitempty"`
}

// A FileRequest is a person's copy of a document with what the person says
// about it. The patient is named, or chosen by id, or both.
type FileRequest struct {
	Text         carryover.Text
	Format       carryover.Format
	Name         carryover.Text // the document's title; may be empty
	PatientName  carryover.Text
	BirthDate    carryover.Date
	Patient      carryover.PatientID
	Practitioner carryover.PractitionerID
	At           time.Time // when the consultation was; zero: unknown
	Actor        string
}

// An AdminLinkRequest asks for a one-time link to the review page.
type AdminLinkRequest struct {
	Actor string `json:"actor,omitempty"`
}
