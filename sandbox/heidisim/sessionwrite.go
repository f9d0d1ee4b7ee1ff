package heidisim

import (
	"encoding/json"
	"net/http"
	"strings"
)

// ownProvider is the ehr_provider of records that an integration makes: its
// own product name, which the server cannot know (§10).
const ownProvider = "SANDBOX EHR"

// unreadable is a 422 for a body that is not the JSON it should be.
func (s *Server) unreadable() answer {
	kind := "value_error.jsondecode"
	if s.switches.NewValidation {
		kind = "json_invalid"
	}
	return refuse(http.StatusUnprocessableEntity, []invalid{{Loc: []string{"body"}, Msg: "JSON decode error", Type: kind}})
}

// createSession serves POST /sessions (§6, official): an empty body or {}
// works, and the answer is the id alone.
func (s *Server) createSession(c *call) answer {
	var asked struct {
		ProfileID string `json:"patient_profile_id"`
		ApptID    string `json:"ehr_appointment_id"`
	}
	if len(c.body) > 0 && json.Unmarshal(c.body, &asked) != nil {
		return s.unreadable()
	}
	now := s.clock.Now()
	sess := &session{
		realm: c.user.realm, id: s.nextSessionID(), owner: s.linkedTo(c.user), maker: c.user,
		name: "session", provider: ownProvider, apptID: asked.ApptID, language: "en", output: "en",
		created: now, updated: now, visible: true,
	}
	if asked.ProfileID != "" {
		p := s.profileByID(c.user, asked.ProfileID)
		if p == nil {
			return noProfile()
		}
		f := p.shown()
		sess.profile, sess.patientID = p, f.EHRPatientID
		sess.patient = patient{strings.TrimSpace(f.FirstName + " " + f.LastName), f.BirthDate, f.Gender}
	}
	s.sessions[sess.id] = sess
	return s.created(map[string]any{"session_id": s.idValue(sess.id)})
}

// A sessionPatch is what PATCH takes (§6). A field that is absent or null
// changes nothing.
type sessionPatch struct {
	Duration       *float64  `json:"duration"`
	Language       *string   `json:"language_code"`
	OutputLanguage *string   `json:"output_language_code"`
	ClinicianNotes *[]string `json:"clinician_notes"` // taken, never shown
	LinkedSessions *[]string `json:"linked_sessions_for_context"`
	EHRPatientID   *string   `json:"ehr_patient_id"`
	ApptID         *string   `json:"ehr_appointment_id"` // shown as ehr_appt_id
	Consent        *bool     `json:"consent_obtained"`
	Patient        *struct {
		Name   *string `json:"name"`
		Gender *string `json:"gender"`
		DOB    *string `json:"dob"`
	} `json:"patient"`
}

// updateSession serves PATCH /sessions/{id}.
func (s *Server) updateSession(c *call) answer {
	sess := s.readable(c.user, c.vars["id"])
	if sess == nil {
		return gone()
	}
	var patch sessionPatch
	if json.Unmarshal(c.body, &patch) != nil {
		return s.unreadable()
	}
	if patch.Duration != nil {
		sess.seconds = int(*patch.Duration)
	}
	if patch.LinkedSessions != nil {
		sess.linked = *patch.LinkedSessions
	}
	if patch.Consent != nil {
		sess.consent = patch.Consent
	}
	assign(&sess.language, patch.Language)
	assign(&sess.output, patch.OutputLanguage)
	assign(&sess.apptID, patch.ApptID)
	if patch.Patient != nil {
		assign(&sess.patient.name, patch.Patient.Name)
		assign(&sess.patient.gender, patch.Patient.Gender)
		assign(&sess.patient.birthDate, patch.Patient.DOB)
	}
	if patch.EHRPatientID != nil {
		sess.patientID = *patch.EHRPatientID
		s.attachProfile(sess)
	}
	sess.touch(s.clock.Now())
	return ok(s.wrapped(sess))
}

func assign(field, given *string) {
	if given != nil {
		*field = *given
	}
}

// generateNote serves POST /sessions/{id}/consult-note (§13). It does what the
// real one would do to a clinician's note: write over it.
func (s *Server) generateNote(c *call) answer {
	sess := s.readable(c.user, c.vars["id"])
	if sess == nil {
		return gone()
	}
	var asked struct {
		Addition *string `json:"addition"`
	}
	if json.Unmarshal(c.body, &asked) != nil {
		return s.unreadable()
	}
	if asked.Addition == nil {
		return s.missing("body", "addition")
	}
	sess.note = note{made: true, status: "CREATED", text: "SANDBOX: a generated note has no words of its own."}
	sess.touch(s.clock.Now())
	return s.stream(sess.note.text)
}

// ask serves POST /sessions/{id}/ask-ai (§13).
func (s *Server) ask(c *call) answer {
	if s.readable(c.user, c.vars["id"]) == nil {
		return gone()
	}
	return s.stream("SANDBOX: nothing to say.")
}

// stream is text as the generating endpoints send it, one word an event (§13,
// observed).
func (s *Server) stream(text string) answer {
	var events strings.Builder
	for word := range strings.SplitAfterSeq(text, " ") { // the pieces together are the text, to the byte
		line, _ := encode(map[string]string{"data": word}, s.switches.ExtraFields)
		events.WriteString("data: " + string(line) + "\n\n")
	}
	return answer{status: http.StatusOK, text: events.String()}
}
