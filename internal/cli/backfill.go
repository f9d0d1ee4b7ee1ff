package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"carryover/internal/config"
	"carryover/internal/desk"
)

// backfillCmd carries the past.
type backfillCmd struct {
	From   string `placeholder:"DAY" help:"First day whose sessions are carried, YYYY-MM-DD."`
	To     string `placeholder:"DAY" help:"Last day, YYYY-MM-DD."`
	DryRun bool   `help:"Only say what it would take."`
	Stop   bool   `help:"Stop the backfill that is running."`
	Resume bool   `help:"Go on with the one that was stopped."`
	Wait   bool   `negatable:"" default:"true" help:"Show how far it is until it is done."`
}

// Help is kong's long help.
func (backfillCmd) Help() string {
	return `The running daemon carries the sessions that began on these days and that it does not know
yet. The day's work goes first, at each request. What staff have filed by hand is found by its
words and held. Ctrl-C leaves the backfill going; so does a restart of the daemon. Without
options: how far the newest one is.

Example:

  carryover backfill --from 2026-05-01 --to 2026-05-31 --dry-run
  carryover backfill --from 2026-05-01 --to 2026-05-31`
}

// Run implements the command.
func (c backfillCmd) Run(a *app) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	r, err := c.request(cfg)
	if err != nil {
		return err
	}
	r.Actor = a.actor()
	if r.DryRun {
		return a.withRoadOf(cfg, func(ctx context.Context, d desk.Desk) error {
			b, err := d.Backfill(ctx, r)
			if err != nil {
				return err
			}
			return a.answer(b, func(w io.Writer) { a.wouldTake(w, b) })
		})
	}
	return a.withDeskOf(cfg, func(ctx context.Context, d desk.Desk) error {
		b, err := d.Backfill(ctx, r)
		if err != nil {
			return err
		}
		if c.Wait && (r.Do == desk.BackfillStart || r.Do == desk.BackfillResume) {
			if b, err = a.follow(ctx, d, b); err != nil {
				return err
			}
		}
		return a.answer(b, func(w io.Writer) { a.howFar(w, b) })
	})
}

// request turns the options into one question.
func (c backfillCmd) request(cfg *config.Config) (r desk.BackfillRequest, err error) {
	days := c.From != "" || c.To != ""
	switch {
	case c.Stop && (c.Resume || days || c.DryRun), c.Resume && (days || c.DryRun):
		return r, badUsage("backfill: --stop and --resume go alone")
	case c.Stop:
		r.Do = desk.BackfillStop
	case c.Resume:
		r.Do = desk.BackfillResume
	case days && (c.From == "" || c.To == ""), c.DryRun && !days:
		return r, badUsage("backfill: --from and --to go together")
	case days:
		r.Do, r.DryRun = desk.BackfillStart, c.DryRun
		if r.From, err = dayIn(cfg, "--from", c.From); err != nil {
			return r, err
		}
		if r.To, err = dayIn(cfg, "--to", c.To); err != nil {
			return r, err
		}
		if r.To.Before(r.From) {
			return r, badUsage("--to: the day is before --from")
		}
		r.To = r.To.AddDate(0, 0, 1) // the last day is in it
	}
	return r, nil
}

// days writes a range as people give it.
func (a *app) days(b desk.Backfill) string {
	return a.local(b.From).Format("2 Jan 2006") + " to " + a.local(b.To.Add(-time.Second)).Format("2 Jan 2006")
}

// wouldTake prints the answer of a dry run.
func (a *app) wouldTake(w io.Writer, b desk.Backfill) {
	e := b.Estimate
	fmt.Fprintf(w, "%s: %d sessions to carry.\n", a.days(b), b.Sessions)
	if e.Undated > 0 {
		fmt.Fprintf(w, "  %d of them are listed without a date: they are read to see whether they belong.\n", e.Undated)
	}
	if b.Known > 0 {
		fmt.Fprintf(w, "  %d more are known already and left as they are.\n", b.Known)
	}
	if b.Young > 0 {
		fmt.Fprintf(w, "  %d more are young enough for the day's work.\n", b.Young)
	}
	fmt.Fprintf(w, "About %d documents, of which about %d would be held for a person.\n", e.Documents, e.Held)
	r := e.Requests
	fmt.Fprintf(w, "About %d requests to Cliniko: %d POST treatment_notes, %d GET treatment_notes, %d GET patients, %d GET bookings.\n",
		r.Total(), r.NotesWritten, r.NotesRead, r.Patients, r.Bookings)
	fmt.Fprintf(w, "About %d requests to Heidi.\n", e.HeidiRequests)
	took := fmt.Sprintf("About %s at %d requests a minute for each practitioner", minutes(e.Minutes), e.PerMinute)
	if e.HeidiMinutes > 0 && e.HeidiMinutes == e.Minutes {
		took = fmt.Sprintf("About %s: reading Heidi takes longest", minutes(e.Minutes))
	}
	fmt.Fprintln(w, took+". Nothing was begun.")
	if !e.OwnHistory {
		fmt.Fprintln(w, "There are too few documents yet to know this practice: the numbers are a simulated one's.")
	}
}

// howFar prints where a backfill stands.
func (a *app) howFar(w io.Writer, b desk.Backfill) {
	if b.ID == "" {
		fmt.Fprintln(w, "There was no backfill yet.")
		return
	}
	fmt.Fprintf(w, "Backfill of %s: %s.\n", a.days(b), b.State)
	if b.Unlisted > 0 && b.State == "running" {
		fmt.Fprintf(w, "  %d of %d practitioners are listed; nothing is filed before all are.\n", b.Listed, b.Listed+b.Unlisted)
	}
	fmt.Fprintf(w, "  Sessions: %d of %d carried; %d were known, %d are the day's work.\n", b.Carried, b.Sessions, b.Known, b.Young)
	fmt.Fprintf(w, "  Documents: %d filed, %d held, %d skipped.\n", b.Filed(), b.Documents["held"]+b.Documents["refused"], b.Documents["skipped"])
	fmt.Fprintf(w, "  Requests to Cliniko: %d.\n", b.Requests.Total())
	if b.Paused && b.State == "running" {
		fmt.Fprintln(w, "  Writing is paused: carryover status says for whom.")
	}
	if e := b.Estimate; e != nil && b.State != "done" {
		fmt.Fprintf(w, "  About %s are left of it.\n", minutes(e.Minutes))
	}
	if b.State == "stopped" {
		fmt.Fprintln(w, "  carryover backfill --resume goes on.")
	}
}

// minutes writes a length of time in round figures.
func minutes(n int) string {
	switch {
	case n == 1:
		return "1 minute"
	case n < 120:
		return fmt.Sprintf("%d minutes", n)
	}
	return fmt.Sprintf("%d hours", (n+30)/60)
}
