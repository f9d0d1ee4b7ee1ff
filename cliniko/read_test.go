package cliniko

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"carryover"
)

// inTurn answers each request with the next of acts, and the last for ever.
func inTurn(acts ...func(*net.TCPConn, int)) func(*net.TCPConn, int) {
	return func(conn *net.TCPConn, n int) { acts[min(n, len(acts))-1](conn, n) }
}

func TestReadsAreTriedAgain(t *testing.T) {
	good := says(response(200, jsonType, `{"id":"5"}`))
	bad := map[string]func(*net.TCPConn, int){
		"502 HTML":      says(response(502, htmlType, htmlPage)),
		"500":           says(response(500, "", "")),
		"200 HTML":      says(response(200, htmlType, htmlPage)),
		"200 empty":     says(response(200, jsonType, "")),
		"200 cut short": says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"),
		"reset":         resets(""),
		"silence":       silent,
		"403 HTML":      says(response(403, htmlType, htmlPage)),
		"one-off 401":   says(response(401, "text/plain", "HTTP Basic: Access denied.")),
	}
	for name, act := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serveRaw(t, inTurn(act, good))
			var u userRecord
			err := newClient(t, s.URL, hasty).get(t.Context(), "read", "user", nil, &u)
			if err != nil || u.ID != "5" {
				t.Errorf("get after %s = %q, %v, want 5", name, u.ID, err)
			}
			if got := len(s.requests()); got != 2 {
				t.Errorf("get after %s sent %d requests, want 2", name, got)
			}
		})
	}
}

func TestReadsAreNotTriedForEver(t *testing.T) {
	for _, tt := range []struct {
		name  string
		act   func(*net.TCPConn, int)
		sent  int
		kind  carryover.Kind
		hints bool
	}{
		{"502", says(response(502, htmlType, htmlPage)), 3, transient, false},
		{"401 stays", says(response(401, "", "")), 2, unauthorized, true},
		{"403", says(response(403, "", "")), 1, unauthorized, true},
		{"404", says(response(404, jsonType, `{}`)), 1, carryover.ErrGone, false},
		{"400", says(response(400, jsonType, `{}`)), 1, refused, true},
		{"429 far off", says(response(429, "", "", "Retry-After: 200")), 1, transient, false},
		{"redirect", says(response(302, "", "", "Location: https://elsewhere.example/")), 1, notHere, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serveRaw(t, tt.act)
			var u userRecord
			err := newClient(t, s.URL, hasty).get(t.Context(), "read", "user", nil, &u)
			if kindOf(err) != tt.kind {
				t.Errorf("get = %v, want kind %q", err, tt.kind)
			}
			if got := len(s.requests()); got != tt.sent {
				t.Errorf("get sent %d requests, want %d", got, tt.sent)
			}
			if got := carryover.HintOf(err) != ""; got != tt.hints {
				t.Errorf("get hint = %q, want one: %v", carryover.HintOf(err), tt.hints)
			}
		})
	}
}

func TestShortLimitIsWaitedFor(t *testing.T) {
	s := serveRaw(t, inTurn(
		says(response(429, "", "", fmt.Sprintf("X-RateLimit-Reset: %d", time.Now().Unix()))),
		says(response(200, jsonType, `{"id":"5"}`)),
	))
	c := newClient(t, s.URL)
	var u userRecord
	start := time.Now()
	if err := c.get(t.Context(), "read", "user", nil, &u); err != nil || u.ID != "5" {
		t.Errorf("get over the limit = %q, %v, want 5", u.ID, err)
	}
	if took := time.Since(start); took < 900*time.Millisecond {
		t.Errorf("get over the limit took %v, want the wait for the reset", took)
	}
	if limit := c.budget.limit(time.Now()); limit != c.budget.ceiling/2 {
		t.Errorf("limit after a 429 = %d, want half of %d", limit, c.budget.ceiling)
	}
}

