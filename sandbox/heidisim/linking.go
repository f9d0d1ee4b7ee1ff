package heidisim

import (
	"encoding/json"
	"errors"
	"net/http"
)

// errAlreadyLinked says that an account or an API user is bound elsewhere: one
// Heidi account, one API user (§3, inferred from the official error text).
var errAlreadyLinked = errors.New("already linked")

// An account is a link as the API shows it (§3, official).
type account struct {
	ID          string  `json:"_id"`     // 24 hex digits
	UserID      string  `json:"user_id"` // the Heidi account, kp_…
	EHRProvider string  `json:"ehr_provider"`
	EHREmail    string  `json:"ehr_email"`
	EHRUserID   string  `json:"ehr_user_id"` // the integration's own id
	DeletedAt   *string `json:"deleted_at"`
	CreatedAt   string  `json:"created_at"` // naive, 6 decimals
	UpdatedAt   string  `json:"updated_at"`
}

func (u *apiUser) account() *account {
	if u.link == nil {
		return nil
	}
	return &account{
		ID: u.link.id, UserID: u.link.clinician.userID, EHRProvider: "Heidi",
		EHREmail: u.email, EHRUserID: u.internalID,
		CreatedAt: u.link.created.Format(stampMicros), UpdatedAt: u.link.updated.Format(stampMicros),
	}
}

// linkAccess serves GET /users/linked-account/access (§3, official; what an
// unlinked user gets is presumed).
func (s *Server) linkAccess(c *call) answer {
	u := c.user
	body := map[string]any{
		"is_linked": u.link != nil,
		"is_valid":  u.link != nil && !u.link.expired,
		"account":   u.account(),
	}
	if u.link == nil && s.switches.NoAccountField {
		delete(body, "account")
	}
	return ok(body)
}

// linkAccount serves POST /users/linked-account (§3, official), the way to link
// without a browser for someone who knows the account's internal id.
func (s *Server) linkAccount(c *call) answer {
	var asked struct {
		UserID string `json:"kinde_user_id"`
	}
	if err := json.Unmarshal(c.body, &asked); err != nil || asked.UserID == "" {
		return s.missing("body", "kinde_user_id")
	}
	for _, clinician := range c.user.realm.clinicians {
		if clinician.userID != asked.UserID {
			continue
		}
		renew := c.user.link != nil && c.user.link.clinician == clinician && c.user.link.expired
		if (clinician.user != nil && !renew) || s.tie(c.user, clinician) != nil {
			return refuse(s.switches.AlreadyLinkedStatus, detail{
				"This Heidi account is already linked to an OpenAPI User",
				"OpenAPIHeidiAccountAlreadyLinkedError",
			})
		}
		s.log.Info("account linked", "user", c.user.internalID)
		return ok(map[string]any{"account": c.user.account()})
	}
	return refuse(http.StatusNotFound, detail{"User not found", "UserNotFoundError"})
}

// unlinkAccount serves DELETE /users/linked-account:unlink (§3, official).
func (s *Server) unlinkAccount(c *call) answer {
	if c.user.link == nil {
		return s.unlinked()
	}
	was := c.user.account()
	c.user.untie()
	s.log.Info("account unlinked", "user", c.user.internalID)
	if s.switches.UnlinkShowsAccount {
		return ok(map[string]any{"account": was})
	}
	return ok(map[string]any{"is_success": true})
}
