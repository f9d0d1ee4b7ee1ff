package clinikosim

import (
	"strings"
	"time"

	"carryover/sandbox"
)

// DefaultKey is the API key of the one practitioner of an empty practice.
const DefaultKey = "SANDBOXempty-au3"

// emptyPractice is what a Server without a practice has: someone who can ask.
func emptyPractice() *sandbox.Practice {
	return &sandbox.Practice{
		Name: "SANDBOX Practice", TimeZone: "Australia/Hobart", Shard: "au3",
		Businesses: []sandbox.Business{{Name: "SANDBOX Clinic"}},
		Practitioners: []sandbox.Practitioner{{
			ID: "10000000000000002", UserID: "10000000000000001", Key: DefaultKey, Role: rolePractitioner,
			FirstName: "Sandy", LastName: "Boxwell", Email: "sandy.boxwell@example.com",
		}},
	}
}

// load fills the books from p. Records without a creation time were made long
// before the day.
func (s *Server) load(p *sandbox.Practice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = idSource{seed: mix(s.seed ^ 0x1d5), issued: map[string]struct{}{}}
	long := s.clock.Now().AddDate(-2, 0, 0).Truncate(time.Second)
	s.books.practice = practiceFacts{name: p.Name, zone: p.TimeZone, subdomain: subdomain(p.Name), createdAt: long}
	s.loadTemplates(p, long)
	s.loadTypes(long)
	for _, b := range p.Businesses {
		s.books.businesses.add(&business{record: s.newRecordLocked(b.ID, long), name: b.Name})
	}
	for _, person := range p.Practitioners {
		s.loadPerson(person, long)
	}
	patients := make([]*patient, 0, len(p.Patients))
	for i := range p.Patients {
		patients = append(patients, s.newPatientLocked(p.Patients[i], long))
	}
	s.books.patients.fill(patients)
	s.loadDiary(p.Appointments)
	for i := range p.Notes {
		s.loadNote(&p.Notes[i], long)
	}
}

// subdomain makes the account's part of its web address from its name.
func subdomain(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r == ' ' || r == '-':
			return '-'
		}
		return -1
	}, name), "-")
}

func (s *Server) loadTemplates(p *sandbox.Practice, at time.Time) {
	for _, t := range p.NoteTemplates {
		parsed, problem := parseContent(jsonText(t.Content), s.switches.contentRules(true))
		if problem != "" {
			s.log.Warn("a note template's content is not valid; it is loaded empty", "template", t.ID, "problem", problem)
			parsed = nil
		}
		record := s.newRecordLocked(t.ID, at)
		record.archivedAt = t.ArchivedAt
		s.books.templates.add(&template{record: record, name: t.Name, content: parsed})
	}
}

// jsonText leaves JSON text to be decoded where the content is parsed; no text
// is no content.
func jsonText(s string) any {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	return s
}

// loadTypes makes the appointment types that every practice here has; the first
// live template is their default note.
func (s *Server) loadTypes(at time.Time) {
	templateID := ""
	for _, t := range s.books.templates.rows {
		if !t.isArchived() {
			templateID = t.id
			break
		}
	}
	s.books.types.add(&appointmentType{record: s.newRecordLocked("", at), name: "Standard appointment", minutes: 30, maxAttendee: 1, templateID: templateID})
	s.books.types.add(&appointmentType{record: s.newRecordLocked("", at.Add(time.Second)), name: "Group class", minutes: 45, maxAttendee: 10, templateID: templateID})
}

// loadPerson adds a user, the practitioner profile if there is one, and the key.
// Two entries with one user id are one user with two keys.
func (s *Server) loadPerson(p sandbox.Practitioner, at time.Time) {
	u, known := s.books.users.get(p.UserID)
	if !known {
		u = &user{
			record: s.newRecordLocked(p.UserID, at), firstName: p.FirstName, lastName: p.LastName,
			title: p.Title, email: p.Email, role: p.Role, active: true,
		}
		s.books.users.add(u)
	}
	if p.ID != "" && u.practitioner == nil {
		u.practitioner = &practitioner{record: s.newRecordLocked(p.ID, at), user: u, active: !p.Inactive}
		s.books.practitioners.add(u.practitioner)
	}
	if p.Key != "" && !s.addKeyLocked(u, p.Key) {
		s.log.Warn("a key is not accepted: keys here begin with SANDBOX, fit the shard, and are used once", "user", u.id)
	}
}

