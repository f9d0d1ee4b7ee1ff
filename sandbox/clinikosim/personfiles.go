package clinikosim

import (
	"fmt"
	"slices"
	"time"
)

// What a person does with files in Cliniko's own pages.

// A File is what a person puts into a patient's chart.
type File struct {
	PatientID   string
	UserID      string // who does it
	Name        string
	ContentType string
	Description string
	Data        []byte
}

// AddAttachment uploads a file in the pages and returns the attachment's id. It
// is processed at once.
func (s *Server) AddAttachment(f File) (attachmentID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.books.patients.get(f.PatientID); !known {
		return "", fmt.Errorf("add attachment: no patient %q", f.PatientID)
	}
	if _, known := s.books.users.get(f.UserID); !known {
		return "", fmt.Errorf("add attachment: no user %q", f.UserID)
	}
	a := &attachment{patientID: f.PatientID, userID: f.UserID, description: f.Description}
	s.keepAttachmentLocked(a, &object{name: f.Name, declared: f.ContentType, data: slices.Clone(f.Data)})
	return a.id, nil
}

// ExportPatient makes a full export of a patient's chart, as the pages offer. It
// appears among the patient's attachments, and nobody's key made it.
func (s *Server) ExportPatient(patientID string) (attachmentID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.books.patients.get(patientID); !known {
		return "", fmt.Errorf("export patient: no patient %q", patientID)
	}
	a := &attachment{patientID: patientID, description: "Full patient export", isExport: true}
	s.keepAttachmentLocked(a, &object{name: "patient-export.zip", declared: "application/zip", data: []byte("SANDBOX export")})
	return a.id, nil
}

// keepAttachmentLocked stores an attachment that a person made.
func (s *Server) keepAttachmentLocked(a *attachment, file *object) {
	now := s.clock.Now()
	a.record = s.newRecordLocked("", now)
	a.byUI, a.file, a.begun, a.processedAt = true, file, now, now.Truncate(time.Second)
	file.storedAt, file.key = now, s.files.ownPlace(a)
	s.files.put(file)
	a.edited(now, a.userID, "create", "UI")
	s.books.attachments.add(a)
}

// DescribeAttachment changes an attachment's description.
func (s *Server) DescribeAttachment(attachmentID, description string) error {
	return s.editAttachment("describe attachment", attachmentID, func(a *attachment, now time.Time) {
		a.description = description
		a.touch(now)
	})
}

// ArchiveAttachment puts an attachment out of sight.
func (s *Server) ArchiveAttachment(attachmentID string) error {
	return s.editAttachment("archive attachment", attachmentID, func(a *attachment, now time.Time) {
		a.archive(now, s.switches.QuietStamps)
	})
}

// editAttachment changes a live attachment under the lock and writes its
// history.
func (s *Server) editAttachment(what, attachmentID string, change func(*attachment, time.Time)) error {
	s.process()
	s.mu.Lock()
	defer s.mu.Unlock()
	a, known := s.books.attachments.get(attachmentID)
	switch {
	case !known:
		return fmt.Errorf("%s: no attachment %q", what, attachmentID)
	case a.isArchived():
		return fmt.Errorf("%s %s: it is archived", what, attachmentID)
	}
	now := s.clock.Now()
	change(a, now)
	a.edited(now, "", what, "UI")
	return nil
}
