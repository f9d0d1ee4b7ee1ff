package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/internal/desk"
)

// runCmd is the daemon.
type runCmd struct {
	LogLevel  string `enum:"debug,info,warn,error" default:"info" help:"Least level that is logged: ${enum}."`
	LogFormat string `enum:"text,json" default:"text" help:"Form of the log on standard error: ${enum}."`
}

// Help is kong's long help.
func (runCmd) Help() string {
	return `Looks for documents, files what is certain, holds what is not, until a signal. The first
signal stops it cleanly, the second at once; either way nothing is lost.

Example:

  carryover run --config /etc/carryover/carryover.yaml`
}

// Run implements the command.
func (c runCmd) Run(a *app) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	log := newLog(a.Err, c.LogLevel, c.LogFormat)
	d, err := daemon.New(a.ctx, daemon.Options{Config: cfg, Log: log})
	if err != nil {
		return err
	}
	log.Info("started", "version", thisBuild().Version, "practitioners", len(cfg.Practitioners), "data", cfg.Data)
	err = errors.Join(d.Run(a.ctx), d.Close())
	if err != nil {
		return err
	}
	log.Info("stopped")
	return a.answer(struct {
		Stopped bool `json:"stopped"`
	}{true}, func(io.Writer) {})
}

func newLog(w io.Writer, level, format string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo // the command line allows only known levels
	}
	o := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// withRoad asks a desk that can read Heidi and Cliniko: the running daemon's, or
// one that this command builds for the question alone. The latter carries
// nothing; that is for run.
func (a *app) withRoad(ask func(ctx context.Context, d desk.Desk) error) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	remote, err := desk.Dial(cfg.Data)
	if err == nil {
		return ask(a.ctx, remote)
	}
	if !errors.Is(err, desk.ErrNoDaemon) {
		return err
	}
	d, err := daemon.New(a.ctx, daemon.Options{Config: cfg})
	if err != nil {
		return err
	}
	return errors.Join(ask(a.ctx, d.Desk()), d.Close())
}

// withDaemon asks the running daemon, or runs one in this process for as long
// as the question takes, so that what it starts is also carried to its end.
func (a *app) withDaemon(cfg *config.Config, o daemon.Options, ask func(ctx context.Context, d desk.Desk) error) error {
	remote, err := desk.Dial(cfg.Data)
	if err == nil {
		return ask(a.ctx, remote)
	}
	if !errors.Is(err, desk.ErrNoDaemon) {
		return err
	}
	d, err := daemon.New(a.ctx, o)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(a.ctx)
	ran := make(chan error, 1)
	go func() {
		err := d.Run(ctx)
		stop(err) // a daemon that could not run ends the question too
		ran <- err
	}()
	asked := ask(ctx, d.Desk())
	stop(nil)
	if err := <-ran; err != nil { // why the question could not be answered either
		asked = err
	}
	if err := d.Close(); err != nil && asked == nil {
		asked = fmt.Errorf("stop: %w", err)
	}
	return asked
}
