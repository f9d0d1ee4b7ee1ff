package sim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing/synctest"
	"time"

	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/pipeline"
)

// The two addresses. Nobody listens there: connections are in memory.
const (
	heidiHost   = "127.0.0.1:9001"
	clinikoHost = "127.0.0.1:9002"
	heidiKey    = "SANDBOX-heidi-sim-key"
)

// A life is one process of the daemon, from its start to its stop or crash.
type life struct {
	n    int
	data string // its data folder
	*daemon.Daemon
	link  *link
	stop  context.CancelFunc
	guest bool          // a second daemon, which nobody meant to run
	over  chan struct{} // closed when Run has returned
	err   error         // of Run, once over
	// dead: it crashed. What is left of it in this process runs out unheard, on
	// files that nobody opens again.
	dead atomic.Bool
	// asked: it was told to stop.
	asked atomic.Bool
}

// retryBackoff is far below the grid of the network, see Seam: with it the
// chance in a retry is a nanosecond.
const retryBackoff = time.Nanosecond

// begin starts the daemon on a data folder, as systemd would: where that fails
// because of the disk, again in a minute. A ledger that is taken it would wait
// for by a clock on the wall, and give up.
func (w *World) begin(data string) error {
	if w.disk.isTaken() {
		w.beginSoon(data, time.Minute)
		return nil
	}
	l, err := w.start(data, false)
	if err == nil {
		w.life, w.lastData = l, data
		return nil
	}
	if w.disk.ill() {
		w.trace.add("life %d does not begin: %s", w.lives, kindOf(err))
		w.disk.gone(data)
		w.beginSoon(data, time.Minute)
		return nil
	}
	return err
}

// start starts a process of the daemon.
func (w *World) start(data string, guest bool) (*life, error) {
	w.lives++
	cfg, err := w.configure(data)
	if err != nil {
		return nil, err
	}
	l := &life{n: w.lives, data: data, link: w.network.newLink(), over: make(chan struct{}), guest: guest}
	l.Daemon, err = daemon.NewSimulated(w.ctx, daemon.Options{
		Config: cfg, Log: slog.New(w.log.of(l)),
		Events: func(e pipeline.Event) {
			if !l.dead.Load() && !guest {
				w.moved(e)
			}
		},
	}, daemon.Seam{Dial: l.link.dial, Backoff: retryBackoff})
	if err != nil {
		return nil, fmt.Errorf("life %d: %w", l.n, err)
	}
	ctx, stop := context.WithCancel(w.ctx)
	l.stop = stop
	w.trace.add("life %d begins", l.n)
	w.running.Go(func() {
		defer close(l.over)
		l.err = l.RunSimulated(ctx, func(n int) time.Duration {
			return time.Duration(n+1)*700*time.Millisecond + w.dice.Between(0, 500*time.Millisecond, "apart", "", 100*l.n+n)
		})
		if !l.dead.Load() && !l.asked.Load() {
			w.ended(l)
		}
	})
	return l, nil
}

// ended is what systemd does when the daemon gives up by itself: at the start,
// because a key, a link or an API is not there.
func (w *World) ended(l *life) {
	w.trace.add("life %d ended by itself: %s", l.n, kindOf(l.err))
	w.at(time.Now().Add(30*time.Second+w.dice.Between(0, time.Minute, "restart", "", l.n)), func() {
		if w.life != l {
			return
		}
		w.problem(l.Close(), "close life %d", l.n)
		w.disk.gone(l.data)
		l.link.cut()
		w.problem(w.begin(l.data), "begin again")
	})
}

// kindOf is an error in few words, without what differs from run to run.
func kindOf(err error) string {
	if err == nil {
		return "without an error"
	}
	s, _, _ := strings.Cut(err.Error(), "\n")
	return s
}

// finish stops the daemon cleanly.
func (w *World) finish() {
	l := w.life
	if l == nil {
		return
	}
	gone := l.asked.Swap(true)
	select {
	case <-l.over:
		gone = true // by itself, see ended
	default:
	}
	l.stop()
	<-l.over
	if l.err != nil && !gone && !w.disk.ill() {
		w.broken("life %d: Run after a stop = %v, want nil", l.n, kindOf(l.err))
	}
	w.problem(l.Close(), "close life %d", l.n)
	w.disk.gone(l.data)
	l.link.cut()
	w.trace.add("life %d stopped", l.n)
	w.life = nil
}

// crash ends the daemon as a power cut does, between two of its steps: what is
// on its disk stays as it is at this moment, what is on the wire may arrive.
// It returns the folder with what is left.
func (w *World) crash() string {
	l := w.life
	synctest.Wait() // nobody is in the middle of a transaction
	data := w.keep(l.data, "crash")
	l.dead.Store(true)
	w.disk.gone(l.data)
	l.link.cut()
	l.stop()
	w.running.Go(func() {
		<-l.over
		_ = l.Close() // of files that nobody opens again
	})
	w.trace.add("life %d crashed", l.n)
	w.life = nil
	return data
}

// keep copies a data folder as a disk would show it now. Nobody may be in the
// middle of a step.
func (w *World) keep(data, why string) string {
	w.copies++
	to := filepath.Join(w.dir, fmt.Sprintf("data-%d-%s", w.copies, why))
	w.problem(os.MkdirAll(to, 0o700), "make %s", why)
	for _, name := range []string{"ledger.db", "ledger.db-wal", "audit.head"} {
		b, err := os.ReadFile(filepath.Join(data, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		w.problem(err, "read %s", name)
		w.problem(os.WriteFile(filepath.Join(to, name), b, 0o600), "copy %s", name)
	}
	return to
}

// configure writes a practice's configuration and reads it as the command does.
func (w *World) configure(data string) (*config.Config, error) {
	secrets := filepath.Join(w.dir, "secrets")
	if err := os.MkdirAll(secrets, 0o700); err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "region: AU\ntime_zone: %s\ndata: %s\nmaster_key_file: secrets/master.key\ncontact: sandbox@example.com\n", w.script.practice.TimeZone, data)
	fmt.Fprintf(&b, "heidi:\n  key_file: secrets/heidi.key\n  base_url: http://%s/api/v2/ml-scribe/open-api\ncliniko:\n  base_url: http://%s/v1\npractitioners:\n", heidiHost, clinikoHost)
	files := map[string]string{"heidi.key": heidiKey, "master.key": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}
	for i, p := range w.script.practice.Practitioners {
		if p.ID == "" {
			continue
		}
		key := fmt.Sprintf("cliniko-%d.key", i)
		files[key] = p.Key
		fmt.Fprintf(&b, "  - email: %q\n    internal_id: %q\n    cliniko_key_file: secrets/%s\n    practitioner_id: %q\n", p.Email, p.InternalID, key, p.ID)
	}
	fmt.Fprintf(&b, "timing:\n  poll: %s\n  poll_night: %s\n", w.poll, 6*w.poll)
	b.WriteString("routes:\n")
	if w.faults.Files {
		who := w.staff()[w.dice.Pick(len(w.staff()), "whose files", "", 0)]
		fmt.Fprintf(&b, "  - practitioner: %q\n    to: attachment\n    mode: auto\n", who.ID)
	}
	b.WriteString("  - to: treatment_note\n    mode: auto\n")
	for name, secret := range files {
		if err := os.WriteFile(filepath.Join(secrets, name), []byte(secret+"\n"), 0o600); err != nil {
			return nil, err
		}
	}
	file := filepath.Join(w.dir, "carryover.yaml")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		return nil, err
	}
	return config.Load(file)
}
