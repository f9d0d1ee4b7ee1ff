package api

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"carryover"
)

// Standard Webhooks (standardwebhooks.com, read in November 2026): the sender
// signs id, time stamp and body with a shared secret. A secret has 24 to 64
// bytes; the library takes any, an empty one too.
const (
	secretPrefix = "whsec_"
	leastSecret  = 24
	mostSecret   = 64
)

// messageForm is what a sender's id of a message looks like.
var messageForm = regexp.MustCompile(`^[\x21-\x7e]{1,256}$`)

// A Verifier holds webhooks against one or several secrets. With two, the sender
// may go over to the newer one at any time, and the older is taken out after
// that.
type Verifier struct{ keys []*standardwebhooks.Webhook }

// NewVerifier takes the secrets, base64 with or without whsec_ before it. The
// error is carryover.ErrInvalid when there is none, or one is too short or too
// long to be a secret; it does not repeat it.
func NewVerifier(secrets []carryover.Secret) (*Verifier, error) {
	v := &Verifier{}
	for i, s := range secrets {
		if err := checkSecret(s); err != nil {
			return nil, fmt.Errorf("webhook secret %d: %w: %w", i+1, err, carryover.ErrInvalid)
		}
		key, err := standardwebhooks.NewWebhook(s.Reveal())
		if err != nil {
			return nil, fmt.Errorf("webhook secret %d: not base64: %w", i+1, carryover.ErrInvalid)
		}
		v.keys = append(v.keys, key)
	}
	if len(v.keys) == 0 {
		return nil, fmt.Errorf("no webhook secret: %w", carryover.ErrInvalid)
	}
	return v, nil
}

func checkSecret(s carryover.Secret) error {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.Reveal(), secretPrefix))
	switch {
	case err != nil:
		return errors.New("not base64") // the decoder's words would say where
	case len(raw) < leastSecret || len(raw) > mostSecret:
		return fmt.Errorf("it has %d bytes, not %d to %d", len(raw), leastSecret, mostSecret)
	}
	return nil
}

// Verify returns the sender's id of the message when one of the secrets has
// signed it within five minutes of now; ok is false for anything else.
func (v *Verifier) Verify(body []byte, h http.Header) (id string, ok bool) {
	for _, name := range []string{
		standardwebhooks.HeaderWebhookID, standardwebhooks.HeaderWebhookTimestamp, standardwebhooks.HeaderWebhookSignature,
	} {
		if len(h.Values(name)) != 1 { // of two, the library would read one and somebody else the other
			return "", false
		}
	}
	id = h.Get(standardwebhooks.HeaderWebhookID)
	if !messageForm.MatchString(id) {
		return "", false
	}
	for _, key := range v.keys {
		ok = key.Verify(body, h) == nil || ok // every key, however early one fits
	}
	return id, ok
}
