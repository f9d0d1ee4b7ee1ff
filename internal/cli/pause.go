package cli

import (
	"context"
	"fmt"
	"io"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/desk"
)

// pauseCmd stops writes.
type pauseCmd struct {
	Off          bool   `help:"End the pause, like resume."`
	Practitioner string `placeholder:"ID|EMAIL" help:"Only this practitioner's."`
}

// Help is kong's long help.
func (pauseCmd) Help() string {
	return `Nothing more is sent to Cliniko. Reading, matching and looking after lost answers go on.

Example:

  carryover pause`
}

// Run implements the command.
func (c pauseCmd) Run(a *app) error { return a.pause(!c.Off, c.Practitioner) }

// resumeCmd lets writes go on.
type resumeCmd struct {
	Practitioner string `placeholder:"ID|EMAIL" help:"Only this practitioner's."`
}

// Help is kong's long help.
func (resumeCmd) Help() string {
	return `Also after Carryover paused a practitioner itself: mend the cause first (see carryover status).

Example:

  carryover resume --practitioner 1234567`
}

// Run implements the command.
func (c resumeCmd) Run(a *app) error { return a.pause(false, c.Practitioner) }

func (a *app) pause(on bool, who string) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	id, err := practitioner(cfg, who)
	if err != nil {
		return err
	}
	return a.withDeskOf(cfg, func(ctx context.Context, d desk.Desk) error {
		s, err := d.Pause(ctx, desk.PauseRequest{On: on, Practitioner: id, Actor: a.actor()})
		if err != nil {
			return err
		}
		return a.answer(s, func(w io.Writer) {
			whose := "Writing to Cliniko"
			if id != "" {
				whose = "Writing for practitioner " + string(id)
			}
			if on {
				fmt.Fprintln(w, whose+" is paused.")
			} else {
				fmt.Fprintln(w, whose+" goes on.")
			}
		})
	})
}

// practitioner returns the id of the one named by id or e-mail; "" for "".
func practitioner(cfg *config.Config, who string) (carryover.PractitionerID, error) {
	if who == "" {
		return "", nil
	}
	p, ok := cfg.Practitioner(who)
	if !ok {
		return "", badUsage("--practitioner: no practitioner of the configuration has this id or e-mail address")
	}
	return p.ID, nil
}
