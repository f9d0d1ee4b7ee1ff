package daemon_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"carryover/audit"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/internal/seal"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinic"
)

// seed makes every day of a run another one; without it a run repeats.
var seed = flag.Uint64("seed", 0, "added to the seed of every clinic")

// TestMain lets parallel tests be more than there are processors, unless the
// command line says how many.
func TestMain(m *testing.M) {
	dieIfAsked()
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if !said {
		if err := flag.Set("test.parallel", daysAtOnce); err != nil {
			panic(err) // a flag of the standard library was renamed
		}
	}
	os.Exit(m.Run())
}

// A clinicDay is a simulated clinic on real sockets, with a folder in which
// Carryover keeps its configuration, its secrets and its data.
type clinicDay struct {
	*clinic.Clinic
	t   *testing.T
	dir string
	// forgot: a ledger was put back or lost, and with it what the last minute's
	// requests were; the limiter may have had somebody to refuse.
	forgot bool
}

// newDay opens a clinic. Its day begins when somebody first asks for sessions.
func newDay(t *testing.T, o clinic.Options) *clinicDay {
	t.Helper()
	c, err := clinic.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	d := &clinicDay{Clinic: c, t: t, dir: t.TempDir()}
	if err := c.WriteFiles(d.dir); err != nil {
		t.Fatal(err)
	}
	return d
}

// usual returns a clinic's options as the command line has them by default: a
// generated practice that misbehaves a little.
func usual(number uint64, pace time.Duration) clinic.Options {
	number += 1000 * *seed
	pace *= slowness
	return clinic.Options{
		Practice: clinic.Generate(number, clinic.LastPracticeDay(time.Now())),
		Seed:     number, Pace: pace, Plan: sandbox.DefaultPlan(number, pace),
	}
}

// file is the configuration's path.
func (d *clinicDay) file() string { return filepath.Join(d.dir, "carryover.yaml") }

// load reads the configuration that the clinic has written.
func (d *clinicDay) load() *config.Config {
	d.t.Helper()
	cfg, err := config.Load(d.file())
	if err != nil {
		d.t.Fatal(err)
	}
	return cfg
}

// A running is one life of the daemon, in this process.
type running struct {
	*daemon.Daemon
	t    *testing.T
	cfg  *config.Config
	stop context.CancelFunc
	ran  chan error
}

// opening lets one daemon open at a time.
var opening sync.Mutex

// start runs Carryover on a configuration as `carryover run` would, without a
// log.
func (d *clinicDay) start(cfg *config.Config) *running {
	d.t.Helper()
	return d.startWith(daemon.Options{Config: cfg})
}

// startWith is start with a log or somebody who watches.
func (d *clinicDay) startWith(o daemon.Options) *running {
	d.t.Helper()
	opening.Lock() // New replaces http.DefaultTransport, which all tests share
	dm, err := daemon.New(d.t.Context(), o)
	opening.Unlock()
	if err != nil {
		d.t.Fatalf("New: %v", err)
	}
	return run(d.t, dm, o.Config)
}

// run lets an opened daemon run until the test ends or stops it.
func run(t *testing.T, dm *daemon.Daemon, cfg *config.Config) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	r := &running{Daemon: dm, t: t, cfg: cfg, stop: stop, ran: make(chan error, 1)}
	go func() { r.ran <- dm.Run(ctx) }()
	t.Cleanup(func() { // after a test that failed half-way; twice is no harm
		stop()
		_ = dm.Close()
	})
	return r
}

// stopWithin is how long a clean stop may take.
const stopWithin = 5 * time.Second

// stopped stops the daemon cleanly and closes it.
func (r *running) stopped() {
	r.t.Helper()
	asked := time.Now()
	r.stop()
	select {
	case err := <-r.ran:
		if err != nil {
			r.t.Errorf("Run after a stop = %v, want nil", err)
		}
	case <-time.After(stopWithin):
		r.t.Fatalf("Run has not returned %v after it was told to stop", stopWithin)
	}
	if err := r.Close(); err != nil {
		r.t.Errorf("Close = %v, want nil", err)
	}
	if took := time.Since(asked); took > stopWithin {
		r.t.Errorf("stop took %v, want at most %v", took, stopWithin)
	}
}

