package clinikosim

import (
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"carryover/sandbox"
)

// Options say what a Server is loaded with. The zero value gives an empty
// practice with one practitioner whose key is DefaultKey.
type Options struct {
	Practice *sandbox.Practice // nil: an empty practice
	Clock    *sandbox.Clock    // nil: the wall clock
	Seed     uint64            // varies what the API leaves open
	Switches Switches
	// BaseURL begins every link in an answer; /v1 is added where it is missing.
	// Empty: the address the request came to if that is a loopback address, so
	// that paging works, else https://api.SHARD.cliniko.com/v1.
	BaseURL string
	// BucketURL is where uploads go and files come from, when Bucket is served
	// somewhere else. Empty: BucketPath at the address the request came to if
	// that is a loopback address, else a host that cannot exist.
	BucketURL string
	// RateLimit is the number of requests a user has per minute; 0 means 200,
	// a negative value no limit.
	RateLimit int
	Log       *slog.Logger // nil discards
}

// A Server is a simulated Cliniko account. It is an http.Handler for paths
// under /v1, and under BucketPath for its files; it is safe for concurrent use.
type Server struct {
	clock   *sandbox.Clock
	seed    uint64
	baseURL string
	shard   string
	log     *slog.Logger
	mux     *http.ServeMux
	limit   limiter
	ids     idSource
	files   *bucket
	// bucketURL is Options.BucketURL without a slash at its end.
	bucketURL atomic.Pointer[string]
	grants    atomic.Uint64 // uploads that were allowed so far; each has a place of its own

	// Descriptions of the record kinds, fixed after New.
	res resources

	mu       sync.RWMutex // guards the books below
	switches Switches
	hook     func(Event)
	books    books
}

// New returns a server loaded from o. Keys in the practice that do not begin
// with SANDBOX are not accepted later; the log says so.
func New(o Options) *Server {
	s := &Server{
		clock: o.Clock, seed: o.Seed, switches: o.Switches, log: o.Log,
		baseURL: withVersion(o.BaseURL), limit: newLimiter(o.RateLimit),
		files: newBucket(o.Seed),
	}
	s.SetBucketURL(o.BucketURL)
	if s.clock == nil {
		s.clock = sandbox.NewClock(0)
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	practice := o.Practice
	if practice == nil {
		practice = emptyPractice()
	}
	s.shard = practice.Shard
	if s.shard == "" {
		s.shard = "au3"
	}
	s.books = newBooks()
	s.res = s.describe()
	s.load(practice)
	s.mux = s.routes()
	return s
}

// withVersion ends a base address in /v1, without a slash.
func withVersion(base string) string {
	base = strings.TrimSuffix(base, "/")
	if base != "" && !strings.HasSuffix(base, "/v1") {
		base += "/v1"
	}
	return base
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path, under := strings.CutPrefix(r.URL.Path, BucketPath); under && (path == "" || path[0] == '/') {
		s.serveBucket(w, r, path) // ahead of the mux, which would tidy the names of files
		return
	}
	s.mux.ServeHTTP(w, r)
}

// Switches returns the switches in force.
func (s *Server) Switches() Switches {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.switches
}

// SetSwitches replaces all switches; it takes effect with the next request.
func (s *Server) SetSwitches(sw Switches) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.switches = sw
}

// An Event is one request on its way: before it has any effect, or after its
// effect and before its answer.
type Event struct {
	Before bool
	Method string
	Path   string // under /v1, e.g. /treatment_notes/123/archive; the bucket's begin with BucketPath
	ID     string // of the record; empty before a POST that makes one, and for lists
	Status int    // of the answer; 0 before
}

// Hook calls f before and after each request that is let in, outside all
// locks, so that a test can act as a person at exactly that moment. Only the
// last f counts; nil ends it.
func (s *Server) Hook(f func(Event)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = f
}

// base returns what links in the answer to r begin with.
func (s *Server) base(r *http.Request) string {
	if s.baseURL != "" {
		return s.baseURL
	}
	if here, loopback := origin(r); loopback {
		return here + "/v1"
	}
	return "https://api." + s.shard + ".cliniko.com/v1"
}

// origin returns scheme, host and port that r came to, and whether that is a
// loopback address.
func origin(r *http.Request) (string, bool) {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", false
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host, true
}
