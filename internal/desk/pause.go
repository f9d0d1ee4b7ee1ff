package desk

import (
	"context"
	"errors"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// Pause implements Desk. A practitioner whom Carryover paused itself is let go
// on by a person in the same way.
func (d *Local) Pause(ctx context.Context, r PauseRequest) (Status, error) {
	var out Status
	err := d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		now := time.Now().UTC()
		if err := pause(ctx, tx, r, now); err != nil {
			return err
		}
		e := audit.Entry{Actor: r.Actor, Action: audit.Resumed, Subject: string(r.Practitioner)}
		if r.On {
			e.Action = audit.Paused
		}
		if err := d.enter(ctx, tx, "", e); err != nil {
			return err
		}
		var err error
		out, err = status(ctx, tx)
		return err
	})
	if err != nil {
		return Status{}, err
	}
	d.wake()
	return out, nil
}

func pause(ctx context.Context, tx *ledger.Tx, r PauseRequest, now time.Time) error {
	if r.Practitioner == "" {
		value := pausedNo
		if r.On {
			value = pausedYes
		}
		return tx.SetSetting(ctx, pausedSetting, value)
	}
	_, err := tx.Practitioner(ctx, r.Practitioner)
	if errors.Is(err, carryover.ErrGone) {
		return refused("pause "+printable(string(r.Practitioner)), "the ledger does not know this practitioner",
			"`carryover status` lists those it knows; they appear when `carryover run` first starts.")
	}
	if err != nil {
		return err
	}
	if r.On {
		return tx.Pause(ctx, r.Practitioner, ledger.PausedByPerson, now)
	}
	return tx.Unpause(ctx, r.Practitioner)
}
