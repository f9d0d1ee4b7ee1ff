package cli

import (
	"context"
	"fmt"
	"io"

	"carryover/internal/desk"
)

// auditCmd groups what can be asked of the audit chain.
type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check every entry's link to the one before, and that none is missing at the end."`
	Export auditExportCmd `cmd:"" help:"Write every entry as a line of JSON, without names, after verifying."`
}

type auditVerifyCmd struct{}

// Help is kong's long help.
func (auditVerifyCmd) Help() string {
	return "Exit code 1 when an entry was changed, or when entries are missing.\n\nExample:\n\n  carryover audit verify"
}

// Run implements the command.
func (auditVerifyCmd) Run(a *app) error {
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		r, err := d.Audit(ctx, desk.AuditRequest{Actor: a.actor()})
		if err != nil {
			return err
		}
		return a.answer(r, func(w io.Writer) {
			fmt.Fprintf(w, "%d entries, every one where it belongs. Head: entry %d, %s\n", r.Entries, r.HeadN, r.Head)
		})
	})
}

type auditExportCmd struct {
	Out string `short:"o" placeholder:"FILE" help:"Write to a new file, readable by this user alone (default: standard output)."`
}

// Help is kong's long help.
func (auditExportCmd) Help() string {
	return "Example:\n\n  carryover audit export --out audit.jsonl"
}

// Run implements the command.
func (c auditExportCmd) Run(a *app) error {
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		r, err := d.Audit(ctx, desk.AuditRequest{Export: true, Actor: a.actor()})
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
