package heidi

import (
	"encoding/json"
	"strings"
	"time"

	"carryover"
)

// This file turns Heidi's records into the domain's words.

// sessionRef reads a line of a listing: a session, maybe wrapped, or a bare id.
func sessionRef(raw json.RawMessage) (carryover.SessionRef, bool) {
	raw = inside(raw, "session")
	var r sessionRecord
	if len(raw) > 0 && raw[0] == '{' {
		if json.Unmarshal(raw, &r) != nil {
			return carryover.SessionRef{}, false
		}
	} else if json.Unmarshal(raw, &r.SessionID) != nil {
		return carryover.SessionRef{}, false
	}
	i := carryover.SessionID(r.id())
	return carryover.SessionRef{ID: i, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time}, isID(i)
}

// session converts what was read through the link of a practitioner.
func (r sessionRecord) session(by carryover.PractitionerID) carryover.Session {
	born, unread := birthDate(r.Patient.DOB, r.Patient.BirthDate, r.Patient.Date)
	return carryover.Session{
		ID:           carryover.SessionID(r.id()),
		Title:        carryover.NewText(string(r.Name)),
		Practitioner: by,
		StartedAt:    r.CreatedAt.Time,
		UpdatedAt:    r.UpdatedAt.Time,
		Duration:     seconds(r.Duration),
		NoteText:     carryover.NewText(string(r.Note.Result)),
		Claim: carryover.PatientClaim{
			Name:      carryover.NewText(r.Patient.fullName()),
			BirthDate: born,
			Unread:    unread,
			Sex:       carryover.ParseSex(string(r.Patient.Gender)),
			Provider:  strings.TrimSpace(string(r.Provider)),
			PatientID: carryover.PatientID(firstID(r.PatientID, r.Profile.PatientID).bare()),
			BookingID: carryover.BookingID(firstID(r.ApptID, r.AppointmentID).bare()),
		},
	}
}

// fullName returns the one name, or the split one joined.
func (p patientRecord) fullName() string {
	if name := strings.TrimSpace(string(p.Name)); name != "" {
		return name
	}
	return strings.TrimSpace(string(p.FirstName) + " " + string(p.LastName))
}

// birthDate returns the first that is a date. unread says that something was
// given and none of it can be read for sure: it is no evidence for anybody,
// and not the same as nothing.
func birthDate(all ...words) (born carryover.Date, unread bool) {
	for _, w := range all {
		s := strings.TrimSpace(string(w))
		if len(s) > 10 && (s[10] == 'T' || s[10] == ' ') {
			s = s[:10]
		}
		if d, err := carryover.ParseDate(s); err == nil && !d.IsZero() {
			return d, false
		}
		unread = unread || s != ""
	}
	return carryover.Date{}, unread
}

// seconds converts a duration, leaving out what no session can last.
func seconds(n real) time.Duration {
	const week = 7 * 24 * 3600
	if n < 0 || n > week {
		return 0
	}
	return time.Duration(float64(n) * float64(time.Second))
}

// document converts a document of a session. ok is false when it lacks an id,
// has content that is no text, or belongs to another session.
func (r documentRecord) document(of carryover.SessionID) (carryover.Document, bool) {
	var content string
	if raw := string(r.Content); raw != "" && json.Unmarshal(r.Content, &content) != nil {
		return carryover.Document{}, false
	}
	i := carryover.DocumentID(r.id())
	return carryover.Document{
		Session:  of,
		ID:       i,
		Name:     carryover.NewText(string(r.Name)),
		Template: templateID(r.Template),
		Index:    int(max(min(r.Index, 1<<20), -1)),
		Content:  carryover.NewText(content),
		Format:   format(r.ContentType),
	}, isID(i) && (r.Session == "" || carryover.SessionID(r.Session) == of)
}

// templateID keeps what can be the id of a template: it is stored and shown as
// it is, so free text in its place must not pass.
func templateID(i id) carryover.TemplateID {
	if !isID(i) {
		return ""
	}
	return carryover.TemplateID(i)
}

// format reads content_type, which lists do not have.
func format(w words) carryover.Format {
	kind := strings.ToLower(strings.TrimSpace(string(w)))
	kind, _, _ = strings.Cut(kind, ";")
	switch strings.TrimPrefix(kind, "text/") {
	case "markdown", "md", "x-markdown":
		return carryover.FormatMarkdown
	case "html":
		return carryover.FormatHTML
	}
	return carryover.FormatUnknown
}
