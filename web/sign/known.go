package sign

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"carryover"
)

// A browser that somebody has signed in with keeps a cookie that says so. It lets
// nobody in; it only has the browser's tries counted by themselves, so that a
// stranger who guesses at a login cannot make its owner wait (OWASP, "device
// cookies"). It holds a random number and a keyed digest of that number and the
// login, and is worth nothing for any other login.

const (
	knownName      = "__Host-carryover-known"
	plainKnownName = "carryover-known"
	knownFor       = 90 * 24 * time.Hour
	// forKnown keeps the digests apart from every other.
	forKnown  = "carryover/v1/known-browser"
	knownSize = 16
)

func (g *Gate) knownName() string {
	if g.TLS {
		return knownName
	}
	return plainKnownName
}

// know marks a browser in which somebody with a login has just signed in.
func (g *Gate) know(w http.ResponseWriter, login carryover.Text) {
	raw := make([]byte, knownSize)
	_, _ = rand.Read(raw)
	number := base64.RawURLEncoding.EncodeToString(raw)
	http.SetCookie(w, &http.Cookie{
		Name: g.knownName(), Value: number + "." + g.knownDigest(number, login), Path: "/", MaxAge: int(knownFor / time.Second),
		HttpOnly: true, Secure: g.TLS, SameSite: http.SameSiteStrictMode,
	})
}

// knownBrowser is what the tries of a browser are counted by that has been marked
// for a login.
func (g *Gate) knownBrowser(r *http.Request, login carryover.Text) (tryKey, bool) {
	c, err := r.Cookie(g.knownName())
	if err != nil {
		return tryKey{}, false
	}
	number, digest, _ := strings.Cut(c.Value, ".")
	raw, err := base64.RawURLEncoding.DecodeString(number)
	if err != nil || len(raw) != knownSize || subtle.ConstantTimeCompare([]byte(digest), []byte(g.knownDigest(number, login))) != 1 {
		return tryKey{}, false
	}
	return tryKey{byBrowser, number}, true
}

func (g *Gate) knownDigest(number string, login carryover.Text) string {
	return base64.RawURLEncoding.EncodeToString(g.Ledger.Keys().Digest(forKnown, number+" "+loginName(login)))
}
