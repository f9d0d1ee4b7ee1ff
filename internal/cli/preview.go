package cli

import (
	"context"
	"fmt"
	"io"

	"carryover/internal/desk"
)

// previewCmd shows what would be filed.
type previewCmd struct {
	ID string `arg:"" help:"A reference (HD-…), a version's id, or the beginning of one."`
}

// Help is kong's long help.
func (previewCmd) Help() string {
	return `Prints the title and the HTML of the note, clinical text included. This is audited. Nothing is sent.

Example:

  carryover preview HD-7Q4K2MXA > note.html`
}

// Run implements the command.
func (c previewCmd) Run(a *app) error {
	return a.withRoad(func(ctx context.Context, d desk.Desk) error {
		p, err := d.Preview(ctx, desk.ShowRequest{ID: c.ID, Text: true, Names: true, Actor: a.actor()})
		if err != nil {
			return err
		}
		a.note("patient %s, practitioner %s, state %s", or(p.Patient, "not decided"), or(p.Practitioner, "not known"), p.State)
		return a.answer(p, func(w io.Writer) {
			fmt.Fprintf(w, "<!-- %s -->\n%s\n", visible(p.Title), visible(p.HTML))
		})
	})
}
