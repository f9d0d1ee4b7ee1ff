package clinikosim

import "time"

// An Edit is one step in the history of a note or an attachment.
type Edit struct {
	At             time.Time `json:"at"`
	PractitionerID string    `json:"practitioner_id,omitempty"` // who did it, to a note
	UserID         string    `json:"user_id,omitempty"`         // who did it, to an attachment; empty: it is not said
	What           string    `json:"what"`                      // create, edit, archive …
	Through        string    `json:"through"`                   // API or UI
}

// A NoteRecord is a treatment note as the books have it, archived or not.
type NoteRecord struct {
	ID             string    `json:"id"`
	PatientID      string    `json:"patient_id"`
	PractitionerID string    `json:"practitioner_id"`
	BookingID      string    `json:"booking_id,omitempty"`
	AttendeeID     string    `json:"attendee_id,omitempty"`
	TemplateID     string    `json:"template_id,omitempty"`
	Title          string    `json:"title"`
	Content        string    `json:"content"` // JSON as stored; "null" for none
	Draft          bool      `json:"draft"`
	FinalizedAt    time.Time `json:"finalized_at,omitzero"`
	ArchivedAt     time.Time `json:"archived_at,omitzero"`
	CreatedAt      time.Time `json:"created_at"`
	UpdatedAt      time.Time `json:"updated_at"`
	ByUI           bool      `json:"by_ui"`  // a person began it
	ByAPI          bool      `json:"by_api"` // a client began it
	Edits          []Edit    `json:"edits"`
}

// Notes returns every treatment note, in the API's default order.
func (s *Server) Notes() []NoteRecord {
	s.mu.RLock()
	defer s.mu.RUnlock()
	records := make([]NoteRecord, 0, len(s.books.notes.rows))
	for _, n := range s.books.notes.rows {
		records = append(records, NoteRecord{
			ID: n.id, PatientID: n.patientID, PractitionerID: n.practitionerID, BookingID: n.bookingID,
			AttendeeID: n.attendeeID, TemplateID: n.templateID, Title: n.title, Content: n.content.text(),
			Draft: n.draft, FinalizedAt: n.finalizedAt, ArchivedAt: n.archivedAt, CreatedAt: n.createdAt,
			UpdatedAt: n.updatedAt, ByUI: n.byUI, ByAPI: n.byAPI, Edits: n.edits,
		})
	}
	return records
}

// Survivor follows merges from a patient to the record that lives on: the
// patient itself when it was not merged, "" when it is unknown.
func (s *Server) Survivor(patientID string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, known := s.books.patients.get(patientID)
	for range s.books.patients.rows { // a chain cannot be longer than the register
		if !known {
			return ""
		}
		if p.MergedInto == "" {
			return p.id
		}
		p, known = s.books.patients.get(p.MergedInto)
	}
	return ""
}