// newPatientLocked makes a register entry; created is used when p has no time.
func (s *Server) newPatientLocked(p sandbox.Patient, created time.Time) *patient {
	if !p.CreatedAt.IsZero() {
		created = p.CreatedAt
	}
	entry := &patient{record: s.newRecordLocked(p.ID, created), Patient: p}
	entry.ID = entry.id
	entry.archivedAt = p.ArchivedAt
	if p.MergedInto != "" {
		if entry.MergedAt.IsZero() {
			entry.MergedAt = entry.createdAt
		}
		if !entry.isArchived() {
			entry.archivedAt = entry.MergedAt
		}
	}
	if entry.archivedAt.After(entry.updatedAt) {
		entry.updatedAt = entry.archivedAt
	}
	return entry
}

func (s *Server) loadDiary(appointments []sandbox.Appointment) {
	bookings := make([]*booking, 0, len(appointments))
	var attendees []*attendee
	for i := range appointments {
		b, present := s.newBookingLocked(&appointments[i], appointments[i].StartsAt.AddDate(0, 0, -7))
		bookings = append(bookings, b)
		attendees = append(attendees, present...)
	}
	s.books.bookings.fill(bookings)
	s.books.attendees.fill(attendees)
}

// newBookingLocked makes a diary entry with its attendees and indexes both. An
// individual appointment has one attendee, as in Cliniko, named or not.
func (s *Server) newBookingLocked(a *sandbox.Appointment, made time.Time) (*booking, []*attendee) {
	b := &booking{
		record: s.newRecordLocked(a.ID, made), practitionerID: a.PractitionerID, businessID: a.BusinessID,
		startsAt: a.StartsAt.UTC(), endsAt: a.EndsAt.UTC(), didNotArrive: a.DidNotArrive,
	}
	listed := a.Attendees
	switch {
	case a.PatientID != "":
		b.kind, b.patientID, b.typeID = individual, a.PatientID, s.typeIDLocked(0)
		b.cancelledAt = a.CancelledAt.UTC()
		if len(listed) == 0 {
			listed = []sandbox.Attendee{{PatientID: a.PatientID}}
		}
	case len(listed) > 0:
		b.kind, b.typeID = group, s.typeIDLocked(1)
	default:
		b.kind = block
	}
	if !b.cancelledAt.IsZero() {
		b.cancelReason = cancelledOther
	}
	present := make([]*attendee, 0, len(listed))
	for _, one := range listed {
		t := &attendee{record: s.newRecordLocked(one.ID, made), bookingID: b.id, patientID: one.PatientID, cancelledAt: one.CancelledAt.UTC()}
		if t.cancelledAt.IsZero() { // cancelling an appointment cancels it for everyone
			t.cancelledAt = a.CancelledAt.UTC()
		}
		if !t.cancelledAt.IsZero() {
			t.cancelReason = cancelledOther
		}
		present = append(present, t)
		s.books.attendeesOf[b.id] = append(s.books.attendeesOf[b.id], t)
		s.books.bookingsOfPatient[one.PatientID] = append(s.books.bookingsOfPatient[one.PatientID], b)
	}
	return b, present
}

func (s *Server) typeIDLocked(i int) string {
	if i < len(s.books.types.rows) {
		return s.books.types.rows[i].id
	}
	return ""
}

func (s *Server) loadNote(n *sandbox.ExistingNote, otherwise time.Time) {
	made := n.CreatedAt
	if made.IsZero() {
		made = otherwise
	}
	stored := &note{
		record: s.newRecordLocked(n.ID, made), patientID: n.PatientID, practitionerID: n.PractitionerID,
		bookingID: n.BookingID, title: n.Title, content: typedContent(n.Paragraphs), draft: n.Draft, byUI: true,
	}
	if !n.Draft {
		stored.finalizedAt = stored.createdAt
	}
	if b, known := s.books.bookings.get(n.BookingID); known && b.kind == individual {
		stored.attendeeID = s.attendeeOfLocked(b.id, b.patientID)
	}
	s.addNoteLocked(stored)
}

// attendeeOfLocked returns the attendee of a patient at a booking, or "".
func (s *Server) attendeeOfLocked(bookingID, patientID string) string {
	for _, t := range s.books.attendeesOf[bookingID] {
		if t.patientID == patientID {
			return t.id
		}
	}
	return ""
}
