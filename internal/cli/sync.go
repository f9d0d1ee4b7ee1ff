package cli

import (
	"context"
	"fmt"
	"io"

	"carryover"
	"carryover/internal/desk"
)

// syncCmd reads one session now.
type syncCmd struct {
	Session string `arg:"" help:"The session's id, or the address of its page in Heidi."`
	Done    bool   `help:"Its texts are finished: do not wait for the whole quiet period."`
}

// Help is kong's long help.
func (syncCmd) Help() string {
	return `Lists the session's documents and where each stands. Exit code 3 when one of them is held.

Example:

  carryover sync 272000000000000000000000000000000000001 --done`
}

// Run implements the command.
func (c syncCmd) Run(a *app) error {
	return a.withRoad(func(ctx context.Context, d desk.Desk) error {
		r, err := d.Sync(ctx, desk.SyncRequest{Session: carryover.SessionID(c.Session), Done: c.Done, Actor: a.actor()})
		if err != nil {
			return err
		}
		for _, i := range r.Items {
			a.held(waitsForPerson(i))
		}
		return a.answer(r, func(w io.Writer) {
			fmt.Fprintf(w, "Session %s: %d documents\n", r.Session, len(r.Items))
			for _, i := range r.Items {
				a.item(w, i)
			}
		})
	})
}

// waitsForPerson says that nothing moves the item on by itself.
func waitsForPerson(i desk.Item) bool {
	return i.State == string(carryover.Held) || i.State == string(carryover.Refused)
}
