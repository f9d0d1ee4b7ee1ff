package pipeline

import (
	"context"
	"errors"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// putOff leaves a version where it is when Cliniko could not be asked; a key
// that is not taken ends the round.
func (p *Pipeline) putOff(ctx context.Context, v ledger.Version, cause error) error {
	if ctx.Err() != nil || errors.Is(cause, carryover.ErrUnauthorized) {
		return cause
	}
	return p.postponeAll(ctx, []ledger.Version{v}, cause)
}

// notUploaded: no record names the file yet, so nothing is in the chart. What
// may pass is tried again; what the file store will never take waits for a
// person.
func (p *Pipeline) notUploaded(ctx context.Context, v ledger.Version, cause error) error {
	switch {
	case errors.Is(cause, carryover.ErrInvalid):
		return p.hold(ctx, v, carryover.CannotRender)
	case errors.Is(cause, carryover.ErrRefused), errors.Is(cause, carryover.ErrNotHere):
		p.Log.Warn("file not uploaded", "version", string(v.ID), "err", cause)
		return p.update(ctx, func(s *step) error {
			if err := s.alarm(ctx, alarm.Refused, string(v.ID)); err != nil {
				return err
			}
			return s.move(ctx, v, carryover.Held, carryover.ClinikoRefused, time.Time{})
		})
	}
	return p.putOff(ctx, v, cause) // a patient who is gone shows in the next round
}
