package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/desk"
	"carryover/web/sign"
)

// adminLinkCmd lets the first admin in, or one who lost their way in.
type adminLinkCmd struct {
	Page string `placeholder:"URL" help:"How the review page's addresses begin, where a browser reaches it by another name."`
}

// Help is kong's long help.
func (adminLinkCmd) Help() string {
	return `Whoever opens the link chooses a password and a second factor and is an admin of the review
page. It works once, for 15 minutes, and takes the one before back. An admin who lost password
or telephone gives their own e-mail address again. Since it prints a secret, it does so only on
a terminal, or with --json.

Example:

  carryover admin-link`
}

// Run implements the command.
func (c adminLinkCmd) Run(a *app) error {
	if !a.flags.JSON && !isTerminal(a.Out) {
		return &carryover.Problem{
			Op: "make a link", Kind: carryover.ErrRefused, Err: errors.New("standard output is not a terminal"),
			Hint: "The link lets anybody in who reads it. Run this in a terminal, or with --json if it may be kept.",
		}
	}
	cfg, err := a.load()
	if err != nil {
		return err
	}
	if cfg.Web == nil {
		return &carryover.Problem{
			Op: "make a link", Kind: carryover.ErrInvalid, Err: errors.New("the configuration has no review page"),
			Hint: "Add the line `web: {}` to it, start `carryover run` again, and then ask for a link.",
		}
	}
	return a.withDeskOf(cfg, func(ctx context.Context, d desk.Desk) error {
		l, err := d.AdminLink(ctx, desk.AdminLinkRequest{Actor: a.actor()})
		if err != nil {
			return err
		}
		out := adminLink{Code: l.Code, Expires: l.Expires}
		if page := cmp.Or(c.Page, addressOf(*cfg.Web)); page != "" {
			out.Link = sign.Link(page, carryover.NewSecret(l.Code))
		}
		return a.answer(out, func(w io.Writer) { out.print(w, a.clock(l.Expires)) })
	})
}

// addressOf is how the review page's addresses begin, as far as the configuration
// tells: a socket has no address, and where it listens to everybody or on any
// port, the name or the number is not in it.
func addressOf(w config.Web) string {
	if w.Origin != "" {
		return w.Origin
	}
	host, port, err := net.SplitHostPort(w.Listen)
	ip := net.ParseIP(host)
	if err != nil || strings.HasPrefix(w.Listen, "unix:") || host == "" || ip != nil && ip.IsUnspecified() || port == "0" {
		return ""
	}
	scheme := "http"
	if w.TLS() {
		scheme = "https"
	}
	return (&url.URL{Scheme: scheme, Host: w.Listen}).String()
}

// adminLink is the command's answer.
type adminLink struct {
	Link    string    `json:"link,omitempty"` // empty: where the page is, is not known
	Code    string    `json:"code"`           // what stands behind the link's #
	Expires time.Time `json:"expires"`
}

func (l adminLink) print(w io.Writer, until string) {
	if l.Link == "" {
		fmt.Fprintf(w, "Open the review page at /welcome before %s and enter, once:\n\n  %s\n\n", until, l.Code)
	} else {
		fmt.Fprintf(w, "Open before %s, once:\n\n  %s\n\n", until, l.Link)
	}
	fmt.Fprintln(w, "Whoever opens it chooses a password and is an admin of the review page.")
}
