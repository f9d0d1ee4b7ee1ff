package cli

import (
	"errors"
	"io"
	"log/slog"

	systemd "github.com/coreos/go-systemd/v22/daemon"

	"carryover"
	"carryover/internal/daemon"
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
	b := thisBuild()
	remote, d, err := a.daemonOf(cfg, daemon.Options{Log: log, Version: b.Version, Commit: b.Commit, Manager: manager(log)})
	if err != nil {
		return err
	}
	if remote != nil {
		return &carryover.Problem{
			Op: "run on " + cfg.Data, Kind: carryover.ErrRefused, Err: errors.New("a daemon is already running on this ledger"),
			Hint: "Stop that one first, or use it: `carryover status` asks it.",
		}
	}
	log.Info("started", "version", b.Version, "practitioners", len(cfg.Practitioners), "data", cfg.Data)
	err = errors.Join(d.Run(a.ctx), d.Close())
	if err != nil {
		return err
	}
	log.Info("stopped")
	return a.answer(struct {
		Stopped bool `json:"stopped"`
	}{true}, func(io.Writer) {})
}

// manager returns the service manager that started this process, or nobody.
func manager(log *slog.Logger) daemon.Manager {
	every, err := systemd.SdWatchdogEnabled(false)
	if err != nil { // told, and run without: a practice's documents are carried all the same
		log.Warn("watchdog not understood", "err", err)
	}
	return daemon.Manager{Every: every, Tell: func(state string) error {
		_, err := systemd.SdNotify(false, state)
		return err
	}}
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
