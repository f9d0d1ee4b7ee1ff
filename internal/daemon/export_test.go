package daemon

import (
	"context"
	"crypto/x509"

	"carryover/ledger"
)

// What the tests of alarms reach into a daemon for: the world has no other way to
// fill its disk or to alter its ledger while it runs.

// Books is the daemon's own ledger.
func (d *Daemon) Books() *ledger.Ledger { return d.ledger }

// TrustMail lets roots vouch for the mail server. It is called before Run.
func (d *Daemon) TrustMail(roots *x509.CertPool) {
	d.mailRoots = roots
	d.sender = d.newSender()
}

// SetFree lets the disk have so much room. It is called before Run.
func (d *Daemon) SetFree(free func(folder string) (uint64, error)) { d.free = free }

// WriteHead is what the daemon does every ten seconds while the chain grows.
func (d *Daemon) WriteHead(ctx context.Context) error { return d.writeHead(ctx) }
