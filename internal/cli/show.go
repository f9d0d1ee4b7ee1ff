package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode"

	"carryover"
	"carryover/internal/desk"
)

// showCmd shows one document.
type showCmd struct {
	ID    string `arg:"" help:"A reference (HD-…), a version's or delivery's id, or the beginning of one."`
	Text  bool   `help:"With the document's text. This is audited."`
	Names bool   `help:"With names and birth dates. This is audited."`
}

// Help is kong's long help.
func (showCmd) Help() string {
	return `What is the matter, who the patient may be with what agrees and what does not, the diary around
the recording (while a daemon runs), deliveries, history, and what helps.
The digest it prints can go to release, which then refuses when anything has changed since.

Example:

  carryover show HD-7Q4K2MXA --names`
}

// Run implements the command.
func (c showCmd) Run(a *app) error {
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		v, err := d.Show(ctx, desk.ShowRequest{ID: c.ID, Text: c.Text, Names: c.Names, Diary: true, Actor: a.actor()})
		if err != nil {
			return err
		}
		return a.answer(v, func(w io.Writer) { a.detail(w, v) })
	})
}

// detail prints a document from what is the matter, through what is known, to
// what helps: the end is what stands above the prompt.
func (a *app) detail(w io.Writer, v desk.Detail) {
	a.heading(w, v.Item)
	if v.Claim != nil {
		fmt.Fprintf(w, "\nHeidi says: %s, born %s", or(visible(v.Claim.Name), "no name"), or(v.Claim.BirthDate, "no date"))
		if v.Claim.Patient+v.Claim.Booking != "" {
			fmt.Fprintf(w, "; ids from %s: patient %s, booking %s", or(visible(v.Claim.Provider), "nobody"), or(v.Claim.Patient, "-"), or(v.Claim.Booking, "-"))
		}
		fmt.Fprintln(w)
	}
	a.candidates(w, v)
	a.diary(w, v)
	for _, d := range v.Deliveries {
		a.delivery(w, d)
	}
	fmt.Fprintf(w, "\nHistory of version %d, %s\n", v.Number, v.ID)
	fmt.Fprintf(w, "  document %s of session %s\n", v.Document, v.Session)
	for _, e := range v.History {
		fmt.Fprintf(w, "  %s  %s  %s\n", a.when(e.At), e.Actor, eventLine(e))
	}
	if v.Text != "" {
		fmt.Fprintf(w, "\n%s\n", visible(v.Text))
	}
	if v.Difference != "" {
		fmt.Fprintf(w, "\nWhere Cliniko's note differs from what was sent\n%s\n", visible(v.Difference))
	}
	whatHelps(w, v)
}

// heading says which document it is, what is the matter, and whose it is.
func (a *app) heading(w io.Writer, i desk.Item) {
	fmt.Fprint(w, i.Mark)
	if i.Name != "" {
		fmt.Fprintf(w, "  %s", visible(i.Name))
	}
	fmt.Fprintf(w, "\n  %s\n", or(i.Sentence, meaning[carryover.State(i.State)]))
	fmt.Fprintf(w, "  %s since %s\n", i.State, a.when(i.Changed))
	if i.Started.IsZero() {
		fmt.Fprintf(w, "  seen %s", a.when(i.FirstSeen))
	} else {
		fmt.Fprintf(w, "  recorded %s", a.when(i.Started))
	}
	fmt.Fprintf(w, ", practitioner %s", or(i.Practitioner, "not known"))
	if i.Patient != "" {
		fmt.Fprintf(w, ", patient %s", i.Patient)
	}
	if i.Note != "" {
		fmt.Fprintf(w, ", %s %s", filedAs(i.Destination), i.Note)
	}
	fmt.Fprintln(w)
}

func (a *app) delivery(w io.Writer, d desk.Delivery) {
	fmt.Fprintf(w, "\nDelivery %d  %s  %s  patient %s  %s %s\n", d.Number, d.Reference, d.State, d.Patient, filedAs(d.Destination), or(d.Note, "-"))
	if d.Fallback != "" {
		fmt.Fprintf(w, "  %s\n", d.Fallback)
	}
	a.takenBack(w, d)
	for _, t := range d.Attempts {
		fmt.Fprintf(w, "  attempt %d  %s  %s  %s", t.Number, a.when(t.Started), t.Kind, or(t.Outcome, "no answer yet"))
		if t.Status != 0 {
			fmt.Fprintf(w, "  (status %d)", t.Status)
		}
		fmt.Fprintln(w)
	}
}

func eventLine(e desk.Event) string {
	parts := []string{e.Action}
	if e.From != "" || e.To != "" {
		parts = append(parts, e.From+" → "+e.To)
	}
	if e.Reason != "" {
		parts = append(parts, "("+e.Reason+")")
	}
	if e.Note != "" {
		parts = append(parts, e.Note)
	}
	return strings.Join(parts, "  ")
}

// visible keeps control characters of other people's text from the terminal:
// a document could otherwise move the cursor or set the window's title.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) {
			return r
		}
		return '\uFFFD'
	}, s)
}
