package cliniko

import (
	"encoding/json"
	"errors"
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
	sections, err := sectionsOf(r.Content)
	return carryover.Note{
		ID:           carryover.NoteID(r.ID),
		Patient:      carryover.PatientID(r.Patient),
		Practitioner: carryover.PractitionerID(r.Practitioner),
		Booking:      carryover.BookingID(r.Booking),
		Draft:        bool(r.Draft) && r.FinalizedAt.IsZero(),
		Title:        carryover.NewText(string(r.Title)),
		Template:     carryover.NoteTemplateID(r.Template),
		Body:         carryover.Body(sections),
		FinalizedAt:  r.FinalizedAt.Time,
		ArchivedAt:   firstTime(r.ArchivedAt, r.DeletedAt),
		CreatedAt:    r.CreatedAt.Time,
		UpdatedAt:    r.UpdatedAt.Time,
	}, err == nil && r.ID != "" && r.Patient != "" && r.Practitioner != "" && !r.CreatedAt.IsZero()
}

func (r templateRecord) template() (carryover.NoteTemplate, bool) {
	sections, err := sectionsOf(r.Content)
	return carryover.NoteTemplate{
		ID:         carryover.NoteTemplateID(r.ID),
		Name:       carryover.NewText(string(r.Name)),
		Sections:   sections,
		ArchivedAt: firstTime(r.ArchivedAt, r.DeletedAt),
		UpdatedAt:  r.UpdatedAt.Time,
	}, err == nil && r.ID != ""
}

func (r attachmentRecord) attachment() (carryover.Attachment, bool) {
	return carryover.Attachment{
		ID:          carryover.AttachmentID(r.ID),
		Patient:     carryover.PatientID(r.Patient),
		User:        carryover.UserID(r.User),
		Description: carryover.NewText(string(r.Description)),
		FileName:    carryover.NewText(string(r.FileName)),
		ContentType: string(r.ContentType),
		Size:        int64(r.Size),
		Processed:   bool(r.Processed),
		ArchivedAt:  r.ArchivedAt.Time,
		CreatedAt:   r.CreatedAt.Time,
		UpdatedAt:   r.UpdatedAt.Time,
	}, r.ID != "" && r.Patient != "" && r.User != "" && !r.CreatedAt.IsZero()
}

var errContent = errors.New("content is not in the form described")

// sectionsOf reads the content of a note or template, which may be null, an
// object, or a string that holds the object.
func sectionsOf(raw json.RawMessage) ([]carryover.Section, error) {
	var inner string
	if json.Unmarshal(raw, &inner) == nil {
		raw = json.RawMessage(inner)
	}
	if s := strings.TrimSpace(string(raw)); s == "" || s == "null" {
		return nil, nil
	}
	var content contentRecord
	if json.Unmarshal(raw, &content) != nil {
		return nil, errContent
	}
	var out []carryover.Section
	for _, r := range content.Sections {
		s := carryover.Section{Name: carryover.NewText(string(r.Name)), Description: carryover.NewText(string(r.Description))}
		for _, q := range r.Questions {
			s.Questions = append(s.Questions, q.question())
		}
		out = append(out, s)
	}
	return out, nil
}

func (r questionRecord) question() carryover.Question {
	q := carryover.Question{
		Name:   carryover.NewText(string(r.Name)),
		Type:   carryover.QuestionType(r.Type),
		Answer: carryover.NewText(string(r.Answer)),
		Other: carryover.Other{
			Enabled: bool(r.Other.Enabled), Selected: bool(r.Other.Selected), Value: carryover.NewText(string(r.Other.Value)),
		},
	}
	for _, c := range r.Answers {
		q.Choices = append(q.Choices, carryover.Choice{Value: carryover.NewText(string(c.Value)), Selected: bool(c.Selected)})
	}
	return q
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
