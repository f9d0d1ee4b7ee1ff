package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"carryover"
	"carryover/internal/daemon"
	"carryover/internal/desk"
)

// statusCmd says how things stand.
type statusCmd struct {
	Healthy bool `help:"Ask the daemon alone, and say only whether it answers: 0 when it does, 1 when not."`
}

// Help is kong's long help.
func (statusCmd) Help() string {
	return `Counts the documents by state, and lists alarms and pauses. Exit code 3 when something waits for a person.

Example:

  carryover status --json
  carryover status --healthy           for a container's health check`
}

// Run implements the command.
func (c statusCmd) Run(a *app) error {
	if c.Healthy {
		return a.healthy()
	}
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		s, err := d.Status(ctx)
		if err != nil {
			return err
		}
		a.held(s.Held > 0)
		return a.answer(s, func(w io.Writer) { a.status(w, s) })
	})
}

// healthy asks the daemon whether it answers. Without one it fails: nothing moves
// then, however well the ledger can be read.
func (a *app) healthy() error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	d, err := daemon.DoorOf(cfg).Dial()
	if errors.Is(err, desk.ErrNoDaemon) {
		return &carryover.Problem{Op: "ask the daemon", Kind: carryover.ErrGone, Err: err, Hint: "Start it: `carryover run`, or the service that runs it."}
	}
	if err == nil {
		_, err = d.Status(a.ctx)
	}
	if err != nil {
		return err
	}
	return a.answer(struct {
		Healthy bool `json:"healthy"`
	}{true}, func(w io.Writer) { fmt.Fprintln(w, "The daemon answers.") })
}

func (a *app) status(w io.Writer, s desk.Status) {
	if s.Daemon {
		fmt.Fprintln(w, "A daemon is running.")
	} else {
		fmt.Fprintln(w, "No daemon is running: nothing moves until `carryover run`.")
	}
	if s.Paused {
		fmt.Fprintln(w, "Writing to Cliniko is paused. `carryover resume` lets it go on.")
	}
	fmt.Fprintf(w, "\n%d documents\n", s.Documents)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, state := range carryover.States {
		if n := s.Counts[string(state)]; n > 0 {
			fmt.Fprintf(t, "  %d\t %s\n", n, meaning[state])
		}
	}
	_ = t.Flush()
	if s.Held > 0 {
		fmt.Fprintf(w, "The oldest held document waits since %s. `carryover held` lists them.\n", a.when(s.OldestHeld))
	}
	for _, p := range s.Practitioners {
		fmt.Fprintf(w, "practitioner %s: last looked at Heidi %s", p.ID, a.when(p.LastPoll))
		if p.Paused {
			fmt.Fprintf(w, "; paused since %s (%s)\n  carryover resume --practitioner %s", a.when(p.Since), p.Reason, p.ID)
		}
		fmt.Fprintln(w)
	}
	for _, t := range s.FewTags {
		which := "of Heidi template " + t
		if t == "all" {
			which = "of every template"
		}
		fmt.Fprintf(w, "Notes %s are written in few tags, because Cliniko lost words of one.\n", which)
	}
	a.removals(w, s.Removals)
	if !s.KnownUntil.IsZero() {
		fmt.Fprintf(w, "The ledger was restored: what people decided after %s is not in it.\n", a.when(s.KnownUntil))
	}
	for _, alarm := range s.Alarms {
		fmt.Fprintf(w, "ALARM since %s", a.when(alarm.Since))
		if alarm.Subject != "" {
			fmt.Fprintf(w, " (%s)", alarm.Subject)
		}
		if alarm.More > 0 {
			fmt.Fprintf(w, " (%d of them)", alarm.More+1)
		}
		fmt.Fprintf(w, ": %s\n  %s\n", alarm.Sentence, alarm.NextStep)
	}
}

// meaning is each state in a few plain words.
var meaning = map[carryover.State]string{
	carryover.Seen:       "seen, may still change",
	carryover.Ripe:       "finished, patient being looked for",
	carryover.Held:       "held: a person must decide",
	carryover.Ready:      "ready to be filed",
	carryover.Skipped:    "left out by a rule",
	carryover.Dismissed:  "left out by a person",
	carryover.Superseded: "replaced by a later version",
	carryover.Sending:    "being sent",
	carryover.InDoubt:    "in doubt: Cliniko's answer was lost and is being looked for",
	carryover.Filed:      "filed, being read back",
	carryover.Proven:     "in Cliniko, read back word for word",
	carryover.Refused:    "refused by Cliniko",
	carryover.Undone:     "taken back",
}
