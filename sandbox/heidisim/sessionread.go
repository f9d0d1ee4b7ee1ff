package heidisim

import (
	"encoding/json"
	"net/http"
	"strings"
)

// A sessionView is a session as the API shows it (§6, official but for the
// fields marked as switched). Fields of type any are null when unset.
type sessionView struct {
	SessionID      any          `json:"session_id"`   // a string of up to 39 digits; switched: a bare number
	SessionName    string       `json:"session_name"` // free text, with SANDBOX in it
	Patient        *patientView `json:"patient"`      // an object of nulls when unset; switched: null
	Audio          []any        `json:"audio"`
	ClinicianNotes []string     `json:"clinician_notes"` // never echoed, as in the documents' example
	ConsultNote    any          `json:"consult_note,omitempty"`
	Duration       any          `json:"duration"`   // whole seconds
	CreatedAt      string       `json:"created_at"` // naive UTC
	UpdatedAt      string       `json:"updated_at"`
	Language       string       `json:"language_code"`
	OutputLanguage string       `json:"output_language_code"`
	Documents      any          `json:"documents"`   // null; switched: an array
	EHRApptID      any          `json:"ehr_appt_id"` // a request calls it ehr_appointment_id
	EHRProvider    any          `json:"ehr_provider"`
	EHRPatientID   any          `json:"ehr_patient_id"`
	LinkedSessions []any        `json:"linked_sessions_for_context,omitempty"`

	Profile   any    `json:"patient_profile,omitempty"`    // switched
	ProfileID string `json:"patient_profile_id,omitempty"` // switched
	Status    string `json:"status,omitempty"`             // switched
	Consent   *bool  `json:"consent_obtained,omitempty"`   // switched
}

// A patientView is the patient of a session: one name, not split.
type patientView struct {
	Name   string `json:"name"`
	Gender any    `json:"gender"`
	DOB    any    `json:"dob"`
}

// A noteView is a consult note (§6, official). Result is absent, null or empty
// before there is text, by a hash of the session.
type noteView struct {
	Status               string  `json:"status"`
	Result               *string `json:"result"`
	Heading              string  `json:"heading"`
	Brain                string  `json:"brain"`
	VoiceStyle           string  `json:"voice_style"`
	GenerationMethod     string  `json:"generation_method"` // a document calls it generation_type
	TemplateID           any     `json:"template_id"`
	AICommandID          any     `json:"ai_command_id"`
	AICommandText        any     `json:"ai_command_text"`
	Feedback             any     `json:"feedback"`
	DictationCleanupMode any     `json:"dictation_cleanup_mode"`
}

// A bareNote is a noteView whose result is absent rather than null.
type bareNote struct {
	noteView
	Result *string `json:"result,omitempty"`
}

// readSession serves GET /sessions/{id}.
func (s *Server) readSession(c *call) answer {
	sess := s.readable(c.user, c.vars["id"])
	if sess == nil {
		return gone()
	}
	return ok(s.wrapped(sess))
}

// transcript serves GET /sessions/{id}/transcript. No words are kept here.
func (s *Server) transcript(c *call) answer {
	if s.readable(c.user, c.vars["id"]) == nil {
		return gone()
	}
	return ok(map[string]any{"transcript": "SANDBOX: nothing was recorded."})
}

// wrapped is {"session":{…}}, the documented answer to GET and PATCH.
func (s *Server) wrapped(sess *session) any {
	if s.switches.BareSession {
		return s.view(sess)
	}
	return map[string]any{"session": s.view(sess)}
}

func (s *Server) view(sess *session) sessionView {
	v := sessionView{
		SessionID: s.idValue(sess.id), SessionName: sess.title(), Patient: s.patientView(sess),
		Audio: []any{}, ClinicianNotes: []string{}, ConsultNote: s.noteView(sess),
		CreatedAt: s.stamp(sess.created, sess.id, "created_at"), UpdatedAt: s.stamp(sess.updated, sess.id, "updated_at"),
		Language: sess.language, OutputLanguage: sess.output,
		EHRApptID: orNull(sess.apptID), EHRProvider: orNull(sess.provider), EHRPatientID: orNull(sess.patientID),
	}
	if sess.seconds > 0 {
		v.Duration = sess.seconds
	}
	for _, id := range sess.linked {
		v.LinkedSessions = append(v.LinkedSessions, s.idValue(id))
	}
	if s.switches.SessionDocuments {
		v.Documents = s.documentViews(sess)
	}
	if s.switches.SessionProfile && sess.profile != nil {
		v.Profile, v.ProfileID = sess.profile.view(), sess.profile.id
	}
	if s.switches.SessionStatus {
		v.Status = progress(sess.note.text)
	}
	if s.switches.SessionConsent {
		v.Consent = new(true)
		if sess.consent != nil {
			v.Consent = sess.consent
		}
	}
	return v
}

func (s *Server) patientView(sess *session) *patientView {
	p := sess.patient
	if s.switches.PatientNull && p == (patient{}) {
		return nil
	}
	return &patientView{Name: p.name, Gender: orNull(p.gender), DOB: orNull(p.birthDate)}
}

// noteView returns the consult note in one of its forms: absent or null before
// it is made, then with or without a result. A nil any leaves the field out; a
// null needs a typed value.
func (s *Server) noteView(sess *session) any {
	n := sess.note
	if !n.made {
		if s.seed.choice(2, "note", sess.id) == 0 {
			return nil
		}
		return json.RawMessage("null")
	}
	v := noteView{
		Status: n.status, Heading: "Note", Brain: "LEFT", VoiceStyle: "GOLDILOCKS",
		GenerationMethod: "TEMPLATE", TemplateID: orNull(sess.realm.noteTemplate()),
	}
	if n.text != "" {
		v.Result = &n.text
		return v
	}
	switch s.seed.choice(3, "result", sess.id) {
	case 0:
		return bareNote{noteView: v}
	case 1:
		v.Result = new("")
	}
	return v
}

// idValue is a session id for JSON: a string, or by switch a bare number.
func (s *Server) idValue(id string) any {
	isNumber := id != "" && !strings.HasPrefix(id, "0") && strings.Trim(id, "0123456789") == ""
	if s.switches.SessionIDAsNumber && isNumber {
		return json.Number(id)
	}
	return id
}

// progress is the status of something that is made of text, for the modes that
// show one: the two words that fixtures agree on (§6, observed).
func progress(text string) string {
	if strings.TrimSpace(text) == "" {
		return "CREATED"
	}
	return "COMPLETED"
}

// created is the answer to a POST that made something: 200, or by switch 201.
func (s *Server) created(body any) answer {
	a := ok(body)
	if s.switches.CreatedStatus == http.StatusCreated {
		a.status = http.StatusCreated
	}
	return a
}
