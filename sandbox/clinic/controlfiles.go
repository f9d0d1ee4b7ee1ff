package clinic

import (
	"encoding/json"
	"net/http"

	"carryover/sandbox/clinikosim"
)

// fileActions are what people do with files in patients' records.
func (c *Clinic) fileActions() map[string]http.HandlerFunc {
	s := c.Cliniko
	return map[string]http.HandlerFunc{
		"add-attachment": act(func(b *newAttachment) (any, error) {
			id, err := s.AddAttachment(clinikosim.File{
				PatientID: b.PatientID, UserID: b.UserID, Name: b.Filename, ContentType: b.ContentType, Description: b.Description, Data: b.Data,
			})
			return made("attachment_id", id, err)
		}),
		"describe-attachment": act(func(b *newDescription) (any, error) {
			return nil, s.DescribeAttachment(b.AttachmentID, b.Description)
		}),
		"archive-attachment": act(func(b *attachmentRef) (any, error) { return nil, s.ArchiveAttachment(b.AttachmentID) }),
		"export-patient": act(func(b *patientRef) (any, error) {
			id, err := s.ExportPatient(b.PatientID)
			return made("attachment_id", id, err)
		}),
	}
}

// templateActions are what an administrator does with note templates.
func (c *Clinic) templateActions() map[string]http.HandlerFunc {
	s := c.Cliniko
	return map[string]http.HandlerFunc{
		"edit-template":      act(func(b *templateEdit) (any, error) { return nil, s.EditTemplate(b.TemplateID, string(b.Content)) }),
		"rename-template":    act(func(b *templateName) (any, error) { return nil, s.RenameTemplate(b.TemplateID, b.Name) }),
		"archive-template":   act(func(b *templateRef) (any, error) { return nil, s.ArchiveTemplate(b.TemplateID) }),
		"unarchive-template": act(func(b *templateRef) (any, error) { return nil, s.UnarchiveTemplate(b.TemplateID) }),
	}
}

// The bodies of these actions.
type (
	newAttachment struct {
		PatientID   string `json:"patient_id"`
		UserID      string `json:"user_id"`
		Filename    string `json:"filename"`
		ContentType string `json:"content_type"`
		Description string `json:"description"`
		Data        []byte `json:"data"` // base64 in JSON
	}
	newDescription struct {
		AttachmentID string `json:"attachment_id"`
		Description  string `json:"description"`
	}
	attachmentRef struct {
		AttachmentID string `json:"attachment_id"`
	}
	templateEdit struct {
		TemplateID string          `json:"template_id"`
		Content    json.RawMessage `json:"content"` // an object as the API shows it
	}
	templateName struct {
		TemplateID string `json:"template_id"`
		Name       string `json:"name"`
	}
	templateRef struct {
		TemplateID string `json:"template_id"`
	}
)
