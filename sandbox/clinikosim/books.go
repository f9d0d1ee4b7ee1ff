package clinikosim

import (
	"slices"
	"strings"
	"time"

	"carryover/sandbox"
)

// books are what the server stores. The server's lock guards them.
type books struct {
	users         *table[*user]
	practitioners *table[*practitioner]
	businesses    *table[*business]
	types         *table[*appointmentType]
	templates     *table[*template]
	patients      *table[*patient]
	bookings      *table[*booking]
	attendees     *table[*attendee]
	notes         *table[*note]
	attachments   *table[*attachment]
	keys          map[string]*apiKey // by key without shard suffix

	// Indexes for what is asked for again and again.
	notesOfBooking    map[string][]*note // by booking id
	attendeesOf       map[string][]*attendee
	bookingsOfPatient map[string][]*booking
	unprocessed       []*attachment // oldest first

	practice practiceFacts
}

// practiceFacts are what the settings say.
type practiceFacts struct {
	name, zone, subdomain string
	createdAt             time.Time
}

func newBooks() books {
	return books{
		users: newTable[*user](), practitioners: newTable[*practitioner](), businesses: newTable[*business](),
		types: newTable[*appointmentType](), templates: newTable[*template](), patients: newTable[*patient](),
		bookings: newTable[*booking](), attendees: newTable[*attendee](), notes: newTable[*note](),
		attachments: newTable[*attachment](),
		keys:        map[string]*apiKey{}, notesOfBooking: map[string][]*note{},
		attendeesOf: map[string][]*attendee{}, bookingsOfPatient: map[string][]*booking{},
	}
}

// Roles that decide something here; the API knows six (section 9).
const (
	roleAdministrator = "administrator"
	rolePractitioner  = "practitioner"
)

// A user is someone who can sign in; keys belong to users.
type user struct {
	record
	firstName, lastName, title, email, role string
	active                                  bool
	practitioner                            *practitioner // nil: none
}

// A practitioner is the profile that lets a user have appointments and notes.
type practitioner struct {
	record
	user   *user
	active bool
}

func (p *practitioner) name() string {
	return strings.TrimSpace(p.user.firstName + " " + p.user.lastName)
}

// A business is a location of the practice.
type business struct {
	record
	name string
}

// An appointmentType decides which template a note opened from an appointment
// begins with.
type appointmentType struct {
	record
	name        string
	minutes     int
	maxAttendee int
	templateID  string
}

// A template is a treatment note template.
type template struct {
	record
	name    string
	content *content
	print   printSettings
}

// A patient is a register entry; its public fields are those of the sandbox.
type patient struct {
	record
	sandbox.Patient
}

// A booking is a diary entry of one of three kinds.
type booking struct {
	record
	kind           bookingKind
	practitionerID string
	businessID     string
	typeID         string
	patientID      string // individual appointments only
	startsAt       time.Time
	endsAt         time.Time
	cancelledAt    time.Time
	cancelReason   int
	cancelNote     string
	didNotArrive   bool
}

type bookingKind int

const (
	individual bookingKind = iota
	group
	block
)

// An attendee is one patient of an appointment.
type attendee struct {
	record
	bookingID    string
	patientID    string
	cancelledAt  time.Time
	cancelReason int
	cancelNote   string
}

// A note is a treatment note.
type note struct {
	record
	patientID      string
	practitionerID string
	bookingID      string
	attendeeID     string
	templateID     string
	title          string
	content        *content // nil: null
	draft          bool
	finalizedAt    time.Time
	byUI, byAPI    bool
	edits          []Edit
}

// An attachment is a file in a patient's chart.
type attachment struct {
	record
	patientID   string
	userID      string // whose key made it; empty for an export
	description string
	filename    string    // as asked for in the request; empty: the upload's own
	file        *object   // what was uploaded
	begun       time.Time // to the instant: processing is counted from here
	processedAt time.Time // zero: filename, type, size and content are not known yet
	isExport    bool      // a full patient export, which nobody uploaded
	byUI, byAPI bool
	edits       []Edit
}

// newRecordLocked makes the head of a record with a fresh or a given id.
func (s *Server) newRecordLocked(id string, at time.Time) record {
	if id == "" {
		id = s.ids.next()
	}
	s.ids.issued[id] = struct{}{}
	at = at.UTC().Truncate(time.Second)
	return record{id: id, createdAt: at, updatedAt: at, tie: hashText(s.seed, id)}
}

// addNoteLocked stores a new note.
func (s *Server) addNoteLocked(n *note) {
	s.books.notes.add(n)
	s.indexNoteLocked(n)
}

func (s *Server) indexNoteLocked(n *note) {
	if n.bookingID != "" {
		s.books.notesOfBooking[n.bookingID] = append(s.books.notesOfBooking[n.bookingID], n)
	}
}

// moveNoteLocked links n to another booking, or to none.
func (s *Server) moveNoteLocked(n *note, bookingID string) {
	of := s.books.notesOfBooking
	of[n.bookingID] = slices.DeleteFunc(of[n.bookingID], func(other *note) bool { return other == n })
	n.bookingID = bookingID
	s.indexNoteLocked(n)
}

// touch moves updated_at.
func (r *record) touch(now time.Time) {
	r.updatedAt = now.UTC().Truncate(time.Second)
}

// archive puts the record out of sight. Whether that moves updated_at is not
// known: quiet says that it does not.
func (r *record) archive(now time.Time, quiet bool) {
	if r.isArchived() {
		return
	}
	r.archivedAt = now.UTC().Truncate(time.Second)
	if !quiet {
		r.touch(now)
	}
}

// unarchive brings the record back.
func (r *record) unarchive(now time.Time, quiet bool) {
	r.archivedAt = time.Time{}
	if !quiet {
		r.touch(now)
	}
}
