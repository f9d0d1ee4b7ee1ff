package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"carryover"
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
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		l, err := d.AdminLink(ctx, desk.AdminLinkRequest{Actor: a.actor()})
		if err != nil {
			return err
		}
		out := adminLink{Code: l.Code, Expires: l.Expires}
		if c.Page != "" {
			l.Page = c.Page
		}
		if l.Page != "" {
			out.Link = sign.Link(l.Page, carryover.NewSecret(l.Code))
		}
		return a.answer(out, func(w io.Writer) { out.print(w, a.clock(l.Expires)) })
	})
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
