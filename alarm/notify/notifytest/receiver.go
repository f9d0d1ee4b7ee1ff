package notifytest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"sync"
	"testing"
)

// A Receiver takes what is posted or asked, and answers 200 or what it was told.
type Receiver struct {
	URL string // http, on this machine

	mu     sync.Mutex // guards what follows
	all    []Request
	status int
}

// A Request is one that was received.
type Request struct {
	Method, Path, Body string
	Header             http.Header
	Raw                string // every byte of it
}

// NewReceiver listens until the test ends.
func NewReceiver(t testing.TB) *Receiver {
	t.Helper()
	r := &Receiver{status: http.StatusOK}
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	r.URL = s.URL
	return r
}

// Answer sets the status of all answers from now on; a redirect leads to the
// receiver itself.
func (r *Receiver) Answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// Requests are those received so far.
func (r *Receiver) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Request(nil), r.all...)
}

// ServeHTTP implements http.Handler.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	raw, err := httputil.DumpRequest(q, true)
	body, err2 := io.ReadAll(q.Body)
	if err != nil || err2 != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, Request{Method: q.Method, Path: q.URL.Path, Body: string(body), Header: q.Header, Raw: string(raw)})
	w.Header().Set("Location", "/elsewhere")
	w.WriteHeader(r.status)
}
