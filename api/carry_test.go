package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"carryover"
	"carryover/internal/desk"
)

const session = "272000000000000000000000000000000000001"

// canary stands where a name or a text could.
const canary = "Quillfeather"

// carryRequest asks for a session; token empty: none is shown.
func carryRequest(id, token, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/v1/sessions/"+id+"/carry", strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

// TestCarry: who may ask, what may be sent, and what is answered to it.
func TestCarry(t *testing.T) {
	router := routerOf(t)
	problem := func(k carryover.Kind) error {
		return &carryover.Problem{Op: "read " + canary, Kind: k, Hint: canary, Err: fmt.Errorf("of %s", canary)}
	}
	for _, tt := range []struct {
		name, id, token, body string
		paused                bool
		err                   error // of the desk's
		want                  int
	}{
		{name: "nothing but the id", id: session, token: carryToken, want: 202},
		{name: "finished", id: session, token: carryToken, body: `{"done":true}`, want: 202},
		{name: "no token", id: session, want: 401},
		{name: "a wrong token", id: session, token: "carryover_aaaaaaaaaa_WRONG", want: 401},
		{name: "a token for something else", id: session, token: metricsToken, want: 403},
		{name: "no id", id: "a%20b", token: carryToken, want: 400},
		{name: "an address for an id", id: "https:%2F%2Fexample.com%2Fsession%2F1", token: carryToken, want: 400},
		{name: "a text along with it", id: session, token: carryToken, body: `{"done":true,"text":"` + canary + `"}`, want: 400},
		{name: "something else than JSON", id: session, token: carryToken, body: canary, want: 400},
		{name: "two bodies", id: session, token: carryToken, body: `{} {}`, want: 400},
		{name: "too much", id: session, token: carryToken, body: `{"done":` + strings.Repeat(" ", maxBody) + `true}`, want: 413},
		{name: "paused", id: session, token: carryToken, paused: true, want: 409},
		{name: "unknown", id: session, token: carryToken, err: problem(carryover.ErrGone), want: 404},
		{name: "no Heidi", id: session, token: carryToken, err: problem(carryover.ErrInvalid), want: 400},
		{name: "Heidi is away", id: session, token: carryToken, err: problem(carryover.ErrTransient), want: 503},
		{name: "Heidi refuses", id: session, token: carryToken, err: problem(carryover.ErrUnauthorized), want: 502},
		{name: "the desk refuses", id: session, token: carryToken, err: problem(carryover.ErrRefused), want: 409},
		{name: "a bug", id: session, token: carryToken, err: fmt.Errorf("of %s", canary), want: 500},
	} {
		d := &asked{paused: tt.paused, err: tt.err, items: []desk.Item{{
			ID: "v1", Document: "d1", Mark: "HD-AAAAAAAA", State: "held", Reason: "rivals", Name: canary,
			Patient: "500100", Practitioner: "71", Note: "900100", Sentence: canary,
		}}}
		w := ask(t, (&Server{Desk: d}).Handler(), router, carryRequest(tt.id, tt.token, tt.body))
		if w.Code != tt.want {
			t.Errorf("%s: %d, want %d: %s", tt.name, w.Code, tt.want, w.Body)
		}
		for _, word := range []string{canary, "500100", "900100"} {
			if strings.Contains(w.Body.String(), word) {
				t.Errorf("%s: the answer holds %q: %s", tt.name, word, w.Body)
			}
		}
		read := tt.want == 202 || tt.err != nil
		if got := d.asked(); (len(got) > 0) != read {
			t.Errorf("%s: %d sessions read, want read: %v", tt.name, len(got), read)
		} else if read && (got[0].Actor != "api:aaaaaaaaaa" || string(got[0].Session) != session || got[0].Done != (tt.body == `{"done":true}`)) {
			t.Errorf("%s: asked %+v", tt.name, got[0])
		}
		if tt.want != 202 {
			continue
		}
		var out carried
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || out.Held != 1 || len(out.Documents) != 1 || out.Documents[0].State != "held" {
			t.Errorf("%s: %s, %v, want the one document that is held", tt.name, w.Body, err)
		}
	}
}

// TestCarryIsNotAskedTooOften: a token has a burst and then a pace of its own,
// which another one's does not use up.
func TestCarryIsNotAskedTooOften(t *testing.T) {
	router := routerOf(t)
	synctest.Test(t, func(t *testing.T) {
		d := &asked{}
		h := (&Server{Desk: d}).Handler()
		for i := range askBurst {
			if w := ask(t, h, router, carryRequest(session, carryToken, "")); w.Code != 202 {
				t.Fatalf("request %d of the burst: %d", i+1, w.Code)
			}
		}
		w := ask(t, h, router, carryRequest(session, carryToken, ""))
		if w.Code != 429 || w.Header().Get("Retry-After") != "2" || len(d.asked()) != askBurst {
			t.Errorf("one more: %d, Retry-After %q, %d sessions read", w.Code, w.Header().Get("Retry-After"), len(d.asked()))
		}
		time.Sleep(askEvery)
		if w := ask(t, h, router, carryRequest(session, carryToken, "")); w.Code != 202 {
			t.Errorf("after Retry-After: %d, want 202", w.Code)
		}
	})
}

// TestWrongTokensAreSlowedDown: and keep nobody with a good one out, though they
// come from one address.
func TestWrongTokensAreSlowedDown(t *testing.T) {
	router := routerOf(t)
	var log bytes.Buffer
	h := (&Server{Desk: &asked{}, Log: slog.New(slog.NewTextHandler(&log, nil))}).Handler()
	counts := map[int]int{}
	for range 3 * wrongBurst {
		counts[ask(t, h, router, carryRequest(session, "carryover_aaaaaaaaaa_"+canary, "")).Code]++
	}
	if counts[401] < wrongBurst || counts[429] == 0 || counts[401]+counts[429] != 3*wrongBurst {
		t.Errorf("%d wrong tokens: %v, want some %d of 401 and then 429", 3*wrongBurst, counts, wrongBurst)
	}
	if w := ask(t, h, router, carryRequest(session, carryToken, "")); w.Code != 202 {
		t.Errorf("a good token among them: %d, want 202", w.Code)
	}
	if strings.Contains(log.String(), canary) || strings.Count(log.String(), "token refused") != counts[401] {
		t.Errorf("the log has a token in it, or a line too many:\n%s", &log)
	}
}

// TestFewSessionsAreReadAtOnce: further ones are asked to come again.
func TestFewSessionsAreReadAtOnce(t *testing.T) {
	router := routerOf(t)
	synctest.Test(t, func(t *testing.T) {
		d := &asked{wait: make(chan struct{})}
		h := (&Server{Desk: d}).Handler()
		codes := make(chan int, atOnce)
		for range atOnce {
			go func() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, carryRequest(session, carryToken, ""))
				codes <- w.Code
			}()
		}
		synctest.Wait()
		if w := ask(t, h, router, carryRequest(session, carryToken, "")); w.Code != 429 {
			t.Errorf("one more while %d are read: %d, want 429", atOnce, w.Code)
		}
		close(d.wait)
		for range atOnce {
			if code := <-codes; code != 202 {
				t.Errorf("one that was there before: %d, want 202", code)
			}
		}
		if w := ask(t, h, router, carryRequest(session, carryToken, "")); w.Code != 202 {
			t.Errorf("one after them: %d, want 202", w.Code)
		}
	})
}

