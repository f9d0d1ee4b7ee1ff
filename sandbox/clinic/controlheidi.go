package clinic

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"

	"carryover/sandbox"
)

// What a clinician does in Heidi, through the control interface. The truth is
// told at the same time, so that it stays the truth: whose a new session is,
// and what should become of a changed document.

// heidiActions are the handlers by action.
func (c *Clinic) heidiActions() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"sessions":        act(c.addSession),
		"edit-session":    act(c.editSession),
		"delete-session":  act(func(b *sessionRef) (any, error) { return nil, c.Heidi.DeleteSession(b.SessionID) }),
		"consult-note":    act(c.setConsultNote),
		"documents":       act(c.addDocument),
		"edit-document":   act(c.editDocument),
		"remove-document": act(c.removeDocument),
		"link":            act(func(b *accountRef) (any, error) { return nil, c.Heidi.Link(b.Email, b.InternalID) }),
		"unlink":          act(func(b *accountRef) (any, error) { return nil, c.Heidi.Unlink(b.Email, b.InternalID) }),
		"expire-link":     act(func(b *accountRef) (any, error) { return nil, c.Heidi.ExpireLink(b.Email, b.InternalID) }),
		"revoke-tokens":   act(func(*struct{}) (any, error) { c.Heidi.RevokeTokens(); return nil, nil }),
	}
}

type sessionRef struct {
	SessionID string `json:"session_id"`
}

type accountRef struct {
	Email      string `json:"email"`
	InternalID string `json:"third_party_internal_id"`
}

// addSession adds a session as a line of sessions.jsonl describes it, except
// that ids are those of the running clinic, and that session_id and started_at
// may be left out.
func (c *Clinic) addSession(line *sessionLine) (any, error) {
	practitioner, err := c.practitionerID("clinician", line.Clinician)
	if err != nil {
		return nil, err
	}
	s := sandbox.Session{
		ID: asSessionID(line.SessionID), Name: "SANDBOX added session", PractitionerID: practitioner, PatientName: line.Patient.Name,
		PatientDOB: text(line.Patient.DOB), PatientGender: text(line.Patient.Gender), EHRProvider: text(line.EHRProvider),
		EHRPatientID: text(line.EHRPatientID), EHRApptID: text(line.EHRApptID), Duration: time.Duration(line.Seconds) * time.Second,
		StartedAt: c.Clock.Now().Add(-20 * time.Minute).Truncate(time.Second), Case: line.Case,
	}
	if line.SessionID == "" {
		s.ID = newSessionID()
	}
	if line.StartedAt != "" {
		if s.StartedAt, err = moment("started_at", &line.StartedAt); err != nil {
			return nil, err
		}
	}
	for _, name := range line.SharedWith {
		with, err := c.practitionerID("shared_with", name)
		if err != nil {
			return nil, err
		}
		s.SharedWith = append(s.SharedWith, with)
	}
	if line.ConsultNote != "" {
		s.ConsultNote = []sandbox.Stage{{Text: line.ConsultNote}}
	}
	expect, err := c.belongs(&s, line.Belongs, line.Expect)
	if err != nil {
		return nil, err
	}
	if err := loadDocuments(&s, line, expect); err != nil {
		return nil, err
	}
	if err := c.Heidi.AddSession(s); err != nil {
		return nil, err
	}
	c.script.add(s)
	ids := make([]string, len(s.Documents))
	for i := range s.Documents {
		ids[i] = s.Documents[i].ID
	}
	return map[string]any{"session_id": s.ID, "documents": ids}, nil
}

// newSessionID returns a random id as Heidi's are.
func newSessionID() string {
	raw := make([]byte, 16)
	rand.Read(raw) // never fails (crypto/rand)
	raw[0] |= 0x10
	return new(big.Int).SetBytes(raw).String()
}

// practitionerID finds a practitioner by Cliniko id, internal id or address.
func (c *Clinic) practitionerID(field, name string) (string, error) {
	if name != "" {
		for _, p := range c.Practice.Practitioners {
			if p.ID == name || p.InternalID == name || strings.EqualFold(p.Email, name) {
				return p.ID, nil
			}
		}
	}
	return "", fmt.Errorf("%s: want the id, internal id or e-mail address of a practitioner; GET /practice lists them", field)
}

// belongs sets whose the session is, and returns what its documents should end
// as: what is asked for, else "either" for a patient's and "held" for nobody's.
func (c *Clinic) belongs(s *sandbox.Session, raw json.RawMessage, expect string) (string, error) {
	if !slices.Contains(expectations, expect) {
		return "", fmt.Errorf("expect: want one of %s", strings.Join(expectations[1:], ", "))
	}
	if len(raw) == 0 {
		return expect, nil
	}
	var id *string
	if err := json.Unmarshal(raw, &id); err != nil {
		return "", errors.New("belongs: want a patient's id in quotes, or null for nobody")
	}
	s.Belongs = text(id)
	switch {
	case s.Belongs != "" && c.Cliniko.Survivor(s.Belongs) == "":
		return "", errors.New("belongs: no patient of the register has this id")
	case expect != "":
		return expect, nil
	case s.Belongs == "":
		return expectHeld, nil
	}
	return expectEither, nil
}

