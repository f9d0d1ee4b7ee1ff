package guard

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestDoorsApart: nothing clinical goes to an operational host, and no message to
// a clinical one.
func TestDoorsApart(t *testing.T) {
	t.Parallel()
	var clinicalHits, messageHits int
	clinical := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { clinicalHits++ }))
	defer clinical.Close()
	message := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		messageHits++
		http.Redirect(w, &http.Request{Method: http.MethodGet}, clinical.URL, http.StatusFound)
	}))
	defer message.Close()
	at := func(s *httptest.Server) string { return strings.TrimPrefix(s.URL, "http://") }
	g, err := New(Policy{Clinical: []string{at(clinical)}, Operational: []string{at(message)}})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	for _, tt := range []struct {
		name   string
		out    http.RoundTripper
		method string
		to     *httptest.Server
		ok     bool
	}{
		{"reading", g.Transport(), http.MethodGet, clinical, true},
		{"writing", g.FreshTransport(), http.MethodPost, clinical, true},
		{"a message", g.Messages(), http.MethodPost, message, true},
		{"reading from a message host", g.Transport(), http.MethodGet, message, false},
		{"writing to a message host", g.FreshTransport(), http.MethodPost, message, false},
		{"a message to a clinical host", g.Messages(), http.MethodPost, clinical, false},
	} {
		r, err := http.NewRequestWithContext(t.Context(), tt.method, tt.to.URL, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.GetBody = nil
		answer, err := tt.out.RoundTrip(r)
		if err == nil {
			_ = answer.Body.Close()
		}
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v, want allowed %v", tt.name, err, tt.ok)
		}
	}
	if clinicalHits != 2 || messageHits != 1 {
		t.Errorf("%d and %d requests arrived, want 2 and 1: a redirect is not followed", clinicalHits, messageHits)
	}
	for _, to := range []string{at(clinical), "127.0.0.1:1"} {
		if conn, err := g.DialMessages(t.Context(), "tcp", to); err == nil {
			_ = conn.Close()
			t.Errorf("DialMessages(%s) = nil, want a refusal", to)
		}
	}
	conn, err := g.DialMessages(t.Context(), "tcp", at(message))
	if err != nil {
		t.Fatalf("DialMessages to an operational host = %v", err)
	}
	var _ net.Conn = conn
	_ = conn.Close()
	j := g.Journal()
	if c := j[at(message)]; !c.Operational || c.Requests != 2 || c.Refused != 2 {
		t.Errorf("the journal has %+v for the message host, want 2 requests and 2 refused, operational", c)
	}
	if c := j[at(clinical)]; c.Operational || c.Requests != 2 || c.Refused != 2 {
		t.Errorf("the journal has %+v for the clinical host, want 2 requests and 2 refused", c)
	}
}
