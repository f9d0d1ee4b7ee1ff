package desk

import (
	"context"

	"carryover"
	"carryover/ledger"
)

// The ledger keeps where in Cliniko people find the practice's records, so that
// a command without a daemon can say it too. Nothing else keeps it.

// settingPages is the ledger's setting of it.
const settingPages = "cliniko_pages"

// SetPages notes where the practice's pages in Cliniko begin, such as
// https://SUBDOMAIN.SHARD.cliniko.com; empty, which a sandbox answers, is not
// noted.
func (d *Local) SetPages(ctx context.Context, address string) error {
	known, err := d.Pages(ctx)
	if err != nil || address == "" || address == known {
		return err
	}
	return d.Ledger.Update(ctx, func(tx *ledger.Tx) error { return tx.SetSetting(ctx, settingPages, address) })
}

// Pages returns where the practice's pages in Cliniko begin; empty while nobody
// has learnt it.
func (d *Local) Pages(ctx context.Context) (address string, err error) {
	err = d.Ledger.View(ctx, func(tx *ledger.Tx) error {
		address, _, err = tx.Setting(ctx, settingPages)
		return err
	})
	return address, err
}

// addressOf is the page of a patient's record (reference sheet §19); "" while
// the daemon has not learnt where the practice's pages are. It holds ids alone.
func addressOf(ctx context.Context, tx *ledger.Tx, id carryover.PatientID) (string, error) {
	at, known, err := tx.Setting(ctx, settingPages)
	if err != nil || !known || id == "" {
		return "", err
	}
	return at + "/patients/" + string(id), nil
}
