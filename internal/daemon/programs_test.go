package daemon_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/internal/desk"
	"carryover/sandbox/clinic"
)

const hookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// programs starts a clinic with a page, webhooks and metrics, and returns a way
// to ask it and the tokens to ask with.
func programs(t *testing.T, d *clinicDay, cfg *config.Config, log io.Writer) (r *running, ask func(method, path, token string, body string, h http.Header) (int, string)) {
	t.Helper()
	cfg.Web = &config.Web{
		Listen: "127.0.0.1:0", Idle: 30 * time.Minute, Absolute: 12 * time.Hour,
		WebhookSecrets: []carryover.Secret{carryover.NewSecret(hookSecret)}, Metrics: true,
	}
	at := make(chan net.Addr, 1)
	o := daemon.Options{Config: cfg, Served: func(a net.Addr) { at <- a }, Version: "v0", Commit: "c0"}
	if log != nil {
		o.Log = loggerTo(log)
	}
	r = d.startWith(o)
	var base string
	select {
	case a := <-at:
		base = "http://" + a.String()
	case err := <-r.ran:
		t.Fatalf("the daemon ended by itself: %v", err)
	case <-time.After(time.Minute):
		t.Fatal("the page is not there after a minute")
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return r, func(method, path, token, body string, h http.Header) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for name := range h {
			req.Header.Set(name, h.Get(name))
		}
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		got, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(got)
	}
}

