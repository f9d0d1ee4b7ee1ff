package clinic

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"carryover/sandbox"
)

// practiceLines is a practice in the form that Load reads, all files in one:
// each list holds the lines of the file of that name.
type practiceLines struct {
	Practice      practiceFile       `json:"practice"`
	Practitioners []practitionerLine `json:"practitioners"`
	Patients      []patientLine      `json:"patients"`
	Appointments  []appointmentLine  `json:"appointments"`
	Sessions      []sessionLine      `json:"sessions"`
}

// practiceLines returns what the clinic was loaded with, and the sessions that
// were added since, as lines. Practitioners are called by their ids.
func (c *Clinic) practiceLines() practiceLines {
	p := c.Practice
	l := practiceLines{Practice: practiceFile{Name: p.Name, TimeZone: p.TimeZone, Shard: p.Shard}}
	for _, x := range p.Practitioners {
		l.Practitioners = append(l.Practitioners, practitionerLine{
			Practitioner: cmp.Or(x.ID, x.UserID), ID: x.ID, UserID: x.UserID, Key: x.Key, Role: x.Role, Title: x.Title, FirstName: x.FirstName,
			LastName: x.LastName, Email: x.Email, InternalID: x.InternalID, Unlinked: !x.Linked,
		})
	}
	for _, x := range p.Patients {
		l.Patients = append(l.Patients, patientLine{
			ID: x.ID, FirstName: x.FirstName, LastName: x.LastName, PreferredName: orNull(x.PreferredName), BirthDate: orNull(x.BirthDate),
			Sex: orNull(x.Sex), Email: orNull(x.Email), Phone: orNull(x.Phone), ArchivedAt: stamp(x.ArchivedAt), MergedInto: orNull(x.MergedInto),
		})
	}
	for _, x := range p.Appointments {
		l.Appointments = append(l.Appointments, lineOfAppointment(x))
	}
	sessions := c.script.all()
	for _, id := range sortedByStart(sessions) {
		l.Sessions = append(l.Sessions, lineOfSession(sessions[id]))
	}
	return l
}

func lineOfAppointment(x sandbox.Appointment) appointmentLine {
	line := appointmentLine{
		ID: x.ID, PatientID: orNull(x.PatientID), Practitioner: x.PractitionerID, DidNotArrive: x.DidNotArrive,
		StartsAt: x.StartsAt.Format(time.RFC3339), EndsAt: x.EndsAt.Format(time.RFC3339), CancelledAt: stamp(x.CancelledAt),
	}
	for _, a := range x.Attendees {
		line.Attendees = append(line.Attendees, attendeeLine{ID: a.ID, PatientID: a.PatientID, CancelledAt: stamp(a.CancelledAt)})
	}
	return line
}

func lineOfSession(x sandbox.Session) sessionLine {
	line := sessionLine{
		SessionID: x.ID, EHRProvider: orNull(x.EHRProvider), EHRPatientID: orNull(x.EHRPatientID), EHRApptID: orNull(x.EHRApptID),
		StartedAt: x.StartedAt.Format(time.RFC3339), Seconds: int(x.Duration.Seconds()), Clinician: x.PractitionerID,
		SharedWith: x.SharedWith, Case: x.Case, Documents: []json.RawMessage{},
	}
	line.Patient.Name, line.Patient.DOB, line.Patient.Gender = x.PatientName, orNull(x.PatientDOB), orNull(x.PatientGender)
	if n := len(x.ConsultNote); n > 0 {
		line.ConsultNote = x.ConsultNote[n-1].Text
	}
	line.Belongs, _ = json.Marshal(orNull(x.Belongs)) // a string or null
	for _, d := range x.Documents {
		says := ""
		for _, s := range d.Stages {
			says = cmp.Or(s.Text, says)
		}
		raw, _ := json.Marshal(documentLine{ // strings alone
			ID: d.ID, Name: d.Name, Content: &says, ContentType: d.ContentType, TemplateID: d.TemplateID, Expect: d.Expect, Why: d.Why,
		})
		line.Documents = append(line.Documents, raw)
	}
	return line
}

func sortedByStart(sessions map[string]sandbox.Session) []string {
	ids := make([]string, 0, len(sessions))
	for id := range sessions {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(sessions[a].StartedAt.Compare(sessions[b].StartedAt), cmp.Compare(a, b))
	})
	return ids
}

// orNull returns a pointer to s, nil when it is empty.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return orNull(t.Format(time.RFC3339))
}
