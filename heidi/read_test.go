package heidi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"carryover"
)

// kindOf names the kind of an error for a table.
func kindOf(err error) carryover.Kind {
	for _, k := range []carryover.Kind{
		carryover.ErrTransient, carryover.ErrRefused, carryover.ErrInDoubt, carryover.ErrUnauthorized,
		carryover.ErrInvalid, carryover.ErrGone, carryover.ErrNotHere,
	} {
		if errors.Is(err, k) {
			return k
		}
	}
	return ""
}

func TestEveryAnswer(t *testing.T) {
	good := `{"session":{"session_id":"` + string(sampleID) + `"}}`
	cut := "Content-Type: application/json\r\nContent-Length: 999\r\n\r\n{"
	for _, r := range []struct {
		name string
		act  func(*net.TCPConn, int)
		want carryover.Kind
		hint string
		sent int
	}{
		{"200", says(response(200, jsonType, good)), "", "", 1},
		{"200 called text", says(response(200, "text/plain", good)), "", "", 1},
		{"200 empty", says(response(200, jsonType, "")), carryover.ErrTransient, "", 3},
		{"200 HTML", says(response(200, htmlType, htmlPage)), carryover.ErrTransient, "", 3},
		{"200 cut short", says("HTTP/1.1 200 OK\r\n" + cut), carryover.ErrTransient, "", 3},
		{"200 half JSON", says(response(200, jsonType, `{"session":`)), carryover.ErrTransient, "", 3},
		{"404 session", says(response(404, jsonType, `{"detail":{"msg":"Session not found","type":"SessionNotFoundError"}}`)), carryover.ErrGone, "", 1},
		{"404 path", says(response(404, jsonType, `{"detail":"Not Found"}`)), carryover.ErrRefused, hintNowhere, 1},
		{"404 HTML", says(response(404, htmlType, htmlPage)), carryover.ErrTransient, "", 3},
		{"404 session cut short", says("HTTP/1.1 404 Not Found\r\n" + cut), carryover.ErrTransient, "", 3},
		{"400 not linked", says(response(400, jsonType, `{"detail":"Linked Account is required. Please link your account before using this feature."}`)), carryover.ErrUnauthorized, hintLink, 1},
		{"400 not linked, as text", says(response(400, "text/plain", `Linked Account is required.`)), carryover.ErrUnauthorized, hintLink, 1},
		{"403 not linked", says(response(403, jsonType, `{"detail":{"msg":"User is not linked","type":"LinkError"}}`)), carryover.ErrUnauthorized, hintLink, 1},
		{"403 not linked, in message", says(response(403, jsonType, `{"message":"not linked"}`)), carryover.ErrUnauthorized, hintLink, 1},
		{"403", says(response(403, jsonType, `{"detail":"Not authenticated"}`)), carryover.ErrUnauthorized, hintDenied, 2},
		{"401", says(response(401, jsonType, `{"detail":"Not authenticated"}`)), carryover.ErrUnauthorized, hintDenied, 2},
		{"401 empty", says(response(401, "", "")), carryover.ErrUnauthorized, hintDenied, 2},
		{"400", says(response(400, jsonType, `{"detail":"no"}`)), carryover.ErrRefused, "", 1},
		{"405", says(response(405, jsonType, `{"detail":"Method Not Allowed"}`)), carryover.ErrRefused, "", 1},
		{"422", says(response(422, jsonType, `{"detail":[{"loc":["query","email"],"msg":"field required","type":"value_error.missing"}]}`)), carryover.ErrRefused, "", 1},
		{"307", says(response(307, "", "", "Location: /x/")), carryover.ErrNotHere, hintRedirect, 1},
		{"408", says(response(408, "", "")), carryover.ErrTransient, "", 3},
		{"429 far off", says(response(429, jsonType, `{}`, "Retry-After: 200")), carryover.ErrTransient, "", 1},
		{"500 empty", says(response(500, "", "")), carryover.ErrTransient, "", 3},
		{"502 HTML", says(response(502, htmlType, htmlPage)), carryover.ErrTransient, "", 3},
		{"503 far off", says(response(503, htmlType, htmlPage, "Retry-After: 100")), carryover.ErrTransient, "", 1},
		{"closed", says(""), carryover.ErrTransient, "", 3},
		{"reset", resets, carryover.ErrTransient, "", 3},
		{"silence", silent, carryover.ErrTransient, "", 3},
		{"not HTTP", says("hello\r\n\r\n"), carryover.ErrTransient, "", 3},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s := serveRaw(t, r.act)
			_, err := newClient(t, s.URL, hasty).Session(t.Context(), sampleID)
			if kindOf(err) != r.want || carryover.HintOf(err) != r.hint {
				t.Errorf("Session = %v (%s), want kind %q and hint %q", err, carryover.HintOf(err), r.want, r.hint)
			}
			if got := len(s.requests()); got != r.sent {
				t.Errorf("Session sent %d requests, want %d", got, r.sent)
			}
		})
	}
}

