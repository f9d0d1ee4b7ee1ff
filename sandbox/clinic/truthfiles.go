package clinic

import (
	"slices"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// An AttachmentTruth is one file in a patient's record.
type AttachmentTruth struct {
	ID             string       `json:"id"`
	PatientID      string       `json:"patient_id"`
	UserID         string       `json:"user_id"`         // whose key or hand made it; empty for an export
	PractitionerID string       `json:"practitioner_id"` // of that user; empty for one without a profile
	Archived       bool         `json:"archived"`
	Filename       string       `json:"filename"`
	Description    string       `json:"description"`
	CreatedAt      time.Time    `json:"created_at"`
	BeforeDay      bool         `json:"before_day"` // it was there when the sandbox started
	ByHand         bool         `json:"by_hand"`    // a person made it
	Document       *DocumentRef `json:"document"`   // what it carries
	Referenced     bool         `json:"referenced"` // its description holds that document's reference
	WordsLost      int          `json:"words_lost"` // of that document
}

// judgeAttachment says what a file carries and counts what is wrong with it. Its
// bytes are nobody's to change, so what it says is always its maker's. Its words
// alone say what it carries; the description, which people may word anew, breaks
// ties as a note's reference does.
func (j *judge) judgeAttachment(x *index, a clinikosim.AttachmentRecord) {
	t := AttachmentTruth{
		ID: a.ID, PatientID: a.PatientID, UserID: a.UserID, PractitionerID: j.practitionerOf(a.UserID),
		Archived: !a.ArchivedAt.IsZero(), Filename: a.Filename, Description: a.Description, CreatedAt: a.CreatedAt,
		BeforeDay: j.clinic.before[a.ID], ByHand: a.ByUI,
	}
	if !t.Archived && !t.BeforeDay {
		j.truth.Summary.AttachmentsInCliniko++
	}
	references := referencesIn(a.Description)
	words := j.clinic.reader.file(a.SHA256, func() []byte { return j.clinic.Cliniko.AttachmentData(a.ID) })
	d := j.carry(x, carrier{words: words, references: references}, filed{
		patientID: t.PatientID, practitionerID: t.PractitionerID, archived: t.Archived, beforeDay: t.BeforeDay,
		byHand: a.ByUI, placedByHand: a.ByUI,
	}, &t.Document, &t.WordsLost)
	if d != nil {
		t.Referenced = slices.Contains(references, referenceOf(d.SessionID, d.DocumentID))
		if !t.Archived {
			d.Attachments = append(d.Attachments, a.ID)
		}
		if !t.Archived && !t.Referenced && !handled(a.Edits, "describe", "create") {
			j.truth.Summary.Unreferenced++
		}
	}
	j.truth.Attachments = append(j.truth.Attachments, t)
}

// practitionerOf returns the practitioner profile of a user, "" when there is none.
func (j *judge) practitionerOf(userID string) string {
	all := j.clinic.Practice.Practitioners
	if i := slices.IndexFunc(all, func(p sandbox.Practitioner) bool { return userID != "" && p.UserID == userID }); i >= 0 {
		return all[i].ID
	}
	return ""
}