// TestLimitsAreBounded: however many addresses somebody has, what is kept of
// them is not.
func TestLimitsAreBounded(t *testing.T) {
	o := often{every: time.Hour, burst: 1}
	for i := range 3 * maxKeys {
		o.wait(fmt.Sprint(i))
	}
	if len(o.by) > maxKeys+1 {
		t.Errorf("%d keys are kept, want at most %d", len(o.by), maxKeys+1)
	}
	if o.wait("another") == 0 {
		t.Error("a new address is free though nothing is left to count it by")
	}
}

// TestNothingElse: other methods and paths are told so.
func TestNothingElse(t *testing.T) {
	router := routerOf(t)
	h := (&Server{Desk: &asked{}}).Handler()
	for _, tt := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/v1/sessions/1/carry", 405},
		{"DELETE", "/v1/webhooks/heidi", 405},
		{"POST", "/healthz", 405},
		{"POST", "/v1/openapi.json", 405},
		{"GET", "/v1/openapi.json", 200},
		{"HEAD", "/healthz", 200},
		{"GET", "/v1/", 404},
		{"GET", "/v1/sessions", 404},
		{"GET", "/metrics", 404},
		{"POST", "/v1/webhooks/heidi", 404},
	} {
		r := httptest.NewRequest(tt.method, tt.path, nil)
		var w *httptest.ResponseRecorder
		if tt.method == "HEAD" {
			w = httptest.NewRecorder()
			h.ServeHTTP(w, r)
		} else {
			w = ask(t, h, router, r)
		}
		if w.Code != tt.want {
			t.Errorf("%s %s: %d, want %d", tt.method, tt.path, w.Code, tt.want)
		}
	}
}
