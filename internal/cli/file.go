package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/internal/desk"
)

// fileCmd files a person's copy of a document.
type fileCmd struct {
	Document     string `arg:"" help:"The document: a file of Markdown, HTML or plain text, or - for standard input."`
	Name         string `help:"The patient's first and last name."`
	Born         string `placeholder:"DATE" help:"The patient's birth date: 1980-03-31, or 31/3/1980."`
	Patient      string `placeholder:"ID" help:"The patient's id in Cliniko."`
	Practitioner string `placeholder:"ID|EMAIL" help:"Who wrote it (default: the only practitioner of the configuration)."`
	Title        string `help:"The note's title (default: Document)."`
	At           string `placeholder:"DATE" help:"The day of the consultation (default: not known)."`
}

// Help is kong's long help.
func (fileCmd) Help() string {
	return `Needs no Heidi key. The patient is named by name and birth date, or by id; two things must
agree, as for every other document, or it is held. The same document a second time is
recognised. Exit code 3 when it is held.

Example:

  carryover file letter.md --name "Ada Invented" --born 1980-03-31`
}

// filed is what the command answers.
type filed struct {
	desk.Item
	Already bool `json:"already"` // the document had been filed before
}

// Run implements the command.
func (c fileCmd) Run(a *app) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	r, err := c.request(a, cfg)
	if err != nil {
		return err
	}
	return a.withDaemon(cfg, daemon.Options{NoHeidi: true}, func(ctx context.Context, d desk.Desk) error {
		i, err := d.File(ctx, r)
		if err != nil {
			return err
		}
		out := filed{Item: i, Already: i.State == string(carryover.Proven) || i.State == string(carryover.Filed)}
		if !out.Already {
			if out.Item, err = c.carried(ctx, a, cfg, d, i); err != nil {
				return err
			}
		}
		a.held(out.State != string(carryover.Proven) && out.State != string(carryover.Filed))
		return a.answer(out, func(w io.Writer) { out.print(a, w) })
	})
}

// request reads the arguments and the document.
func (c fileCmd) request(a *app, cfg *config.Config) (desk.FileRequest, error) {
	r := desk.FileRequest{
		Name: carryover.NewText(c.Title), PatientName: carryover.NewText(c.Name),
		Patient: carryover.PatientID(c.Patient), Actor: a.actor(),
	}
	if c.Name == "" && c.Patient == "" {
		return r, badUsage("say who the patient is: --name and --born, or --patient")
	}
	var err error
	if r.Practitioner, err = practitioner(cfg, c.Practitioner); err != nil {
		return r, err
	}
	if r.Practitioner == "" {
		if len(cfg.Practitioners) > 1 {
			return r, badUsage("say who wrote the document: --practitioner")
		}
		r.Practitioner = cfg.Practitioners[0].ID
	}
	if r.BirthDate, err = parseDay("--born", c.Born); err != nil {
		return r, err
	}
	at, err := parseDay("--at", c.At)
	if err != nil {
		return r, err
	}
	if !at.IsZero() { // noon: no zone can make it another day
		day, _ := time.ParseInLocation(time.DateOnly, at.Reveal(), cfg.TimeZone)
		r.At = day.Add(12 * time.Hour)
	}
	r.Text, r.Format, err = readDocument(a.In, c.Document)
	return r, err
}

// lookEvery is how often the command looks whether its document has arrived.
const lookEvery = 150 * time.Millisecond

// carried waits until the document is in Cliniko or waits for a person. A route
// that waits for a click has had it: a person named the patient just now.
func (c fileCmd) carried(ctx context.Context, a *app, cfg *config.Config, d desk.Desk, i desk.Item) (desk.Item, error) {
	// A lost answer takes a grace period to settle, and may be lost once more.
	ctx, cancel := context.WithTimeout(ctx, 2*cfg.Timing.Grace+2*time.Minute)
	defer cancel()
	var told string
	for {
		v, err := d.Show(ctx, desk.ShowRequest{ID: i.ID, Actor: a.actor()})
		if err != nil {
			return i, err
		}
		i = v.Item
		switch {
		case i.State == string(carryover.Held) && i.Reason == string(carryover.ReviewMode):
			if i, err = d.Release(ctx, desk.ReleaseRequest{ID: i.ID, Digest: v.Digest, Actor: a.actor()}); err != nil {
				return i, err
			}
		case !carryover.State(i.State).Waiting():
			return i, nil
		}
		if told != i.State && i.State == string(carryover.InDoubt) {
			a.note("Cliniko's answer was lost. Looking whether the note is there; this can take %s.", cfg.Timing.Grace)
		}
		told = i.State
		select {
		case <-ctx.Done():
			if a.ctx.Err() == nil && ctx.Err() == context.DeadlineExceeded { //nolint:errorlint // Err returns it bare
				return i, nil // still on its way: the ledger knows, and the answer says so
			}
			return i, context.Cause(ctx)
		case <-time.After(lookEvery):
		}
	}
}

func (f filed) print(a *app, w io.Writer) {
	switch {
	case f.Already:
		fmt.Fprintf(w, "Already filed: %s, %s %s in the file of patient %s.\n", f.Reference, filedAs(f.Destination), f.Note, f.Patient)
	case f.State == string(carryover.Proven) && f.Destination == string(carryover.ToAttachment):
		fmt.Fprintf(w, "Filed: %s, attachment %s, a PDF in the record of patient %s, read back as it was sent.\n", f.Reference, f.Note, f.Patient)
	case f.State == string(carryover.Proven):
		fmt.Fprintf(w, "Filed: %s, note %s, a draft in the file of patient %s, read back word for word.\n", f.Reference, f.Note, f.Patient)
	case carryover.State(f.State).Waiting():
		fmt.Fprintf(w, "%s is still on its way (%s). `carryover run` carries it on; `carryover show %s` tells where it stands.\n", f.Mark, meaning[carryover.State(f.State)], f.Mark)
	default:
		a.item(w, f.Item)
		fmt.Fprintf(w, "  carryover show %s --names\n", f.Mark)
	}
}
