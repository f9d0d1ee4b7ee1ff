package api

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"carryover"
)

// The test vector that Standard Webhooks publish with their libraries.
const (
	vectorSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	vectorID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorTime      = 1614265330
	vectorBody      = `{"test": 2432232314}`
	vectorSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

// otherSecret is one that somebody else has.
var otherSecret = "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))

func verifier(t *testing.T, secrets ...string) *Verifier {
	t.Helper()
	var all []carryover.Secret
	for _, s := range secrets {
		all = append(all, carryover.NewSecret(s))
	}
	v, err := NewVerifier(all)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func vector() http.Header {
	h := http.Header{}
	h.Set("webhook-id", vectorID)
	h.Set("webhook-timestamp", strconv.Itoa(vectorTime))
	h.Set("webhook-signature", vectorSignature)
	return h
}

// TestPublishedVector: the vector is good within five minutes of its time, with
// any one of several secrets and signatures, and in no other way.
func TestPublishedVector(t *testing.T) {
	for _, tt := range []struct {
		name    string
		secrets []string
		off     time.Duration // of our clock from the vector's time
		body    string
		change  func(http.Header)
		want    bool
	}{
		{name: "as published", want: true},
		{name: "five minutes late", off: 5 * time.Minute, want: true},
		{name: "later still", off: 5*time.Minute + time.Second},
		{name: "five minutes early", off: -5 * time.Minute, want: true},
		{name: "earlier still", off: -5*time.Minute - time.Second},
		{name: "a secret without its mark", secrets: []string{strings.TrimPrefix(vectorSecret, "whsec_")}, want: true},
		{name: "the older of two secrets", secrets: []string{otherSecret, vectorSecret}, want: true},
		{name: "the newer of two secrets", secrets: []string{vectorSecret, otherSecret}, want: true},
		{name: "after the older was taken out", secrets: []string{otherSecret}},
		{name: "another body", body: `{"test": 2432232315}`},
		{name: "another id", change: func(h http.Header) { h.Set("webhook-id", "msg_other") }},
		{name: "another time", change: func(h http.Header) { h.Set("webhook-timestamp", strconv.Itoa(vectorTime+1)) }},
		{name: "no time", change: func(h http.Header) { h.Set("webhook-timestamp", "") }},
		{name: "no number for a time", change: func(h http.Header) { h.Set("webhook-timestamp", "now") }},
		{name: "no id", change: func(h http.Header) { h.Del("webhook-id") }},
		{name: "no signature", change: func(h http.Header) { h.Del("webhook-signature") }},
		{name: "an empty signature", change: func(h http.Header) { h.Set("webhook-signature", "v1,") }},
		{name: "the signature of another scheme", change: func(h http.Header) { h.Set("webhook-signature", "v2"+vectorSignature[2:]) }},
		{name: "two signatures", change: func(h http.Header) { h.Set("webhook-signature", "v1,AAAA v1a,BBBB "+vectorSignature) }, want: true},
		{name: "the header twice", change: func(h http.Header) { h.Add("webhook-signature", vectorSignature) }},
		{name: "the id twice", change: func(h http.Header) { h.Add("webhook-id", "msg_other") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.secrets == nil {
				tt.secrets = []string{vectorSecret}
			}
			if tt.body == "" {
				tt.body = vectorBody
			}
			v, h := verifier(t, tt.secrets...), vector()
			if tt.change != nil {
				tt.change(h)
			}
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(time.Unix(vectorTime, 0).Add(tt.off)))
				id, ok := v.Verify([]byte(tt.body), h)
				if ok != tt.want || ok && id != vectorID {
					t.Errorf("Verify = %q, %v, want %v", id, ok, tt.want)
				}
			})
		})
	}
}

