package heidisim

import (
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"carryover/sandbox"
)

const (
	// Base is the path under which the API answers, as at Heidi (§1, official).
	Base = "/api/v2/ml-scribe/open-api"
	// LinkPath is the page on which a clinician links an account (§3, observed).
	LinkPath = "/integration/widget/auth"
	// DefaultKey is the API key that works when Options name none.
	DefaultKey = "SANDBOX-heidi-key"

	keyPrefix = "SANDBOX" // a key without it could be somebody's real one
	bodyLimit = 16 << 20  // far above any body the API takes
)

// Options configure a Server. The zero value gives a working server with an
// empty practice.
type Options struct {
	// Practice is what the first API key leads to; nil: nobody and nothing. It
	// is only read, and only by New.
	Practice *sandbox.Practice
	// Further holds the data behind the second and later keys, in their order.
	// A key without an entry leads to an empty region.
	Further []*sandbox.Practice
	// Clock says what time it is and how much of the day has passed; nil: the
	// day is over, so that everything has happened already.
	Clock *sandbox.Clock
	// Seed decides all that the API's documents leave open: the order of
	// listings, ids, which timestamps have decimals.
	Seed uint64
	// Switches choose between the answers to open questions. Values that Check
	// would refuse count as the default, with a warning.
	Switches Switches
	// APIKeys are the keys that work; nil: DefaultKey. Each leads to data of
	// its own, as one key for each region does. One that does not begin with
	// SANDBOX is dropped, with a warning, and refused when it is used.
	APIKeys []string
	// TokenLife is how long a token is good for; 0: 30 minutes.
	TokenLife time.Duration
	// Log receives one line for each change; ids only. Nil: nothing is logged.
	Log *slog.Logger
}

// A Server is a simulated Heidi. It is an http.Handler, safe for concurrent
// use, and answers below Base and at LinkPath.
type Server struct {
	clock *sandbox.Clock
	seed  seed
	log   *slog.Logger

	mu        sync.Mutex // guards all that follows and everything it leads to
	switches  Switches   // settled: every default spelled out
	tokenLife time.Duration
	realms    map[string]*realm // by API key
	home      *realm            // of the first key; control works here first
	revoked   map[string]bool   // keys that work no more
	grants    map[string]grant  // by token
	sessions  map[string]*session
	agenda    agenda
	made      int            // records that API calls have made, for their ids
	writes    map[string]int // calls other than GET, by method and route
}

// New returns a server loaded with the practice's data. It opens no socket.
// Sessions whose id is empty or taken are left out, with a warning.
func New(o Options) *Server {
	s := &Server{
		clock: o.Clock, seed: seed(o.Seed), log: o.Log,
		switches: o.Switches.settled(), tokenLife: o.TokenLife,
		realms: map[string]*realm{}, revoked: map[string]bool{}, grants: map[string]grant{},
		sessions: map[string]*session{}, writes: map[string]int{},
	}
	if s.clock == nil {
		s.clock = sandbox.NewClock(0)
		s.clock.Finish()
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := o.Switches.Check(); err != nil {
		s.log.Warn("unknown values of switches count as their defaults", "err", err)
	}
	if s.tokenLife <= 0 {
		s.tokenLife = 30 * time.Minute
	}
	keys := o.APIKeys
	if len(keys) == 0 {
		keys = []string{DefaultKey}
	}
	for i, practice := range practicesFor(o, len(keys)) {
		s.open(keys[i], practice)
	}
	s.agenda.run(s.clock.Share())
	return s
}

// practicesFor returns one practice for each key, empty where o has none.
func practicesFor(o Options, keys int) []*sandbox.Practice {
	practices := make([]*sandbox.Practice, keys)
	for i, given := range append([]*sandbox.Practice{o.Practice}, o.Further...) {
		if i < keys {
			practices[i] = given
		}
	}
	for i := range practices {
		if practices[i] == nil {
			practices[i] = &sandbox.Practice{Region: "AU"}
		}
	}
	return practices
}

// open sets up what the API key leads to.
func (s *Server) open(key string, practice *sandbox.Practice) {
	r := s.newRealm(key, practice)
	if s.home == nil {
		s.home = r
	}
	if !strings.HasPrefix(key, keyPrefix) {
		s.log.Warn("api key dropped: it does not begin with SANDBOX")
		return
	}
	s.realms[key] = r
}

// Switches returns the switches in force, with every default spelled out.
func (s *Server) Switches() Switches {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.switches
}

// SetSwitches replaces the switches from the next request on. Values that
// Check would refuse count as the default.
func (s *Server) SetSwitches(w Switches) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.switches = w.settled()
}

// WriteCalls returns how many requests other than GET have reached the API, by
// method and route, as in "POST /sessions/{id}/documents", whatever was
// answered. A client that only reads leaves it empty. The link page, which a
// person uses in a browser, does not count.
func (s *Server) WriteCalls() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.writes)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", "SANDBOX-heidisim")
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if err != nil { // the client went away, or sends without end
		http.Error(w, "SANDBOX: request body cannot be read", http.StatusBadRequest)
		return
	}
	if r.URL.Path == LinkPath {
		s.linkPage(w, r, body)
		return
	}
	s.answerCall(r, body).write(w)
}

// answerCall does everything about a request that needs the lock.
func (s *Server) answerCall(r *http.Request, body []byte) response {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agenda.run(s.clock.Share())
	return s.dispatch(r, body).response(s.switches.ExtraFields)
}
