package daemon_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// A witness stands between Carryover and one simulated API. It keeps every
// credential that passes, and now and then it answers in the simulator's place
// with an error that repeats the whole request, as careless servers do: what
// must not be written down is then in the very text that errors are made of.
type witness struct {
	proxy *httputil.ReverseProxy

	mu      sync.Mutex
	asked   map[string]int // by method
	secrets map[string]bool
}

// Of so many requests by a method, one is answered with an echo.
var echoOneIn = map[string]int{http.MethodGet: 60, http.MethodPost: 14}

// newWitness listens before the API at base and returns the address in its place.
func newWitness(t *testing.T, base string) (w *witness, replaced string) {
	t.Helper()
	to, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	w = &witness{asked: map[string]int{}, secrets: map[string]bool{}}
	w.proxy = &httputil.ReverseProxy{
		Transport: transport, ErrorLog: log.New(io.Discard, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
			r.Out.Host = r.In.Host // links in answers lead back here
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // a cut stays a cut
	}
	s := httptest.NewServer(w)
	t.Cleanup(s.Close)
	return w, strings.Replace(base, "http://"+to.Host, s.URL, 1)
}

// ServeHTTP implements http.Handler.
func (w *witness) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	n := w.note(r)
	if every := echoOneIn[r.Method]; every == 0 || n%every != every-1 {
		w.proxy.ServeHTTP(out, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone
	}
	status := http.StatusInternalServerError
	if r.Method == http.MethodPost {
		status = http.StatusUnprocessableEntity
	}
	said := fmt.Sprintf("cannot use %s %s with %v: %s", r.Method, r.URL, r.Header, body)
	out.Header().Set("Content-Type", "application/json")
	out.Header().Set("X-Request", strings.ReplaceAll(r.URL.String(), "\n", " "))
	out.WriteHeader(status)
	_ = json.NewEncoder(out).Encode(map[string]any{
		"message": said, "detail": said, "errors": map[string]string{"content": said},
	})
}

// note keeps the request's credentials and counts it.
func (w *witness) note(r *http.Request) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, header := range []string{"Authorization", "Heidi-Api-Key"} {
		secret := r.Header.Get(header)
		for _, scheme := range []string{"Bearer ", "Basic "} {
			secret = strings.TrimPrefix(secret, scheme)
		}
		if secret != "" {
			w.secrets[secret] = true
		}
	}
	w.asked[r.Method]++
	return w.asked[r.Method]
}

// seen returns the credentials that have passed.
func (w *witness) seen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]string, 0, len(w.secrets))
	for s := range w.secrets {
		all = append(all, s)
	}
	return all
}
