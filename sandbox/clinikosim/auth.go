package clinikosim

import (
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// keyPrefix begins every key that is accepted here. Real keys do not begin so.
const keyPrefix = "SANDBOX"

var (
	shardPattern = regexp.MustCompile(`^[a-z]{2}[0-9]{1,2}$`)
	// userAgentPattern is APP_VENDOR_NAME (APP_VENDOR_EMAIL), the form the
	// documentation asks for.
	userAgentPattern = regexp.MustCompile(`^\s*[^\s(].*\(\s*[^\s()@]+@[^\s()@]+\.[^\s()@]+\s*\)`)
)

// keyBody returns key without its shard suffix, and the suffix. The part before
// it may hold hyphens itself, so only what follows the last one can be a shard;
// a key without suffix has none.
func keyBody(key string) (body, shard string) {
	i := strings.LastIndexByte(key, '-')
	if i < 0 || !shardPattern.MatchString(strings.ToLower(key[i+1:])) {
		return key, ""
	}
	return key[:i], strings.ToLower(key[i+1:])
}

// authenticate finds the user behind r's key. The key is the user name of
// HTTP Basic, with or without its shard, and the password is empty.
func (s *Server) authenticate(r *http.Request) (*user, bool) {
	name, password, ok := r.BasicAuth()
	if !ok || password != "" || !strings.HasPrefix(name, keyPrefix) {
		return nil, false
	}
	body, shard := keyBody(name)
	if shard != "" && shard != s.shard {
		return nil, false
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	k, found := s.books.keys[body]
	if !found || k.revoked || !k.user.active {
		return nil, false
	}
	return k.user, true
}

// An apiKey is one key of a user.
type apiKey struct {
	user    *user
	revoked bool
}

// addKeyLocked gives u a key; false if the key looks real or is taken.
func (s *Server) addKeyLocked(u *user, key string) bool {
	body, shard := keyBody(key)
	if !strings.HasPrefix(key, keyPrefix) || (shard != "" && shard != s.shard) {
		return false
	}
	if _, taken := s.books.keys[body]; taken {
		return false
	}
	s.books.keys[body] = &apiKey{user: u}
	return true
}

// wellNamed reports whether r says who sends it, as the documentation asks.
func wellNamed(r *http.Request) bool {
	return userAgentPattern.MatchString(r.UserAgent())
}

// acceptsJSON reports whether r's sender takes JSON. No header means anything.
func acceptsJSON(r *http.Request) bool {
	accept := r.Header.Values("Accept")
	if len(accept) == 0 {
		return true
	}
	return slices.ContainsFunc(strings.Split(strings.Join(accept, ","), ","), func(part string) bool {
		kind, _, err := mime.ParseMediaType(part)
		return err == nil && (kind == "application/json" || kind == "application/*" || kind == "*/*")
	})
}

// sendsJSON reports whether r's body is declared to be JSON; any other body is
// not even looked at.
func sendsJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// mayReadNotes reports whether u sees treatment notes at all: front-desk roles
// without a practitioner profile do not (14.3) [observed].
func (u *user) mayReadNotes() bool {
	return u.practitioner != nil || u.role == roleAdministrator || u.role == rolePractitioner
}

// mayWriteNotes reports whether u can be the author of a note.
func (u *user) mayWriteNotes() bool {
	return u.practitioner != nil && u.practitioner.active
}
