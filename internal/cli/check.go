package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"text/tabwriter"

	"carryover"
	"carryover/internal/check"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/internal/desk"
)

// checkCmd looks whether everything is in order.
type checkCmd struct {
	Residency bool `help:"List every host that can be contacted, why, what goes there, and what did."`
}

// Help is kong's long help.
func (checkCmd) Help() string {
	return `Looks at the configuration, the files of keys, the data folder, the ledger, the clock, the keys
and links of every practitioner, the rules and the review page. Each line is ok, attention or
broken, with what to do. It asks and reads; nothing is written to Heidi or Cliniko. A daemon may
run meanwhile. The exit code is 1 when something is broken.

Example:

  carryover check
  carryover check --residency`
}

// checked is the answer of check.
type checked struct {
	Worst     check.Grade      `json:"worst"`
	Findings  []check.Finding  `json:"findings"`
	Residency *check.Residency `json:"residency,omitempty"`
}

// Run implements the command.
func (c checkCmd) Run(a *app) error {
	path, err := config.Find(a.flags.Config)
	if err != nil {
		return err
	}
	cfg, err := config.Load(path)
	if err != nil {
		if _, is := errors.AsType[*config.Error](err); !is {
			return err
		}
		return a.checkedAs(checked{Findings: check.Mistakes(err)})
	}
	a.zone = cfg.TimeZone
	return a.checking(cfg, c.Residency)
}

// checking looks at everything that a configuration names and tells it.
func (a *app) checking(cfg *config.Config, residency bool) error {
	s, done := a.subject(cfg)
	defer done()
	connection, err := daemon.Connect(daemon.Options{Config: cfg})
	if err == nil {
		defer connection.Close()
		s.Sides, s.Guard = connection.Sides, connection.Guard
	}
	s.Unreachable = err
	out := checked{Findings: check.All(a.ctx, s)}
	if a.ctx.Err() != nil {
		return &carryover.Problem{Op: "check", Kind: carryover.ErrTransient, Err: errors.New("stopped before all was looked at"), Hint: "Run it again."}
	}
	if residency && connection != nil {
		counts := connection.Egress()
		if remote, is := s.Desk.(*desk.Client); is { // the daemon's own journal
			if counts, err = remote.Egress(a.ctx); err != nil {
				return err
			}
		}
		r := check.Residence(cfg.Region, connection.Guard, counts)
		r.OfDaemon = s.Running
		out.Residency = &r
	}
	return a.checkedAs(out)
}

// subject finds the desk: the running daemon's, else the ledger's. A ledger that
// is not there yet is not made.
func (a *app) subject(cfg *config.Config) (check.Subject, func()) {
	s := check.Subject{Config: cfg}
	if remote, err := daemon.DoorOf(cfg).Dial(); err == nil {
		s.Desk, s.Running = remote, true
		return s, func() {}
	} else if !errors.Is(err, desk.ErrNoDaemon) {
		s.NoDesk = err
		return s, func() {}
	}
	if _, err := os.Stat(cfg.LedgerPath()); errors.Is(err, fs.ErrNotExist) {
		return s, func() {}
	}
	own, done, err := desk.Open(context.WithoutCancel(a.ctx), cfg.LedgerPath(), cfg.MasterKeyFile)
	if err != nil {
		s.NoDesk = err
		return s, func() {}
	}
	s.Desk = own
	return s, func() { _ = done() } // it was only read
}

// checkedAs prints the findings and sets the exit code.
func (a *app) checkedAs(out checked) error {
	out.Worst = check.Worst(out.Findings)
	if out.Worst == check.Broken {
		a.code = exitFailed
	}
	return a.answer(out, func(w io.Writer) {
		for _, f := range out.Findings {
			printFinding(w, f)
		}
		if out.Residency != nil {
			printResidency(w, *out.Residency)
		}
		fmt.Fprintf(w, "\n%s\n", verdict(out.Findings))
	})
}

func printFinding(w io.Writer, f check.Finding) {
	whose := ""
	if f.Practitioner != "" {
		whose = fmt.Sprintf("practitioner %s: ", f.Practitioner)
	}
	fmt.Fprintf(w, "%-10s %-14s %s%s\n", f.Grade, f.About, whose, f.Says)
	if f.Grade != check.OK && f.Next != "" {
		fmt.Fprintf(w, "%-25s → %s\n", "", f.Next)
	}
}

// verdict is the last line: how it all stands.
func verdict(all []check.Finding) string {
	n := map[check.Grade]int{}
	for _, f := range all {
		n[f.Grade]++
	}
	switch {
	case n[check.Broken] > 0:
		return fmt.Sprintf("%d broken, %d to look at, %d ok.", n[check.Broken], n[check.Attention], n[check.OK])
	case n[check.Attention] > 0:
		return fmt.Sprintf("Nothing is broken; %d to look at, %d ok.", n[check.Attention], n[check.OK])
	}
	return "All is in order."
}

func printResidency(w io.Writer, r check.Residency) {
	since := "this check"
	if r.OfDaemon {
		since = "the running daemon, since it began"
	}
	fmt.Fprintf(w, "\nWhat can be contacted in region %s, and nothing else. Requests are those of %s.\n\n", r.Region, since)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "host\trequests\trefused\twhy\twhat goes there")
	for _, h := range append(r.Hosts, r.Elsewhere...) {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%s\n", h.Host, h.Requests, h.Refused, h.Why, h.Data)
	}
	_ = t.Flush()
	fmt.Fprintln(w, "\nA practitioner's own browser opens scribe.heidihealth.com to link an account; Carryover never does.")
}
