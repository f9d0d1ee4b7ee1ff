package daemon_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"carryover"
	"carryover/internal/daemon"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinic"
)

// slowFiling holds half of all requests that file a note for so long that a
// stop finds some of them on the wire, where they take effect afterwards.
var slowFiling = sandbox.Rule{
	API: "cliniko", Method: http.MethodPost, Path: "/treatment_notes",
	Fault: sandbox.FaultStall, Rate: 0.5, Delay: sandbox.Duration(600 * time.Millisecond),
}

// slowDay is a usual day in which filing is that slow. The document that would
// change after it was filed does not, since here it may still be waiting then.
func slowDay(number uint64, pace time.Duration) clinic.Options {
	o := usual(number, pace)
	o.Plan.Rules = append(o.Plan.Rules, slowFiling)
	for _, s := range o.Practice.Sessions {
		if !strings.Contains(s.Case, "amended") {
			continue
		}
		for i := range s.Documents {
			if d := &s.Documents[i]; d.Expect == "held" && len(d.Stages) == 2 {
				d.Stages, d.Expect, d.Why = d.Stages[:1], "proven", ""
			}
		}
	}
	return o
}

// TestStopInTheMiddleOfTheDay: the daemon is stopped cleanly three times in one
// day while it is filing. Each stop is quick, says nothing was wrong and leaves
// a ledger that is whole; the next life goes on with it, and in the end every
// document is where it should be, once.
func TestStopInTheMiddleOfTheDay(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day with three stops takes fifteen seconds")
	}
	t.Parallel()
	d := newDay(t, slowDay(21, 9*time.Second))
	cfg := d.load()
	seen := 0
	for _, share := range []float64{0.3, 0.5, 0.7} {
		r := d.start(cfg)
		d.untilShare(share)
		r.stopped()
		d.books(cfg, func(ctx context.Context, tx *ledger.Tx) error {
			before := seen
			seen = d.documents(ctx, tx)
			if seen < before {
				t.Errorf("stopped at %v of the day: the ledger has %d documents, want at least the %d of before", share, seen, before)
			}
			return d.nothingOnTheWire(ctx, tx)
		})
	}
	r := d.start(cfg)
	d.untilSettled(r)
	r.stopped()
	d.inspect(cfg)
}

// documents counts the documents by all states.
func (d *clinicDay) documents(ctx context.Context, tx *ledger.Tx) int {
	d.t.Helper()
	counts, err := tx.Counts(ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return sum
}

// nothingOnTheWire: a clean stop has written down what became of every request.
func (d *clinicDay) nothingOnTheWire(ctx context.Context, tx *ledger.Tx) error {
	d.t.Helper()
	sending, err := tx.DeliveriesIn(ctx, carryover.Sending)
	if err != nil {
		return err
	}
	for _, s := range sending {
		d.t.Errorf("delivery %s is still being sent after a clean stop", s.ID)
	}
	doubts, err := tx.DeliveriesIn(ctx, carryover.InDoubt)
	d.t.Logf("a stop left %d deliveries in doubt", len(doubts))
	return err
}

// TestStopWhileStarting: a stop that comes before the first look is as clean as
// any other, also while an API keeps the start waiting.
func TestStopWhileStarting(t *testing.T) {
	t.Parallel()
	slow := sandbox.Rule{Method: http.MethodGet, Fault: sandbox.FaultStall, Delay: sandbox.Duration(time.Second), Again: 100}
	for _, after := range []time.Duration{0, time.Millisecond, 50 * time.Millisecond, 300 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			o := usual(22, time.Second)
			o.Practice, o.Plan.Rules = short(o.Practice), []sandbox.Rule{slow}
			d := newDay(t, o)
			r := d.start(d.load())
			<-time.After(after)
			r.stopped()
		})
	}
}

// TestSecondDaemonIsRefused: two daemons on one ledger would be two writers. The
// second is told so in a sentence, and the first does not notice.
func TestSecondDaemonIsRefused(t *testing.T) {
	t.Parallel()
	o := usual(23, time.Second)
	o.Practice = short(o.Practice)
	d := newDay(t, o)
	cfg := d.load()
	first := d.start(cfg)
	d.until(10*time.Second, "the first daemon", func() bool {
		_, err := desk.Dial(cfg.Data)
		return err == nil
	})
	second, err := daemon.New(t.Context(), daemon.Options{Config: cfg})
	if err == nil {
		_ = second.Close()
		t.Fatal("New on a ledger that is in use = nil, want a refusal")
	}
	if !errors.Is(err, carryover.ErrRefused) || carryover.HintOf(err) == "" {
		t.Errorf("New on a ledger that is in use = %v with hint %q, want a refusal with a sentence", err, carryover.HintOf(err))
	}
	remote, err := desk.Dial(cfg.Data)
	if err != nil {
		t.Fatalf("the first daemon does not answer any more: %v", err)
	}
	if s, err := remote.Status(t.Context()); err != nil || !s.Daemon {
		t.Errorf("Status of the first daemon = %+v, %v, want one by a daemon", s, err)
	}
	first.stopped()
	after, err := daemon.New(t.Context(), daemon.Options{Config: cfg})
	if err != nil {
		t.Fatalf("New after the first was closed = %v, want none", err)
	}
	if err := after.Close(); err != nil {
		t.Errorf("Close of a daemon that never ran = %v, want nil", err)
	}
}

// TestNothingIsLeftRunning is not parallel: it counts this process's goroutines.
func TestNothingIsLeftRunning(t *testing.T) {
	before := goleak.IgnoreCurrent() // other tests wait for their turn
	o := usual(24, 2*time.Second)
	o.Practice = short(o.Practice)
	d := newDay(t, o)
	r := d.start(d.load())
	d.untilShare(0.9)
	r.stopped()
	d.Close()
	goleak.VerifyNone(t, before)
}

// TestManagerIsTold: whoever started the daemon hears when commands are answered
// and when it stops, in that order.
func TestManagerIsTold(t *testing.T) {
	t.Parallel()
	d := newDay(t, usual(22, time.Hour))
	cfg := d.load()
	told := make(chan string, 8)
	r := d.startWith(daemon.Options{Config: cfg, Manager: daemon.Manager{Tell: func(s string) error {
		if s == "READY=1" {
			if _, err := desk.Dial(cfg.Data); err != nil {
				t.Errorf("told to be ready, and Dial = %v", err)
			}
		}
		told <- s
		return nil
	}}})
	for _, want := range []string{"READY=1", "STOPPING=1"} {
		select {
		case got := <-told:
			if got != want {
				t.Errorf("the service manager was told %q, want %q", got, want)
			}
		case err := <-r.ran:
			t.Fatalf("Run = %v before %s", err, want)
		case <-time.After(30 * time.Second):
			t.Fatalf("the service manager was not told %s", want)
		}
		if want == "READY=1" {
			r.stopped()
		}
	}
}