// TestWeakSecretsAreRefused: above all the empty one, with which everybody can
// sign.
func TestWeakSecretsAreRefused(t *testing.T) {
	long := base64.StdEncoding.EncodeToString
	for _, tt := range []struct {
		name    string
		secrets []string
	}{
		{"none", nil},
		{"an empty one", []string{""}},
		{"the mark alone", []string{"whsec_"}},
		{"a short one", []string{"whsec_" + long(make([]byte, leastSecret-1))}},
		{"a long one", []string{"whsec_" + long(make([]byte, mostSecret+1))}},
		{"no base64", []string{"whsec_" + strings.Repeat("!", 32)}},
		{"an empty one beside a good one", []string{vectorSecret, ""}},
	} {
		var all []carryover.Secret
		for _, s := range tt.secrets {
			all = append(all, carryover.NewSecret(s))
		}
		v, err := NewVerifier(all)
		if v != nil || !errors.Is(err, carryover.ErrInvalid) {
			t.Errorf("%s: NewVerifier = %v, %v, want %v", tt.name, v, err, carryover.ErrInvalid)
		}
	}
	for _, n := range []int{leastSecret, mostSecret} {
		verifier(t, long(make([]byte, n)))
	}
}

// hook is a signed event.
func hook(t *testing.T, secret, id, body string) *http.Request {
	t.Helper()
	key, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	signature, err := key.Sign(id, now, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/v1/webhooks/heidi", strings.NewReader(body))
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("webhook-signature", signature)
	return r
}

// TestWebhook: a signed event has its session read, and nothing else of it is
// used.
func TestWebhook(t *testing.T) {
	router := routerOf(t)
	for _, tt := range []struct {
		name, secret, body string
		want               int
	}{
		{"in data", vectorSecret, `{"type":"session.finished","data":{"session_id":"` + session + `","text":"` + canary + `"}}`, 202},
		{"at the top", vectorSecret, `{"session_id":"` + session + `"}`, 202},
		{"twice the same", vectorSecret, `{"session_id":"` + session + `","data":{"session_id":"` + session + `"}}`, 202},
		{"two different", vectorSecret, `{"session_id":"1","data":{"session_id":"` + session + `"}}`, 400},
		{"none", vectorSecret, `{"data":{}}`, 400},
		{"no id", vectorSecret, `{"session_id":"` + canary + ` ` + canary + `"}`, 400},
		{"a number", vectorSecret, `{"session_id":5}`, 400},
		{"no JSON", vectorSecret, canary, 400},
		{"nothing", vectorSecret, ``, 400},
		{"another's secret", otherSecret, `{"session_id":"` + session + `"}`, 401},
		{"too much", vectorSecret, strings.Repeat(" ", maxBody) + `{"session_id":"` + session + `"}`, 413},
	} {
		d := &asked{}
		h := (&Server{Desk: d, Webhooks: verifier(t, vectorSecret)}).Handler()
		w := ask(t, h, router, hook(t, tt.secret, "msg_1", tt.body))
		if w.Code != tt.want || strings.Contains(w.Body.String(), canary) {
			t.Errorf("%s: %d %s, want %d and no word of the event", tt.name, w.Code, w.Body, tt.want)
		}
		got := d.asked()
		if tt.want != 202 && len(got) != 0 {
			t.Errorf("%s: %d sessions read, want none", tt.name, len(got))
		}
		if tt.want == 202 && (len(got) != 1 || string(got[0].Session) != session || got[0].Actor != byWebhook || got[0].Done) {
			t.Errorf("%s: asked %+v, want the session once", tt.name, got)
		}
	}
}

// TestRepeatedWebhook: what comes again is answered well and changes nothing;
// what could not be acted on is done when it comes again.
func TestRepeatedWebhook(t *testing.T) {
	router := routerOf(t)
	d := &asked{err: &carryover.Problem{Op: "read", Kind: carryover.ErrTransient}}
	h := (&Server{Desk: d, Webhooks: verifier(t, vectorSecret)}).Handler()
	event := func() *http.Request { return hook(t, vectorSecret, "msg_1", `{"session_id":"`+session+`"}`) }
	for i, tt := range []struct{ want, syncs int }{{503, 1}, {202, 2}, {200, 2}, {200, 2}} {
		w := ask(t, h, router, event())
		if w.Code != tt.want || len(d.asked()) != tt.syncs {
			t.Errorf("time %d: %d with %d sessions read so far, want %d with %d", i+1, w.Code, len(d.asked()), tt.want, tt.syncs)
		}
		d.err = nil
	}
}
