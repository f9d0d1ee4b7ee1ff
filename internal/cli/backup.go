package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"carryover/internal/desk"
)

// backupCmd copies the ledger.
type backupCmd struct {
	File     string `arg:"" help:"Where to; never replaced."`
	WithText bool   `help:"Take the texts along that wait to be filed; needs --to."`
	To       string `placeholder:"age1…" help:"Encrypt the whole to this age public key."`
}

// Help is kong's long help.
func (backupCmd) Help() string {
	return `Copies the ledger, also while the daemon runs, and reads the copy back before it says done:
every page, and every entry of the audit chain. What waits to be filed is left out: after a restore
it is read from Heidi again. Keep the master key elsewhere; without it no backup can be opened.

Example:

  carryover backup /mnt/backup/carryover-monday.db
  carryover backup --with-text --to age1… carryover-monday.db.age`
}

// Run implements the command.
func (c backupCmd) Run(a *app) error {
	path, err := filepath.Abs(c.File)
	if err != nil {
		return fmt.Errorf("find %s: %w", c.File, err)
	}
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		r, err := d.Backup(ctx, desk.BackupRequest{Path: path, Text: c.WithText, To: c.To, Actor: a.actor()})
		if err != nil {
			return err
		}
		return a.answer(r, func(w io.Writer) {
			what := "without texts"
			if r.Text {
				what = "with texts"
			}
			if r.Encrypted {
				what += ", encrypted"
			}
			fmt.Fprintf(w, "Backup written to %s, %s: %d bytes, %d documents, %d entries. Read back: whole.\n",
				r.File, what, r.Bytes, r.Documents, r.Entries)
			fmt.Fprintf(w, "Head: entry %d, %s\n", r.HeadN, r.Head)
		})
	})
}
