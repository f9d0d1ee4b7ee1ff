package clinic

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// DefaultPace is how long the clinic's day takes when nothing else is said.
const DefaultPace = 15 * time.Second

// Options say what a Clinic is made of. The zero value is a generated clinic
// of yesterday on free ports, without faults.
type Options struct {
	// Practice is the clinic's data, from Generate or Load; nil: Generate(Seed,
	// LastPracticeDay(now)). One whose sessions are older than a client can be
	// told to look back is moved forward by whole weeks.
	Practice *sandbox.Practice
	// Plot is a day with a purpose, from Adversary or Slips; nil: none. It brings
	// its own practice, and Practice is not looked at.
	Plot *Plot
	// Seed varies what the two APIs leave open, and makes the practice when
	// none is given.
	Seed uint64
	// Plan is how the simulators misbehave; nil: they do not. See
	// sandbox.DefaultPlan for what the command line turns on.
	Plan *sandbox.Plan
	// Pace is how long the clinic's day takes; 0: DefaultPace.
	Pace time.Duration
	// HeidiAddr, ClinikoAddr and ControlAddr are where to listen; empty:
	// 127.0.0.1 and a free port. Any host but a loopback address is refused:
	// nothing here is fit for a network.
	HeidiAddr, ClinikoAddr, ControlAddr string
	// RateLimit is the number of requests a Cliniko user has per minute; 0:
	// 200, as at Cliniko; negative: no limit.
	RateLimit int
	// Heidi and Cliniko choose between the answers to the APIs' open questions.
	Heidi   heidisim.Switches
	Cliniko clinikosim.Switches
	// TokenLife is how long Heidi's tokens are good for; 0: 30 minutes.
	TokenLife time.Duration
	// Log receives what the simulators log: ids only. Nil discards.
	Log *slog.Logger
}

// A Clinic is a running simulated clinic: two simulators and a control
// interface, each on a loopback socket of its own.
type Clinic struct {
	HeidiURL   string // the API's base, ending in /api/v2/ml-scribe/open-api
	ClinikoURL string // the API's base, ending in /v1
	ControlURL string
	HeidiKey   string // the practice's Heidi API key

	Practice *sandbox.Practice // what the simulators were loaded with; only read
	Heidi    *heidisim.Server
	Cliniko  *clinikosim.Server
	Journal  *sandbox.Journal
	Clock    *sandbox.Clock
	Faults   *sandbox.Faults

	log     *slog.Logger
	script  *script
	before  map[string]bool     // notes and files that were there at the start; only read
	reasons map[string][]string // by session: the plot's; only read
	reader  *reader
	servers []*http.Server
	serving sync.WaitGroup
	closing sync.Once

	closed   chan struct{}
	happened atomic.Int64
}

// heidiKey opens every sandbox's Heidi; the simulator refuses keys that do not
// say SANDBOX, and this one can be told from a real one at a glance.
const heidiKey = "SANDBOX-heidi-clinic-key"

// Start opens the clinic. Its day begins with the first listing of sessions at
// Heidi, or when Begin is called. The caller must Close it. An error names the
// address that could not be had.
func Start(o Options) (*Clinic, error) {
	if o.Pace <= 0 {
		o.Pace = DefaultPace
	}
	if o.Plot == nil {
		o.Plot = &Plot{Practice: o.Practice}
	}
	if o.Practice = o.Plot.Practice; o.Practice == nil {
		o.Practice = Generate(o.Seed, LastPracticeDay(time.Now()))
	}
	o.Practice = recent(o.Practice, time.Now())
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	clock := sandbox.NewClock(o.Pace)
	c := &Clinic{
		HeidiKey: heidiKey, Practice: o.Practice, Clock: clock, Journal: sandbox.NewJournal(), Faults: sandbox.NewFaults(o.Plan, clock),
		Heidi: heidisim.New(heidisim.Options{
			Practice: o.Practice, Clock: clock, Seed: o.Seed, Switches: o.Heidi, APIKeys: []string{heidiKey}, TokenLife: o.TokenLife, Log: o.Log,
		}),
		Cliniko: clinikosim.New(clinikosim.Options{
			Practice: o.Practice, Clock: clock, Seed: o.Seed, Switches: o.Cliniko, RateLimit: o.RateLimit, Log: o.Log,
		}),
		log: o.Log, script: newScript(o.Practice), before: map[string]bool{}, reader: newReader(),
		reasons: o.Plot.Reasons, closed: make(chan struct{}),
	}
	for _, n := range c.Cliniko.Notes() {
		c.before[n.ID] = true
	}
	for _, a := range c.Cliniko.Attachments() {
		c.before[a.ID] = true
	}
	if err := c.listen(o); err != nil {
		c.Close()
		return nil, err
	}
	if len(o.Plot.Happenings) > 0 {
		c.serving.Go(func() { c.play(o.Plot.Happenings) })
	}
	return c, nil
}

// listen opens the three sockets and serves on them.
func (c *Clinic) listen(o Options) error {
	for _, s := range []struct {
		what, addr, path string
		handler          http.Handler
		url              *string
	}{
		{"heidi", o.HeidiAddr, heidisim.Base, c.beginning(c.Faults.Wrap("heidi", c.Journal, c.Heidi)), &c.HeidiURL},
		{"cliniko", o.ClinikoAddr, "/v1", c.Faults.Wrap("cliniko", c.Journal, c.Cliniko), &c.ClinikoURL},
		{"control", o.ControlAddr, "", c.control(), &c.ControlURL},
	} {
		socket, err := listenLoopback(s.addr)
		if err != nil {
			return fmt.Errorf("start sandbox: %s: %w", s.what, err)
		}
		*s.url = "http://" + socket.Addr().String() + s.path
		server := &http.Server{
			Handler: s.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
			ErrorLog: slog.NewLogLogger(c.log.Handler(), slog.LevelDebug),
		}
		c.servers = append(c.servers, server)
		c.serving.Go(func() {
			if err := server.Serve(socket); err != nil && !errors.Is(err, http.ErrServerClosed) {
				c.log.Error("sandbox stopped serving", "api", s.what, "err", err)
			}
		})
	}
	return nil
}

// listenLoopback listens on addr, which must be a loopback address.
func listenLoopback(addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("address %q: want host:port, e.g. 127.0.0.1:8090", addr)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("address %q: only loopback addresses (127.0.0.1, ::1, localhost), because nothing here is protected", addr)
	}
	return net.Listen("tcp", addr)
}

// beginning starts the clinic's day at the first request for Heidi's listing:
// nothing is missed while a client is being set up and linked.
func (c *Clinic) beginning(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/sessions/linked-user") {
			c.Clock.Begin()
		}
		next.ServeHTTP(w, r)
	})
}

// Begin starts the clinic's day; later calls change nothing.
func (c *Clinic) Begin() { c.Clock.Begin() }

// Close ends all connections and returns when nothing of the clinic runs any
// more. What it held is gone. It is safe to call more than once.
func (c *Clinic) Close() {
	c.closing.Do(func() {
		close(c.closed)
		for _, s := range c.servers {
			if err := s.Close(); err != nil {
				c.log.Debug("close sandbox", "err", err)
			}
		}
		c.Faults.Close()
		c.serving.Wait()
	})
}
