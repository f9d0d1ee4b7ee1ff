package clinikosim

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

// An AttachmentRecord is an attachment as the books have it, archived or not.
type AttachmentRecord struct {
	ID          string    `json:"id"`
	PatientID   string    `json:"patient_id"`
	UserID      string    `json:"user_id,omitempty"` // whose key or hand made it; empty for an export
	Description string    `json:"description"`
	Filename    string    `json:"filename"`     // as it will be shown once it is processed
	ContentType string    `json:"content_type"` // likewise
	Size        int64     `json:"size"`         // bytes
	SHA256      string    `json:"sha256"`       // of the bytes, in hexadecimal
	Export      bool      `json:"export"`       // a full patient export
	ProcessedAt time.Time `json:"processed_at,omitzero"`
	ArchivedAt  time.Time `json:"archived_at,omitzero"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	ByUI        bool      `json:"by_ui"`  // a person made it
	ByAPI       bool      `json:"by_api"` // a client made it
	Edits       []Edit    `json:"edits"`
}

// Attachments returns every attachment, in the API's default order.
func (s *Server) Attachments() []AttachmentRecord {
	s.process()
	s.mu.RLock()
	defer s.mu.RUnlock()
	records := make([]AttachmentRecord, 0, len(s.books.attachments.rows))
	for _, a := range s.books.attachments.rows {
		records = append(records, AttachmentRecord{
			ID: a.id, PatientID: a.patientID, UserID: a.userID, Description: a.description,
			Filename: cmp.Or(a.filename, a.file.name), ContentType: a.file.kind(),
			Size: int64(len(a.file.data)), SHA256: a.file.digest(), Export: a.isExport,
			ProcessedAt: a.processedAt, ArchivedAt: a.archivedAt, CreatedAt: a.createdAt, UpdatedAt: a.updatedAt,
			ByUI: a.byUI, ByAPI: a.byAPI, Edits: a.edits,
		})
	}
	return records
}

// AttachmentData returns a copy of an attachment's bytes, nil when there is no
// such attachment.
func (s *Server) AttachmentData(attachmentID string) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	a, known := s.books.attachments.get(attachmentID)
	if !known {
		return nil
	}
	return slices.Clone(a.file.data)
}

// An UploadRecord is a file in its temporary place: it was uploaded, and no
// attachment was made of it, or one is being processed.
type UploadRecord struct {
	Key       string    `json:"key"`
	PatientID string    `json:"patient_id"` // for whom the upload was allowed
	Size      int64     `json:"size"`       // bytes
	SHA256    string    `json:"sha256"`     // of the bytes, in hexadecimal
	StoredAt  time.Time `json:"stored_at"`
}

// Uploads returns the files in their temporary places, oldest first.
func (s *Server) Uploads() []UploadRecord {
	s.process()
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	records := []UploadRecord{}
	for key, o := range s.files.objects {
		if patientID := patientOfUpload(key); patientID != "" {
			records = append(records, UploadRecord{
				Key: key, PatientID: patientID, Size: int64(len(o.data)), SHA256: o.digest(), StoredAt: o.storedAt,
			})
		}
	}
	slices.SortFunc(records, func(a, b UploadRecord) int {
		return cmp.Or(a.StoredAt.Compare(b.StoredAt), cmp.Compare(a.Key, b.Key))
	})
	return records
}

// digest is the SHA-256 of the object's bytes, in hexadecimal.
func (o *object) digest() string {
	sum := sha256.Sum256(o.data)
	return hex.EncodeToString(sum[:])
}
