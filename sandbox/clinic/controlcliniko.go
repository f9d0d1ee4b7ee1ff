package clinic

import (
	"errors"
	"maps"
	"net/http"
	"time"

	"carryover/sandbox"
)

// What people do in Cliniko's own pages, through the control interface: the
// practitioner at a note, the front desk at the register, the diary and the
// files, the administrator at the keys and the note templates.

// clinikoActions are the handlers by action.
func (c *Clinic) clinikoActions() map[string]http.HandlerFunc {
	actions := c.noteActions()
	maps.Copy(actions, c.deskActions())
	maps.Copy(actions, c.fileActions())
	maps.Copy(actions, c.templateActions())
	return actions
}

// noteActions are what a practitioner does with notes.
func (c *Clinic) noteActions() map[string]http.HandlerFunc {
	s := c.Cliniko
	return map[string]http.HandlerFunc{
		"open-note": act(func(b *bookingRef) (any, error) {
			id, err := s.OpenNote(b.BookingID, b.AttendeeID)
			return made("note_id", id, err)
		}),
		"add-note": act(func(b *newNote) (any, error) {
			id, err := s.AddNote(b.PatientID, b.PractitionerID, b.Title, b.Paragraphs)
			return made("note_id", id, err)
		}),
		"edit-note":      act(func(b *noteEdit) (any, error) { return nil, s.EditNote(b.NoteID, b.Paragraphs) }),
		"move-note":      act(func(b *noteMove) (any, error) { return nil, s.MoveNote(b.NoteID, b.PatientID) }),
		"finalise-note":  act(func(b *noteRef) (any, error) { return nil, s.FinaliseNote(b.NoteID) }),
		"archive-note":   act(func(b *noteRef) (any, error) { return nil, s.ArchiveNote(b.NoteID) }),
		"unarchive-note": act(func(b *noteRef) (any, error) { return nil, s.UnarchiveNote(b.NoteID) }),
	}
}

// deskActions are what the front desk and the administrator do.
func (c *Clinic) deskActions() map[string]http.HandlerFunc {
	s := c.Cliniko
	return map[string]http.HandlerFunc{
		"merge-patients":     act(func(b *merging) (any, error) { return nil, s.MergePatients(b.Loser, b.Survivor) }),
		"add-patient":        act(c.addPatient),
		"edit-patient":       act(c.editPatient),
		"archive-patient":    act(func(b *patientRef) (any, error) { return nil, s.ArchivePatient(b.PatientID) }),
		"unarchive-patient":  act(func(b *patientRef) (any, error) { return nil, s.UnarchivePatient(b.PatientID) }),
		"add-appointment":    act(c.addAppointment),
		"cancel-appointment": act(func(b *appointmentRef) (any, error) { return nil, s.CancelAppointment(b.AppointmentID) }),
		"revoke-key":         act(func(b *keyRef) (any, error) { return nil, s.RevokeKey(b.Key) }),
		"restore-key":        act(func(b *keyRef) (any, error) { return nil, s.RestoreKey(b.Key) }),
	}
}

// The bodies of the actions.
type (
	bookingRef struct {
		BookingID  string `json:"booking_id"`
		AttendeeID string `json:"attendee_id"`
	}
	newNote struct {
		PatientID      string   `json:"patient_id"`
		PractitionerID string   `json:"practitioner_id"`
		Title          string   `json:"title"`
		Paragraphs     []string `json:"paragraphs"`
	}
	noteEdit struct {
		NoteID     string   `json:"note_id"`
		Paragraphs []string `json:"paragraphs"`
	}
	noteMove struct {
		NoteID    string `json:"note_id"`
		PatientID string `json:"patient_id"`
	}
	noteRef struct {
		NoteID string `json:"note_id"`
	}
	merging struct {
		Loser    string `json:"loser_id"`
		Survivor string `json:"survivor_id"`
	}
	patientRef struct {
		PatientID string `json:"patient_id"`
	}
	appointmentRef struct {
		AppointmentID string `json:"appointment_id"`
	}
	keyRef struct {
		Key string `json:"key"`
	}
)

// made answers the id of what was made.
func made(name, id string, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return map[string]string{name: id}, nil
}

// patientFields are a patient's fields as patients.jsonl has them. A field
// that is left out is not touched; an empty one is emptied.
type patientFields struct {
	PatientID     string  `json:"patient_id"`
	FirstName     *string `json:"first_name"`
	LastName      *string `json:"last_name"`
	PreferredName *string `json:"preferred_first_name"`
	BirthDate     *string `json:"date_of_birth"`
	Sex           *string `json:"sex"`
	Email         *string `json:"email"`
	Phone         *string `json:"phone"`
}

// put sets the given fields of p.
func (f *patientFields) put(p *sandbox.Patient) {
	for _, set := range []struct{ to, from *string }{
		{&p.FirstName, f.FirstName},
		{&p.LastName, f.LastName},
		{&p.PreferredName, f.PreferredName},
		{&p.BirthDate, f.BirthDate},
		{&p.Sex, f.Sex},
		{&p.Email, f.Email},
		{&p.Phone, f.Phone},
	} {
		if set.from != nil {
			*set.to = *set.from
		}
	}
}

// check says what is wrong with the fields.
func (f *patientFields) check() error {
	if born := text(f.BirthDate); born != "" {
		if _, err := time.Parse(time.DateOnly, born); err != nil {
			return errors.New("date_of_birth: want YYYY-MM-DD, or empty")
		}
	}
	return nil
}

func (c *Clinic) addPatient(f *patientFields) (any, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	if text(f.FirstName) == "" || text(f.LastName) == "" {
		return nil, errors.New("want first_name and last_name")
	}
	p := sandbox.Patient{ID: f.PatientID}
	f.put(&p)
	id, err := c.Cliniko.AddPatient(p)
	return made("patient_id", id, err)
}

func (c *Clinic) editPatient(f *patientFields) (any, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	return nil, c.Cliniko.EditPatient(f.PatientID, f.put)
}

// addAppointment books a patient, or, with attendees, a group; with neither it
// blocks the time.
func (c *Clinic) addAppointment(b *appointmentLine) (any, error) {
	a := sandbox.Appointment{ID: b.ID, PatientID: text(b.PatientID), DidNotArrive: b.DidNotArrive}
	var err error
	if a.PractitionerID, err = c.practitionerID("practitioner", b.Practitioner); err != nil {
		return nil, err
	}
	if a.StartsAt, err = moment("starts_at", &b.StartsAt); err != nil {
		return nil, err
	}
	if a.EndsAt, err = moment("ends_at", &b.EndsAt); err != nil {
		return nil, err
	}
	if a.StartsAt.IsZero() || !a.EndsAt.After(a.StartsAt) {
		return nil, errors.New("want starts_at, and ends_at after it")
	}
	if len(c.Practice.Businesses) > 0 {
		a.BusinessID = c.Practice.Businesses[0].ID
	}
	for _, m := range b.Attendees {
		a.Attendees = append(a.Attendees, sandbox.Attendee{ID: m.ID, PatientID: m.PatientID})
	}
	id, err := c.Cliniko.AddAppointment(a)
	return made("appointment_id", id, err)
}
