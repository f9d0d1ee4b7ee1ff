package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"carryover/web"
)

// TestHosts: a name that another site makes resolve to this machine gets nothing,
// neither a page nor an asset nor a form.
func TestHosts(t *testing.T) {
	t.Parallel()
	local, practice := []string(nil), []string{"records.example.com"}
	for _, c := range []struct {
		host  string
		hosts []string
		want  bool
	}{
		{"127.0.0.1:8480", local, true},
		{"127.0.0.1", local, true},
		{"127.1.2.3:8480", local, true},
		{"localhost:8480", local, true},
		{"LOCALHOST.", local, true},
		{"[::1]:8480", local, true},
		{"[::1]", local, true},
		{"[::ffff:127.0.0.1]:8480", local, true},
		{"rebound.example:8480", local, false},
		{"rebound.example", local, false},
		{"localhost.rebound.example:8480", local, false},
		{"127.0.0.1.rebound.example", local, false},
		{"192.0.2.7:8480", local, false},
		{"", local, false},
		{"*", local, false},
		{"records.example.com", local, false},
		{"records.example.com", practice, true},
		{"Records.Example.com:443", practice, true},
		{"localhost:8480", practice, true},
		{"old.records.example.com", practice, false},
		{"records.example.com.rebound.example", practice, false},
		{"192.0.2.7", []string{web.AnyHost}, true},
	} {
		h, err := (&web.Server{Gate: gate{}, Hosts: c.hosts}).Handler()
		if err != nil {
			t.Fatal(err)
		}
		for _, ask := range []string{"GET /health", "GET /sign-in", "GET /assets/style.css", "POST /held/x/file"} {
			method, path, _ := strings.Cut(ask, " ")
			r := httptest.NewRequest(method, path, nil)
			r.Host = c.host
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if got := w.Code != http.StatusMisdirectedRequest; got != c.want {
				t.Errorf("%s for host %q on %v: status %d, want it answered: %v", ask, c.host, c.hosts, w.Code, c.want)
			}
			if c.host != "" && c.host != "*" && strings.Contains(w.Body.String(), c.host) {
				t.Errorf("%s for host %q: the answer quotes it", ask, c.host)
			}
		}
	}
}
