package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/internal/config"
	"carryover/internal/desk"
)

// auditCmd groups what can be asked of the audit chain.
type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check every entry's link to the one before, and that none is missing at the end."`
	Export auditExportCmd `cmd:"" help:"Write every entry as a line of JSON, without names, after verifying."`
}

type auditVerifyCmd struct {
	Head string `placeholder:"HEX|FILE" help:"A head that was noted earlier, or a file that holds one: it must lie on the chain."`
}

// Help is kong's long help.
func (auditVerifyCmd) Help() string {
	return `Exit code 1 when an entry was changed, or when entries are missing. The head that it prints,
noted where nobody can change it, shows later that nothing before it was cut off or rewritten.

Example:

  carryover audit verify
  carryover audit verify --head audit.head`
}

// Run implements the command.
func (c auditVerifyCmd) Run(a *app) error {
	head, err := notedHead(c.Head)
	if err != nil {
		return err
	}
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		r, err := d.Audit(ctx, desk.AuditRequest{Head: head, Actor: a.actor()})
		if err != nil {
			return err
		}
		return a.answer(r, func(w io.Writer) {
			fmt.Fprintf(w, "%d entries, every one where it belongs. Head: entry %d, %s\n", r.Entries, r.HeadN, r.Head)
			if head != nil {
				fmt.Fprintln(w, "The head that was noted lies on the chain.")
			} else if r.NoHead {
				fmt.Fprintln(w, "No audit.head is beside the ledger (`carryover run` writes one): whether entries were cut off the end shows only with --head.")
			}
		})
	})
}

type auditExportCmd struct {
	From         string `placeholder:"DAY" help:"Not before this day (YYYY-MM-DD, of the practice)."`
	To           string `placeholder:"DAY" help:"Not after this day."`
	Patient      string `placeholder:"ID" help:"Only what is about documents decided on or filed for this patient."`
	Practitioner string `placeholder:"ID|EMAIL" help:"Only what is about this practitioner and their documents."`

	Out string `short:"o" placeholder:"FILE" help:"Write to a new file, readable by this user alone (default: standard output)."`
}

// Help is kong's long help.
func (auditExportCmd) Help() string {
	return `Each line holds its number and the MAC of the entry before, and the last line says how many
entries there are in all: so it shows where entries were left out.

Example:

  carryover audit export --out audit.jsonl
  carryover audit export --from 2026-11-01 --to 2026-11-30 --patient 1234567`
}

// Run implements the command.
func (c auditExportCmd) Run(a *app) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	which, err := c.request(a, cfg)
	if err != nil {
		return err
	}
	return a.withDeskOf(cfg, func(ctx context.Context, d desk.Desk) error {
		r, err := d.Audit(ctx, which)
		if err != nil {
			return err
		}
		if c.Out == "" {
			if _, err := io.WriteString(a.Out, r.Export); err != nil {
				return fmt.Errorf("write the audit chain: %w", err)
			}
			if !a.flags.JSON {
				return nil
			}
		} else if err := writePrivate(c.Out, []byte(r.Export), false); err != nil {
			return err
		}
		return a.answer(r, func(w io.Writer) { fmt.Fprintf(w, "%d entries written to %s.\n", r.Lines, c.Out) })
	})
}

// request reads the options: days are those of the practice, both included.
func (c auditExportCmd) request(a *app, cfg *config.Config) (desk.AuditRequest, error) {
	r := desk.AuditRequest{Export: true, Patient: carryover.PatientID(c.Patient), Actor: a.actor()}
	var err error
	if r.Practitioner, err = practitioner(cfg, c.Practitioner); err != nil {
		return r, err
	}
	if r.From, err = dayIn(cfg, "--from", c.From); err != nil {
		return r, err
	}
	if r.To, err = dayIn(cfg, "--to", c.To); err != nil {
		return r, err
	}
	if !r.To.IsZero() {
		r.To = r.To.AddDate(0, 0, 1)
	}
	if !r.To.IsZero() && !r.From.Before(r.To) {
		return r, badUsage("--to: the day is before --from")
	}
	return r, nil
}

// dayIn returns when a day begins at the practice; zero for "".
func dayIn(cfg *config.Config, option, s string) (time.Time, error) {
	day, err := parseDay(option, s)
	if err != nil || day.IsZero() {
		return time.Time{}, err
	}
	return time.ParseInLocation(time.DateOnly, day.Reveal(), cfg.TimeZone)
}

// notedHead reads a head from the command line: 64 hexadecimal digits, as verify
// prints them, or a file that holds them or is an audit.head; nil for "".
func notedHead(s string) (*audit.Head, error) {
	if s == "" {
		return nil, nil
	}
	if mac, err := hex.DecodeString(s); err == nil && len(mac) == sha256.Size {
		return &audit.Head{MAC: mac}, nil
	}
	h, err := audit.ReadHead(s)
	if err == nil {
		return &h, nil
	}
	if b, e := os.ReadFile(s); e == nil {
		if mac, e := hex.DecodeString(strings.TrimSpace(string(b))); e == nil && len(mac) == sha256.Size {
			return &audit.Head{MAC: mac}, nil
		}
	}
	return nil, &carryover.Problem{
		Op: "read the head", Kind: carryover.ErrInvalid, Err: cause(err),
		Hint: "Give the 64 digits that `carryover audit verify` printed, or a file that holds them, such as a copy of audit.head.",
	}
}
