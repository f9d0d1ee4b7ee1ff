package sandbox

import "time"

// A Practice is everything a simulated clinic starts with: who works there, who
// its patients are, what the diary says, and what each recorded session will
// come to hold. Both simulators are loaded from one Practice, so that an id in
// a session can name a booking at the other side. It is plain data: the
// simulators copy what they need and keep their own books from then on.
type Practice struct {
	Name          string
	TimeZone      string // IANA name, e.g. Australia/Hobart
	Shard         string // Cliniko shard, e.g. au3
	Region        string // Heidi region in upper case, e.g. AU
	Businesses    []Business
	Practitioners []Practitioner
	Patients      []Patient
	Appointments  []Appointment
	NoteTemplates []NoteTemplate // Cliniko's treatment note templates
	Templates     []Template     // Heidi's document templates
	Notes         []ExistingNote // treatment notes that staff wrote before the day
	Sessions      []Session
}

// A Business is one location of the practice.
type Business struct {
	ID   string
	Name string
}

// A Practitioner is one person: a Cliniko user with (usually) a practitioner
// profile and an API key, and a Heidi clinician who may be linked.
type Practitioner struct {
	ID        string // Cliniko practitioner id; empty: a user without a profile (front desk)
	UserID    string // Cliniko user id
	Key       string // Cliniko API key with its shard suffix; starts with "SANDBOX"
	Role      string // Cliniko role, e.g. practitioner, administrator, receptionist
	FirstName string
	LastName  string
	Title     string
	Inactive  bool
	Email     string // Heidi account's address
	// InternalID is the third_party_internal_id under which the bridge asks
	// for this clinician's tokens.
	InternalID string
	// Linked says that the API user (Email, InternalID) is linked to the
	// clinician's Heidi account from the start.
	Linked bool
	// LinkExpired makes the access check answer is_linked true, is_valid false.
	LinkExpired bool
}

// A Patient is a person in Cliniko's register.
type Patient struct {
	ID            string
	FirstName     string
	LastName      string
	PreferredName string
	BirthDate     string // YYYY-MM-DD or empty
	Sex           string // Female, Male, Other or empty
	Email         string
	Phone         string
	ArchivedAt    time.Time // zero: live
	MergedInto    string    // id of the survivor; the record is archived too
	MergedAt      time.Time
	CreatedAt     time.Time
}

// An Appointment is a diary entry. One with a PatientID is individual, one
// with Attendees is a group, one with neither is an unavailable block.
type Appointment struct {
	ID             string
	PractitionerID string
	BusinessID     string
	PatientID      string
	Attendees      []Attendee
	StartsAt       time.Time
	EndsAt         time.Time
	CancelledAt    time.Time
	DidNotArrive   bool
}

// An Attendee is one patient of an appointment.
type Attendee struct {
	ID          string
	PatientID   string
	CancelledAt time.Time
}

// A NoteTemplate is one of Cliniko's treatment note templates; Content is its
// JSON content object as the API shows it.
type NoteTemplate struct {
	ID         string
	Name       string
	Content    string
	ArchivedAt time.Time
}

// A Template is one of Heidi's document templates.
type Template struct {
	ID       string // 24 hex digits
	Name     string
	Category string // CONSULT_NOTE_TEMPLATE or DOCUMENT_TEMPLATE
}

// An ExistingNote is a treatment note that is in Cliniko before the day
// begins. Paragraphs are its visible lines.
type ExistingNote struct {
	ID             string
	PatientID      string
	PractitionerID string
	BookingID      string
	Title          string
	Paragraphs     []string
	Draft          bool
	CreatedAt      time.Time
}

// A Session is one encounter as Heidi recorded it. Its times are the times it
// is stamped with; what becomes visible when is said by At, a share of the
// clinic's day: 0 is its start, 1 its end. The simulators turn shares into
// wall-clock moments with the pace of the run, so that a whole day can pass
// in seconds while every stamp stays true to the diary.
type Session struct {
	ID             string // decimal, up to 39 digits
	PractitionerID string // Cliniko id of the clinician who recorded it
	SharedWith     []string
	Name           string // session_name
	PatientName    string // free text, may be empty
	PatientDOB     string // YYYY-MM-DD or empty
	PatientGender  string // FEMALE, MALE, OTHER or empty
	EHRProvider    string // names the integration behind the tie, e.g. Cliniko
	EHRPatientID   string
	EHRApptID      string
	StartedAt      time.Time     // created_at
	Duration       time.Duration // of the recording
	At             float64       // when the session is first listed
	GoneAt         float64       // when it answers 404 (retention); 0: never
	ConsultNote    []Stage
	Documents      []Document
	Corrections    []Correction // changes to the patient fields during the day

	// Belongs is the Cliniko id of the patient who was really in the room, as
	// the truth keeps it; empty when nobody in the register was.
	Belongs string
	// Case is a word for what is special about the session (ordinary, twin,
	// wrong_id …); it is for people who read the truth.
	Case string
}

// A Stage is what a text says from a moment of the day on.
type Stage struct {
	At     float64
	Text   string
	Gone   bool   // the document is deleted from here on
	Name   string // a new document name from here on; empty: unchanged
	Status string // consult_note.status from here on; empty: CREATED
}

// A Document is one of a session's documents with its life during the day.
type Document struct {
	ID          string // 24 hex digits
	Name        string
	TemplateID  string // may be empty
	ContentType string // MARKDOWN or HTML; what the text really is
	Stages      []Stage

	// Expect is the state the document should end in: proven, held, skipped,
	// waiting (still empty), or superseded. Empty: not known.
	Expect string
	// Why is the reason expected for a hold, in words; for people.
	Why string
}

// A Correction changes a session's patient fields at a moment of the day.
type Correction struct {
	At            float64
	PatientName   string
	PatientDOB    string
	PatientGender string
	EHRPatientID  string
	EHRApptID     string
}
