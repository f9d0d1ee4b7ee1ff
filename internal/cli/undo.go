package cli

import (
	"context"
	"fmt"
	"io"

	"carryover"
	"carryover/internal/desk"
)

// undoCmd takes a filing back.
type undoCmd struct {
	ID     string `arg:"" help:"A reference (HD-…), a version's or delivery's id, or the beginning of one."`
	DryRun bool   `name:"dry-run" help:"Say what would happen, and do nothing."`
	Digest string `help:"The digest that show printed: refuse when anything has changed since."`
	// CallOff is for an undo and for a move.
	CallOff bool `name:"call-off" help:"End an undo or a move that was asked for and has not begun."`
}

// Help is kong's long help.
func (undoCmd) Help() string {
	return `Carryover archives its own note or attachment as long as nobody has worked on it. What somebody edited,
finalised or put elsewhere stays as it is: a person has to remove it, and status lists it until it is gone.
A reference or delivery's id means that very filing, anything else the document's latest in Cliniko.
--call-off ends an undo, or a move, that was asked for, as long as nothing has been sent for it.

Examples:

  carryover undo HD-7Q4K2MXA --dry-run
  carryover undo HD-7Q4K2MXA --call-off`
}

// Run implements the command.
func (c undoCmd) Run(a *app) error {
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		r, err := d.Undo(ctx, desk.UndoRequest{ID: c.ID, Digest: c.Digest, DryRun: c.DryRun, CallOff: c.CallOff, Actor: a.actor()})
		if err != nil {
			return err
		}
		what := "will be taken back"
		if c.CallOff {
			what = "stays as it is: what was asked for is called off"
		}
		return a.answer(r, func(w io.Writer) { a.reversal(w, r, what) })
	})
}

// moveCmd moves a filing to another patient's record.
type moveCmd struct {
	ID      string `arg:"" help:"A reference (HD-…), a version's or delivery's id, or the beginning of one."`
	Patient string `required:"" placeholder:"ID" help:"The id in Cliniko of the patient in whose record it belongs."`
	DryRun  bool   `name:"dry-run" help:"Say what would happen, and do nothing."`
	Digest  string `help:"The digest that show printed: refuse when anything has changed since."`
}

// Help is kong's long help.
func (moveCmd) Help() string {
	return `The note or attachment is taken out of the wrong record as undo does it, and the document is filed in the
right one as a new draft. Its words come from Heidi, or from our own note while they are still the same there;
where nobody has them, nothing is done. What a person must remove by hand is filed in the right record all the same.
show has the facts that an assessment of the mistake needs: which note was in which record, from when to when.

Example:

  carryover move HD-7Q4K2MXA --patient 1234567`
}

// Run implements the command.
func (c moveCmd) Run(a *app) error {
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		r, err := d.Move(ctx, desk.MoveRequest{
			ID: c.ID, Patient: carryover.PatientID(c.Patient), Digest: c.Digest, DryRun: c.DryRun, Actor: a.actor(),
		})
		if err != nil {
			return err
		}
		return a.answer(r, func(w io.Writer) { a.reversal(w, r, "will be moved to the record of patient "+r.Into) })
	})
}

// reversal prints what will happen, or would.
func (a *app) reversal(w io.Writer, r desk.Reversal, what string) {
	if r.Will == desk.WillByHand && r.Into == "" {
		what = "has to be removed by a person"
	}
	if r.State == "" {
		fmt.Fprintf(w, "%s stays as it is: this was a dry run. It would go so:\n", r.OfReference)
	} else {
		fmt.Fprintf(w, "%s %s.\n", r.OfReference, what)
	}
	for _, s := range r.Says {
		fmt.Fprintf(w, "  %s\n", s)
	}
	if r.Address != "" {
		fmt.Fprintf(w, "  The record that it was filed in: %s\n", r.Address)
	}
	if r.State != "" {
		fmt.Fprintf(w, "`carryover show %s` tells how far it has come.\n", r.Mark)
	}
}

// takenBack prints the facts of a filing that was reversed.
func (a *app) takenBack(w io.Writer, d desk.Delivery) {
	b := d.TakenBack
	if b == nil {
		return
	}
	until := "until now"
	if !b.VisibleTo.IsZero() {
		until = "until " + a.when(b.VisibleTo)
	}
	fmt.Fprintf(w, "  taken back by a person's decision of %s: %s\n", a.when(b.Asked), doing[b.State])
	fmt.Fprintf(w, "  could be seen in the record of patient %s from %s %s, written by practitioner %s\n", d.Patient, a.when(b.VisibleFrom), until, d.Practitioner)
	switch {
	case b.Says == "":
	case b.Read.IsZero():
		fmt.Fprintf(w, "  why: %s\n", b.Says)
	default:
		fmt.Fprintf(w, "  when it was read at %s: %s\n", a.when(b.Read), b.Says)
	}
	switch {
	case b.Into == "":
	case b.Refiled.IsZero():
		fmt.Fprintf(w, "  the document is to go into the record of patient %s\n", b.Into)
	default:
		fmt.Fprintf(w, "  the document was sent on its way into the record of patient %s at %s\n", b.Into, a.when(b.Refiled))
	}
}

// doing is how far a reversal has come, in a few plain words.
var doing = map[string]string{
	"asked": "not begun yet", "archiving": "being archived", "restoring": "being brought back, for somebody worked on it meanwhile",
	"by_hand": "a person has to remove it", "put_back": "a person has to bring it back", "done": "out of the record", "given_up": "nothing was done",
	"ask_again": "asked for before the ledger was restored, so nothing happens until somebody asks again",
}

// removals prints what a person must remove in Cliniko, or bring back.
func (a *app) removals(w io.Writer, all []desk.Removal) {
	for _, r := range all {
		do := "REMOVE BY HAND"
		if r.PutBack {
			do = "BRING BACK BY HAND"
		}
		fmt.Fprintf(w, "%s: %s %s in the record of patient %s (%s), asked for %s\n", do, filedAs(r.To), r.Note, r.Patient, r.Mark, a.when(r.Asked))
		if r.Why != "" {
			fmt.Fprintf(w, "  Left alone because %s\n", r.Why)
		}
		if r.Address != "" {
			fmt.Fprintf(w, "  %s\n", r.Address)
		}
	}
}
