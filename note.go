package carryover

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"io"
	"time"
)

// A Reference is the mark a filed note carries in its last line, by which it
// is found again: HD-, 8 base32 characters for the document, -, 4 for the text,
// destination and delivery number. It is unkeyed on purpose, so that an empty
// ledger can recompute it and recognise yesterday's notes.
type Reference string

const (
	referencePrefix = "HD-"
	documentChars   = 8 // 40 bits: two documents of one author collide once in a million million
	deliveryChars   = 4
)

// NewReference makes the reference of one delivery of a text. number counts
// the deliveries of the same text to the same destination from 1.
func NewReference(s SessionID, d DocumentID, text Text, dest Destination, number int) Reference {
	second := sha256.New()
	fmt.Fprintf(second, "%s\x00%s\x00%d", Normalise(text.Reveal()), dest, number)
	tail := base32.StdEncoding.EncodeToString(second.Sum(nil))[:deliveryChars]
	return Reference(DocumentMark(s, d) + "-" + tail)
}

// DocumentMark returns the first part of every reference of a document,
// HD-XXXXXXXX.
func DocumentMark(s SessionID, d DocumentID) string {
	h := sha256.New()
	_, _ = io.WriteString(h, string(s)+"\x00"+string(d))
	return referencePrefix + base32.StdEncoding.EncodeToString(h.Sum(nil))[:documentChars]
}

// Mark returns the part of a reference that names the document.
func (r Reference) Mark() string {
	if len(r) < len(referencePrefix)+documentChars {
		return string(r)
	}
	return string(r[:len(referencePrefix)+documentChars])
}

// Line returns the last line of whatever is filed: the reference must stay, the
// words around it are for the clinician.
func (r Reference) Line() string {
	return fmt.Sprintf("Heidi document %s · carried by Carryover · AI-drafted, check before finalising", string(r))
}

// A Destination says what a delivery becomes in Cliniko.
type Destination string

// The destinations. ToNowhere is what a skip rule says.
const (
	ToTreatmentNote Destination = "treatment_note"
	ToAttachment    Destination = "attachment" // a PDF in the patient's record
	ToNowhere       Destination = "skip"
)

// A NoteDraft is what is sent to Cliniko: always a new note, always a draft.
type NoteDraft struct {
	Patient   PatientID
	Booking   BookingID  // empty: not tied to a visit
	Attendee  AttendeeID // the patient within a group appointment
	Title     Text
	Template  NoteTemplateID // the form it is made from; empty: none
	Sections  []Section      // the answers, at least one; the last holds the reference line
	Reference Reference
}

// Body returns what the draft says, in the form of Note.Body.
func (d NoteDraft) Body() Text { return Body(d.Sections) }

// A Note is a treatment note as Cliniko returns it. Times are UTC.
type Note struct {
	ID           NoteID
	Patient      PatientID
	Practitioner PractitionerID
	Booking      BookingID
	Draft        bool
	Title        Text
	Template     NoteTemplateID
	Body         Text // every answer's HTML, as func Body joins them
	FinalizedAt  time.Time
	ArchivedAt   time.Time // or deleted
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Live says that the note is part of the chart.
func (n Note) Live() bool { return n.ArchivedAt.IsZero() }
