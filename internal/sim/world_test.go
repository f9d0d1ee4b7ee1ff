package sim

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"carryover/pipeline"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// Options say which world is run.
type Options struct {
	Seed   uint64
	Dir    string // where ledgers and keys are kept; it should be empty
	Days   int    // 0: one
	PerDay int    // sessions a day at most; 0: all of the clinic's
	Keep   int    // lines of the trace; 0: all
	// Poll is how often the daemon polls; 0: every quarter of an hour. A practice
	// has two minutes, which takes six times as long and gets into the same trouble.
	Poll   time.Duration
	Faults *Faults // nil: nothing goes wrong
}

// A World is a clinic with its two systems, the network between, and the lives
// of the daemon, in one bubble. The goroutine of its agenda alone changes it.
type World struct {
	dice    Dice
	dir     string
	poll    time.Duration
	script  *script
	network *Network
	clock   *sandbox.Clock
	heidi   *heidisim.Server
	cliniko *clinikosim.Server
	journal *sandbox.Journal
	struck  *sandbox.Faults
	faults  *Faults
	agenda  *agenda
	trace   *Trace
	log     *keeper
	shelf   *shelf // what is in Cliniko
	disk    *disk  // on which ledgers lie
	oracle  *oracle
	reached *Sometimes

	ctx     context.Context //nolint:containedctx // the world's own, from Run to its end
	running sync.WaitGroup
	servers []*http.Server
	life    *life // nil: the daemon is down
	lives   int
	copies  int
	guests  atomic.Int32 // second daemons that run now
	over    atomic.Bool  // the days are over, nothing goes wrong any more

	mu     sync.Mutex // guards what follows
	said   []string   // broken promises
	counts map[string]int

	lastData string // of the life that began last
	tally    Tally
	outcome  string
	done     context.CancelFunc
}

// A Result is what a world came to.
type Result struct {
	Broken  []string // promises that were broken, none in a good run
	Outcome string   // digest of notes, states and the audit chain's head
	Trace   *Trace
	Log     []string // what daemons warned of, for whoever looks for a cause
	Tally   Tally
	Reached *Sometimes
	Took    time.Duration // by a clock on the wall
}

// usualPoll is how often daemons poll: a practice's two minutes take six times
// as long to simulate and get into the same trouble.
const usualPoll = 15 * time.Minute

// firstDay is the day on which every world begins unless its faults say
// otherwise: a Tuesday.
var firstDay = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

// Run runs a world to its end. It must be called in a bubble.
func Run(ctx context.Context, o Options) *Result {
	ctx, end := context.WithCancel(ctx)
	defer end()
	w := newWorld(ctx, o)
	<-time.After(time.Until(w.script.first.Add(-time.Hour))) // a bubble begins in the year 2000
	w.open(o)
	w.done = end
	w.plan()
	w.agenda.run(ctx)
	w.running.Wait()
	w.tally.Requests = w.requests()
	w.reached.fromJournal(w)
	w.reached.fromWorld(w)
	return &Result{Broken: w.said, Outcome: w.outcome, Trace: w.trace, Log: w.log.lines, Tally: w.tally, Reached: w.reached}
}

// requests counts what reached the simulators.
func (w *World) requests() (n int) {
	for _, some := range w.journal.Counts() {
		n += some
	}
	return n
}

func newWorld(ctx context.Context, o Options) *World {
	d := Dice{o.Seed}
	faults := o.Faults
	if faults == nil {
		faults = &Faults{}
	}
	day := firstDay
	if !faults.From.IsZero() {
		day = faults.From
	}
	w := &World{
		dice: d, dir: o.Dir, poll: cmp.Or(faults.Poll, usualPoll), script: newScript(d, day, max(o.Days, 1), o.PerDay), network: NewNetwork(d), faults: faults,
		journal: sandbox.NewJournal(), agenda: newAgenda(), trace: &Trace{Keep: o.Keep}, log: &keeper{}, reached: newSometimes(), counts: map[string]int{},
		disk: newDisk(),
	}
	w.ctx = ctx
	w.oracle = newOracle(w)
	return w
}

// open starts both simulators.
func (w *World) open(o Options) {
	w.clock = sandbox.NewClock(w.script.pace())
	w.struck = sandbox.NewFaults(nil, w.clock)
	w.heidi = heidisim.New(heidisim.Options{
		Practice: w.script.practice, Clock: w.clock, Seed: o.Seed, Switches: w.faults.Heidi, APIKeys: []string{heidiKey},
	})
	w.cliniko = clinikosim.New(clinikosim.Options{
		Practice: w.script.practice, Clock: w.clock, Seed: o.Seed, Switches: w.faults.Cliniko,
	})
	w.cliniko.Hook(w.wrote)
	w.shelf = &shelf{cliniko: w.cliniko, staff: map[string]string{}}
	for _, p := range w.script.practice.Practitioners {
		w.shelf.staff[p.UserID] = p.ID
	}
	w.serve(heidiHost, "heidi", w.heidi)
	w.serve(clinikoHost, "cliniko", w.cliniko)
}

