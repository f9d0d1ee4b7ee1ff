package carryover

import "time"

// A Patient is a person as Cliniko's register knows them.
type Patient struct {
	ID            PatientID
	FirstName     Text
	LastName      Text
	PreferredName Text
	BirthDate     Date
	Sex           Sex
	ArchivedAt    time.Time // zero: live
	MergedInto    PatientID // the survivor of a merge; empty: not merged
}

// Live says that something may be filed to the record.
func (p Patient) Live() bool { return p.ArchivedAt.IsZero() && p.MergedInto == "" }

// Identity returns the fields that say who the record is about, in fixed
// order, so that a change between two readings shows.
func (p Patient) Identity() []string {
	return []string{
		string(p.ID), p.FirstName.Reveal(), p.LastName.Reveal(),
		p.PreferredName.Reveal(), p.BirthDate.Reveal(),
	}
}

// BookingKind tells the sorts of diary entry apart.
type BookingKind int

// The sorts of diary entry. UnavailableBlock has no patient.
const (
	IndividualAppointment BookingKind = iota + 1
	GroupAppointment
	UnavailableBlock
)

// A Booking is an entry of a practitioner's diary. Times are UTC.
type Booking struct {
	ID           BookingID
	Kind         BookingKind
	Practitioner PractitionerID
	Patients     []PatientID // one for an individual appointment
	StartsAt     time.Time
	EndsAt       time.Time
	CancelledAt  time.Time
	ArchivedAt   time.Time
	DidNotArrive bool
}

// Stands says that the booking was kept, as far as the diary knows. A
// cancelled booking proves nothing.
func (b Booking) Stands() bool {
	return b.CancelledAt.IsZero() && b.ArchivedAt.IsZero() && !b.DidNotArrive
}

// A Grade says how sure a match is (FHIR Patient $match).
type Grade int

// The grades, from worst to best. Only Certain files without a person.
const (
	CertainlyNot Grade = iota
	Possible
	Probable
	Certain
)

// String returns the grade's FHIR code.
func (g Grade) String() string {
	switch g {
	case Certain:
		return "certain"
	case Probable:
		return "probable"
	case Possible:
		return "possible"
	}
	return "certainly-not"
}

// Agreement is what comparing one field came to.
type Agreement string

// The outcomes of comparing a field.
const (
	Agrees     Agreement = "agrees"
	Differs    Agreement = "differs"
	Absent     Agreement = "absent"      // one side or both say nothing
	CannotTell Agreement = "cannot tell" // both speak, but of different things
)

// A Finding is one line of evidence: a field, how it compared, and, from a
// closed list, what was noticed. It never holds the values.
type Finding struct {
	Field   string    `json:"field"` // name, birth_date, sex, patient_id, booking, age, sex_words, content
	Outcome Agreement `json:"outcome"`
	Note    string    `json:"note,omitempty"` // e.g. "preferred name", "day and month swapped"
}

// A Candidate is a patient who may be meant, with the evidence.
type Candidate struct {
	Patient  PatientID `json:"patient"`
	Grade    Grade     `json:"grade"`
	Findings []Finding `json:"findings"`
}

// A Match is the matcher's answer: the best grade, the patient when it is
// Certain, the reason to hold when it is not, and the candidates best first.
type Match struct {
	Grade      Grade
	Patient    PatientID  // set only when Grade is Certain
	Booking    BookingID  // the booking that corroborates; may be empty
	Attendee   AttendeeID // within a group appointment; may be empty
	Reason     Reason     // why it is held; empty when Certain
	Candidates []Candidate
}
