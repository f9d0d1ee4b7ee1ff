package carryover

import "time"

// AttachmentID is Cliniko's id of a file in a patient's record.
type AttachmentID string

// An AttachmentDraft is a file on its way into a patient's record (reference
// sheet §15). The record that names it is made once; the upload before it may
// be repeated freely.
type AttachmentDraft struct {
	Patient     PatientID
	FileName    string // names the document, never the patient: [A-Za-z0-9._-] alone
	ContentType string
	Content     Text // the file's bytes
	Description Text // what a person reads in the record's list, the reference in it; at most 255 characters
	Reference   Reference
}

// An Attachment is a file of a patient's record as Cliniko describes it. Times
// are UTC. Size, FileName and ContentType are empty until Cliniko has processed
// the upload.
type Attachment struct {
	ID          AttachmentID
	Patient     PatientID
	User        UserID // whose key made it; a file has no practitioner
	Description Text
	FileName    Text
	ContentType string
	Size        int64
	Processed   bool
	ArchivedAt  time.Time
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Live says that the file is part of the record.
func (a Attachment) Live() bool { return a.ArchivedAt.IsZero() }
