package cli

import (
	"context"
	"fmt"
	"io"

	"carryover"
	"carryover/internal/desk"
)

// routesCmd groups what can be asked about the practice's rules.
type routesCmd struct {
	List routesListCmd `cmd:"" help:"Say each rule in words, and propose rules for templates that none names."`
	Test routesTestCmd `cmd:"" help:"Say which rule decides about the documents of a session, and why."`
}

type routesListCmd struct{}

// Help is kong's long help.
func (routesListCmd) Help() string {
	return `The first rule that fits a document decides. Templates that no rule names are listed with a rule
to paste into the configuration. While no daemon runs, the templates are those of the documents in
the ledger, without their names.

Example:

  carryover routes list`
}

// Run implements the command.
func (routesListCmd) Run(a *app) error {
	return a.withRules(func(ctx context.Context, d desk.Desk) error {
		r, err := d.Rules(ctx)
		if err != nil {
			return err
		}
		return a.answer(r, func(w io.Writer) { ruleTable(w, r) })
	})
}

type routesTestCmd struct {
	Session  string `arg:"" help:"A session's id, the address of its page in Heidi, or a document's reference (HD-…)."`
	Document string `placeholder:"ID" help:"This document of the session alone."`
	Names    bool   `help:"With the documents' names and the titles of their notes. This is audited."`
	Text     bool   `help:"With what would be filed, as preview shows it. This is audited."`
}

// Help is kong's long help.
func (routesTestCmd) Help() string {
	return `Goes through the rules for each document: which one decides, which condition of the ones before it
does not fit, where the document goes, and whether that waits for a click. Nothing is changed or sent.
While no daemon runs, the rules are those of the configuration as it is written now, and the
documents those of the ledger: a way to try a rule before the next run.

Example:

  carryover routes test HD-7Q4K2MXA --names`
}

// tested is what the command answers.
type tested struct {
	desk.RouteResult
	Previews []desk.Preview `json:"previews,omitempty"`
}

// Run implements the command.
func (c routesTestCmd) Run(a *app) error {
	return a.withRules(func(ctx context.Context, d desk.Desk) error {
		r, err := d.RouteOf(ctx, desk.RouteRequest{
			Session: c.Session, Document: carryover.DocumentID(c.Document), Names: c.Names, Actor: a.actor(),
		})
		if err != nil {
			return err
		}
		out := tested{RouteResult: r}
		previews := map[string]desk.Preview{}
		for _, one := range r.Documents {
			if !c.Text || one.ID == "" || one.Wordless || one.To == string(carryover.ToNowhere) {
				continue
			}
			p, err := d.Preview(ctx, desk.ShowRequest{ID: one.ID, Text: true, Names: true, Actor: a.actor()})
			if err != nil {
				return err
			}
			previews[one.ID] = p
			out.Previews = append(out.Previews, p)
		}
		return a.answer(out, func(w io.Writer) {
			for i, one := range r.Documents {
				if i > 0 {
					fmt.Fprintln(w)
				}
				routed(w, one)
				if p, ok := previews[one.ID]; ok && one.ID != "" {
					fmt.Fprintln(w)
					_ = notice(w, p)
				}
			}
		})
	})
}

// withRules asks a desk that knows the rules: the running daemon's, or one of
// this command's own, which asks neither Heidi nor Cliniko.
func (a *app) withRules(ask func(ctx context.Context, d desk.Desk) error) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	return a.withRoadOf(cfg, func(ctx context.Context, d desk.Desk) error {
		if own, ok := d.(*desk.Local); ok {
			own.Router = newRulebook(own.Ledger, cfg)
		}
		return ask(ctx, d)
	})
}
