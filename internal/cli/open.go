package cli

import (
	"context"
	"errors"

	"carryover/internal/config"
	"carryover/internal/desk"
)

// withDesk asks the desk: the running daemon's when there is one, else the
// ledger's own, whose lock is taken for as long as the question takes.
func (a *app) withDesk(ask func(ctx context.Context, d desk.Desk) error) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	return a.withDeskOf(cfg, ask)
}

func (a *app) withDeskOf(cfg *config.Config, ask func(ctx context.Context, d desk.Desk) error) error {
	remote, err := desk.Dial(cfg.Data)
	if err == nil {
		return ask(a.ctx, remote)
	}
	if !errors.Is(err, desk.ErrNoDaemon) {
		return err
	}
	local, done, err := desk.Open(a.ctx, cfg.LedgerPath(), cfg.MasterKeyFile)
	if err != nil {
		return err
	}
	return errors.Join(ask(a.ctx, local), done())
}