func TestLimitBeyondTheContext(t *testing.T) {
	s := serveRaw(t, says(response(429, "", "", "Retry-After: 30")))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	start := time.Now()
	var u userRecord
	err := newClient(t, s.URL).get(ctx, "read", "user", nil, &u)
	if kindOf(err) != transient || time.Until(carryover.RetryAt(err)) < 25*time.Second || time.Since(start) > 5*time.Second {
		t.Errorf("get = %v (retry in %v) after %v, want transient at once, retry in 30s",
			err, time.Until(carryover.RetryAt(err)), time.Since(start))
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	s := serveRaw(t, silent)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	var u userRecord
	err := newClient(t, s.URL).get(ctx, "read", "user", nil, &u)
	if kindOf(err) != transient || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("get = %v, want transient and deadline exceeded", err)
	}
	if got := len(s.requests()); got != 1 {
		t.Errorf("get sent %d requests, want 1", got)
	}
}

// A body larger than any list is not read to its end.
func TestEndlessBody(t *testing.T) {
	s := serveRaw(t, func(conn *net.TCPConn, _ int) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
		chunk := make([]byte, 1<<20)
		for i := range chunk {
			chunk[i] = ' '
		}
		for range maxBody>>20 + 2 {
			if _, err := conn.Write(chunk); err != nil {
				return
			}
		}
	})
	req := newClient(t, s.URL).request(t.Context(), http.MethodGet, "user", nil)
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	a := readAnswer(resp)
	if a.form != unreadable || !errors.Is(a.cut, errTooLong) {
		t.Errorf("readAnswer = form %d, %v, want unreadable, too long", a.form, a.cut)
	}
}

func TestResetAt(t *testing.T) {
	now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	behind := now.Add(2 * time.Hour) // the server's clock is two hours ahead
	for _, tt := range []struct {
		name string
		h    map[string]string
		want time.Duration
	}{
		{"nothing", nil, time.Minute},
		{"seconds", map[string]string{"Retry-After": "7"}, 7 * time.Second},
		{"epoch", map[string]string{"X-RateLimit-Reset": fmt.Sprint(now.Add(20 * time.Second).Unix())}, 20 * time.Second},
		{"epoch by the server's clock", map[string]string{
			"X-RateLimit-Reset": fmt.Sprint(behind.Add(20 * time.Second).Unix()), "Date": behind.Format(http.TimeFormat),
		}, 20 * time.Second},
		{"date by the server's clock", map[string]string{
			"Retry-After": behind.Add(9 * time.Second).Format(http.TimeFormat), "Date": behind.Format(http.TimeFormat),
		}, 9 * time.Second},
		{"the later of two", map[string]string{"Retry-After": "50", "X-RateLimit-Reset": fmt.Sprint(now.Add(20 * time.Second).Unix())}, 50 * time.Second},
		{"long ago", map[string]string{"X-RateLimit-Reset": "12"}, time.Second},
		{"milliseconds", map[string]string{"X-RateLimit-Reset": "1772413200000"}, 5 * time.Minute},
		{"far too many seconds", map[string]string{"Retry-After": "9223372036854775807"}, 5 * time.Minute},
		{"negative", map[string]string{"Retry-After": "-5"}, time.Second},
		{"nonsense", map[string]string{"Retry-After": "soon", "X-RateLimit-Reset": "later"}, time.Minute},
	} {
		h := http.Header{}
		for k, v := range tt.h {
			h.Set(k, v)
		}
		got := resetAt(h, now).Sub(now)
		if got < tt.want || got > tt.want+tt.want/20 {
			t.Errorf("%s: resetAt = in %v, want in %v and up to a twentieth more", tt.name, got, tt.want)
		}
	}
}

func TestClockOffset(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(2*time.Hour).UTC().Format(http.TimeFormat))
		_, _ = w.Write([]byte(`{"id":"5"}`))
	})
	c := newClient(t, s.URL)
	if _, known := c.ClockOffset(); known {
		t.Error("ClockOffset before any answer is known, want unknown")
	}
	var u userRecord
	if err := c.get(t.Context(), "read", "user", nil, &u); err != nil {
		t.Fatal(err)
	}
	got, known := c.ClockOffset()
	if off := got - 2*time.Hour; !known || off < -2*time.Second || off > 2*time.Second {
		t.Errorf("ClockOffset = %v, %v, want about 2h", got, known)
	}
}

func TestClockNeedsAQuickAnswerWithADate(t *testing.T) {
	var k clock
	now := time.Now()
	k.learn(http.Header{}, now, now)
	k.learn(http.Header{"Date": {now.UTC().Format(http.TimeFormat)}}, now, now.Add(slowest+1))
	if k.known {
		t.Error("clock learnt from an answer without Date or from a slow one")
	}
}
