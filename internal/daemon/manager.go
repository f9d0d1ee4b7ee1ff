package daemon

import (
	"context"
	"errors"
	"time"

	"carryover/ledger"
)

// What a service manager is told, in the words of sd_notify(3).
const (
	tellReady    = "READY=1"
	tellAlive    = "WATCHDOG=1"
	tellStopping = "STOPPING=1"
)

// A Manager started this process and wants to know how it is: systemd, for a
// unit of Type=notify. The zero Manager is nobody.
type Manager struct {
	// Tell sends it one notification.
	Tell func(state string) error
	// Every is how often it wants to hear that the daemon is alive, or else it
	// starts it anew, which the ledger makes safe. Zero: it does not.
	Every time.Duration
}

// inform sends one notification, if somebody wants it.
func (d *Daemon) inform(state string) {
	if d.manager.Tell == nil {
		return
	}
	if err := d.manager.Tell(state); err != nil {
		d.log.Warn("service manager not told", "state", state, "err", err)
	}
}

// ledgerHangs is how long one look into the ledger may take.
const ledgerHangs = 30 * time.Second

// watchdog tells the manager that the daemon is alive, twice as often as it asks,
// as long as that is true.
func (d *Daemon) watchdog(ctx context.Context) error {
	every := time.NewTicker(d.manager.Every / 2)
	defer every.Stop()
	for {
		if err := d.alive(ctx); err == nil {
			d.inform(tellAlive)
		} else if ctx.Err() == nil {
			d.log.Error("not alive: the service manager will start it anew", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
	}
}

// alive is nil while every lane gives signs of life and the ledger answers.
func (d *Daemon) alive(ctx context.Context) error {
	if d.pulses.stopped(d.cfg.Timing.Poll + stalled) {
		return errors.New(laneStopped)
	}
	ctx, cancel := context.WithTimeout(ctx, ledgerHangs)
	defer cancel()
	looked := make(chan error, 1) // a ledger that hangs must not take this goroutine along
	go func() {
		looked <- d.ledger.View(ctx, func(tx *ledger.Tx) error {
			_, err := tx.Counts(ctx)
			return err
		})
	}()
	select {
	case err := <-looked:
		return err
	case <-ctx.Done():
		return errors.New("the ledger does not answer")
	}
}