func TestHiccupsAreTriedAgain(t *testing.T) {
	good := says(response(200, jsonType, `{"session_id":"`+string(sampleID)+`"}`))
	for name, act := range map[string]func(*net.TCPConn, int){
		"502": says(response(502, htmlType, htmlPage)), "reset": resets, "silence": silent,
		"one-off 401": says(response(401, jsonType, `{"detail":"x"}`)),
		"429":         says(response(429, jsonType, `{}`, "Retry-After: 0")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serveRaw(t, inTurn(act, good))
			got, err := newClient(t, s.URL, hasty).Session(t.Context(), sampleID)
			if err != nil || got.ID != sampleID {
				t.Errorf("Session after %s = %q, %v, want it", name, got.ID, err)
			}
		})
	}
}

func TestRetryAfterIsPassedOn(t *testing.T) {
	s := serveRaw(t, says(response(429, jsonType, `{}`, "Retry-After: 200")))
	c := newClient(t, s.URL)
	_, err := c.Session(t.Context(), sampleID)
	if in := time.Until(carryover.RetryAt(err)); in < 190*time.Second || in > 211*time.Second {
		t.Errorf("RetryAt = in %v, want in about 200s", in)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := c.Session(ctx, sampleID); kindOf(err) != carryover.ErrTransient || carryover.RetryAt(err).IsZero() {
		t.Errorf("Session while held = %v, want transient with a time", err)
	}
	if got := len(s.requests()); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

func TestRetryAt(t *testing.T) {
	now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	server := now.Add(2 * time.Hour)
	const unknown = 2 * time.Second
	for _, tt := range []struct {
		after, date string
		want        time.Duration
	}{
		{"", "", unknown},
		{"7", "", 7 * time.Second},
		{"0", "", unknown / 2},
		{"-7", "", unknown / 2},
		{"99999999999", "", retryLongest},
		{"soon", "", unknown},
		{server.Add(20 * time.Second).Format(http.TimeFormat), server.Format(http.TimeFormat), 20 * time.Second},
		{now.Add(20 * time.Second).Format(http.TimeFormat), "", 20 * time.Second},
	} {
		h := http.Header{}
		h.Set("Retry-After", tt.after)
		h.Set("Date", tt.date)
		if got := retryAt(h, now, unknown).Sub(now); got < tt.want || got > tt.want+tt.want/20 {
			t.Errorf("retryAt(%q, %q) = in %v, want in %v", tt.after, tt.date, got, tt.want)
		}
	}
}

type refusing struct{ error }

func (refusing) Refused() bool { return true }

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRefusedByTheGuard(t *testing.T) {
	sent := 0
	c := newClient(t, "", func(cfg *Config) {
		cfg.Read = roundTrip(func(*http.Request) (*http.Response, error) {
			sent++
			return nil, fmt.Errorf("wrapped: %w", refusing{errors.New("not on the list")})
		})
	})
	if _, err := c.Session(t.Context(), sampleID); kindOf(err) != carryover.ErrNotHere || sent != 1 {
		t.Errorf("Session = %v after %d tries, want not allowed after 1", err, sent)
	}
	c = newClient(t, "http://127.0.0.1:1", func(cfg *Config) {
		cfg.Read = roundTrip(func(*http.Request) (*http.Response, error) { return nil, nil })
	})
	if _, err := c.Session(t.Context(), sampleID); kindOf(err) != carryover.ErrTransient {
		t.Errorf("Session without an answer or an error = %v, want transient", err)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	s := serveRaw(t, silent)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	_, err := newClient(t, s.URL).Session(ctx, sampleID)
	if kindOf(err) != carryover.ErrTransient || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Session = %v, want transient and deadline exceeded", err)
	}
	if got := len(s.requests()); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

// Only ids go into paths: an id is of the practice's making, or anybody's.
func TestPathsHoldOnlyIDs(t *testing.T) {
	s := serveBody(t, 200, `{}`)
	c := newClient(t, s.URL)
	for _, bad := range []carryover.SessionID{"", "../users", "1/documents", "1?x=y", "a b", carryover.SessionID(strings.Repeat("1", 65))} {
		if _, err := c.Session(t.Context(), bad); kindOf(err) != carryover.ErrInvalid {
			t.Errorf("Session(%q) = %v, want kind invalid", bad, err)
		}
		if _, err := c.Documents(t.Context(), bad); kindOf(err) != carryover.ErrInvalid {
			t.Errorf("Documents(%q) = %v, want kind invalid", bad, err)
		}
	}
	if got := len(s.requests()) + s.tokensGiven(); got != 0 {
		t.Errorf("%d requests, want none", got)
	}
}
