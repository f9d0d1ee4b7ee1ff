package sandbox_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"carryover/sandbox"
)

const answerText = `{"the":"whole answer"}`

// A victim is a server on a real socket that suffers from one rule.
type victim struct {
	url     string
	effects atomic.Int32
	journal *sandbox.Journal
	faults  *sandbox.Faults
}

func strike(t *testing.T, rule sandbox.Rule) *victim {
	t.Helper()
	v := &victim{journal: sandbox.NewJournal(), faults: sandbox.NewFaults(&sandbox.Plan{Rules: []sandbox.Rule{rule}}, sandbox.NewClock(0))}
	server := httptest.NewServer(v.faults.Wrap("cliniko", v.journal, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); string(body) != "sent" {
			t.Errorf("the handler got %q, want the request's body", body)
		}
		v.effects.Add(1)
		w.Header().Set("X-Made", "yes")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, answerText)
	})))
	t.Cleanup(func() { goleak.VerifyNone(t) })
	t.Cleanup(func() { v.faults.Close(); server.Close() })
	v.url = server.URL + "/v1/treatment_notes"
	return v
}

// post sends one POST on a connection of its own.
func (v *victim) post(patience time.Duration) (status int, body string, header http.Header, err error) {
	client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	defer client.CloseIdleConnections()
	res, err := client.Post(v.url, "application/json", strings.NewReader("sent"))
	if err != nil {
		return 0, "", nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), res.Header, err
}

func TestFaultKinds(t *testing.T) {
	const wait = 60 * time.Millisecond
	for _, tt := range []struct {
		fault   sandbox.FaultKind
		rule    sandbox.Rule
		effects int32
		status  int    // as the client sees it; 0: no answer
		body    string // what it begins with
		cut     bool   // reading the answer fails
		slow    bool   // takes at least wait
	}{
		{fault: sandbox.FaultStatus, rule: sandbox.Rule{Status: 500}, status: 500, body: `{"message"`},
		{fault: sandbox.FaultHTML, status: 502, body: "<html>"},
		{fault: sandbox.FaultStall, effects: 1, status: 201, body: answerText, slow: true},
		{fault: sandbox.FaultCutBefore, cut: true},
		{fault: sandbox.FaultCutAfter, effects: 1, cut: true},
		{fault: sandbox.FaultRequestLost, cut: true, slow: true},
		{fault: sandbox.FaultAnswerLost, effects: 1, cut: true, slow: true},
		{fault: sandbox.FaultTruncated, effects: 1, status: 201, body: answerText[:11], cut: true},
		{fault: sandbox.FaultSlow, effects: 1, status: 201, body: answerText, slow: true},
		{fault: sandbox.FaultRateLimited, status: 429, body: `{"message"`},
		{fault: sandbox.FaultUnauthorized, status: 401, body: `{"message"`},
		{fault: sandbox.FaultStatusAfter, effects: 1, status: 503, body: `{"message"`},
		{fault: sandbox.FaultHTMLAfter, effects: 1, status: 502, body: "<html>"},
	} {
		t.Run(string(tt.fault), func(t *testing.T) {
			tt.rule.Fault, tt.rule.Delay = tt.fault, sandbox.Duration(wait)
			v := strike(t, tt.rule)
			start := time.Now()
			status, body, _, err := v.post(5 * time.Second)
			took := time.Since(start)
			if status != tt.status || !strings.HasPrefix(body, tt.body) || (err != nil) != tt.cut {
				t.Errorf("answer = %d %q, %v, want %d %q…, cut %v", status, body, err, tt.status, tt.body, tt.cut)
			}
			if tt.slow && took < wait {
				t.Errorf("took %v, want at least %v", took, wait)
			}
			if got := v.effects.Load(); got != tt.effects {
				t.Errorf("effects = %d, want %d", got, tt.effects)
			}
			e := v.journal.Entries(nil)[0]
			wantEffect := 0
			if tt.effects > 0 {
				wantEffect = http.StatusCreated
			}
			if e.Fault != string(tt.fault) || e.Status != tt.status || e.Effect != wantEffect {
				t.Errorf("entry = fault %s, status %d, effect %d, want %s, %d, %d", e.Fault, e.Status, e.Effect, tt.fault, tt.status, wantEffect)
			}
			if status, body, header, err := v.post(5 * time.Second); status != 201 || body != answerText || header.Get("X-Made") != "yes" || err != nil {
				t.Errorf("the same again = %d %q, %v, want it served: a fault strikes once", status, body, err)
			}
		})
	}
}

func TestFaultLate(t *testing.T) {
	v := strike(t, sandbox.Rule{Fault: sandbox.FaultLate, Delay: sandbox.Duration(50 * time.Millisecond)})
	if _, _, _, err := v.post(5 * time.Second); err == nil {
		t.Fatal("the answer came, want the connection cut")
	}
	if got := v.effects.Load(); got != 0 {
		t.Fatalf("effects at once = %d, want 0", got)
	}
	deadline := time.Now().Add(5 * time.Second)
	for v.journal.Entries(nil)[0].Effect == 0 && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	if e := v.journal.Entries(nil)[0]; v.effects.Load() != 1 || e.Effect != 201 || e.Status != 0 {
		t.Errorf("later: effects %d, entry status %d effect %d, want 1, 0 and 201", v.effects.Load(), e.Status, e.Effect)
	}
}

func TestFaultsCloseDropsLateEffects(t *testing.T) {
	v := strike(t, sandbox.Rule{Fault: sandbox.FaultLate, Delay: sandbox.Duration(time.Hour)})
	_, _, _, _ = v.post(5 * time.Second)
	v.faults.Close()
	if got := v.effects.Load(); got != 0 {
		t.Errorf("effects = %d, want 0", got)
	}
}

func TestFaultAnswerLostOutlastsTheClient(t *testing.T) {
	v := strike(t, sandbox.Rule{Fault: sandbox.FaultAnswerLost, Delay: sandbox.Duration(time.Minute)})
	_, _, _, err := v.post(time.Second)
	if timeout := interface{ Timeout() bool }(nil); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("error = %v, want a timeout", err)
	}
	if got := v.effects.Load(); got != 1 {
		t.Errorf("effects = %d, want 1", got)
	}
}

func TestFaultRateLimitedSaysWhen(t *testing.T) {
	v := strike(t, sandbox.Rule{Fault: sandbox.FaultRateLimited, Delay: sandbox.Duration(1500 * time.Millisecond)})
	_, _, header, _ := v.post(5 * time.Second)
	reset, err := strconv.ParseInt(header.Get("X-RateLimit-Reset"), 10, 64)
	if until := time.Until(time.Unix(reset, 0)); err != nil || until < time.Second || until > 3*time.Second {
		t.Errorf("X-RateLimit-Reset is %v from now (%v), want the next whole second after 1.5 s", until, err)
	}
}

// Where the connection cannot be taken over, the server is told to abort.
func TestCutWithoutAConnection(t *testing.T) {
	f := sandbox.NewFaults(&sandbox.Plan{Rules: []sandbox.Rule{{Fault: sandbox.FaultCutBefore}}}, nil)
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("recovered %v, want http.ErrAbortHandler", got)
		}
	}()
	f.Wrap("cliniko", nil, http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/v1/user", nil))
}
