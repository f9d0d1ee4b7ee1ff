package heidi

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"carryover"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	jsonType = "application/json"
	htmlType = "text/html; charset=utf-8"
	htmlPage = "<html><body>Bad gateway</body></html>"

	sampleKey   = "heidi-key-0000"
	sampleEmail = "sam.physio@example.com"
	sampleID    = carryover.SessionID("271828182845904523536028747135266249775")
)

// A seenRequest is what a server saw of a request.
type seenRequest struct {
	Method, Path string
	Query        url.Values
	Header       http.Header
}

// A server is a small Heidi: it hands out tokens and answers all else with a
// handler.
type server struct {
	URL string
	// token answers /jwt; nil: a token that lives for an hour.
	token http.HandlerFunc

	mu     sync.Mutex
	seen   []seenRequest
	tokens int
}

// requests returns what was asked besides tokens.
func (s *server) requests() []seenRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]seenRequest(nil), s.seen...)
}

func (s *server) tokensGiven() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request, handler http.HandlerFunc) {
	w.Header().Set("Content-Type", jsonType)
	if strings.HasSuffix(r.URL.Path, "/jwt") {
		s.mu.Lock()
		s.tokens++
		n := s.tokens
		s.mu.Unlock()
		if s.token != nil {
			s.token(w, r)
			return
		}
		fmt.Fprintf(w, `{"token":"token-%d","expiration_time":%q}`, n, time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05.000Z"))
		return
	}
	s.mu.Lock()
	s.seen = append(s.seen, seenRequest{r.Method, strings.TrimPrefix(r.URL.Path, basePath), r.URL.Query(), r.Header})
	s.mu.Unlock()
	handler(w, r)
}

// serve runs a server on a loopback socket.
func serve(t *testing.T, handler http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(w, r, handler) }))
	t.Cleanup(h.Close)
	s.URL = h.URL + basePath
	return s
}

// serveBody answers everything with one body.
func serveBody(t *testing.T, status int, body string) *server {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// serveRaw gives tokens and hands all other connections to act, bare; n counts
// those requests from 1. Connections are closed after.
func serveRaw(t *testing.T, act func(conn *net.TCPConn, n int)) *server {
	t.Helper()
	return serve(t, nil).raw(t, act)
}

func (s *server) raw(t *testing.T, act func(*net.TCPConn, int)) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.URL = "http://" + l.Addr().String() + basePath
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { s.answerRaw(conn.(*net.TCPConn), act) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	return s
}

func (s *server) answerRaw(conn *net.TCPConn, act func(*net.TCPConn, int)) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	if strings.HasSuffix(req.URL.Path, "/jwt") {
		says(response(200, jsonType, `{"token":"token-1","expires_in":3600}`, "Connection: close"))(conn, 0)
		return
	}
	s.mu.Lock()
	s.seen = append(s.seen, seenRequest{req.Method, strings.TrimPrefix(req.URL.Path, basePath), req.URL.Query(), req.Header})
	n := len(s.seen)
	s.mu.Unlock()
	act(conn, n)
}

// says answers with exactly these bytes, then closes.
func says(raw string) func(*net.TCPConn, int) {
	return func(conn *net.TCPConn, _ int) { _, _ = io.WriteString(conn, raw) }
}

// resets cuts the connection with a reset.
func resets(conn *net.TCPConn, _ int) { _ = conn.SetLinger(0) }

// silent holds the connection until the other side gives up.
func silent(conn *net.TCPConn, _ int) { _, _ = conn.Read(make([]byte, 1)) }

// inTurn answers each request with the next of acts, and the last for ever.
func inTurn(acts ...func(*net.TCPConn, int)) func(*net.TCPConn, int) {
	return func(conn *net.TCPConn, n int) { acts[min(n, len(acts))-1](conn, n) }
}

// response builds a complete answer.
func response(status int, kind, body string, headers ...string) string {
	head := []string{
		fmt.Sprintf("HTTP/1.1 %d %s", status, http.StatusText(status)),
		fmt.Sprintf("Content-Length: %d", len(body)),
	}
	if kind != "" {
		head = append(head, "Content-Type: "+kind)
	}
	return strings.Join(append(head, headers...), "\r\n") + "\r\n\r\n" + body
}

// testConfig is a client's configuration for a server, quick to try again.
func testConfig(t *testing.T, base string) Config {
	t.Helper()
	read := &http.Transport{DisableKeepAlives: true}
	return Config{
		Key: carryover.NewSecret(sampleKey), BaseURL: base, Region: "AU",
		Email: carryover.NewText(sampleEmail), InternalID: "sam-1", Practitioner: "456",
		Read: read, Backoff: time.Millisecond, Timeout: 5 * time.Second,
	}
}

func newClient(t *testing.T, base string, change ...func(*Config)) *Client {
	t.Helper()
	cfg := testConfig(t, base)
	for _, f := range change {
		f(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

func hasty(cfg *Config) { cfg.Timeout = 150 * time.Millisecond }
