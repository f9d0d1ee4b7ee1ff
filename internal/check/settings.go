package check

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"carryover"
	"carryover/internal/config"
)

func practitionerID(s string) carryover.PractitionerID { return carryover.PractitionerID(s) }

// page looks at how the review page is served.
func page(c *config.Config, running bool) []Finding {
	if c.Web == nil {
		return []Finding{ok(Page, "There is no review page; it is not in the configuration.")}
	}
	var out []Finding
	if c.Web.CertFile != "" {
		out = append(out, certificate(*c.Web, time.Now()))
	}
	if _, unix := strings.CutPrefix(c.Web.Listen, "unix:"); !running && !unix {
		l, err := net.Listen("tcp", c.Web.Listen)
		if err != nil {
			return append(out, failed(Page, "The review page cannot be served on "+c.Web.Listen+": the address is taken, or not this machine's.",
				&carryover.Problem{Op: "listen", Kind: carryover.ErrInvalid, Err: err, Hint: "Choose another port with web.listen, or stop what uses it."}))
		}
		_ = l.Close()
	}
	if len(out) == 0 && !c.Web.TLS() {
		return []Finding{ok(Page, "The review page is served to this machine alone, on "+c.Web.Listen+".")}
	}
	return append(out, ok(Page, "The review page is served on "+c.Web.Listen+"."))
}

// soonOver is how long before its end a certificate is worth a word.
const soonOver = 30 * 24 * time.Hour

// certificate looks whether browsers will take the page's certificate.
func certificate(w config.Web, now time.Time) Finding {
	pair, err := tls.LoadX509KeyPair(w.CertFile, w.KeyFile)
	if err != nil {
		return broken(Page, "The page's certificate and key cannot be used together.", "Check tls_cert_file and tls_key_file: both in PEM form, and made for each other.")
	}
	cert, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return broken(Page, "The page's certificate cannot be read.", "Replace tls_cert_file.")
	}
	end := cert.NotAfter.Format("2 Jan 2006")
	switch {
	case now.After(cert.NotAfter):
		return broken(Page, "The page's certificate ended on "+end+"; browsers refuse the page.", "Replace tls_cert_file and tls_key_file, then restart `carryover run`.")
	case now.Before(cert.NotBefore):
		return broken(Page, "The page's certificate is not valid yet.", "Check the clock, or replace tls_cert_file.")
	case cert.NotAfter.Sub(now) < soonOver:
		return attention(Page, "The page's certificate ends on "+end+".", "Replace it before then.")
	}
	if u, err := url.Parse(w.Origin); err == nil && u.Hostname() != "" && cert.VerifyHostname(u.Hostname()) != nil {
		return attention(Page, "The page's certificate is not for the name in web.origin; browsers warn.", "Get a certificate for that name, or correct web.origin.")
	}
	return ok(Page, "The page's certificate is good until "+end+".")
}

// leastLookBack lets a long weekend pass without losing sight of a session.
const leastLookBack = 5 * 24 * time.Hour

// safeBudget leaves other integrations of the same user room below Cliniko's 200.
const safeBudget = 170

// limits looks at settings that are allowed and may still be a mistake.
func limits(c *config.Config) []Finding {
	var out []Finding
	days := c.Timing.LookBack.Hours() / 24
	switch {
	case c.Heidi == nil:
	case c.Timing.LookBack < leastLookBack:
		out = append(out, attention(Retention, fmt.Sprintf("Sessions are looked at for %.0f days only: one finished after a long weekend may be missed.", days), "Make timing.look_back as long as Heidi keeps sessions; leave it away for 336h."))
	default:
		out = append(out, ok(Retention, fmt.Sprintf("Sessions are looked at for %.0f days. If Heidi is set to delete them sooner, what is not filed is kept here, sealed.", days)))
	}
	if per := c.Cliniko.RequestsPerMinute; per > safeBudget && c.Cliniko.BaseURL == "" {
		return append(out, attention(RateBudget, fmt.Sprintf("Up to %d of the 200 requests a minute that Cliniko allows each user are taken.", per), "Leave other programs some: cliniko.requests_per_minute, 120 by default."))
	}
	return append(out, ok(RateBudget, fmt.Sprintf("At most %d of the 200 requests a minute that Cliniko allows each user are taken.", c.Cliniko.RequestsPerMinute)))
}
