package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/internal/desk"
)

// withDesk asks the desk: the running daemon's when there is one, else the
// ledger's own, whose lock is taken for as long as the question takes.
func (a *app) withDesk(ask func(ctx context.Context, d desk.Desk) error) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	return a.withDeskOf(cfg, ask)
}

func (a *app) withDeskOf(cfg *config.Config, ask func(ctx context.Context, d desk.Desk) error) error {
	var own *desk.Local
	var done func() error
	remote, err := a.reach(cfg, func() error {
		whole, err := a.whole()
		if err != nil {
			return err
		}
		own, done, err = desk.Open(a.ctx, whole.LedgerPath(), whole.MasterKeyFile)
		return err
	})
	switch {
	case err != nil:
		return err
	case remote != nil:
		return ask(a.ctx, remote)
	}
	own.Practitioners = cfg.PractitionerIDs()
	return errors.Join(ask(a.ctx, own), done())
}

// withRoad asks a desk that can read Heidi and Cliniko: the running daemon's, or
// one that this command builds for the question alone. The latter carries
// nothing; that is for run.
func (a *app) withRoad(ask func(ctx context.Context, d desk.Desk) error) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	return a.withRoadOf(cfg, ask)
}

func (a *app) withRoadOf(cfg *config.Config, ask func(ctx context.Context, d desk.Desk) error) error {
	remote, own, err := a.daemonOf(cfg, daemon.Options{})
	switch {
	case err != nil:
		return err
	case remote != nil:
		return ask(a.ctx, remote)
	}
	return errors.Join(ask(a.ctx, own.Desk()), own.Close())
}

// withDaemon asks the running daemon, or runs one in this process for as long
// as the question takes, so that what it starts is also carried to its end.
func (a *app) withDaemon(cfg *config.Config, o daemon.Options, ask func(ctx context.Context, d desk.Desk) error) error {
	remote, own, err := a.daemonOf(cfg, o)
	switch {
	case err != nil:
		return err
	case remote != nil:
		return ask(a.ctx, remote)
	}
	return a.running(own, func(ctx context.Context) error { return ask(ctx, own.Desk()) })
}

// running runs a daemon of this process for as long as the question takes, and
// closes it. The question's context ends when the daemon does.
func (a *app) running(own *daemon.Daemon, ask func(ctx context.Context) error) error {
	ctx, stop := context.WithCancelCause(a.ctx)
	ran := make(chan error, 1)
	go func() {
		err := own.Run(ctx)
		stop(err) // a daemon that could not run ends the question too
		ran <- err
	}()
	asked := ask(ctx)
	stop(nil)
	// A daemon that failed by itself is why the question could not be answered
	// either; one that was stopped while it began is not.
	if err := <-ran; err != nil && !errors.Is(err, context.Canceled) {
		asked = err
	}
	if err := own.Close(); err != nil && asked == nil {
		asked = fmt.Errorf("stop: %w", err)
	}
	return asked
}

// daemonOf returns the desk of the running daemon, or one of this process's own
// that does not run yet. The latter's configuration is read whole, with its keys.
func (a *app) daemonOf(cfg *config.Config, o daemon.Options) (remote *desk.Client, own *daemon.Daemon, err error) {
	remote, err = a.reach(cfg, func() (err error) {
		if o.Config, err = a.whole(); err == nil {
			own, err = daemon.New(a.ctx, o)
		}
		return err
	})
	return remote, own, err
}

// lockPatience is how long a command waits for the ledger's lock while no daemon
// answers: another command holds it for a moment, and a daemon that is just
// starting opens its socket within seconds.
const lockPatience = 5 * time.Second

// reach returns the desk of the running daemon, or nil once open has opened the
// ledger for this process.
func (a *app) reach(cfg *config.Config, open func() error) (*desk.Client, error) {
	end := time.Now().Add(lockPatience)
	for {
		remote, err := daemon.DoorOf(cfg).Dial()
		if err == nil {
			return remote, nil
		}
		if !errors.Is(err, desk.ErrNoDaemon) {
			return nil, err
		}
		if err = open(); err == nil {
			return nil, nil
		}
		if !isLocked(err) || time.Now().After(end) {
			return nil, err
		}
		select {
		case <-a.ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// isLocked says that another process works on the ledger.
func isLocked(err error) bool {
	for p, ok := errors.AsType[*carryover.Problem](err); ok; p, ok = errors.AsType[*carryover.Problem](p.Err) {
		if p.Op == "lock the ledger" && p.Kind == carryover.ErrRefused {
			return true
		}
		if p.Err == nil {
			break
		}
	}
	return false
}