// untilShare waits until so much of the clinic's day has passed.
func (d *clinicDay) untilShare(share float64) {
	d.t.Helper()
	d.until(30*time.Second, "the day to pass", func() bool { return d.Clock.Share() >= share })
}

// settleWithin is how long after its day a clinic may take to come to rest: a
// minute's requests may be used up on a slow machine, where rounds carry little.
const settleWithin = 150 * time.Second

// untilSettled waits until the day is over and, for a while, nothing has moved
// by itself any more.
func (d *clinicDay) untilSettled(r *running) {
	d.t.Helper()
	d.untilShare(1)
	over, calm := time.Now(), 0
	d.until(settleWithin, "everything to settle", func() bool {
		settled, err := r.Settled(d.t.Context())
		if err != nil {
			d.t.Fatal(err)
		}
		// What showed in the day's last moment must have been read, twice if need be.
		if calm++; !settled || time.Since(over) < r.cfg.Timing.Quiet+3*r.cfg.Timing.Poll {
			calm = 0
		}
		select {
		case err := <-r.ran:
			r.ran <- err
			d.t.Fatalf("the daemon ended by itself: %v", err)
		default:
		}
		return calm >= 3
	})
}

// until looks every tenth of a second until done says so.
func (d *clinicDay) until(most time.Duration, what string, done func() bool) {
	d.t.Helper()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(most); !done(); {
		select {
		case <-look.C:
		case <-limit:
			d.t.Fatalf("waited %v in vain for %s; requests in the busiest minute by user: %v", most, what, d.busiestMinute())
		}
	}
}

// books opens the ledger of a daemon that has stopped, checks its invariants
// and its audit chain against the head beside it, and gives it to look.
func (d *clinicDay) books(cfg *config.Config, look func(ctx context.Context, tx *ledger.Tx) error) {
	d.t.Helper()
	ctx := d.t.Context()
	master, err := seal.ReadMasterKey(cfg.MasterKeyFile)
	if err != nil {
		d.t.Fatal(err)
	}
	l, err := ledger.Open(ctx, ledger.Config{Path: cfg.LedgerPath(), MasterKey: master, ReadOnly: true})
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	head, err := audit.ReadHead(filepath.Join(cfg.Data, "audit.head"))
	if err != nil {
		d.t.Fatalf("the head of the audit chain: %v", err)
	}
	err = l.View(ctx, func(tx *ledger.Tx) error {
		faults, err := tx.Check(ctx)
		if err != nil {
			return err
		}
		for _, f := range faults {
			d.t.Errorf("ledger: %s", f)
		}
		if _, err := (audit.Log{Keys: l.Keys()}).Verify(ctx, tx, &head); err != nil {
			d.t.Errorf("audit chain: %v", err)
		}
		if look == nil {
			return nil
		}
		return look(ctx, tx)
	})
	if err != nil {
		d.t.Fatalf("read the ledger: %v", err)
	}
}

// filedIn is how many notes and files are in Cliniko.
func filedIn(t clinic.Truth) int { return t.Summary.NotesInCliniko + t.Summary.AttachmentsInCliniko }

// judge compares what is in Cliniko with what really happened.
func (d *clinicDay) judge() clinic.Truth {
	d.t.Helper()
	truth := d.Truth()
	s := truth.Summary
	wrong := s.Missing + s.Duplicates + s.WrongPatient + s.WrongAuthor + s.FiledButHeld + s.WordsLost + s.Unreferenced
	if wrong != 0 || filedIn(truth) == 0 {
		b, _ := json.MarshalIndent(s, "", "  ")
		d.t.Errorf("the clinic's books, want all zero but documents, notes and files:\n%s", b)
	}
	return truth
}
