package carryover

import (
	"strings"
	"time"
)

// Identifiers of both APIs are opaque strings: Heidi's session ids have up to
// 39 decimal digits and Cliniko's 19, and neither survives a float. Each has
// its own type so that one cannot be passed for another.
type (
	// SessionID is Heidi's session_id.
	SessionID string
	// DocumentID is the id of a document inside its session.
	DocumentID string
	// TemplateID is the id of a Heidi template; empty when a document has none.
	TemplateID string
	// PatientID is Cliniko's id of a patient.
	PatientID string
	// PractitionerID is Cliniko's id of a practitioner, the author of notes.
	PractitionerID string
	// UserID is Cliniko's id of a user, to whom API keys and rate limits belong.
	UserID string
	// BookingID is Cliniko's id of a diary entry, individual or group.
	BookingID string
	// AttendeeID is Cliniko's id of one patient in a booking.
	AttendeeID string
	// NoteID is Cliniko's id of a treatment note.
	NoteID string
)

// Sex is what a record says of a person's sex or gender, as far as both sides
// can be compared. It is shown to reviewers, never decided on alone.
type Sex string

// The comparable values of Sex.
const (
	SexUnknown Sex = ""
	Female     Sex = "female"
	Male       Sex = "male"
	OtherSex   Sex = "other"
)

// ParseSex folds what either API writes (FEMALE, Female, f …) into Sex.
func ParseSex(s string) Sex {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "female", "f":
		return Female
	case "male", "m":
		return Male
	case "":
		return SexUnknown
	}
	return OtherSex
}

// Format says how a document's text is written.
type Format string

// The formats of a document. Heidi's list does not say which (reference sheet
// §7), so FormatUnknown is the usual value and the renderer decides.
const (
	FormatUnknown  Format = ""
	FormatMarkdown Format = "markdown"
	FormatHTML     Format = "html"
)

// A Session is one encounter recorded in Heidi, with the evidence of who the
// patient is. Times are UTC.
type Session struct {
	ID           SessionID
	Title        Text           // session_name: free text, may hold a name
	Claim        PatientClaim   // who Heidi says the patient is
	Practitioner PractitionerID // whose link showed it
	StartedAt    time.Time      // when the recording began; zero when unknown
	UpdatedAt    time.Time      // a hint to look sooner, never a reason to skip
	Duration     time.Duration
	NoteText     Text // the consult note, for telling documents that equal it
}

// A SessionRef is a line of a listing: an id and hints, never the truth.
type SessionRef struct {
	ID        SessionID
	CreatedAt time.Time // zero when the listing does not say
	UpdatedAt time.Time
}

// A PatientClaim is what a session says about its patient. Any field may be
// empty; none is trusted alone.
type PatientClaim struct {
	Name      Text // one string in any order and form
	BirthDate Date
	// Unread says that a birth date was given that nobody can read for sure
	// ("6/6/60"): it is not absent, and nothing is certain while it stands.
	Unread bool
	Sex    Sex
	// Provider names the integration that tied the session to ids; the ids
	// count only when it is one the practice trusts.
	Provider  string
	PatientID PatientID
	BookingID BookingID
}

// A Document is text Heidi made in a session from one of the practice's
// templates. Heidi gives it no time and no status.
type Document struct {
	Session  SessionID
	ID       DocumentID
	Name     Text // the title shown in Heidi; people type names into it
	Template TemplateID
	Index    int // tab order, not a key
	Content  Text
	Format   Format
}

// EvidenceParts returns the fields of a session that decide where its
// documents go, in fixed order, for a keyed digest: correcting the patient in
// Heidi is as much a change as editing the text.
func (s Session) EvidenceParts() []string {
	c := s.Claim
	start := ""
	if !s.StartedAt.IsZero() {
		start = s.StartedAt.UTC().Format(time.RFC3339)
	}
	born := c.BirthDate.Reveal()
	if c.Unread {
		born = "unread"
	}
	return []string{
		c.Name.Reveal(), born, string(c.Sex),
		strings.ToLower(c.Provider), string(c.PatientID), string(c.BookingID), start,
	}
}

// ContentParts returns what makes a document's text a version of its own.
func (d Document) ContentParts() []string { return []string{Normalise(d.Content.Reveal())} }