// editSession corrects the patient fields; what is left out stays, "-" empties.
func (c *Clinic) editSession(b *struct {
	SessionID string `json:"session_id"`
	Patient   struct {
		Name   string `json:"name"`
		DOB    string `json:"dob"`
		Gender string `json:"gender"`
	} `json:"patient"`
	EHRPatientID string          `json:"ehr_patient_id"`
	EHRApptID    string          `json:"ehr_appt_id"`
	Belongs      json.RawMessage `json:"belongs"`
	Expect       string          `json:"expect"`
},
) (any, error) {
	s := c.script.all()[b.SessionID]
	s.ID = b.SessionID
	expect, err := c.belongs(&s, b.Belongs, b.Expect)
	if err != nil {
		return nil, err
	}
	err = c.Heidi.EditSession(b.SessionID, sandbox.Correction{
		PatientName: b.Patient.Name, PatientDOB: b.Patient.DOB, PatientGender: b.Patient.Gender, EHRPatientID: b.EHRPatientID, EHRApptID: b.EHRApptID,
	})
	if err != nil {
		return nil, err
	}
	if len(b.Belongs) > 0 {
		c.script.belongs(b.SessionID, s.Belongs)
	}
	if expect != "" {
		for _, d := range s.Documents {
			c.script.expect(b.SessionID, d.ID, expect, "the session was changed by hand")
		}
	}
	return nil, nil
}

func (c *Clinic) setConsultNote(b *struct {
	SessionID string `json:"session_id"`
	Text      string `json:"text"`
},
) (any, error) {
	return nil, c.Heidi.SetConsultNote(b.SessionID, b.Text)
}

// addDocument adds a document as a session's line describes it.
func (c *Clinic) addDocument(b *struct {
	SessionID string `json:"session_id"`
	documentLine
},
) (any, error) {
	if !slices.Contains(expectations, b.Expect) {
		return nil, fmt.Errorf("expect: want one of %s", strings.Join(expectations[1:], ", "))
	}
	doc, err := b.document(b.SessionID, 0)
	if err != nil {
		return nil, err
	}
	if b.ID == "" {
		raw := make([]byte, 12)
		rand.Read(raw) // never fails (crypto/rand)
		doc.ID = hex.EncodeToString(raw)
	}
	c.script.addDocument(b.SessionID, doc) // before it can be seen, so that the truth knows it in time
	if err := c.Heidi.AddDocument(b.SessionID, doc); err != nil {
		c.script.removeDocument(b.SessionID, doc.ID)
		return nil, err
	}
	return map[string]string{"document_id": doc.ID}, nil
}

// editDocument gives a document a new text or name.
func (c *Clinic) editDocument(b *struct {
	SessionID  string  `json:"session_id"`
	DocumentID string  `json:"document_id"`
	Text       *string `json:"text"`
	Name       string  `json:"name"`
	Expect     string  `json:"expect"`
	Why        string  `json:"why"`
},
) (any, error) {
	if b.Text == nil && b.Name == "" {
		return nil, errors.New("nothing to change: want text, name, or both")
	}
	if !slices.Contains(expectations, b.Expect) {
		return nil, fmt.Errorf("expect: want one of %s", strings.Join(expectations[1:], ", "))
	}
	if b.Text != nil {
		if err := c.Heidi.EditDocument(b.SessionID, b.DocumentID, *b.Text); err != nil {
			return nil, err
		}
	}
	if b.Name != "" {
		if err := c.Heidi.RenameDocument(b.SessionID, b.DocumentID, b.Name); err != nil {
			return nil, err
		}
	}
	if b.Expect != "" {
		c.script.expect(b.SessionID, b.DocumentID, b.Expect, b.Why)
	}
	return nil, nil
}

// removeDocument deletes a document in Heidi.
func (c *Clinic) removeDocument(b *struct {
	SessionID  string `json:"session_id"`
	DocumentID string `json:"document_id"`
	Expect     string `json:"expect"`
},
) (any, error) {
	if !slices.Contains(expectations, b.Expect) {
		return nil, fmt.Errorf("expect: want one of %s", strings.Join(expectations[1:], ", "))
	}
	if err := c.Heidi.RemoveDocument(b.SessionID, b.DocumentID); err != nil {
		return nil, err
	}
	if b.Expect != "" {
		c.script.expect(b.SessionID, b.DocumentID, b.Expect, "the document was deleted in Heidi")
	}
	return nil, nil
}

// strict decodes raw into v and refuses fields that v does not have.
func strict(raw []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return plain(err)
	}
	return nil
}
