package heidisim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// defaultProfiles is the page size of profiles when none is asked for (§9).
const defaultProfiles = 50

// A profile is a person as Heidi knows them. The practice's data has none of
// its own: one arises with the first session that carries an EHR patient id,
// and follows that session's patient fields until somebody edits it.
type profile struct {
	id      string
	realm   *realm
	owner   *clinician
	maker   *apiUser
	session *session // whose patient it mirrors; nil: edited or made by a call
	fields  profileFields
}

// profileFields are what POST and PATCH take (§9, official) and what every
// answer shows. Absent and null both mean unset.
type profileFields struct {
	FirstName    string `json:"first_name,omitempty"`
	LastName     string `json:"last_name,omitempty"`
	BirthDate    string `json:"birth_date,omitempty"` // YYYY-MM-DD
	Gender       string `json:"gender,omitempty"`     // MALE, FEMALE or OTHER, in any case
	EHRPatientID string `json:"ehr_patient_id,omitempty"`
	Phone        string `json:"phone,omitempty"`
	Email        string `json:"email,omitempty"`
	SexCode      *int   `json:"patient_sex_code,omitempty"`
	Identifiers  []any  `json:"identifiers,omitempty"`
	Demographic  string `json:"demographic_string,omitempty"`
	Context      string `json:"additional_context,omitempty"`
}

// A profileView is a profile as the API shows it.
type profileView struct {
	ID           string `json:"id"` // 24 hex digits
	FirstName    any    `json:"first_name"`
	LastName     any    `json:"last_name"`
	BirthDate    any    `json:"birth_date"`
	Gender       any    `json:"gender"`
	EHRPatientID any    `json:"ehr_patient_id"`
	EHRProvider  any    `json:"ehr_provider"`
	Phone        any    `json:"phone"`
	Email        any    `json:"email"`
	SexCode      *int   `json:"patient_sex_code"`
	Identifiers  []any  `json:"identifiers"`
	Demographic  any    `json:"demographic_string"`
	Context      any    `json:"additional_context"`
}

func (p *profile) view() profileView {
	f := p.shown()
	v := profileView{
		ID: p.id, FirstName: orNull(f.FirstName), LastName: orNull(f.LastName), BirthDate: orNull(f.BirthDate),
		Gender: orNull(f.Gender), EHRPatientID: orNull(f.EHRPatientID), EHRProvider: orNull(p.provider()),
		Phone: orNull(f.Phone), Email: orNull(f.Email), SexCode: f.SexCode, Identifiers: f.Identifiers,
		Demographic: orNull(f.Demographic), Context: orNull(f.Context),
	}
	if v.Identifiers == nil {
		v.Identifiers = []any{}
	}
	return v
}

// shown returns the profile's fields, from its session while it mirrors one.
// A session has one name where a profile has two: the last word is the surname.
func (p *profile) shown() profileFields {
	if p.session == nil {
		return p.fields
	}
	who := p.session.patient
	f := profileFields{BirthDate: who.birthDate, Gender: who.gender, EHRPatientID: p.fields.EHRPatientID}
	names := strings.Fields(who.name)
	if n := len(names); n > 0 {
		f.FirstName, f.LastName = strings.Join(names[:n-1], " "), names[n-1]
	}
	return f
}

func (p *profile) provider() string {
	if p.session == nil {
		return ownProvider
	}
	return p.session.provider
}

// attachProfile gives the session the profile that its EHR patient id names.
func (s *Server) attachProfile(sess *session) {
	sess.profile = nil
	if sess.patientID == "" || sess.owner == nil {
		return
	}
	for _, p := range sess.realm.profiles {
		if p.owner == sess.owner && p.fields.EHRPatientID == sess.patientID {
			sess.profile = p
			return
		}
	}
	sess.profile = &profile{
		id:    s.seed.hexID("profile", sess.owner.userID, sess.patientID),
		realm: sess.realm, owner: sess.owner, session: sess,
		fields: profileFields{EHRPatientID: sess.patientID},
	}
	sess.realm.profiles = append(sess.realm.profiles, sess.profile)
}

// profilesOf returns the profiles that u may see, in the order of their making.
func (s *Server) profilesOf(u *apiUser) []*profile {
	var seen []*profile
	who := s.linkedTo(u)
	for _, p := range u.realm.profiles {
		if s.switches.ReadScope == ScopeKey || p.maker == u || (who != nil && p.owner == who) {
			seen = append(seen, p)
		}
	}
	return seen
}

