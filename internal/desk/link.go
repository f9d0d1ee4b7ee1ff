package desk

import (
	"context"
	"time"

	"carryover/audit"
	"carryover/ledger"
)

// adminLinkFor is how long the first admin's link works: whoever asks for it
// sits at a terminal and opens it at once.
const adminLinkFor = 15 * time.Minute

// AdminLink implements Desk. A new link takes back the one before, so that only
// what is on the screen now works.
func (d *Local) AdminLink(ctx context.Context, r AdminLinkRequest) (AdminLink, error) {
	var out AdminLink
	err := d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		now := time.Now().UTC()
		out.Expires = now.Add(adminLinkFor)
		secret, err := tx.AddLink(ctx, ledger.NewAdmin, out.Expires, now)
		if err != nil {
			return err
		}
		out.Code = secret.Reveal()
		return d.enter(ctx, tx, "", audit.Entry{Actor: r.Actor, Action: audit.LinkMade, Note: "admin"})
	})
	if err != nil {
		return AdminLink{}, err
	}
	return out, nil
}
