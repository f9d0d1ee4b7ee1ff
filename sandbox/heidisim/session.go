package heidisim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"carryover/sandbox"
)

// A session is one encounter as it stands now. What is still to happen to it
// waits in the agenda.
type session struct {
	realm  *realm
	id     string
	owner  *clinician   // whose account recorded it; nil: nobody's, e.g. made by an unlinked API user
	maker  *apiUser     // who made it through the API; nil: recorded in the app
	shared []*clinician // who else sees it

	name      string
	patient   patient
	provider  string // names the integration behind the tie
	patientID string
	apptID    string
	seconds   int // of the recording
	language  string
	output    string
	consent   *bool
	linked    []string // linked_sessions_for_context
	profile   *profile

	note      note
	documents []*document // in the order of their tabs

	created time.Time
	updated time.Time
	visible bool
	gone    bool // deleted, or past its retention
}

// A patient is who the session says was seen: free text, often empty.
type patient struct {
	name, birthDate, gender string
}

// A note is the session's consult note.
type note struct {
	made   bool // false: nobody has generated it yet
	status string
	text   string
}

// load puts a session of the practice's day on the agenda.
func (s *Server) load(r *realm, from *sandbox.Session) error {
	switch {
	case from.ID == "":
		return errors.New("session: no id")
	case s.sessions[from.ID] != nil:
		return fmt.Errorf("session %s: id is taken", from.ID)
	}
	sess := s.newSession(r, from)
	s.sessions[sess.id] = sess
	s.agenda.add(from.At, func() {
		sess.visible = true
		s.attachProfile(sess)
	})
	for _, stage := range from.ConsultNote {
		s.agenda.add(max(stage.At, from.At), func() { sess.noteStage(stage) })
	}
	for i := range from.Documents {
		s.schedule(sess, &from.Documents[i], from.At)
	}
	for _, correction := range from.Corrections {
		s.agenda.add(max(correction.At, from.At), func() {
			sess.correct(correction)
			s.attachProfile(sess)
			sess.touch(sess.updated.Add(time.Minute))
		})
	}
	if from.GoneAt > 0 {
		s.agenda.add(from.GoneAt, func() { sess.gone = true })
	}
	return nil
}

func (s *Server) newSession(r *realm, from *sandbox.Session) *session {
	sess := &session{
		realm: r, id: from.ID, owner: s.recorder(r, from.PractitionerID),
		name:     from.Name,
		patient:  patient{from.PatientName, from.PatientDOB, from.PatientGender},
		provider: from.EHRProvider, patientID: from.EHRPatientID, apptID: from.EHRApptID,
		seconds: int(from.Duration.Seconds()), language: "en", output: "en",
		created: from.StartedAt.UTC(),
	}
	if from.StartedAt.IsZero() {
		sess.created = s.clock.Now()
	}
	sess.updated = sess.created.Add(from.Duration)
	for _, id := range from.SharedWith {
		if c := s.recorder(r, id); c != nil {
			sess.shared = append(sess.shared, c)
		}
	}
	return sess
}

// touch moves updated_at to now, and always forward.
func (sess *session) touch(now time.Time) { sess.updated = later(sess.updated, now) }

// noteStage applies what the consult note says from now on. A stage that
// deletes the note leaves a session without one.
func (sess *session) noteStage(stage sandbox.Stage) {
	sess.note = note{made: !stage.Gone, status: stage.Status, text: stage.Text}
	if sess.note.status == "" {
		sess.note.status = "CREATED" // the only status officially shown (§6)
	}
	sess.touch(sess.updated.Add(time.Minute))
}

// correct changes the patient fields that c names. An empty field stays as it
// is; a single hyphen empties it.
func (sess *session) correct(c sandbox.Correction) {
	set := func(field *string, value string) {
		switch value {
		case "":
		case "-":
			*field = ""
		default:
			*field = value
		}
	}
	set(&sess.patient.name, c.PatientName)
	set(&sess.patient.birthDate, c.PatientDOB)
	set(&sess.patient.gender, c.PatientGender)
	set(&sess.patientID, c.EHRPatientID)
	set(&sess.apptID, c.EHRApptID)
}

// exists reports whether the session answers anybody at all.
func (s *Server) exists(sess *session) bool {
	if sess == nil || !sess.visible || sess.gone {
		return false
	}
	days := s.switches.RetentionDays
	return days == 0 || s.clock.Now().Before(sess.created.AddDate(0, 0, days))
}

// readable returns the session with the id if u may read it, or nil (§3: own
// sessions always, the linked account's through the link, others never, unless
// reads are scoped to the key).
func (s *Server) readable(u *apiUser, id string) *session {
	sess := s.sessions[id]
	if !s.exists(sess) || sess.realm != u.realm {
		return nil
	}
	if sess.maker == u || s.switches.ReadScope == ScopeKey || sess.belongsTo(s.linkedTo(u)) {
		return sess
	}
	return nil
}

// belongsTo reports whether c recorded the session or shares it.
func (sess *session) belongsTo(c *clinician) bool {
	return c != nil && (sess.owner == c || slices.Contains(sess.shared, c))
}

// title is the session's name with the word that says what it is (§19).
func (sess *session) title() string {
	if strings.Contains(sess.name, keyPrefix) {
		return sess.name
	}
	return strings.TrimSpace(keyPrefix + " " + sess.name)
}
