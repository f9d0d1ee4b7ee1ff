package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/internal/desk"
	"carryover/sandbox/clinic"
)

// demoCmd runs a simulated clinic and carries its day.
type demoCmd struct {
	Once bool `help:"File the day, print the balance and exit: 3 when something is held."`
	Stay bool `help:"Keep everything running after the balance, the review page too, as in a terminal."`
	clinicFlags
	Names bool   `help:"With the invented patients' and documents' names."`
	Dir   string `placeholder:"DIR" help:"Keep the files in this folder (default: a temporary one, removed at the end)."`
	Log   string `placeholder:"FILE" help:"Write the daemon's log at debug level to this file."`
}

// Help is kong's long help.
func (demoCmd) Help() string {
	return `Starts simulators of Heidi AU and Cliniko au3 on this machine, with a clinic of four
practitioners, and carries their day as carryover run would. No account, no network, nobody
real. It ends with the balance, judged by the clinic's own books. In a terminal it then keeps
the review page open until Ctrl-C, and prints its address with a link that works once.

Example:

  carryover demo --once --json --seed 7
  carryover demo --pace 10m            watch the day as it unfolds on the page`
}

// Run implements the command.
func (c demoCmd) Run(a *app) (err error) {
	o, err := c.options()
	if err != nil {
		return err
	}
	dir, temporary, err := demoFolder(c.Dir)
	if err != nil {
		return err
	}
	if temporary {
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	began := time.Now()
	running, err := clinic.Start(o)
	if err != nil {
		return fmt.Errorf("start sandbox: %w", err)
	}
	defer running.Close()
	if err := running.WriteFiles(dir); err != nil {
		return fmt.Errorf("start sandbox: %w", err)
	}
	cfg, err := config.Load(filepath.Join(dir, "carryover.yaml"))
	if err != nil {
		return err
	}
	a.zone = cfg.TimeZone
	log, closeLog, err := c.log()
	if err != nil {
		return err
	}
	s := &story{app: a, cmd: c, clinic: running, cfg: cfg, dir: dir, began: began}
	with := daemon.Options{Config: cfg, Log: log, Events: s.event}
	if c.stays(a) {
		s.door, s.page = newDemoDoor(), make(chan string, 1)
		cfg.Web = &config.Web{Listen: "127.0.0.1:0"}
		with.Gate, with.Served = s.door, func(at net.Addr) { s.page <- "http://" + at.String() }
	}
	s.daemon, err = daemon.New(a.ctx, with)
	if err == nil {
		err = a.running(s.daemon, s.tell)
	}
	return errors.Join(err, closeLog())
}

// stays says that the clinic and its page stay open after the day: when asked
// to, and in a terminal, where somebody is there to look.
func (c demoCmd) stays(a *app) bool {
	if c.Once || a.flags.JSON {
		return false
	}
	return c.Stay || isTerminal(a.Out) && isTerminal(a.Err) && os.Getenv("CI") != "true"
}

func (c demoCmd) log() (*slog.Logger, func() error, error) {
	if c.Log == "" {
		return nil, func() error { return nil }, nil
	}
	f, err := os.OpenFile(c.Log, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, nil, unusable("write log", err, "Name another file with --log.")
	}
	return newLog(f, "debug", "text"), f.Close, nil
}

// tell lets the day pass and prints its story. Its context ends when the daemon
// does.
func (s *story) tell(ctx context.Context) error {
	d := s.daemon.Desk()
	s.opening()
	s.showPage(ctx, s.clinic.Clock.Pace() >= slowDay)
	late, err := s.pass(ctx, d)
	if err != nil {
		return err
	}
	b, err := s.balance(ctx, d)
	if err != nil {
		return err
	}
	if s.cmd.Once {
		s.app.held(b.Documents.Held > 0)
	}
	if err := s.app.answer(b, func(w io.Writer) { s.print(w, b) }); err != nil {
		return err
	}
	if err := b.wrong(late); err != nil {
		return err
	}
	if s.page == nil {
		return nil
	}
	s.showPage(ctx, true)
	s.staying()
	<-ctx.Done()
	return nil
}

// pass waits until the day is over and nothing moves by itself any more. late
// says that it gave up waiting.
func (s *story) pass(ctx context.Context, d desk.Desk) (late bool, err error) {
	t := s.cfg.Timing
	// A lost answer takes a grace period to settle and can be lost once more; a
	// limited rate can cost a minute.
	limit := time.NewTimer(s.clinic.Clock.Pace() + 3*t.Grace + 90*time.Second)
	defer limit.Stop()
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	s.progress()
	defer s.endProgress()
	var over time.Time // when the day ended
	calm := 0          // looks in a row that found nothing moving
	for calm < 3 {
		select {
		case <-ctx.Done():
			return false, s.interrupted(ctx)
		case <-limit.C:
			return true, nil
		case <-look.C:
		}
		s.advance()
		if s.clinic.Clock.Share() < 1 {
			continue
		}
		if over.IsZero() {
			over = time.Now()
		}
		// What showed in the last moment must have been read, twice if need be.
		if time.Since(over) < t.Quiet+3*t.Poll {
			continue
		}
		if calm++; s.moving(ctx, d) {
			calm = 0
		}
	}
	return false, nil
}

// moving says whether some document still changes its state by itself. An empty
// one waits for its text and does not move.
func (s *story) moving(ctx context.Context, d desk.Desk) bool {
	items, err := d.List(ctx, desk.ListRequest{States: waiting})
	if err != nil {
		return true
	}
	for _, i := range items {
		if i.State != string(carryover.Seen) || !i.Empty {
			return true
		}
	}
	return false
}

// waiting are the states that move on by themselves.
var waiting = []carryover.State{
	carryover.Seen, carryover.Ripe, carryover.Ready, carryover.Sending, carryover.InDoubt, carryover.Filed,
}

func (s *story) interrupted(ctx context.Context) error {
	if s.app.ctx.Err() == nil {
		return context.Cause(ctx) // the daemon ended, and says why
	}
	return &carryover.Problem{Op: "demo", Kind: carryover.ErrTransient, Err: errors.New("stopped before the day was over"), Hint: "Start it again; nothing is left behind."}
}
