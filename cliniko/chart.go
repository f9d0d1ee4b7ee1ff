package cliniko

import (
	"encoding/json"
	"errors"
	"html"
	"strings"
	"time"

	"carryover"
)

// This file turns Cliniko's records into the domain's words. Each conversion
// says with false that a record lacks what nothing can be decided without.

func (r patientRecord) patient() (carryover.Patient, bool) {
	born, _ := carryover.ParseDate(firstTen(r.DateOfBirth)) // many records lack it or hold nonsense
	return carryover.Patient{
		ID:            carryover.PatientID(r.ID),
		FirstName:     carryover.NewText(string(r.FirstName)),
		LastName:      carryover.NewText(string(r.LastName)),
		PreferredName: carryover.NewText(string(r.PreferredName)),
		BirthDate:     born,
		Sex:           carryover.ParseSex(string(firstWords(r.Sex, r.GenderIdentity, r.Gender))),
		ArchivedAt:    firstTime(r.ArchivedAt, r.DeletedAt, r.MergedAt),
		MergedInto:    carryover.PatientID(r.MergedWith),
	}, r.ID != ""
}

func (r bookingRecord) booking() (carryover.Booking, bool) {
	b := carryover.Booking{
		ID:           carryover.BookingID(r.ID),
		Kind:         r.kind(),
		Practitioner: carryover.PractitionerID(r.Practitioner),
		StartsAt:     r.StartsAt.Time,
		EndsAt:       r.EndsAt.Time,
		CancelledAt:  r.CancelledAt.Time,
		ArchivedAt:   firstTime(r.ArchivedAt, r.DeletedAt),
		DidNotArrive: bool(r.DidNotArrive),
	}
	switch b.Kind {
	case carryover.IndividualAppointment:
		if r.Patient != "" {
			b.Patients = []carryover.PatientID{carryover.PatientID(r.Patient)}
		}
	case carryover.GroupAppointment:
		for _, p := range r.PatientIDs {
			b.Patients = append(b.Patients, carryover.PatientID(p))
		}
	}
	return b, r.ID != "" && !b.StartsAt.IsZero()
}

// kind tells the sorts apart by their fields (reference sheet §12): a block has
// a block type, a group has patient ids and a number of places, an individual
// appointment has a patient.
func (r bookingRecord) kind() carryover.BookingKind {
	switch {
	case len(r.BlockType) > 0 && string(r.BlockType) != "null":
		return carryover.UnavailableBlock
	case r.Patient != "":
		return carryover.IndividualAppointment
	case r.PatientIDs != nil || len(r.MaxAttendees) > 0:
		return carryover.GroupAppointment
	case r.Type != "":
		return carryover.IndividualAppointment
	}
	return carryover.UnavailableBlock
}

func (r noteRecord) note() (carryover.Note, bool) {
	body, err := noteBody(r.Content)
	return carryover.Note{
		ID:           carryover.NoteID(r.ID),
		Patient:      carryover.PatientID(r.Patient),
		Practitioner: carryover.PractitionerID(r.Practitioner),
		Booking:      carryover.BookingID(r.Booking),
		Draft:        bool(r.Draft) && r.FinalizedAt.IsZero(),
		Title:        carryover.NewText(string(r.Title)),
		Body:         carryover.NewText(body),
		FinalizedAt:  r.FinalizedAt.Time,
		ArchivedAt:   firstTime(r.ArchivedAt, r.DeletedAt),
		CreatedAt:    r.CreatedAt.Time,
		UpdatedAt:    r.UpdatedAt.Time,
	}, err == nil && r.ID != "" && r.Patient != "" && r.Practitioner != "" && !r.CreatedAt.IsZero()
}

var errContent = errors.New("content is not in the form described")

// noteBody joins every answer of a note, in order, a newline between: HTML of
// paragraphs as it is, all else escaped. Content may be null, an object, or a
// string that holds the object.
func noteBody(raw json.RawMessage) (string, error) {
	var inner string
	if json.Unmarshal(raw, &inner) == nil {
		raw = json.RawMessage(inner)
	}
	if s := strings.TrimSpace(string(raw)); s == "" || s == "null" {
		return "", nil
	}
	var content contentRecord
	if json.Unmarshal(raw, &content) != nil {
		return "", errContent
	}
	var parts []string
	for _, section := range content.Sections {
		for _, q := range section.Questions {
			parts = append(parts, q.answers()...)
		}
	}
	return strings.Join(parts, "\n"), nil
}

// answers returns what was answered to a question, as HTML.
func (q questionRecord) answers() []string {
	var out []string
	switch {
	case q.Answer == "":
	case q.Type == "paragraph":
		out = append(out, string(q.Answer))
	default:
		out = append(out, html.EscapeString(string(q.Answer)))
	}
	for _, c := range append(q.Answers, choiceRecord(q.Other)) {
		if c.Selected && c.Value != "" {
			out = append(out, html.EscapeString(string(c.Value)))
		}
	}
	return out
}

func firstTime(stamps ...stamp) time.Time {
	for _, s := range stamps {
		if !s.IsZero() {
			return s.Time
		}
	}
	return time.Time{}
}

func firstWords(all ...words) words {
	for _, w := range all {
		if strings.TrimSpace(string(w)) != "" {
			return w
		}
	}
	return ""
}

// firstTen cuts a date and time down to its date.
func firstTen(w words) string {
	s := strings.TrimSpace(string(w))
	if len(s) > 10 && (s[10] == 'T' || s[10] == ' ') {
		return s[:10]
	}
	return s
}
