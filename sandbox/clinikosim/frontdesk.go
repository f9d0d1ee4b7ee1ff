package clinikosim

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"carryover/sandbox"
)

// What the front desk does in Cliniko's own pages: patients come, change and
// are merged; appointments are made and cancelled.

// AddPatient registers a patient and returns the id, which is made up when p
// has none.
func (s *Server) AddPatient(p sandbox.Patient) (patientID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.ids.issued[p.ID]; taken {
		return "", fmt.Errorf("add patient: id %s is taken", p.ID)
	}
	entry := s.newPatientLocked(p, s.clock.Now())
	s.books.patients.add(entry)
	return entry.id, nil
}

// EditPatient lets change alter a patient's fields. Its id and whether it is
// archived or merged stay as they are.
func (s *Server) EditPatient(patientID string, change func(*sandbox.Patient)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry, known := s.books.patients.get(patientID)
	if !known {
		return fmt.Errorf("edit patient: no patient %q", patientID)
	}
	changed := entry.Patient
	change(&changed)
	changed.ID, changed.ArchivedAt, changed.CreatedAt = entry.ID, entry.ArchivedAt, entry.CreatedAt
	changed.MergedInto, changed.MergedAt = entry.MergedInto, entry.MergedAt
	entry.Patient = changed
	entry.touch(s.clock.Now())
	return nil
}

// ArchivePatient puts a patient out of sight.
func (s *Server) ArchivePatient(patientID string) error {
	return s.shelvePatient("archive patient", patientID, true)
}

// UnarchivePatient brings an archived patient back; a merged one stays where it
// is.
func (s *Server) UnarchivePatient(patientID string) error {
	return s.shelvePatient("unarchive patient", patientID, false)
}

func (s *Server) shelvePatient(what, patientID string, away bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry, known := s.books.patients.get(patientID)
	switch {
	case !known:
		return fmt.Errorf("%s: no patient %q", what, patientID)
	case entry.MergedInto != "":
		return fmt.Errorf("%s %s: it is merged into %s", what, patientID, entry.MergedInto)
	case away:
		entry.archive(s.clock.Now(), s.switches.QuietStamps)
	default:
		entry.unarchive(s.clock.Now(), s.switches.QuietStamps)
	}
	entry.ArchivedAt = entry.archivedAt
	return nil
}

// MergePatients merges loser into survivor: loser is archived and points to
// survivor, and, unless a switch says otherwise, its notes, appointments and
// attachments move there.
func (s *Server) MergePatients(loserID, survivorID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	loser, known := s.books.patients.get(loserID)
	if !known {
		return fmt.Errorf("merge patients: no patient %q", loserID)
	}
	survivor, known := s.books.patients.get(survivorID)
	if !known {
		return fmt.Errorf("merge patients: no patient %q", survivorID)
	}
	if loser == survivor || loser.MergedInto != "" || survivor.isArchived() {
		return errors.New("merge patients: two live records are needed")
	}
	now := s.clock.Now().Truncate(time.Second)
	loser.MergedInto, loser.MergedAt = survivorID, now
	loser.archive(now, s.switches.QuietStamps)
	loser.ArchivedAt = loser.archivedAt
	survivor.touch(now)
	if !s.switches.NotesStayOnMerge {
		s.moveHistoryLocked(loserID, survivorID)
	}
	return nil
}

// moveHistoryLocked gives a merged patient's notes, appointments and
// attachments to the survivor.
func (s *Server) moveHistoryLocked(from, to string) {
	for _, n := range s.books.notes.rows {
		if n.patientID == from {
			n.patientID = to
		}
	}
	for _, a := range s.books.attachments.rows {
		if a.patientID == from {
			a.patientID = to
		}
	}
	moved := s.books.bookingsOfPatient[from]
	for _, b := range moved {
		if b.patientID == from {
			b.patientID = to
		}
		for _, t := range s.books.attendeesOf[b.id] {
			if t.patientID == from {
				t.patientID = to
			}
		}
	}
	s.books.bookingsOfPatient[to] = append(slices.Clip(s.books.bookingsOfPatient[to]), moved...)
	delete(s.books.bookingsOfPatient, from)
}

// CancelAppointment cancels an individual appointment, or a group appointment
// for all its attendees.
func (s *Server) CancelAppointment(appointmentID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, known := s.books.bookings.get(appointmentID)
	if !known || b.kind == block {
		return fmt.Errorf("cancel appointment: no appointment %q", appointmentID)
	}
	s.cancelLocked(b, cancelledOther, "", s.clock.Now())
	return nil
}

// AddAppointment makes a diary entry and returns its id, which is made up when
// a has none.
func (s *Server) AddAppointment(a sandbox.Appointment) (appointmentID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.ids.issued[a.ID]; taken {
		return "", fmt.Errorf("add appointment: id %s is taken", a.ID)
	}
	if _, known := s.books.practitioners.get(a.PractitionerID); !known {
		return "", fmt.Errorf("add appointment: no practitioner %q", a.PractitionerID)
	}
	b, present := s.newBookingLocked(&a, s.clock.Now())
	s.books.bookings.add(b)
	for _, t := range present {
		s.books.attendees.add(t)
	}
	return b.id, nil
}
