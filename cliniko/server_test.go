package cliniko

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

// sampleKey is the worked example of Cliniko's own documentation.
const sampleKey = "MxJrZXkiOiI1Njd1amJmZTQ1NyJ9-au2"

// A seenRequest is what a server saw of a request.
type seenRequest struct {
	Method, Path string
	Query        url.Values
	Header       http.Header
	Body         string
	Length       int64
}

// A server answers requests with a handler and keeps what it saw.
type server struct {
	URL string

	mu   sync.Mutex
	seen []seenRequest
}

func (s *server) requests() []seenRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]seenRequest(nil), s.seen...)
}

func (s *server) note(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, seenRequest{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(),
		Header: r.Header, Body: string(body), Length: r.ContentLength,
	})
}

// serve runs handler under /v1 on a loopback socket.
func serve(t *testing.T, handler http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.note(r)
		w.Header().Set("Content-Type", "application/json")
		handler(w, r)
	}))
	t.Cleanup(h.Close)
	s.URL = h.URL + "/v1"
	return s
}

// serveRaw runs a server that reads a whole request and then hands over the
// bare connection; n counts requests from 1. The connection is closed after.
func serveRaw(t *testing.T, act func(conn *net.TCPConn, n int)) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{URL: "http://" + l.Addr().String() + "/v1"}
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
	s.note(req)
	act(conn, len(s.requests()))
}

// says answers with exactly these bytes, then closes.
func says(raw string) func(*net.TCPConn, int) {
	return func(conn *net.TCPConn, _ int) { _, _ = io.WriteString(conn, raw) }
}

// resets answers with these bytes and then cuts the connection with a reset.
func resets(raw string) func(*net.TCPConn, int) {
	return func(conn *net.TCPConn, _ int) {
		_, _ = io.WriteString(conn, raw)
		if raw != "" {
			time.Sleep(20 * time.Millisecond) // let the bytes arrive: a reset overtakes them
		}
		_ = conn.SetLinger(0)
	}
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
	read := &http.Transport{}
	write := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(read.CloseIdleConnections)
	return Config{
		Key: carryover.NewSecret(sampleKey), BaseURL: base, Contact: "ops@example.com",
		Read: read, Write: write, PerMinute: 6000, Backoff: time.Millisecond,
		Deadline: 5 * time.Second, ReadTimeout: 5 * time.Second,
	}
}

// newClient makes a client for a server; change may alter its configuration.
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

// kindOf names the kind of an error for a table.
func kindOf(err error) carryover.Kind {
	for _, k := range []carryover.Kind{
		carryover.ErrTransient, carryover.ErrRefused, carryover.ErrInDoubt, carryover.ErrUnauthorized,
		carryover.ErrInvalid, carryover.ErrGone, carryover.ErrNotHere,
	} {
		if isKind(err, k) {
			return k
		}
	}
	return "" // no error, or one without a kind
}
