package cli

import (
	"context"
	"time"

	"github.com/schollz/progressbar/v3"

	"carryover/internal/desk"
)

// followEvery is how often the daemon is asked how far a backfill is.
const followEvery = time.Second

// follow shows how far a backfill is until it does not run any more, or the
// command is interrupted, which the backfill does not notice: a bar on a terminal,
// else a line for each tenth of it. The last answer comes back.
func (a *app) follow(ctx context.Context, d desk.Desk, b desk.Backfill) (desk.Backfill, error) {
	show, done := a.progress()
	defer done()
	every := time.NewTicker(followEvery)
	defer every.Stop()
	for b.State == "running" {
		show(b)
		select {
		case <-ctx.Done():
			a.note("The backfill goes on in the daemon; carryover backfill --stop stops it.")
			return b, nil
		case <-every.C:
		}
		now, err := d.Backfill(context.WithoutCancel(ctx), desk.BackfillRequest{})
		if err != nil {
			return b, err
		}
		b = now
	}
	show(b)
	return b, nil
}

// progress returns what shows a step, and what ends the showing.
func (a *app) progress() (show func(desk.Backfill), done func()) {
	if !isTerminal(a.Err) {
		said := -1
		return func(b desk.Backfill) {
			if tenth := 10 * b.Carried / max(b.Sessions, 1); tenth != said && b.Unlisted == 0 {
				said = tenth
				a.note("%d of %d sessions carried, %d notes filed", b.Carried, b.Sessions, b.Filed())
			}
		}, func() {}
	}
	bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(a.Err), progressbar.OptionSetDescription("listing"),
		progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(30))
	return func(b desk.Backfill) {
		if b.Unlisted > 0 || b.Sessions == 0 {
			_ = bar.RenderBlank()
			return
		}
		bar.Describe("sessions")
		if bar.GetMax() != b.Sessions {
			bar.ChangeMax(b.Sessions)
		}
		_ = bar.Set(b.Carried)
	}, func() { _ = bar.Exit(); a.note("") }
}
