package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"carryover"
	"carryover/internal/check"
	"carryover/internal/daemon"
	"carryover/internal/setup"
)

// linkCmd links one practitioner's Heidi account.
type linkCmd struct {
	Practitioner string        `arg:"" help:"Id or e-mail address of the practitioner."`
	Listen       string        `placeholder:"ADDR" help:"Loopback address of the page (default: 127.0.0.1 and a free port)."`
	Wait         time.Duration `default:"10m" help:"How long the page lives (default: ${default})."`
}

// Help is kong's long help.
func (linkCmd) Help() string {
	return `Links a practitioner's Heidi account to Carryover, so that their sessions are seen. A page opens
on this machine for some minutes; the practitioner opens it in a browser here, signs in to Heidi
and confirms. The daemon may run meanwhile and goes on by itself. On a machine without a screen,
choose a port with --listen and forward it: ssh -L 8481:127.0.0.1:8481 HOST.

Example:

  carryover link pat.example@example.com
  carryover link 1001 --listen 127.0.0.1:8481`
}

// Run implements the command.
func (c linkCmd) Run(a *app) error {
	cfg, err := a.whole()
	if err != nil {
		return err
	}
	p, known := cfg.Practitioner(c.Practitioner)
	switch {
	case !known:
		return badUsage("no practitioner of the configuration has this id or e-mail address")
	case cfg.Heidi == nil:
		return badUsage("Heidi is not in the configuration: add the heidi block first")
	}
	connection, err := daemon.Connect(daemon.Options{Config: cfg})
	if err != nil {
		return err
	}
	defer connection.Close()
	var side check.Side
	for _, s := range connection.Sides {
		if s.ID == p.ID {
			side = s
		}
	}
	a.note("%s\n", setup.BeforeLinking)
	l := setup.Linker{
		Address: func(ctx context.Context) (carryover.Secret, error) {
			return side.Heidi.LinkAddress(ctx, cfg.Region, setup.Product)
		},
		Linked: side.Heidi.Linked, Listen: c.Listen, Patience: c.Wait,
	}
	err = l.Link(a.ctx, func(address string) {
		a.note("Open this in a browser on this machine, within %s, signed in to Heidi as practitioner %s:\n\n  %s\n", c.Wait, p.ID, address)
	})
	switch {
	case errors.Is(err, setup.ErrNotLinked):
		return &carryover.Problem{Op: "link practitioner " + string(p.ID), Kind: carryover.ErrUnauthorized, Err: err, Hint: "Run the command again. If Heidi says that the account is linked already, unlink it there first."}
	case a.ctx.Err() != nil:
		return &carryover.Problem{Op: "link practitioner " + string(p.ID), Kind: carryover.ErrTransient, Err: errors.New("stopped"), Hint: "The page is gone. Run the command again."}
	case err != nil:
		return fmt.Errorf("link practitioner %s: %w", p.ID, err)
	}
	return a.answer(struct {
		Practitioner string `json:"practitioner"`
		Linked       bool   `json:"linked"`
	}{string(p.ID), true}, func(w io.Writer) {
		fmt.Fprintf(w, "The Heidi account of practitioner %s is linked.\n", p.ID)
	})
}
