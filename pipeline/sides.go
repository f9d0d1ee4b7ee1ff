package pipeline

import (
	"context"
	"iter"
	"time"

	"carryover"
)

// Both APIs are met as small interfaces, one for each thing that a key may do.

// A Scribe is Heidi as one practitioner's link shows it. Every method only
// reads.
type Scribe interface {
	// Linked says whether the practitioner's account is linked.
	Linked(context.Context) (bool, error)
	// Sessions yields the listing page by page; an error ends it.
	Sessions(context.Context) iter.Seq2[[]carryover.SessionRef, error]
	// Session reads one session; ErrGone when Heidi no longer has it.
	Session(context.Context, carryover.SessionID) (carryover.Session, error)
	// Documents reads all documents of a session, or fails.
	Documents(context.Context, carryover.SessionID) ([]carryover.Document, error)
}

// A Chart is Cliniko as one practitioner's key may use it.
type Chart interface {
	PatientsByID(context.Context, []carryover.PatientID) ([]carryover.Patient, error)
	PatientsBornOn(context.Context, carryover.Date) ([]carryover.Patient, error)
	PatientsNamed(context.Context, carryover.Text) ([]carryover.Patient, error)
	// PatientsChanged and BookingsChanged return what changed since a time by
	// Cliniko's clock, archived and cancelled ones too: a hint that need not be
	// complete.
	PatientsChanged(ctx context.Context, since time.Time) ([]carryover.Patient, error)
	BookingsChanged(ctx context.Context, of []carryover.PractitionerID, since time.Time) ([]carryover.Booking, error)
	Bookings(ctx context.Context, of []carryover.PractitionerID, from, to time.Time) ([]carryover.Booking, error)
	Booking(context.Context, carryover.BookingID) (carryover.Booking, error)
	Attendee(context.Context, carryover.BookingID, carryover.PatientID) (carryover.AttendeeID, error)
	// Notes lists every note of an author since a time, archived ones too. A
	// list that is not complete is an error.
	Notes(ctx context.Context, author carryover.PractitionerID, since time.Time) ([]carryover.Note, error)
	// Reserve waits until one write may be sent at once.
	Reserve(context.Context) error
	// File sends one note, once. The error's kind says what is known.
	File(context.Context, carryover.NoteDraft) (carryover.Note, error)
	// Note reads one note, archived ones too. ErrGone need not mean that there is
	// none: Notes lists what an archived note's id may not find.
	Note(context.Context, carryover.NoteID) (carryover.Note, error)
	// ArchiveNote takes a note out of the chart, RestoreNote brings it back; each
	// sends one request, once. The error's kind says what is known.
	ArchiveNote(context.Context, carryover.NoteID) error
	RestoreNote(context.Context, carryover.NoteID) error
	// NamesBooking says whether a refusal was about the booking.
	NamesBooking(error) bool
	// ClockOffset is Cliniko's clock minus ours, once an answer has shown it.
	ClockOffset() (time.Duration, bool)
}

// Files is where one practitioner's key puts files into patients' records.
type Files interface {
	// Who returns the user and the practitioner of the key: files belong to users.
	Who(context.Context) (carryover.UserID, carryover.PractitionerID, error)
	// Attachments lists every file that a user made since a time, archived ones
	// too. A list that is not complete is an error.
	Attachments(ctx context.Context, user carryover.UserID, since time.Time) ([]carryover.Attachment, error)
	// Attachment reads one record of a file, archived ones too; see Chart.Note.
	Attachment(context.Context, carryover.AttachmentID) (carryover.Attachment, error)
	// ArchiveAttachment takes a file out of the record, which nothing undoes.
	ArchiveAttachment(context.Context, carryover.AttachmentID) error
	// AttachmentContent reads a file back. Until Cliniko has processed it, that
	// is an error.
	AttachmentContent(context.Context, carryover.AttachmentID) (carryover.Text, error)
	// Upload puts a file where Attach finds it; it may be repeated freely.
	Upload(context.Context, carryover.AttachmentDraft) (at carryover.Text, err error)
	// Attach makes the record of an uploaded file, once; see Chart.File.
	Attach(ctx context.Context, d carryover.AttachmentDraft, at carryover.Text) (carryover.Attachment, error)
}

// A Side is one practitioner's two sides: where sessions are read and where
// documents are filed. Scribe is nil where only Cliniko is configured; without
// Files nothing can become an attachment, and what should is held; without Forms
// every note is one paragraph, without Templates no rule by a template's name
// fits.
type Side struct {
	Scribe    Scribe
	Chart     Chart
	Files     Files
	Forms     Forms
	Templates Templates
}