// signedEvent are the headers of a webhook.
func signedEvent(t *testing.T, id, body string) http.Header {
	t.Helper()
	key, err := standardwebhooks.NewWebhook(hookSecret)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	signature, err := key.Sign(id, now, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	h.Set("webhook-signature", signature)
	return h
}

// TestPrograms: what a program asks is answered by the whole road, beside the
// page and without its door: a session is read before it is ever polled, by
// token and by webhook; a webhook is remembered over a restart; a revoked token
// is nobody.
func TestPrograms(t *testing.T) {
	t.Parallel()
	d := newDay(t, clinic.Options{Seed: 3, Pace: time.Second})
	var log output
	r, ask := programs(t, d, d.load(), &log)
	d.untilShare(1)
	session := d.Practice.Sessions[0].ID
	made, err := r.Desk().MakeToken(t.Context(), desk.TokenRequest{Scope: carryover.ScopeCarry, Actor: desk.Command(0)})
	if err != nil {
		t.Fatal(err)
	}
	carry := "/v1/sessions/" + session + "/carry"
	if code, got := ask("POST", carry, "", "", nil); code != 401 {
		t.Errorf("carry without a token: %d %s", code, got)
	}
	if code, got := ask("POST", "/v1/sessions/12345678901234567890123456789012345678/carry", made.Secret, "", nil); code != 404 {
		t.Errorf("carry of no session: %d %s", code, got)
	}
	code, got := ask("POST", carry, made.Secret, "", nil)
	var out struct {
		Session   string
		Documents []struct{ State string }
	}
	if err := json.Unmarshal([]byte(got), &out); err != nil || code != 202 || out.Session != session {
		t.Errorf("carry: %d %s, %v, want 202 and the session", code, got, err)
	}
	event := `{"data":{"session_id":"` + session + `"}}`
	h := signedEvent(t, "msg_1", event)
	if code, got := ask("POST", "/v1/webhooks/heidi", "", event, h); code != 202 {
		t.Errorf("webhook: %d %s", code, got)
	}
	if code, got := ask("POST", "/v1/webhooks/heidi", "", event, http.Header{"Webhook-Id": {"msg_2"}}); code != 401 {
		t.Errorf("webhook without a signature: %d %s", code, got)
	}
	if code, _ := ask("GET", "/held", made.Secret, "", nil); code == 200 {
		t.Error("a token opens the page's door")
	}
	if _, err := r.Desk().Pause(t.Context(), desk.PauseRequest{On: true, Actor: desk.Command(0)}); err != nil {
		t.Fatal(err)
	}
	if code, got := ask("POST", carry, made.Secret, "", nil); code != 409 {
		t.Errorf("carry while paused: %d %s", code, got)
	}
	if _, err := r.Desk().Pause(t.Context(), desk.PauseRequest{Actor: desk.Command(0)}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Desk().RevokeToken(t.Context(), desk.RevokeRequest{ID: carryover.TokenID(made.ID), Actor: desk.Command(0)}); err != nil {
		t.Fatal(err)
	}
	if code, got := ask("POST", carry, made.Secret, "", nil); code != 401 {
		t.Errorf("carry with a revoked token: %d %s", code, got)
	}
	r.stopped()
	r, ask = programs(t, d, d.load(), nil)
	if code, got := ask("POST", "/v1/webhooks/heidi", "", event, h); code != 200 || !strings.Contains(got, `"repeated":true`) {
		t.Errorf("the webhook again after a restart: %d %s, want 200 and repeated", code, got)
	}
	r.stopped()
	if bytes.Contains(log.bytes(), []byte(made.Secret)) || !bytes.Contains(log.bytes(), []byte("session carried")) {
		t.Error("the log holds the token, or not what it did")
	}
}

// TestHealthAndMetrics: the daemon comes to be ready, its numbers are there for
// this machine and need a token through a proxy, and no label names a patient,
// a document or a session.
func TestHealthAndMetrics(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes some seconds")
	}
	t.Parallel()
	o := usual(59, 3*time.Second)
	d := newDay(t, o)
	r, ask := programs(t, d, d.load(), nil)
	d.until(30*time.Second, "the daemon to be ready", func() bool {
		code, _ := ask("GET", "/readyz", "", "", nil)
		return code == 200
	})
	if code, got := ask("GET", "/healthz", "", "", nil); code != 200 {
		t.Errorf("healthz: %d %s", code, got)
	}
	d.untilSettled(r)
	if code, got := ask("GET", "/metrics", "", "", http.Header{"X-Forwarded-For": {"192.0.2.7"}}); code != 401 {
		t.Errorf("metrics through a proxy: %d, want 401:\n%s", code, got)
	}
	code, got := ask("GET", "/metrics", "", "", nil)
	if code != 200 {
		t.Fatalf("metrics: %d:\n%s", code, got)
	}
	facts, err := r.Facts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"carryover_ledger_readable 1",
		`carryover_documents{state="proven"} ` + strconv.Itoa(facts.Documents[carryover.Proven]),
		`carryover_deliveries{state="proven"} ` + strconv.Itoa(facts.Deliveries[carryover.Proven]),
		`carryover_build_info{commit="c0",go="`,
		`carryover_requests_total{api="cliniko",endpoint="treatment_notes",status="201"} `,
		`carryover_requests_total{api="heidi",endpoint="sessions",status="200"} `,
		`carryover_alarms_open{kind="disk_full"} 0`,
		`carryover_poll_age_seconds{practitioner="`,
		`carryover_requests_left{practitioner="`,
		"carryover_paused 0",
		"carryover_audit_entries ",
		"carryover_oldest_held_seconds ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the metrics have no %s", want)
		}
	}
	if facts.Documents[carryover.Proven] == 0 || strings.Contains(got, "carryover_minutes_to_chart_count 0\n") {
		t.Errorf("%d documents proven, and the histogram is empty or not", facts.Documents[carryover.Proven])
	}
	r.stopped()
	ids := map[string]string{}
	for _, s := range d.Practice.Sessions {
		ids[s.ID] = "a session"
	}
	for _, n := range d.Cliniko.Notes() {
		ids[n.ID], ids[n.PatientID] = "a note", "a patient"
	}
	for id, what := range ids {
		if id != "" && strings.Contains(got, id) {
			t.Errorf("the metrics name %s, %s", what, id)
		}
	}
}
