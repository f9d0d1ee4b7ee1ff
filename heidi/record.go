package heidi

import (
	"bytes"
	"encoding/json"
)

// The records as they come over the wire, as far as they are used. Unknown
// fields are ignored and missing ones are zero; nothing outside source.go
// builds on these types.

// A sessionRecord is a session (reference sheet §6). ehr_appt_id is the name in
// answers; requests say ehr_appointment_id, so both are read.
type sessionRecord struct {
	SessionID     id                `json:"session_id"`
	ID            id                `json:"id"`
	MongoID       id                `json:"_id"`
	Name          words             `json:"session_name"`
	Patient       patientRecord     `json:"patient"`
	Profile       profileRecord     `json:"patient_profile"`
	Note          consultNoteRecord `json:"consult_note"`
	Duration      real              `json:"duration"`
	CreatedAt     stamp             `json:"created_at"`
	UpdatedAt     stamp             `json:"updated_at"`
	ApptID        id                `json:"ehr_appt_id"`
	AppointmentID id                `json:"ehr_appointment_id"`
	Provider      words             `json:"ehr_provider"`
	PatientID     id                `json:"ehr_patient_id"`
}

// id returns the session's id: session_id, else id, else _id.
func (r sessionRecord) id() id { return firstID(r.SessionID, r.ID, r.MongoID) }

// A patientRecord is who a session is about. The official form has one name;
// the split one is taken where it appears.
type patientRecord struct {
	Name      words `json:"name"`
	FirstName words `json:"first_name"`
	LastName  words `json:"last_name"`
	Gender    words `json:"gender"`
	DOB       words `json:"dob"`
	BirthDate words `json:"birth_date"`
	Date      words `json:"date_of_birth"`
}

// UnmarshalJSON accepts an object; anything else is nobody.
func (p *patientRecord) UnmarshalJSON(b []byte) error {
	type plain patientRecord
	return objectOrNothing(b, (*plain)(p))
}

type profileRecord struct {
	PatientID id `json:"ehr_patient_id"`
}

// UnmarshalJSON accepts an object; anything else is no profile.
func (p *profileRecord) UnmarshalJSON(b []byte) error {
	type plain profileRecord
	return objectOrNothing(b, (*plain)(p))
}

type consultNoteRecord struct {
	Result words `json:"result"`
}

// UnmarshalJSON accepts an object; anything else is no note.
func (n *consultNoteRecord) UnmarshalJSON(b []byte) error {
	type plain consultNoteRecord
	return objectOrNothing(b, (*plain)(n))
}

// objectOrNothing decodes b into v, or leaves v zero if b is of another shape.
func objectOrNothing[T any](b []byte, v *T) error {
	var fresh T
	if json.Unmarshal(b, &fresh) != nil {
		fresh = *new(T)
	}
	*v = fresh
	return nil
}

// A documentRecord is a document (reference sheet §7). Content is raw, because
// content of an unknown shape must not pass for an empty text.
type documentRecord struct {
	ID          id              `json:"id"`
	MongoID     id              `json:"_id"`
	DocumentID  id              `json:"document_id"`
	Session     id              `json:"session_id"`
	Index       real            `json:"index"`
	Name        words           `json:"name"`
	Template    id              `json:"template_id"`
	Content     json.RawMessage `json:"content"`
	ContentType words           `json:"content_type"`
}

func (r documentRecord) id() id { return firstID(r.ID, r.DocumentID, r.MongoID) }

type templateRecord struct {
	ID       id    `json:"id"`
	MongoID  id    `json:"_id"`
	Name     words `json:"name"`
	Category words `json:"template_category"`
}

func firstID(all ...id) id {
	for _, i := range all {
		if i != "" {
			return i
		}
	}
	return ""
}

// rows finds the list in an answer: a bare array, or the first of names that
// holds one, also below "data". known is false when there is no list to be
// found; a null in the list's place is an empty list.
func rows(body []byte, names ...string) (items []json.RawMessage, known bool) {
	body = bytes.TrimSpace(body)
	if string(body) == "null" {
		return nil, true
	}
	if json.Unmarshal(body, &items) == nil {
		return items, true
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil {
		return nil, false
	}
	for _, name := range names {
		if raw := object[name]; len(raw) > 0 && raw[0] == '[' {
			return items, json.Unmarshal(raw, &items) == nil
		}
	}
	for _, name := range names {
		if raw := object[name]; len(raw) > 0 && raw[0] == '{' {
			if items, known := rows(raw, names...); known {
				return items, true
			}
		}
		if string(object[name]) == "null" {
			return nil, true
		}
	}
	return nil, false
}

// inside takes a record out of a wrapper such as {"session":{…}}.
func inside(raw json.RawMessage, names ...string) json.RawMessage {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return raw
	}
	for _, name := range names {
		if inner := object[name]; len(inner) > 0 && inner[0] == '{' {
			return inner
		}
	}
	return raw
}
