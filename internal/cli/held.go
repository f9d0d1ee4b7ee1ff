package cli

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"carryover"
	"carryover/internal/desk"
)

// heldCmd lists what waits for a person.
type heldCmd struct {
	Names bool `help:"With the documents' names. This is audited."`
}

// Help is kong's long help.
func (heldCmd) Help() string {
	return `Oldest first, each with what is the matter. Exit code 3 when something is held.

Example:

  carryover held`
}

// Run implements the command.
func (c heldCmd) Run(a *app) error {
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		items, err := c.items(ctx, a, d)
		if err != nil {
			return err
		}
		a.held(len(items) > 0)
		return a.answer(struct {
			Held []desk.Item `json:"held"`
		}{append([]desk.Item{}, items...)}, func(w io.Writer) { a.items(w, items) })
	})
}

func (c heldCmd) items(ctx context.Context, a *app, d desk.Desk) ([]desk.Item, error) {
	if !c.Names {
		return d.Held(ctx)
	}
	return d.List(ctx, desk.ListRequest{
		States: []carryover.State{carryover.Held, carryover.Refused}, Names: true, OldestFirst: true, Actor: a.actor(),
	})
}

// items prints one line each: which, since when, and what is the matter.
func (a *app) items(w io.Writer, items []desk.Item) {
	if len(items) == 0 {
		fmt.Fprintln(w, "Nothing waits for a person.")
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "DOCUMENT\tRECORDED\tWHAT IS THE MATTER")
	for _, i := range items {
		fmt.Fprintf(t, "%s\t%s\t%s\n", i.Mark, a.when(recorded(i)), i.Sentence)
		if i.Name != "" {
			fmt.Fprintf(t, "\t\t  %s\n", visible(i.Name))
		}
	}
	_ = t.Flush()
	fmt.Fprintf(w, "\n%d held. What helps with the first one:\n  carryover show %s\n", len(items), items[0].Mark)
}

// recorded is when the session began, or, where nobody said, when the document
// was first seen.
func recorded(i desk.Item) time.Time {
	if i.Started.IsZero() {
		return i.FirstSeen
	}
	return i.Started
}

// item prints one version in two or three lines.
func (a *app) item(w io.Writer, i desk.Item) {
	fmt.Fprintf(w, "%s  %s  seen %s  practitioner %s", i.Mark, i.State, a.when(i.FirstSeen), or(i.Practitioner, "not known"))
	if i.Patient != "" {
		fmt.Fprintf(w, "  patient %s", i.Patient)
	}
	if i.Note != "" {
		fmt.Fprintf(w, "  %s %s", filedAs(i.Destination), i.Note)
	}
	fmt.Fprintln(w)
	if i.Name != "" {
		fmt.Fprintf(w, "  %s\n", visible(i.Name))
	}
	if i.Sentence != "" {
		fmt.Fprintf(w, "  %s\n", i.Sentence)
	}
}

// filedAs says what an id in Cliniko is of.
func filedAs(destination string) string {
	if destination == string(carryover.ToAttachment) {
		return "attachment"
	}
	return "note"
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
