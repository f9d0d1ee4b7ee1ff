package heidi

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"carryover"
)

func sessionHandler(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, `{"session":{"session_id":%q}}`, sampleID)
}

func TestTokenRequest(t *testing.T) {
	s := serve(t, sessionHandler)
	s.token = func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.Header.Get("Heidi-Api-Key") != sampleKey || r.Header.Get("Authorization") != "" ||
			r.URL.Query().Get("email") != sampleEmail || r.URL.Query().Get("third_party_internal_id") != "sam-1" {
			t.Errorf("token asked with %s %s %v", r.Method, r.URL, r.Header)
		}
		_, _ = w.Write([]byte(`{"token":"abc.def","expiration_time":"2099-08-01T00:00:00.000Z"}`))
	}
	if _, err := newClient(t, s.URL).Session(t.Context(), sampleID); err != nil {
		t.Fatal(err)
	}
	h := s.requests()[0].Header
	if h.Get("Authorization") != "Bearer abc.def" || h.Get("Heidi-Api-Key") != "" {
		t.Errorf("session asked with %v, want the bearer only", h)
	}
}

func TestTokenIsKeptAndShared(t *testing.T) {
	s := serve(t, sessionHandler)
	s.token = func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(30 * time.Millisecond)
		_, _ = w.Write([]byte(`{"token":"t","expires_in":3600}`))
	}
	c := newClient(t, s.URL)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := c.Session(t.Context(), sampleID); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := s.tokensGiven(); got != 1 {
		t.Errorf("%d tokens for 8 callers, want 1", got)
	}
}

// A token that was withdrawn is replaced once for all who hold it.
func TestWithdrawnToken(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer token-1" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"detail":"Not authenticated"}`))
			return
		}
		sessionHandler(w, r)
	})
	c := newClient(t, s.URL)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if _, err := c.Session(t.Context(), sampleID); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := s.tokensGiven(); got != 2 {
		t.Errorf("%d tokens, want 2", got)
	}
}

func TestTokensAreReplacedEarly(t *testing.T) {
	now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, body, date string
		want             time.Duration // from now until it is replaced
	}{
		{"an hour", `{"token":"t","expiration_time":"2026-03-02T02:00:00.000Z"}`, "", 55 * time.Minute},
		{"six minutes", `{"token":"t","expiration_time":"2026-03-02T01:06:00.000Z"}`, "", 3 * time.Minute},
		{"twenty seconds", `{"token":"t","expiration_time":"2026-03-02T01:00:20.000Z"}`, "", 10 * time.Second},
		{"over already", `{"token":"t","expiration_time":"2026-03-02T00:00:00.000Z"}`, "", 0},
		{"by a clock two hours ahead", `{"token":"t","expiration_time":"2026-03-02T04:00:00.000Z"}`, "Mon, 02 Mar 2026 03:00:00 GMT", 55 * time.Minute},
		{"seconds", fmt.Sprintf(`{"token":"t","expiration_time":%d}`, now.Add(time.Hour).Unix()), "", 55 * time.Minute},
		{"milliseconds", fmt.Sprintf(`{"token":"t","expiration_time":%d}`, now.Add(time.Hour).UnixMilli()), "", 55 * time.Minute},
		{"expires_in", `{"token":"t","expires_in":3600}`, "", 55 * time.Minute},
		{"nothing", `{"token":"t"}`, "", 150 * time.Second},
		{"nonsense", `{"token":"t","expiration_time":"later"}`, "", 150 * time.Second},
	} {
		a := answer{body: []byte(tt.body), header: http.Header{}}
		a.header.Set("Date", tt.date)
		got, err := readToken(a, now)
		if err != nil || got.until.Sub(now) != tt.want {
			t.Errorf("%s: readToken = replaced in %v, %v, want in %v", tt.name, got.until.Sub(now), err, tt.want)
		}
	}
	for _, body := range []string{`{}`, `{"token":""}`, `{"token":7}`, `[]`, `{"token":"a b"}`, `{"token":"a\r\nX: y"}`, `null`} {
		if got, err := readToken(answer{body: []byte(body), header: http.Header{}}, now); err == nil {
			t.Errorf("readToken(%s) = %v, want an error", body, got)
		}
	}
}

func TestKeyIsNotAccepted(t *testing.T) {
	for status, tries := range map[int]int{401: 2, 403: 1} {
		s := serve(t, sessionHandler)
		s.token = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"detail":"Invalid key"}`))
		}
		_, err := newClient(t, s.URL).Session(t.Context(), sampleID)
		if kindOf(err) != carryover.ErrUnauthorized || carryover.HintOf(err) != hintKey {
			t.Errorf("Session with a key answered %d = %v (%s), want unauthorized and the hint about the key", status, err, carryover.HintOf(err))
		}
		if got := s.tokensGiven(); got != tries {
			t.Errorf("a key answered %d was tried %d times, want %d", status, got, tries)
		}
	}
}
