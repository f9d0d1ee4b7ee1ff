package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"carryover/internal/desk"
)

// rekeyCmd changes the master key.
type rekeyCmd struct {
	NewKey string `placeholder:"FILE" help:"The file of the new key, made when it is not there; master_key_file must name it afterwards."`
}

// Help is kong's long help.
func (rekeyCmd) Help() string {
	return `A fresh key takes the place of the old one in the file that master_key_file names, and all that
is sealed is wrapped anew, also while the daemon runs. Digests stay as they are: nothing is filed
again. The old key is kept beside it for backups of before; remove it when they are gone.

Example:

  carryover rekey
  carryover rekey --new-key /etc/carryover/2027.key`
}

// Run implements the command.
func (c rekeyCmd) Run(a *app) error {
	r := desk.RekeyRequest{Actor: a.actor()}
	if c.NewKey != "" {
		path, err := filepath.Abs(c.NewKey)
		if err != nil {
			return fmt.Errorf("find %s: %w", c.NewKey, err)
		}
		r.NewKey = path
	}
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		done, err := d.Rekey(ctx, r)
		if err != nil {
			return err
		}
		return a.answer(done, func(w io.Writer) {
			fmt.Fprintf(w, "The master key is changed; %d sealed items are wrapped anew. Keep a copy of %s in a safe place.\n", done.Items, done.KeyFile)
			if done.Damaged > 0 {
				fmt.Fprintf(w, "%d items did not open before and do not now.\n", done.Damaged)
			}
			fmt.Fprintf(w, "The old key, in %s, opens backups of before and nothing else.\n", done.OldKey)
			if done.Rename {
				fmt.Fprintf(w, "Now write in the configuration:  master_key_file: %s\n", done.KeyFile)
			}
		})
	})
}
