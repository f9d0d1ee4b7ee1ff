package clinic

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"carryover/sandbox"
)

func (l *loader) appointment(line *appointmentLine) error {
	if line.ID == "" {
		return errors.New("id is missing")
	}
	if _, known := l.appointments[line.ID]; known {
		return errors.New("id: this appointment stands on an earlier line")
	}
	a := sandbox.Appointment{ID: asClinikoID("appointment", line.ID), DidNotArrive: line.DidNotArrive, BusinessID: asClinikoID("business", "main")}
	var err error
	if a.PractitionerID, err = l.practitionerID("practitioner", line.Practitioner); err != nil {
		return err
	}
	if text(line.PatientID) != "" {
		if a.PatientID, err = l.patientID("patient_id", *line.PatientID); err != nil {
			return err
		}
	}
	for i, m := range line.Attendees {
		at := sandbox.Attendee{ID: asClinikoID("attendee", line.ID+"/"+m.PatientID)}
		if m.ID != "" {
			at.ID = asClinikoID("attendee", m.ID)
		}
		if at.PatientID, err = l.patientID(fmt.Sprintf("attendees[%d].patient_id", i), m.PatientID); err != nil {
			return err
		}
		if at.CancelledAt, err = moment(fmt.Sprintf("attendees[%d].cancelled_at", i), m.CancelledAt); err != nil {
			return err
		}
		a.Attendees = append(a.Attendees, at)
	}
	for _, m := range []struct {
		field string
		from  *string
		to    *time.Time
	}{{"starts_at", &line.StartsAt, &a.StartsAt}, {"ends_at", &line.EndsAt, &a.EndsAt}, {"cancelled_at", line.CancelledAt, &a.CancelledAt}} {
		if *m.to, err = moment(m.field, m.from); err != nil {
			return err
		}
	}
	if a.StartsAt.IsZero() || a.EndsAt.Before(a.StartsAt) {
		return errors.New("starts_at is missing, or ends_at is before it")
	}
	l.appointments[line.ID] = a.ID
	l.practice.Appointments = append(l.practice.Appointments, a)
	return nil
}

// patientID returns the id of the patient that a file calls id.
func (l *loader) patientID(field, id string) (string, error) {
	i, known := l.patients[id]
	if !known {
		return "", fmt.Errorf("%s names no patient of patients.jsonl", field)
	}
	return l.practice.Patients[i].ID, nil
}

func (l *loader) session(line *sessionLine) error {
	if line.SessionID == "" {
		return errors.New("session_id is missing")
	}
	if _, known := l.sessions[line.SessionID]; known {
		return errors.New("session_id: this session stands on an earlier line")
	}
	s := sandbox.Session{
		ID: asSessionID(line.SessionID), Name: sessionNamed + line.SessionID, PatientName: line.Patient.Name, PatientDOB: text(line.Patient.DOB),
		PatientGender: text(line.Patient.Gender), EHRProvider: text(line.EHRProvider), EHRPatientID: text(line.EHRPatientID),
		EHRApptID: text(line.EHRApptID), Duration: time.Duration(line.Seconds) * time.Second, Case: line.Case,
	}
	var err error
	if s.PractitionerID, err = l.practitionerID("clinician", line.Clinician); err != nil {
		return err
	}
	for _, name := range line.SharedWith {
		with, err := l.practitionerID("shared_with", name)
		if err != nil {
			return err
		}
		s.SharedWith = append(s.SharedWith, with)
	}
	if s.StartedAt, err = moment("started_at", &line.StartedAt); err != nil {
		return err
	}
	if s.StartedAt.IsZero() {
		return errors.New("started_at is missing")
	}
	if s.Duration == 0 {
		s.Duration = 20 * time.Minute
	}
	l.tie(&s)
	if line.ConsultNote != "" {
		s.ConsultNote = []sandbox.Stage{{Text: line.ConsultNote}}
	}
	expect, err := l.belongs(&s, line)
	if err != nil {
		return err
	}
	if err := loadDocuments(&s, line, expect); err != nil {
		return err
	}
	l.sessions[line.SessionID] = len(l.practice.Sessions)
	l.practice.Sessions = append(l.practice.Sessions, s)
	return nil
}