// serve answers to an address with one simulator and its misbehaviour.
func (w *World) serve(address, api string, h http.Handler) {
	wrapped := w.struck.Wrap(api, w.journal, h)
	s := &http.Server{
		Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w.trace.add("%s %s %s", api, r.Method, r.URL.Path)
			wrapped.ServeHTTP(rw, r)
		}),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	w.servers = append(w.servers, s)
	l := w.network.Listen(address)
	w.running.Go(func() { _ = s.Serve(l) }) // it always returns an error
}

// plan writes down what will happen whatever happens.
func (w *World) plan() {
	first := w.script.first
	w.at(first, w.clock.Begin)
	w.at(first.Add(7*time.Hour+w.dice.Between(0, time.Hour, "begin", "", 0)), func() {
		w.struck.SetPlan(w.faults.Plan)
		w.problem(w.begin(filepath.Join(w.dir, "data")), "begin")
	})
	for n := range w.script.days {
		w.at(first.AddDate(0, 0, n).Add(23*time.Hour+w.dice.Between(0, time.Minute, "night", "", n)), w.night)
	}
	if len(w.faults.Rate) > 0 {
		w.troubles()
	}
	if w.faults.Plan != nil {
		for n := range 2 * w.script.days {
			w.at(first.Add(time.Duration(n)*12*time.Hour+12*time.Hour+30*time.Minute+w.dice.Between(0, time.Minute, "desk", "", n)), func() { w.desk(n) })
		}
	}
	// After the last day nothing goes wrong any more, and everything comes to rest.
	calm := first.AddDate(0, 0, w.script.days-1).Add(21*time.Hour + w.dice.Between(0, time.Hour, "calm", "", 0))
	w.at(calm, w.calm)
	w.at(calm.Add(rest), w.close)
}

// rest is how long the world goes on after its days, with a daemon that was
// just started and so sweeps once more: longer than grace, a proof and the
// quiet period take together, one after the other.
const rest = 5 * time.Hour

// night is the end of a day: everything is looked over.
func (w *World) night() { w.oracle.look("night") }

// calm mends what is broken, for good.
func (w *World) calm() {
	w.trace.add("calm")
	w.struck.SetPlan(nil)
	w.over.Store(true)
	w.mend()
	w.finish()
	w.problem(w.begin(w.lastData), "begin for the end")
	// A sweep may pause somebody once more, for a double that it was the first to see.
	w.at(w.soon(time.Minute, Restart, "last desk", 0), w.goOn)
	w.at(time.Now().Add(time.Hour+w.dice.Between(0, time.Minute, "very last desk", "", 0)), w.goOn)
}

// close looks everything over for the last time and ends the world.
func (w *World) close() {
	w.oracle.look("end")
	w.finish()
	w.oracle.atRest()
	for _, s := range w.servers {
		_ = s.Close()
	}
	w.struck.Close()
	w.done()
}

// at puts an errand on the agenda.
func (w *World) at(when time.Time, do func()) { w.agenda.add(when, do) }

// problem ends the simulation's own mistakes loudly: they are not the daemon's.
func (w *World) problem(err error, format string, args ...any) {
	if err != nil {
		w.broken("the simulation failed: "+format+": "+kindOf(err), args...)
	}
}

// broken notes a broken promise, once.
func (w *World) broken(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	w.mu.Lock()
	known := false
	for _, old := range w.said {
		known = known || old == s
	}
	if !known {
		w.said = append(w.said, s)
	}
	w.mu.Unlock()
	if !known {
		w.trace.add("BROKEN %s", s)
	}
}

// moved hears of every change of state.
func (w *World) moved(e pipeline.Event) {
	w.trace.add("moved %s %s %s→%s %s", e.Session, e.Document, e.From, e.To, e.Reason)
	w.oracle.moved(e)
	w.changed(e)
}

// wrote hears of every request to Cliniko, before and after its effect.
func (w *World) wrote(e clinikosim.Event) {
	w.races(e)
	if e.Method == http.MethodGet || e.Before {
		return
	}
	w.trace.add("cliniko %s %s %s: %d", e.Method, e.Path, e.ID, e.Status)
	w.oracle.wrote(e)
	w.filing(e)
}
