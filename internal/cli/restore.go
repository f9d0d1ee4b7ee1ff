package cli

import (
	"fmt"
	"io"
	"strings"

	"carryover/internal/desk"
)

// restoreCmd puts a backup in the ledger's place.
type restoreCmd struct {
	File     string `arg:"" help:"What backup wrote."`
	Replace  bool   `help:"Where there is a ledger, keep it under another name."`
	Identity string `placeholder:"FILE" help:"The age identity that opens an encrypted backup."`
}

// Help is kong's long help.
func (restoreCmd) Help() string {
	return `Stop the daemon first. The backup is checked whole before anything is changed. The next run
sends nothing for one grace period, reads from Heidi again what is open, and finds in Cliniko what
was filed since the backup; what Heidi no longer has is held (text_gone).

Never run a restored ledger beside the one it is a copy of, on whatever machine: the two do not
know of each other, and what both file in the same moment is in Cliniko twice.

Example:

  carryover restore /mnt/backup/carryover-monday.db --replace
  carryover restore carryover-monday.db.age --identity key.txt`
}

// Run implements the command.
func (c restoreCmd) Run(a *app) error {
	cfg, err := a.whole()
	if err != nil {
		return err
	}
	r, err := desk.Restore(a.ctx, desk.RestoreRequest{
		File: c.File, Ledger: cfg.LedgerPath(), KeyFile: cfg.MasterKeyFile,
		Identity: c.Identity, Replace: c.Replace, Actor: a.actor(),
	})
	if err != nil {
		return err
	}
	return a.answer(r, func(w io.Writer) {
		fmt.Fprintf(w, "Restored: %d documents, %d entries. Head: entry %d, %s\n", r.Documents, r.Entries, r.HeadN, r.Head)
		if r.Kept != "" {
			fmt.Fprintf(w, "The ledger that was there is kept as %s.\n", r.Kept)
		}
		if r.Without > 0 {
			fmt.Fprintf(w, "%d open documents have no text here; the next run reads them from Heidi again.\n", r.Without)
		}
		fmt.Fprintf(w, "It knows nothing of after %s. What people decided since is lost, and nobody can tell here what it was:\n", a.when(r.KnownUntil))
		fmt.Fprintln(w, "  releases, dismissals and retries: what was filed since is found in Cliniko; the rest waits in `carryover held` again.")
		fmt.Fprintln(w, "  undos and moves: look in Cliniko whether each note is where it belongs.")
		fmt.Fprintln(w, "  pauses: pause again whom somebody had paused since, before `carryover run`.")
		fmt.Fprintln(w, "  people: end again the access of whoever was let go since.")
		switch {
		case r.PausedAll:
			fmt.Fprintln(w, "All writing was paused in the backup and stays so: `carryover resume` lets it go on.")
		case len(r.Paused) > 0:
			fmt.Fprintf(w, "Paused in the backup, and still: practitioner %s.\n", strings.Join(r.Paused, ", "))
		}
		if len(r.AskAgain) > 0 {
			fmt.Fprintf(w, "To be taken back or moved when the backup was made, and left alone until somebody decides again: %s.\n", strings.Join(r.AskAgain, ", "))
		}
		fmt.Fprintln(w, "If Carryover still runs elsewhere for this practice, stop it there first: two would file some documents twice.")
		fmt.Fprintf(w, "Start `carryover run`: it sends nothing for the first %s.\n", cfg.Timing.Grace)
	})
}
