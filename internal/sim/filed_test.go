package sim

import (
	"strings"
	"sync"

	"carryover/sandbox/clinic"
	"carryover/sandbox/clinikosim"
)

// filesPath is where the records of files beside the notes are made and listed.
const filesPath = "/patient_attachments"

// A shelf reads what is in Cliniko: notes, and files as if they were notes.
type shelf struct {
	cliniko *clinikosim.Server
	staff   map[string]string // practitioner by user
	mu      sync.Mutex        // guards read
	read    map[string]string // what a file says, by its id; nobody changes it
}

// filed returns all notes and files of the books, archived or not. A file reads
// as a draft of its user's with the words of its pages and its description.
func (s *shelf) filed() []clinikosim.NoteRecord {
	all := s.cliniko.Notes()
	for _, a := range s.cliniko.Attachments() {
		if !a.ByAPI {
			continue
		}
		all = append(all, clinikosim.NoteRecord{
			ID: a.ID, PatientID: a.PatientID, PractitionerID: s.staff[a.UserID], Content: s.words(a.ID) + "\n" + a.Description,
			Draft: true, ArchivedAt: a.ArchivedAt, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt, ByAPI: true, Edits: a.Edits,
		})
	}
	return all
}

// words returns the words of a file's pages.
func (s *shelf) words(attachment string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text, known := s.read[attachment]; known {
		return text
	}
	if s.read == nil {
		s.read = map[string]string{}
	}
	// What is a tag in a note is the text's own sign in a file.
	s.read[attachment] = strings.ReplaceAll(clinic.PDFText(s.cliniko.AttachmentData(attachment)), "<", "&lt;")
	return s.read[attachment]
}