func (s *Server) profileByID(u *apiUser, id string) *profile {
	for _, p := range s.profilesOf(u) {
		if p.id == id {
			return p
		}
	}
	return nil
}

func noProfile() answer {
	return refuse(http.StatusNotFound, detail{"Patient profile not found", "PatientProfileNotFoundError"})
}

// listProfiles serves GET /patient-profiles with its filters and paging (§9,
// observed).
func (s *Server) listProfiles(c *call) answer {
	found := slices.DeleteFunc(s.profilesOf(c.user), func(p *profile) bool {
		id, provider := c.query.Get("ehr_patient_id"), c.query.Get(s.switches.ProfileFilter)
		return (id != "" && p.shown().EHRPatientID != id) || (provider != "" && !strings.EqualFold(p.provider(), provider))
	})
	size, refusal := s.positive(c, "page_size", defaultProfiles)
	if refusal != nil {
		return *refusal
	}
	page, refusal := s.positive(c, "page", 1)
	if refusal != nil {
		return *refusal
	}
	w := windowOf(page, size, size, len(found))
	views := []profileView{}
	for _, p := range found[w.from:w.to] {
		views = append(views, p.view())
	}
	return ok(map[string]any{"data": views, "total_pages": w.pages()})
}

// readProfile serves GET /patient-profiles/{id}.
func (s *Server) readProfile(c *call) answer {
	p := s.profileByID(c.user, c.vars["id"])
	if p == nil {
		return noProfile()
	}
	return ok(map[string]any{"data": p.view()})
}

// createProfile serves POST /patient-profiles (§9, official).
func (s *Server) createProfile(c *call) answer {
	p := &profile{id: s.nextID("profile"), realm: c.user.realm, owner: s.linkedTo(c.user), maker: c.user}
	if len(c.body) > 0 && json.Unmarshal(c.body, &p.fields) != nil {
		return s.unreadable()
	}
	p.realm.profiles = append(p.realm.profiles, p)
	return s.created(map[string]any{"data": p.view()})
}

// updateProfile serves PATCH /patient-profiles/{id}: only what is given changes
// (§9, official), and the profile no longer mirrors a session.
func (s *Server) updateProfile(c *call) answer {
	p := s.profileByID(c.user, c.vars["id"])
	if p == nil {
		return noProfile()
	}
	fields := p.shown()
	fields.Identifiers = slices.Clone(fields.Identifiers) // decoding writes into the array it finds
	if json.Unmarshal(c.body, &fields) != nil {
		return s.unreadable()
	}
	p.fields, p.session = fields, nil
	return ok(map[string]any{"data": p.view()})
}

// linkProfile serves POST /patient-profiles/{id}/sessions (§9, observed).
func (s *Server) linkProfile(c *call) answer {
	p := s.profileByID(c.user, c.vars["id"])
	if p == nil {
		return noProfile()
	}
	var asked struct {
		SessionIDs []string `json:"session_ids"`
	}
	if json.Unmarshal(c.body, &asked) != nil || len(asked.SessionIDs) == 0 {
		return s.missing("body", "session_ids")
	}
	tied := []any{}
	for _, id := range asked.SessionIDs {
		sess := s.readable(c.user, id)
		if sess == nil {
			return gone()
		}
		sess.profile, sess.patientID = p, p.shown().EHRPatientID
		sess.touch(s.clock.Now())
		tied = append(tied, map[string]any{"session_id": s.idValue(id)})
	}
	if s.switches.ProfileLinkSingle {
		return ok(tied[0])
	}
	return ok(map[string]any{"data": tied})
}

// deleteProfiles serves POST /patient-profiles:batch-delete (§9, third-party
// spec). A bridge never calls it.
func (s *Server) deleteProfiles(c *call) answer {
	var asked struct {
		IDs []string `json:"patient_profile_ids"`
	}
	if json.Unmarshal(c.body, &asked) != nil || len(asked.IDs) == 0 {
		return s.missing("body", "patient_profile_ids")
	}
	mine := s.profilesOf(c.user)
	r := c.user.realm
	r.profiles = slices.DeleteFunc(r.profiles, func(p *profile) bool {
		return slices.Contains(asked.IDs, p.id) && slices.Contains(mine, p)
	})
	for _, sess := range s.sessions {
		if sess.profile != nil && slices.Contains(asked.IDs, sess.profile.id) && slices.Contains(mine, sess.profile) {
			sess.profile = nil
		}
	}
	return ok(map[string]any{"is_success": true})
}
