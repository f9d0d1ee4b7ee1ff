package guard

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// headerTimeout is longer than Cliniko takes before it gives up by itself
// (about 30 s); callers set shorter deadlines of their own.
const headerTimeout = 60 * time.Second

// readTransport keeps connections alive.
func (g *Guard) readTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 nil, // whatever the environment says
		DialContext:           g.dial,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: headerTimeout,
		IdleConnTimeout:       50 * time.Second,
		MaxIdleConnsPerHost:   4,
		MaxConnsPerHost:       16,
		ForceAttemptHTTP2:     true,
	}
}

// writeTransport opens a connection for each request and never uses it again.
// A connection that was used before may be closed by the server just as a
// request goes out, and then nobody knows whether it arrived.
func (g *Guard) writeTransport() *http.Transport {
	t := g.readTransport()
	t.DisableKeepAlives = true
	t.DisableCompression = true
	t.ForceAttemptHTTP2 = false
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	return t
}

// Transport returns the way out for reading: GET and HEAD, connections kept.
func (g *Guard) Transport() http.RoundTripper {
	return &door{guard: g, next: g.read, readOnly: true}
}

// FreshTransport returns the way out for writing: one connection for each
// request, HTTP/1.1, nothing ever sent twice. A request that net/http could
// send again by itself (it has a GetBody or an idempotency key) is refused.
func (g *Guard) FreshTransport() http.RoundTripper {
	return &door{guard: g, next: g.write}
}

// A door checks a request before the transport sees it.
type door struct {
	guard    *Guard
	next     http.RoundTripper
	readOnly bool
	// operational: only to operational hosts; else only to the others.
	operational bool
}

// RoundTrip sends req if its host and manner are allowed. The answer to a
// redirect is the redirect.
func (d *door) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := d.check(req); err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // as a RoundTripper must
		}
		return nil, err
	}
	d.guard.count(address(req.URL), false)
	return d.next.RoundTrip(req)
}

func (d *door) check(req *http.Request) error {
	if req.URL == nil {
		return d.guard.refuse("", "no address", nil)
	}
	at := address(req.URL)
	h, ok := d.guard.find(at)
	reading := req.Method == http.MethodGet || req.Method == http.MethodHead || req.Method == ""
	switch {
	case !ok:
		return d.guard.refuse(at, "not on the list of hosts", nil)
	case h.operational() != d.operational:
		return d.guard.refuse(at, h.wrongDoor(), nil)
	case req.Host != "" && !strings.EqualFold(req.Host, req.URL.Host):
		return d.guard.refuse(at, "the Host header names another host", nil)
	case req.URL.Scheme != "https" && (req.URL.Scheme != "http" || !h.loopback):
		return d.guard.refuse(at, "only https is spoken", nil)
	case h.bucket && authorised(req):
		return d.guard.refuse(at, "a key does not go to the file store", nil)
	case d.readOnly && !reading:
		return d.guard.refuse(at, "this transport only reads", nil)
	case !d.readOnly && replayable(req):
		return d.guard.refuse(at, "the request could be sent twice", nil)
	}
	return nil
}

// replayable says that net/http might send a write again after a lost
// connection.
func replayable(req *http.Request) bool {
	_, key := req.Header["Idempotency-Key"]
	_, xkey := req.Header["X-Idempotency-Key"]
	return req.GetBody != nil || key || xkey
}

// address returns host and port in the form of the list.
func address(u *url.URL) string {
	h := host{name: strings.ToLower(u.Hostname()), port: u.Port()}
	if h.port == "" {
		h.port = httpsPort
		if u.Scheme == "http" {
			h.port = "80"
		}
	}
	return h.key()
}

// Client returns an http.Client over rt, one of a guard's transports, that
// hands redirects back instead of following them.
func Client(rt http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Bare returns the cause inside a *url.Error, which carries the whole URL and
// with it names and e-mail addresses. Other errors are returned as they are.
func Bare(err error) error {
	for {
		u, ok := errors.AsType[*url.Error](err)
		if !ok {
			return err
		}
		err = u.Err
	}
}

// LockDefaultTransport replaces http.DefaultTransport, and the transport of
// http.DefaultClient, by one that refuses. Whoever forgets the guard then
// fails loudly instead of going round it. Call it once, at start.
func LockDefaultTransport() {
	lockOnce.Do(func() {
		http.DefaultTransport = locked{}
		http.DefaultClient.Transport = locked{}
	})
}

// lockOnce lets several daemons in one process ask for the same.
var lockOnce sync.Once

// locked refuses every request.
type locked struct{}

// RoundTrip refuses.
func (locked) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	at := ""
	if req.URL != nil {
		at = address(req.URL)
	}
	return nil, &Refusal{Host: at, Why: "the default transport is locked; every request goes through the guard"}
}
