package daemon

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"

	"carryover"
	"carryover/api"
	"carryover/internal/config"
	"carryover/web"
	"carryover/web/sign"
)

// This file serves the review page, when the configuration has it.

// listenWeb opens the page's address before any work begins, so that a mistake
// in it is told at once. l is nil when there is no page.
func (d *Daemon) listenWeb(ctx context.Context) (l net.Listener, err error) {
	w := d.cfg.Web
	if w == nil || d.handOnly {
		return nil, nil
	}
	var certificate *tls.Certificate
	if w.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(w.CertFile, w.KeyFile)
		if err != nil {
			return nil, &carryover.Problem{
				Op: "read the review page's certificate", Kind: carryover.ErrInvalid, Err: err,
				Hint: "Put the certificate and its key where tls_cert_file and tls_key_file say, in PEM form.",
			}
		}
		certificate = &pair
	}
	return web.Listen(ctx, w.Listen, certificate)
}

// serveWeb serves the page until ctx ends.
func (d *Daemon) serveWeb(ctx context.Context, l net.Listener) error {
	s := d.Pages()
	programs, err := d.programs()
	if err != nil {
		return err
	}
	s.Programs, s.ProgramPaths = programs.Handler(), api.Paths
	h, err := s.Handler()
	if err != nil {
		return err
	}
	if d.served != nil {
		d.served(l.Addr())
	}
	return web.Serve(ctx, l, h, d.log)
}

// programs answers what programs ask beside the page: triggers, health, and the
// metrics where the configuration has them.
func (d *Daemon) programs() (*api.Server, error) {
	w := d.cfg.Web
	s := &api.Server{Desk: d.desk, Health: health{d, &looked{}}, Log: d.log}
	if len(w.WebhookSecrets) > 0 {
		var err error
		if s.Webhooks, err = api.NewVerifier(w.WebhookSecrets); err != nil {
			return nil, &carryover.Problem{
				Op: "take webhooks", Kind: carryover.ErrInvalid, Err: err,
				Hint: "Put a secret of at least 24 bytes into each file that webhook_secret_files names.",
			}
		}
	}
	if d.meter != nil {
		s.Metrics = d.meter.Handler()
		// With an origin there is a proxy, and all that it forwards comes from here.
		s.MetricsHere = w.Origin == ""
	}
	return s, nil
}

// Pages returns the review page on this daemon.
func (d *Daemon) Pages() *web.Server {
	of := &practice{d: d}
	s := &web.Server{
		Desk: d.desk, Gate: d.gate, Practice: of, Zone: d.cfg.TimeZone, Log: d.log,
		Sandbox: d.cfg.Cliniko.BaseURL != "" || d.cfg.Heidi != nil && d.cfg.Heidi.BaseURL != "",
	}
	w := d.cfg.Web
	s.TLS = w != nil && w.TLS()
	s.Hosts = hostsOf(w)
	if s.Gate == nil {
		c := sign.Config{Ledger: d.ledger, Render: s, Log: d.log, Zone: d.cfg.TimeZone, TLS: s.TLS, Called: of.called}
		if w != nil {
			c.Origin, c.Idle, c.Absolute, c.Forwarded = w.Origin, w.Idle, w.Absolute, w.Forwarded
		}
		for _, pr := range d.cfg.Practitioners {
			c.Practitioners = append(c.Practitioners, sign.Practitioner{ID: pr.ID, Label: pr.Name})
		}
		s.Gate = web.Door{Gate: sign.New(c)}
	}
	return s
}

// hostsOf are the names that the page is served as: the origin's; every one when
// there is only a certificate, which browsers hold against the name.
func hostsOf(w *config.Web) []string {
	switch {
	case w == nil:
		return nil
	case w.Origin != "":
		u, err := url.Parse(w.Origin)
		if err != nil {
			return nil
		}
		return []string{u.Host}
	case w.CertFile != "":
		return []string{web.AnyHost}
	}
	return nil
}
