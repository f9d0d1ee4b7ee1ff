package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"carryover"
	"carryover/internal/desk"
)

// tokenCmd groups what is done with tokens.
type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token, and show it once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens, without their secrets."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token for good."`
}

type tokenCreateCmd struct {
	Scope   string `enum:"carry,metrics" required:"" help:"What it lets its holder ask: ${enum}."`
	Name    string `placeholder:"WORDS" help:"Which program it is for."`
	Expires string `placeholder:"DAY" help:"The last day on which it is good, like 2027-06-30. Default: it does not expire."`
}

// Help is kong's long help.
func (tokenCreateCmd) Help() string {
	return `With a token of scope carry a program can have one session carried now (docs/triggers.md); one of
scope metrics reads the metrics (docs/metrics.md). Neither reads a word of a document. The token is
shown once, on a terminal or with --json, and kept nowhere.

Example:

  carryover token create --scope carry --name make --expires 2027-06-30`
}

// Run implements the command.
func (c tokenCreateCmd) Run(a *app) error {
	if !a.flags.JSON && !isTerminal(a.Out) {
		return &carryover.Problem{
			Op: "make a token", Kind: carryover.ErrRefused, Err: errors.New("standard output is not a terminal"),
			Hint: "Whoever reads the token may use it. Run this in a terminal, or with --json if it may be kept.",
		}
	}
	cfg, err := a.load()
	if err != nil {
		return err
	}
	r := desk.TokenRequest{Scope: carryover.Scope(c.Scope), Name: carryover.NewText(c.Name), Actor: a.actor()}
	if c.Expires != "" {
		day, err := time.ParseInLocation(time.DateOnly, c.Expires, cfg.TimeZone)
		if err != nil {
			return badUsage("--expires: write the day as YYYY-MM-DD")
		}
		r.Expires = day.AddDate(0, 0, 1) // to the end of it
	}
	return a.withDeskOf(cfg, func(ctx context.Context, d desk.Desk) error {
		t, err := d.MakeToken(ctx, r)
		if err != nil {
			return err
		}
		return a.answer(t, func(w io.Writer) {
			fmt.Fprintf(w, "Token %s, scope %s. It is shown this once:\n\n  %s\n\n", t.ID, t.Scope, t.Secret)
			fmt.Fprintf(w, "If it gets into wrong hands: carryover token revoke %s\n", t.ID)
		})
	})
}

type tokenListCmd struct{}

// Help is kong's long help.
func (tokenListCmd) Help() string {
	return "Also those that are revoked or expired, for the audit chain names them.\n\nExample:\n\n  carryover token list"
}

// Run implements the command.
func (tokenListCmd) Run(a *app) error {
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		all, err := d.Tokens(ctx)
		if err != nil {
			return err
		}
		return a.answer(all, func(w io.Writer) { a.tokens(w, all) })
	})
}

func (a *app) tokens(w io.Writer, all []desk.Token) {
	if len(all) == 0 {
		fmt.Fprintln(w, "There is no token. `carryover token create --scope carry` makes one.")
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "TOKEN\tSCOPE\tNAME\tMADE\tLAST USED\tGOOD")
	for _, one := range all {
		good := "until it is revoked"
		switch {
		case !one.Revoked.IsZero():
			good = "revoked " + a.when(one.Revoked)
		case !one.Live:
			good = "expired " + a.when(one.Expires)
		case !one.Expires.IsZero():
			good = "until " + a.when(one.Expires)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", one.ID, one.Scope, onOneLine(one.Name), a.when(one.Created), a.when(one.Used), good)
	}
	_ = t.Flush()
}

// onOneLine is words that somebody chose, without what a terminal would act on.
func onOneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}

type tokenRevokeCmd struct {
	ID string `arg:"" help:"The token's id, as the list has it."`
}

// Help is kong's long help.
func (tokenRevokeCmd) Help() string {
	return "From that moment nothing is answered to it. A restored backup has no live tokens either.\n\nExample:\n\n  carryover token revoke kx4m7q2tbn"
}

// Run implements the command.
func (c tokenRevokeCmd) Run(a *app) error {
	return a.withDesk(func(ctx context.Context, d desk.Desk) error {
		t, err := d.RevokeToken(ctx, desk.RevokeRequest{ID: carryover.TokenID(c.ID), Actor: a.actor()})
		if err != nil {
			return err
		}
		return a.answer(t, func(w io.Writer) { fmt.Fprintf(w, "Token %s is revoked.\n", t.ID) })
	})
}
