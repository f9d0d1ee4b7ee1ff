package cli

import (
	"context"
	"fmt"
	"io"

	"carryover"
	"carryover/internal/desk"
)

// releaseCmd lets a held document go.
type releaseCmd struct {
	ID           string `arg:"" help:"A reference (HD-…), a version's id, or the beginning of one."`
	Patient      string `placeholder:"ID" help:"The patient's id in Cliniko (default: the one that the evidence names)."`
	Practitioner string `placeholder:"ID|EMAIL" help:"Whose session it was, for a document that is held because of this question."`
	Digest       string `help:"The digest that show printed: refuse when anything has changed since."`
}

// Help is kong's long help.
func (releaseCmd) Help() string {
	return `The patient is stored as chosen by a person. Without --patient the evidence must name exactly one,
who is certain or whom the digest shows you have seen.
The note is filed in the name of the practitioner who recorded the session; only where the question
is whose session it was can, and must, --practitioner say so.

Example:

  carryover release HD-7Q4K2MXA --patient 1234567`
}

// Run implements the command.
func (c releaseCmd) Run(a *app) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	author, err := practitioner(cfg, c.Practitioner)
	if err != nil {
		return err
	}
	return a.withDeskOf(cfg, func(ctx context.Context, d desk.Desk) error {
		i, err := d.Release(ctx, desk.ReleaseRequest{
			ID: c.ID, Patient: carryover.PatientID(c.Patient), Practitioner: author, Digest: c.Digest, Actor: a.actor(),
		})
		what := "released; it will be filed for patient " + i.Patient
		if author != "" {
			what += " in the name of practitioner " + i.Practitioner
		}
		return a.decided(i, err, what)
	})
}

// dismissCmd leaves a document out.
type dismissCmd struct {
	ID     string `arg:"" help:"A reference (HD-…), a version's id, or the beginning of one."`
	Reason string `required:"" enum:"not_for_cliniko,already_filed_by_hand,duplicate,test" placeholder:"not_for_cliniko|already_filed_by_hand|duplicate|test" help:"Why it stays out."`
	Remark string `help:"A few words for whoever asks later; kept sealed."`
}

// Help is kong's long help.
func (dismissCmd) Help() string {
	return `The document stays out of Cliniko. Its text is kept for 7 days, for a change of mind (carryover retry).

Example:

  carryover dismiss HD-7Q4K2MXA --reason already_filed_by_hand`
}

// Run implements the command.
func (c dismissCmd) Run(a *app) error {
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		i, err := d.Dismiss(ctx, desk.DismissRequest{ID: c.ID, Reason: c.Reason, Remark: carryover.NewText(c.Remark), Actor: a.actor()})
		return a.decided(i, err, "dismissed")
	})
}

// retryCmd sends a document through the road again.
type retryCmd struct {
	ID string `arg:"" help:"A reference (HD-…), a version's id, or the beginning of one."`
}

// Help is kong's long help.
func (retryCmd) Help() string {
	return `After the cause is gone: a patient was corrected in Cliniko, a rule was changed, Cliniko refused a note.
What was taken back with undo is filed again, in the same record.

Example:

  carryover retry HD-7Q4K2MXA`
}

// Run implements the command.
func (c retryCmd) Run(a *app) error {
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		i, err := d.Retry(ctx, desk.RetryRequest{ID: c.ID, Actor: a.actor()})
		what := "goes through the road again, from " + i.State
		switch carryover.State(i.State) {
		case carryover.Undone:
			what = "will be filed again for patient " + i.Patient
		case carryover.Held:
			what = "is back and waits for a person; `carryover show " + i.Mark + "` says why"
		}
		return a.decided(i, err, what)
	})
}

// decided prints what a decision came to.
func (a *app) decided(i desk.Item, err error, what string) error {
	if err != nil {
		return err
	}
	return a.answer(i, func(w io.Writer) { fmt.Fprintf(w, "%s %s.\n", i.Mark, what) })
}
