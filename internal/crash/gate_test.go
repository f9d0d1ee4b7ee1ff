package crash

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A gate stands between the child and one simulated API. Each request passes two
// points: when all of it has arrived, and when the simulator has done what it
// asked and nobody was told.
type gate struct {
	api   string
	lane  *lane
	proxy *httputil.ReverseProxy
}

// errKilled ends an exchange whose client was killed for it.
var errKilled = errors.New("the client was killed")

// newGate listens before the API at base and returns the address in its place.
func newGate(t *testing.T, l *lane, api, base string) (replaced string) {
	t.Helper()
	to, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true} // each fault of the simulator stays one
	g := &gate{api: api, lane: l}
	g.proxy = &httputil.ReverseProxy{
		Transport: transport, ErrorLog: log.New(io.Discard, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
			r.Out.Host = r.In.Host // links in answers lead back here
		},
		ModifyResponse: func(r *http.Response) error {
			if dead, _ := l.reach(g.name(r.Request) + " took effect"); dead {
				return errKilled
			}
			return nil
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // a cut stays a cut
	}
	s := httptest.NewServer(g)
	t.Cleanup(s.Close)
	return strings.Replace(base, "http://"+to.Host, s.URL, 1)
}

// ServeHTTP implements http.Handler.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone before it had said all
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if g.lane.meanwhile != nil {
		g.lane.meanwhile(r)
	}
	dead, late := g.lane.reach(g.name(r) + " arrives")
	if dead {
		if late > 0 {
			g.takesEffect(r, body, late)
		}
		panic(http.ErrAbortHandler)
	}
	g.proxy.ServeHTTP(w, r)
}

// takesEffect lets the request of a dead client through while its successor is at
// work, so long after that has begun.
func (g *gate) takesEffect(r *http.Request, body []byte, late time.Duration) {
	again := r.Clone(context.WithoutCancel(r.Context()))
	again.Body = io.NopCloser(bytes.NewReader(body))
	l := g.lane
	l.mu.Lock()
	next := l.next
	l.mu.Unlock()
	l.late.Go(func() {
		select {
		case <-next:
		case <-l.t.Context().Done():
			return
		}
		began := time.Now()
		<-time.After(late)
		defer func() { _ = recover() }() // the answer goes nowhere
		g.proxy.ServeHTTP(httptest.NewRecorder(), again)
		l.mu.Lock()
		l.tooLate = l.tooLate || time.Since(began) > l.grace()-200*time.Millisecond
		l.mu.Unlock()
	})
}

// Paths under the APIs' bases, without what differs from run to run.
var (
	base   = regexp.MustCompile(`^(/api/v2/ml-scribe/open-api|/v1)`)
	bucket = regexp.MustCompile(`^/bucket/.*`)
	number = regexp.MustCompile(`/([0-9]+|[0-9a-f]{24,})(/|$)`)
)

func (g *gate) name(r *http.Request) string {
	path := bucket.ReplaceAllString(base.ReplaceAllString(r.URL.Path, ""), "/bucket")
	return g.api + " " + r.Method + " " + number.ReplaceAllString(path, "/{id}$2")
}
