package cliniko

import "encoding/json"

// The records as they come over the wire (reference sheet, Appendix A), as far
// as they are used. Unknown fields are ignored, missing ones are zero; nothing
// outside chart.go builds on these types.

type userRecord struct {
	ID id `json:"id"`
}

type practitionerRecord struct {
	ID          id    `json:"id"`
	User        ref   `json:"user"`
	DisplayName words `json:"display_name"`
	FirstName   words `json:"first_name"`
	LastName    words `json:"last_name"`
}

type patientRecord struct {
	ID             id    `json:"id"`
	FirstName      words `json:"first_name"`
	LastName       words `json:"last_name"`
	PreferredName  words `json:"preferred_first_name"`
	DateOfBirth    words `json:"date_of_birth"`
	Sex            words `json:"sex"`
	GenderIdentity words `json:"gender_identity"`
	Gender         words `json:"gender"` // deprecated
	ArchivedAt     stamp `json:"archived_at"`
	DeletedAt      stamp `json:"deleted_at"`
	MergedAt       stamp `json:"merged_at"`
	MergedWith     ref   `json:"merged_with_patient"`
}

// A bookingRecord is an individual appointment, a group appointment or an
// unavailable block. No field says which: the fields that are there do.
type bookingRecord struct {
	ID           id              `json:"id"`
	Practitioner ref             `json:"practitioner"`
	Patient      ref             `json:"patient"`
	PatientIDs   []id            `json:"patient_ids"`
	MaxAttendees json.RawMessage `json:"max_attendees"`
	BlockType    json.RawMessage `json:"unavailable_block_type"`
	Type         ref             `json:"appointment_type"`
	StartsAt     stamp           `json:"starts_at"`
	EndsAt       stamp           `json:"ends_at"`
	CancelledAt  stamp           `json:"cancelled_at"`
	ArchivedAt   stamp           `json:"archived_at"`
	DeletedAt    stamp           `json:"deleted_at"`
	DidNotArrive flag            `json:"did_not_arrive"`
}

type attendeeRecord struct {
	ID          id    `json:"id"`
	Booking     ref   `json:"booking"`
	Patient     ref   `json:"patient"`
	CancelledAt stamp `json:"cancelled_at"`
	ArchivedAt  stamp `json:"archived_at"`
	DeletedAt   stamp `json:"deleted_at"`
}

type noteRecord struct {
	ID           id              `json:"id"`
	Title        words           `json:"title"`
	Draft        flag            `json:"draft"`
	FinalizedAt  stamp           `json:"finalized_at"`
	ArchivedAt   stamp           `json:"archived_at"`
	DeletedAt    stamp           `json:"deleted_at"`
	CreatedAt    stamp           `json:"created_at"`
	UpdatedAt    stamp           `json:"updated_at"`
	Content      json.RawMessage `json:"content"`
	Patient      ref             `json:"patient"`
	Practitioner ref             `json:"practitioner"`
	Booking      ref             `json:"booking"`
	Template     ref             `json:"treatment_note_template"`
}

type templateRecord struct {
	ID         id              `json:"id"`
	Name       words           `json:"name"`
	ArchivedAt stamp           `json:"archived_at"`
	DeletedAt  stamp           `json:"deleted_at"`
	UpdatedAt  stamp           `json:"updated_at"`
	Content    json.RawMessage `json:"content"`
}

// An attachmentRecord is an uploaded file, or an export of a whole patient
// that Cliniko made, which has the same fields.
type attachmentRecord struct {
	ID          id    `json:"id"`
	Patient     ref   `json:"patient"`
	User        ref   `json:"user"`
	Description words `json:"description"`
	FileName    words `json:"filename"`
	ContentType words `json:"content_type"`
	Size        count `json:"size"`
	Processed   flag  `json:"processing_completed"`
	ArchivedAt  stamp `json:"archived_at"`
	CreatedAt   stamp `json:"created_at"`
	UpdatedAt   stamp `json:"updated_at"`
}

// contentRecord is the tree of a note or a template. Answers are raw, because their type
// depends on the question's and new types appear.
type contentRecord struct {
	Sections []struct {
		Name        words            `json:"name"`
		Description words            `json:"description"`
		Questions   []questionRecord `json:"questions"`
	} `json:"sections"`
}

type questionRecord struct {
	Name    words         `json:"name"`
	Type    words         `json:"type"`
	Answer  words         `json:"answer"`
	Answers choices       `json:"answers"`
	Other   choiceOrBlank `json:"other"`
}

type choiceRecord struct {
	Value    words `json:"value"`
	Selected flag  `json:"selected"`
	Enabled  flag  `json:"enabled"` // of the free choice alone
}

// choices is a list of choices, or nothing if it is of another shape.
type choices []choiceRecord

// UnmarshalJSON accepts an array of choices.
func (c *choices) UnmarshalJSON(b []byte) error {
	var v []choiceRecord
	if json.Unmarshal(b, &v) != nil {
		v = nil
	}
	*c = v
	return nil
}

// choiceOrBlank is one choice, or nothing if it is of another shape.
type choiceOrBlank choiceRecord

// UnmarshalJSON accepts a choice.
func (c *choiceOrBlank) UnmarshalJSON(b []byte) error {
	var v choiceRecord
	if json.Unmarshal(b, &v) != nil {
		v = choiceRecord{}
	}
	*c = choiceOrBlank(v)
	return nil
}
