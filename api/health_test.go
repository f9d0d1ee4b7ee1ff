package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// ill is a health of known words.
type ill struct{ live, ready []string }

func (i ill) Live() []string                 { return i.live }
func (i ill) Ready(context.Context) []string { return i.ready }

func TestHealth(t *testing.T) {
	router := routerOf(t)
	for _, tt := range []struct {
		name        string
		health      Health
		live, ready int
	}{
		{"nobody asks", nil, 200, 200},
		{"well", ill{}, 200, 200},
		{"a lane has stopped", ill{live: []string{"lane_stopped"}, ready: []string{"lane_stopped"}}, 503, 503},
		{"starting", ill{ready: []string{"starting"}}, 200, 503},
		{"everything", ill{ready: []string{"writes_wait", "ledger_not_writable", "heidi_silent"}}, 200, 503},
	} {
		h := (&Server{Desk: &asked{}, Health: tt.health}).Handler()
		for path, want := range map[string]int{"/healthz": tt.live, "/readyz": tt.ready} {
			w := ask(t, h, router, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != want || strings.Contains(w.Body.String(), `"ok":true`) != (want == 200) {
				t.Errorf("%s: %s: %d %s, want %d", tt.name, path, w.Code, w.Body, want)
			}
		}
	}
}

// TestWhoReadsMetrics: this machine where that is allowed, but never through a
// proxy; anybody with a token of the scope.
func TestWhoReadsMetrics(t *testing.T) {
	router := routerOf(t)
	served := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		_, _ = w.Write([]byte("carryover_up 1\n"))
	})
	for _, tt := range []struct {
		name, from, token, proxy string
		here                     bool
		want                     int
	}{
		{name: "this machine", from: "127.0.0.1:5000", here: true, want: 200},
		{name: "this machine, IPv6", from: "[::1]:5000", here: true, want: 200},
		{name: "this machine, where a token is needed", from: "127.0.0.1:5000", want: 401},
		{name: "through a proxy of this machine", from: "127.0.0.1:5000", here: true, proxy: "X-Forwarded-For", want: 401},
		{name: "through another sort of proxy", from: "127.0.0.1:5000", here: true, proxy: "Via", want: 401},
		{name: "another machine", from: "192.0.2.7:5000", here: true, want: 401},
		{name: "a socket", from: "@", here: true, want: 401},
		{name: "another machine with a token", from: "192.0.2.7:5000", token: metricsToken, want: 200},
		{name: "with a token for something else", from: "192.0.2.7:5000", token: carryToken, want: 403},
	} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = tt.from
		if tt.token != "" {
			r.Header.Set("Authorization", "Bearer "+tt.token)
		}
		if tt.proxy != "" {
			r.Header.Set(tt.proxy, "192.0.2.7")
		}
		w := ask(t, (&Server{Desk: &asked{}, Metrics: served, MetricsHere: tt.here}).Handler(), router, r)
		if w.Code != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, w.Code, tt.want)
		}
	}
}
