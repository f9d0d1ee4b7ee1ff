package guard

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestRedirectsAreHandedBack(t *testing.T) {
	var elsewhere atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Store(true) }))
	defer other.Close()
	s := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusFound))
	defer s.Close()
	g := newGuard(t, Policy{Clinical: []string{hostOf(s), hostOf(other)}})
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
	resp, err := Client(g.Transport()).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusFound || elsewhere.Load() {
		t.Errorf("Client.Do = %d, followed %v, want 302 and not followed", resp.StatusCode, elsewhere.Load())
	}
}

// cutter accepts connections, reads one request from each and cuts it after
// good answers to GETs; it counts what arrives.
func cutter(t *testing.T, requests, connections *atomic.Int32) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		requests.Add(1)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func TestFreshTransportNeverSendsTwice(t *testing.T) {
	var requests, connections atomic.Int32
	s := cutter(t, &requests, &connections)
	g := newGuard(t, Policy{Clinical: []string{hostOf(s)}})
	rt := g.FreshTransport()
	for range 3 { // connections that could be used again, if it did
		if _, err := get(t, rt, s.URL); err != nil {
			t.Fatal(err)
		}
	}
	if got := connections.Load(); got != 3 {
		t.Errorf("3 requests used %d connections, want 3", got)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, io.NopCloser(strings.NewReader(`{"a":1}`)))
	if _, err := rt.RoundTrip(req); err == nil {
		t.Error("RoundTrip of a POST that was cut = nil, want an error")
	}
	if got := requests.Load(); got != 1 {
		t.Errorf("the POST arrived %d times, want 1", got)
	}
}

// net/http sends a request again by itself if it can; then it is refused.
func TestReplayableWritesAreRefused(t *testing.T) {
	var requests, connections atomic.Int32
	s := cutter(t, &requests, &connections)
	g := newGuard(t, Policy{Clinical: []string{hostOf(s)}})
	withBody, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, strings.NewReader("x")) // has a GetBody
	withKey, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, io.NopCloser(strings.NewReader("x")))
	withKey.Header.Set("Idempotency-Key", "1")
	for name, req := range map[string]*http.Request{"GetBody": withBody, "Idempotency-Key": withKey} {
		if _, err := g.FreshTransport().RoundTrip(req); !errors.Is(err, ErrRefused) {
			t.Errorf("RoundTrip of a POST with %s = %v, want a refusal", name, err)
		}
	}
	if got := requests.Load(); got != 0 {
		t.Errorf("%d requests arrived, want none", got)
	}
}

// The danger is real: on a connection that was used before, the standard
// transport does send such a request a second time.
func TestStandardTransportWouldSendTwice(t *testing.T) {
	var requests, connections atomic.Int32
	s := cutter(t, &requests, &connections)
	rt := &http.Transport{}
	defer rt.CloseIdleConnections()
	if _, err := get(t, rt, s.URL); err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, strings.NewReader("x"))
	req.Header.Set("Idempotency-Key", "1")
	_, _ = rt.RoundTrip(req)
	if got := requests.Load(); got < 2 {
		t.Errorf("the POST arrived %d times; if net/http no longer sends it again, say so in docs", got)
	}
}

func TestTLS(t *testing.T) {
	g := newGuard(t, Policy{})
	for name, tr := range map[string]*http.Transport{"read": g.read, "write": g.write} {
		if tr.TLSClientConfig.MinVersion < 0x0303 || tr.TLSClientConfig.InsecureSkipVerify {
			t.Errorf("%s transport: TLS from %x, verify off %v, want 1.2 and on", name, tr.TLSClientConfig.MinVersion, tr.TLSClientConfig.InsecureSkipVerify)
		}
		if tr.TLSHandshakeTimeout == 0 || tr.ResponseHeaderTimeout == 0 {
			t.Errorf("%s transport waits for ever", name)
		}
	}
	if !g.write.DisableKeepAlives || g.write.Protocols.HTTP2() || !g.write.Protocols.HTTP1() {
		t.Error("the write transport keeps connections or speaks HTTP/2")
	}
}

func TestBare(t *testing.T) {
	inner := errors.New("inner")
	deep := &url.Error{Op: "Get", URL: "https://x.example/?email=z@example.com", Err: &url.Error{Op: "Get", URL: "y", Err: inner}}
	if got := Bare(deep); got != inner {
		t.Errorf("Bare(url.Error) = %v, want inner", got)
	}
	if got := Bare(inner); got != inner {
		t.Errorf("Bare(inner) = %v, want inner", got)
	}
	if got := Bare(nil); got != nil {
		t.Errorf("Bare(nil) = %v, want nil", got)
	}
}

func TestLockDefaultTransport(t *testing.T) {
	before, client := http.DefaultTransport, http.DefaultClient.Transport
	defer func() { http.DefaultTransport, http.DefaultClient.Transport = before, client }()
	LockDefaultTransport()
	for name, c := range map[string]*http.Client{"default": http.DefaultClient, "zero": {}, "own timeout": {Timeout: time.Second}} {
		resp, err := c.Post("http://127.0.0.1:1/", "text/plain", strings.NewReader("x"))
		if err == nil {
			_ = resp.Body.Close()
		}
		if !errors.Is(err, ErrRefused) {
			t.Errorf("%s client = %v, want a refusal", name, err)
		}
	}
}
