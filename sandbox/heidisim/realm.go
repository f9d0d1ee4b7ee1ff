package heidisim

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"carryover/sandbox"
)

// A realm is what one API key leads to: one region's clinicians, the API users
// made under the key, and their records. Nothing is shared between realms.
type realm struct {
	key        string
	region     string // upper case, as in a link's address
	name       string
	clinicians []*clinician
	users      []*apiUser
	profiles   []*profile
	templates  []sandbox.Template
}

// A clinician is a real Heidi account, as its owner knows it.
type clinician struct {
	practitionerID string // as the practice names the person; empty: unknown to it
	email          string
	userID         string // kp_ and 32 hex digits (§3, official)
	user           *apiUser
}

// An apiUser is the shadow account of an integration: what a key, an e-mail
// address and the integration's own id stand for (§2, official). Until it is
// linked to a clinician it has nothing but what it made itself.
type apiUser struct {
	realm      *realm
	email      string
	internalID string
	link       *link // nil: not linked
}

// A link ties an API user to one Heidi account, and the account to it.
type link struct {
	id        string
	clinician *clinician
	expired   bool // the access check says is_valid false
	created   time.Time
	updated   time.Time
}

// newRealm loads the practice behind key.
func (s *Server) newRealm(key string, practice *sandbox.Practice) *realm {
	r := &realm{key: key, region: strings.ToUpper(practice.Region), name: practice.Name}
	if r.region == "" {
		r.region = "AU"
	}
	r.templates = append(s.globalTemplates(), practice.Templates...)
	for _, p := range practice.Practitioners {
		if p.Email == "" && p.ID == "" {
			continue // neither an account nor a recorder of sessions
		}
		c := s.newClinician(r, p.ID, p.Email)
		if p.Linked || p.LinkExpired {
			if err := s.tie(r.user(p.Email, p.InternalID), c); err != nil {
				s.log.Warn("practitioner not linked", "practitioner", p.ID, "err", err)
				continue
			}
			c.user.link.expired = p.LinkExpired
		}
	}
	for i := range practice.Sessions {
		if err := s.load(r, &practice.Sessions[i]); err != nil {
			s.log.Warn("session left out", "err", err)
		}
	}
	return r
}

func (s *Server) newClinician(r *realm, practitionerID, email string) *clinician {
	sum := s.seed.digest("kinde", r.key, practitionerID, email)
	c := &clinician{practitionerID: practitionerID, email: email, userID: "kp_" + hex.EncodeToString(sum[:16])}
	r.clinicians = append(r.clinicians, c)
	return c
}

// user returns the API user for an address and an id, making it on first use.
func (r *realm) user(email, internalID string) *apiUser {
	for _, u := range r.users {
		if u.email == email && u.internalID == internalID {
			return u
		}
	}
	u := &apiUser{realm: r, email: email, internalID: internalID}
	r.users = append(r.users, u)
	return u
}

// account returns the clinician with the address, in any case, or nil.
func (r *realm) account(email string) *clinician {
	for _, c := range r.clinicians {
		if c.email != "" && strings.EqualFold(c.email, strings.TrimSpace(email)) {
			return c
		}
	}
	return nil
}

// recorder returns the clinician whom the practice knows by id; one it does
// not know gets an account without an address, so that no session is lost. No
// id is nobody: nil.
func (s *Server) recorder(r *realm, practitionerID string) *clinician {
	if practitionerID == "" {
		return nil
	}
	for _, c := range r.clinicians {
		if c.practitionerID == practitionerID {
			return c
		}
	}
	return s.newClinician(r, practitionerID, "")
}

// tie links u to c. It fails with errAlreadyLinked when either is bound to
// another; when they are bound to each other it renews the link.
func (s *Server) tie(u *apiUser, c *clinician) error {
	now := s.clock.Now()
	switch {
	case u.link != nil && u.link.clinician == c:
		u.link.expired, u.link.updated = false, now
		return nil
	case u.link != nil || c.user != nil:
		return fmt.Errorf("link api user %s: %w", u.internalID, errAlreadyLinked)
	}
	s.made++
	u.link = &link{id: s.seed.hexID("link", strconv.Itoa(s.made)), clinician: c, created: now, updated: now}
	c.user = u
	return nil
}

// untie ends the link of u, if it has one.
func (u *apiUser) untie() {
	if u.link != nil {
		u.link.clinician.user = nil
		u.link = nil
	}
}

// isLinked reports whether u reaches a clinician's sessions.
func (s *Server) isLinked(u *apiUser) bool {
	return u.link != nil && (!u.link.expired || s.switches.ExpiredLinkWorks)
}

// linkedTo returns the clinician whose sessions u reaches, or nil.
func (s *Server) linkedTo(u *apiUser) *clinician {
	if !s.isLinked(u) {
		return nil
	}
	return u.link.clinician
}
