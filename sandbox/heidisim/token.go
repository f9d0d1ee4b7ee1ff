package heidisim

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"carryover/sandbox"
)

// stampExpiry is the one documented stamp with a zone: milliseconds and Z (§2).
const stampExpiry = "2006-01-02T15:04:05.000Z"

// A grant is what a token stands for. Tokens look like JWTs and hold nothing:
// a client that decodes one learns that it should not have.
type grant struct {
	user    *apiUser
	expires time.Time
}

// token serves GET /jwt (§2, official): an API key in a header, an e-mail
// address and the integration's own id in the query, a token in the answer.
func (s *Server) token(c *call) answer {
	r := s.realmOf(c.r.Header.Get("Heidi-Api-Key"))
	if r == nil {
		return refuse(s.switches.BadKeyStatus, "Invalid API key (SANDBOX: keys begin with "+keyPrefix+")")
	}
	email, internalID := c.query.Get("email"), c.query.Get("third_party_internal_id")
	var absent []string
	if email == "" {
		absent = append(absent, "email")
	}
	if internalID == "" {
		absent = append(absent, "third_party_internal_id")
	}
	if absent != nil {
		return s.missing("query", absent...)
	}
	sandbox.SetWho(c.r, internalID)
	text, expires := s.issue(r.user(email, internalID))
	body := map[string]any{"token": text}
	switch s.switches.Expiry {
	case ExpirySeconds:
		body["expiration_time"] = expires.Unix()
	case ExpiryMillis:
		body["expiration_time"] = expires.UnixMilli()
	case ExpiryISO:
		body["expiration_time"] = expires.Format(stampExpiry)
	}
	return ok(body)
}

// realmOf returns what an API key leads to; nil when it is wrong or revoked.
func (s *Server) realmOf(key string) *realm {
	if s.revoked[key] {
		return nil
	}
	return s.realms[key]
}

// issue makes a token for u and returns it with its end. Tokens that are over
// are forgotten on the way, so that a long run does not pile them up.
func (s *Server) issue(u *apiUser) (string, time.Time) {
	now := s.clock.Now()
	for text, g := range s.grants {
		if !now.Before(g.expires) {
			delete(s.grants, text)
		}
	}
	expires := now.Add(s.tokenLife)
	text := newToken()
	s.grants[text] = grant{user: u, expires: expires}
	return text, expires
}

// newToken returns three dotted parts like a JWT's. Only the first two are
// JSON, and neither says whose token it is.
func newToken() string {
	var claims, signature [32]byte
	_, _ = rand.Read(claims[:]) // never fails, see crypto/rand
	_, _ = rand.Read(signature[:])
	b64 := base64.RawURLEncoding
	payload, _ := json.Marshal(map[string]string{"sandbox": "SANDBOX", "jti": b64.EncodeToString(claims[:])})
	return strings.Join([]string{
		b64.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)),
		b64.EncodeToString(payload),
		b64.EncodeToString(signature[:]),
	}, ".")
}

// authenticate returns the API user behind the request's bearer token, or nil
// and the refusal. A Heidi-Api-Key beside the token is tolerated (§2, observed)
// unless it is another region's.
func (s *Server) authenticate(r *http.Request) (*apiUser, answer) {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || text == "" {
		a := refuse(s.switches.NoBearerStatus, "Not authenticated")
		a.header = [2]string{"Www-Authenticate", "Bearer"}
		return nil, a
	}
	u := s.userOf(strings.TrimSpace(text))
	if u == nil {
		return nil, refuse(s.switches.BadTokenStatus, "Could not validate credentials")
	}
	key := r.Header.Get("Heidi-Api-Key")
	other := s.realmOf(key) != nil && s.realmOf(key) != u.realm
	if other || (s.switches.KeyRequired && s.realmOf(key) == nil) {
		return nil, refuse(s.switches.BadKeyStatus, "Invalid API key")
	}
	return u, answer{}
}

// userOf returns the API user of a token that is still good, or nil.
func (s *Server) userOf(token string) *apiUser {
	g, known := s.grants[token]
	if !known || !s.clock.Now().Before(g.expires) || s.revoked[g.user.realm.key] {
		return nil
	}
	return g.user
}