// tie replaces ids of the files by those they have become. Ids that name
// nothing here are kept as they are, for stale ids are part of the game. A
// session with an id and no provider has it from Cliniko.
func (l *loader) tie(s *sandbox.Session) {
	if i, known := l.patients[s.EHRPatientID]; known {
		s.EHRPatientID = l.practice.Patients[i].ID
	}
	if id, known := l.appointments[s.EHRApptID]; known {
		s.EHRApptID = id
	}
	if s.EHRProvider == "" && s.EHRPatientID+s.EHRApptID != "" {
		s.EHRProvider = trustedProvider
	}
}

// belongs sets whose the session is and returns what its documents should end
// as.
func (l *loader) belongs(s *sandbox.Session, line *sessionLine) (expect string, err error) {
	if !slices.Contains(expectations, line.Expect) {
		return "", fmt.Errorf("expect: want one of %s", strings.Join(expectations[1:], ", "))
	}
	if len(line.Belongs) == 0 {
		return line.Expect, nil
	}
	var id *string
	if err := json.Unmarshal(line.Belongs, &id); err != nil {
		return "", errors.New("belongs: want a patient's id in quotes, or null for nobody")
	}
	expect, err = l.settle(s, id)
	if line.Expect != "" {
		expect = line.Expect
	}
	return expect, err
}

// settle records that the session is the patient's whom a file calls id, or
// nobody's, in which case its documents must be held.
func (l *loader) settle(s *sandbox.Session, id *string) (expect string, err error) {
	if text(id) == "" {
		s.Belongs = ""
		return expectHeld, nil
	}
	s.Belongs, err = l.patientID("the patient", *id)
	return expectEither, err
}

// truth reads a line of truth.jsonl, the answers kept apart from the sessions.
func (l *loader) truth(line *truthLine) error {
	i, known := l.sessions[line.SessionID]
	if !known {
		return errors.New("session_id names no session of sessions.jsonl")
	}
	s := &l.practice.Sessions[i]
	expect, err := l.settle(s, line.PatientID)
	if err != nil {
		return err
	}
	if s.Case == "" {
		s.Case = line.Category
	}
	for j := range s.Documents {
		if d := &s.Documents[j]; d.Expect == expectUnknown {
			d.Expect = expect
		}
	}
	return nil
}

// loadDocuments reads the documents of a session's line.
func loadDocuments(s *sandbox.Session, line *sessionLine, expect string) error {
	for i, raw := range line.Documents {
		var d documentLine
		if err := strict(raw, &d); err != nil {
			return fmt.Errorf("documents[%d]: %w", i, err)
		}
		if !slices.Contains(expectations, d.Expect) {
			return fmt.Errorf("documents[%d]: expect: want one of %s", i, strings.Join(expectations[1:], ", "))
		}
		doc, err := d.document(s.ID, i)
		if err != nil {
			return fmt.Errorf("documents[%d]: %w", i, err)
		}
		if doc.Expect == "" {
			doc.Expect = expect
		}
		s.Documents = append(s.Documents, doc)
	}
	return nil
}

// document returns the document of a line. Its text is in exactly one of
// content, markdown and html; without any it is a document that stays empty.
func (d *documentLine) document(session string, i int) (sandbox.Document, error) {
	given, contentType := 0, strings.ToUpper(d.ContentType)
	var says string
	for _, t := range []struct {
		from *string
		kind string
	}{{d.Content, contentType}, {d.Markdown, "MARKDOWN"}, {d.HTML, "HTML"}} {
		if t.from != nil {
			given++
			says, contentType = *t.from, t.kind
		}
	}
	if contentType == "" {
		contentType = "MARKDOWN"
	}
	if given > 1 {
		return sandbox.Document{}, errors.New("want one of content, markdown and html, not several")
	}
	if contentType != "MARKDOWN" && contentType != "HTML" {
		return sandbox.Document{}, errors.New("content_type: want MARKDOWN or HTML")
	}
	id := d.ID
	if id == "" {
		id = fmt.Sprintf("#%d", i)
	}
	name := d.Name
	for _, other := range []string{d.Title, d.ID, fmt.Sprintf("Document %d", i+1)} {
		if name == "" {
			name = other
		}
	}
	return sandbox.Document{
		ID: asHexID(session, id), Name: name, TemplateID: d.TemplateID, ContentType: contentType,
		Stages: []sandbox.Stage{{Text: says}}, Expect: d.Expect, Why: d.Why,
	}, nil
}
