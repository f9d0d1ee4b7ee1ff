package cli

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/pipeline"
	"carryover/sandbox/clinic"
)

// A story tells what happens in the demo while it happens, on standard error:
// a bar on a terminal, a line now and then elsewhere. Ids and counts only.
type story struct {
	app    *app
	cmd    demoCmd
	clinic *clinic.Clinic
	daemon *daemon.Daemon
	cfg    *config.Config
	dir    string
	began  time.Time

	door    *demoDoor   // to the review page; nil: there is no page
	page    chan string // gets the page's address
	address string      // the page's, once it is there
	shown   bool        // the link has been printed

	bar  *progressbar.ProgressBar // nil: plain lines
	told int                      // tenths of the day that plain lines have told

	mu     sync.Mutex // guards states
	states map[carryover.VersionID]carryover.State
}

// steps is how finely the bar divides the day.
const steps = 200

// event notes where a version went. Called by the daemon's goroutines.
func (s *story) event(e pipeline.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.states == nil {
		s.states = map[carryover.VersionID]carryover.State{}
	}
	s.states[e.Version] = e.To
}

// counts is how many versions there are, how many are proven, and how many wait
// for a person.
func (s *story) counts() (seen, proven, held int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, state := range s.states {
		switch state {
		case carryover.Superseded:
			continue // its successor counts
		case carryover.Proven:
			proven++
		case carryover.Held, carryover.Refused:
			held++
		}
		seen++
	}
	return seen, proven, held
}

func (s *story) opening() {
	p := s.clinic.Practice
	documents := 0
	for _, session := range p.Sessions {
		documents += len(session.Documents)
	}
	s.app.note("SANDBOX: a simulated clinic, on this machine alone. Everybody in it is invented.")
	s.app.note("  Heidi (AU)       %s", s.clinic.HeidiURL)
	s.app.note("                   %d practitioners, %d sessions, %d documents in one day", len(s.cfg.Practitioners), len(p.Sessions), documents)
	s.app.note("  Cliniko (%s)    %s", p.Shard, s.clinic.ClinikoURL)
	s.app.note("                   %d patients", len(p.Patients))
	faults := "Both misbehave now and then, as in real life: answers get lost, connections are cut."
	if s.cmd.Faults == "off" {
		faults = "Both behave well today (--faults off)."
	}
	s.app.note("  %s", faults)
	s.app.note("  seed %d; the day takes %s\n", s.cmd.Seed, s.clinic.Clock.Pace())
}

// progress begins to show the day.
func (s *story) progress() {
	if s.app.flags.JSON || !isTerminal(s.app.Err) {
		return
	}
	s.bar = progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(s.app.Err), progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false))
}

// advance shows how far the day is.
func (s *story) advance() {
	share := min(s.clinic.Clock.Share(), 1)
	seen, proven, held := s.counts()
	if s.bar != nil {
		s.bar.Describe(fmt.Sprintf("%3d seen, %3d in Cliniko, %2d held", seen, proven, held))
		_ = s.bar.Set(min(int(share*steps), steps-1)) // a bar that cannot be drawn costs nothing
		return
	}
	if tenths := int(share * 10); tenths > s.told && tenths%2 == 0 {
		s.told = tenths
		s.app.note("  %3d %% of the day: %3d documents seen, %3d in Cliniko, %2d held", tenths*10, seen, proven, held)
	}
}

func (s *story) endProgress() {
	if s.bar != nil {
		_ = s.bar.Finish()
	}
}

// slowDay is a day that people watch while it passes.
const slowDay = time.Minute

// showPage prints where the review page is, once, with the link that lets one
// browser in.
func (s *story) showPage(ctx context.Context, now bool) {
	if s.page == nil || s.shown || !now {
		return
	}
	select {
	case <-ctx.Done():
		return
	case s.address = <-s.page:
	}
	s.shown = true
	s.app.note("\nThe review page. This link works once:")
	s.app.note("  %s", s.door.link(s.address))
	s.app.note("  Open Held: f and Enter file the first document, d leaves one out. Pick another patient for")
	s.app.note("  one and see what it asks. Then look for its note under Activity, and at the day's Balance.\n")
}

// staying says what else can be tried while everything keeps running.
func (s *story) staying() {
	c := s.dir + "/carryover.yaml"
	s.app.note("The clinic stays open until Ctrl-C. In another terminal:")
	s.app.note("  export %s=%s", config.Variable, c)
	s.app.note("  carryover held; carryover show HD-…; carryover release HD-… --patient ID; carryover status")
	s.app.note("  curl %s/truth", s.clinic.ControlURL)
}

// next says what to try after the day.
func (s *story) next(w io.Writer) {
	fmt.Fprintln(w, "\nTry next")
	if s.page == nil {
		fmt.Fprintln(w, "  carryover demo --stay            keep it running, with the review page")
	}
	fmt.Fprintln(w, "  carryover demo --pace 10m        watch the day on the review page")
	fmt.Fprintln(w, "  carryover demo --seed 2          another clinic")
	fmt.Fprintln(w, "  carryover sandbox --dir clinic   the simulators alone, for carryover run in another terminal")
}
