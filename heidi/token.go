package heidi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"carryover"
)

const (
	// lifetimeUnknown is assumed when a token's expiry cannot be read.
	lifetimeUnknown = 5 * time.Minute
	// refreshEarly is how long before its end a token is replaced, or half its
	// life if that is less (reference sheet §2).
	refreshEarly = 5 * time.Minute
)

const hintKey = "Heidi does not accept the API key. Check that the key file holds the production key of your region."

// A tokenCache keeps the practitioner's token and lets one caller at a time
// fetch a new one, while the others wait for it.
type tokenCache struct {
	turn chan struct{} // holds one token of turn; whoever takes it may use the rest
	held *heldToken
}

type heldToken struct {
	secret carryover.Secret
	until  time.Time // replaced from then on; on our clock
}

func newTokenCache() tokenCache {
	t := tokenCache{turn: make(chan struct{}, 1)}
	t.turn <- struct{}{}
	return t
}

// bearer returns a token that still lives, other than stale, a token that was
// just refused ("" for none).
func (c *Client) bearer(ctx context.Context, stale carryover.Secret) (carryover.Secret, error) {
	select {
	case <-c.token.turn:
	case <-ctx.Done():
		return carryover.Secret{}, &carryover.Problem{Op: opToken, Kind: carryover.ErrTransient, Err: cause(ctx.Err())}
	}
	defer func() { c.token.turn <- struct{}{} }()
	if h := c.token.held; h != nil && h.secret != stale && time.Now().Before(h.until) {
		return h.secret, nil
	}
	h, err := c.fetchToken(ctx)
	c.token.held = h
	if err != nil {
		return carryover.Secret{}, err
	}
	return h.secret, nil
}

const opToken = "fetch heidi token"

// fetchToken asks for a token. One-off 401s occur, so a 401 is believed the
// second time.
func (c *Client) fetchToken(ctx context.Context) (*heldToken, error) {
	a, err := c.askToken(ctx)
	if p, ok := errors.AsType[*carryover.Problem](err); ok && p.Status == http.StatusUnauthorized {
		select {
		case <-time.After(c.backoff):
			a, err = c.askToken(ctx)
		case <-ctx.Done():
		}
	}
	if err != nil {
		return nil, keyRejected(err)
	}
	return readToken(a, time.Now())
}

// askToken makes the request. Its query holds the practitioner's e-mail
// address, so nothing of it is logged.
func (c *Client) askToken(ctx context.Context) (answer, error) {
	k := call{op: opToken, path: "jwt", query: url.Values{
		"email":                   {c.email.Reveal()},
		"third_party_internal_id": {c.internalID},
	}}
	return c.patiently(ctx, k, func(ctx context.Context) (answer, error) {
		req := c.request(ctx, k)
		req.Header.Set("Heidi-Api-Key", c.key.Reveal())
		return c.exchange(k, req)
	})
}

// keyRejected adds what to do about a key that is not accepted.
func keyRejected(err error) error {
	if p, ok := errors.AsType[*carryover.Problem](err); ok && p.Kind == carryover.ErrUnauthorized && p.Hint != hintLink {
		p.Hint = hintKey
	}
	return err
}

// readToken reads {"token","expiration_time"}.
func readToken(a answer, now time.Time) (*heldToken, error) {
	var body struct {
		Token      words `json:"token"`
		Expiration stamp `json:"expiration_time"`
		ExpiresIn  real  `json:"expires_in"`
	}
	if json.Unmarshal(a.body, &body) != nil || !usableToken(string(body.Token)) {
		return nil, unreadableAnswer(opToken, a)
	}
	return &heldToken{
		secret: carryover.NewSecret(string(body.Token)),
		until:  replaceAt(now, lifetime(a.header, body.Expiration.Time, float64(body.ExpiresIn), now)),
	}, nil
}

// lifetime returns how long a token lives from now, measured on the server's
// own clock where it sends one.
func lifetime(h http.Header, expiration time.Time, expiresIn float64, now time.Time) time.Duration {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	switch {
	case !expiration.IsZero():
		return max(expiration.Sub(now), 0)
	case expiresIn > 0 && expiresIn < 1e8:
		return time.Duration(expiresIn * float64(time.Second))
	}
	return lifetimeUnknown
}

// replaceAt returns when a token of that lifetime is to be replaced.
func replaceAt(now time.Time, life time.Duration) time.Time {
	return now.Add(life - min(refreshEarly, life/2))
}

// usableToken says that a token can stand in a header.
func usableToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
