package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carryover"
	"carryover/ledger"
)

// A ledger that was restored from a backup without text knows of documents whose
// words it has not. Heidi is read again and the words are sealed again; where
// Heidi has them no more, a person is told that they are gone.

// TakeStock is for the first start after a restore: what is open is read again
// at once, and what no reading can bring back is held.
func (p *Pipeline) TakeStock(ctx context.Context) error {
	err := p.update(ctx, func(s *step) error {
		open, err := s.OpenSessions(ctx)
		if err != nil {
			return err
		}
		for _, id := range open {
			if ByHand(id) {
				continue
			}
			if err := s.ReadSoon(ctx, id, s.now); err != nil {
				return err
			}
		}
		wordless, err := s.WithoutText(ctx)
		if err != nil {
			return err
		}
		for _, id := range wordless {
			v, err := s.Version(ctx, id)
			if err == nil {
				err = s.holdLost(ctx, v)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("take stock after a restore: %w", err)
	}
	return nil
}

// holdLost holds a version whose text is neither here nor to be had from Heidi.
// A version that has its text, or may get it, stays where it is; so does one of
// which something may be in Cliniko, since why it is held matters more.
func (s *step) holdLost(ctx context.Context, v ledger.Version) error {
	lost, err := s.isLost(ctx, v)
	if err != nil || !lost {
		return err
	}
	switch v.State {
	case carryover.Held:
		if sent, err := maybeSent(ctx, s.Tx, v.ID); err != nil || sent || v.Reason == carryover.TextGone {
			return err
		}
		// There is no road from Held to Held.
		if err := s.move(ctx, v, carryover.Ripe, carryover.NoReason, s.now); err != nil {
			return err
		}
		v.State = carryover.Ripe
	case carryover.Seen, carryover.Ripe, carryover.Ready:
	default:
		return nil
	}
	return s.move(ctx, v, carryover.Held, carryover.TextGone, time.Time{})
}

// isLost says that a version's text is destroyed and that nobody has it to read
// again: it was handed in, or Heidi has lost the document or its session.
func (s *step) isLost(ctx context.Context, v ledger.Version) (bool, error) {
	if v.Empty {
		return false, nil
	}
	if has, err := s.HasText(ctx, v.ID); err != nil || has {
		return false, err
	}
	if ByHand(v.Session) || !v.GoneAt.IsZero() {
		return true, nil
	}
	return s.sessionGone(ctx, v.Session)
}

// wordless deals with a version that a step found without its words: it waits
// for its session to be read again, or is held when nobody has them.
func (p *Pipeline) wordless(ctx context.Context, v ledger.Version, cause error) error {
	if !errors.Is(cause, carryover.ErrGone) {
		return p.damaged(ctx, v, cause)
	}
	return p.update(ctx, func(s *step) error {
		lost, err := s.isLost(ctx, v)
		if err != nil {
			return err
		}
		if lost {
			err = s.holdLost(ctx, v)
		} else {
			err = s.Postpone(ctx, v.ID, v.State, s.now.Add(putOff*s.p.Timing.Poll), s.now)
		}
		if lostRace(err) {
			return nil
		}
		return err
	})
}
