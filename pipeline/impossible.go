package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// The ledger says where each delivery stands, and every step trusts it. Rows that
// cannot both be true (a bug, a damaged disk, a hand in the file) must not be
// built on: the practitioner concerned is paused, and a person told.

// inspect goes through the whole ledger for what cannot be.
func (p *Pipeline) inspect(ctx context.Context) error {
	var findings []string
	concerned := map[carryover.PractitionerID]bool{}
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		if findings, err = tx.Check(ctx); err != nil {
			return err
		}
		for _, f := range findings {
			whose, err := whoseRow(ctx, tx, f)
			if err != nil {
				return err
			}
			concerned[whose] = true
		}
		return nil
	}); err != nil {
		return fmt.Errorf("inspect the ledger: %w", err)
	}
	for _, f := range findings {
		p.Log.Error("the ledger contradicts itself", "finding", f)
	}
	return p.update(ctx, func(s *step) error {
		if len(findings) == 0 {
			return s.calm(ctx, alarm.ImpossibleState, "ledger")
		}
		if err := s.alarm(ctx, alarm.ImpossibleState, "ledger"); err != nil {
			return err
		}
		for _, who := range p.practitioners() {
			if !concerned[who] && !concerned[""] {
				continue
			}
			if err := s.Pause(ctx, who, ledger.PausedImpossibleState, s.now); err != nil {
				return err
			}
		}
		return nil
	})
}

// whoseRow returns the author of the version or delivery that a finding names;
// "" when it names neither, which concerns everybody.
func whoseRow(ctx context.Context, tx *ledger.Tx, finding string) (carryover.PractitionerID, error) {
	for word := range strings.FieldsSeq(finding) {
		v, err := tx.Version(ctx, carryover.VersionID(word))
		if err == nil {
			return v.Practitioner, nil
		}
		if !errors.Is(err, carryover.ErrGone) {
			return "", err
		}
		d, err := tx.Delivery(ctx, carryover.DeliveryID(word))
		if err == nil {
			return d.Practitioner, nil
		}
		if !errors.Is(err, carryover.ErrGone) {
			return "", err
		}
	}
	return "", nil
}

// impossible pauses the author of a delivery that cannot be settled or proven
// because its rows do not fit: else it would end every round, unseen. An error
// that is not the delivery's own is given back.
func (p *Pipeline) impossible(ctx context.Context, d ledger.Delivery, cause error) error {
	own := slices.ContainsFunc([]error{carryover.ErrGone, carryover.ErrInvalid}, func(k error) bool { return errors.Is(cause, k) })
	if !own || ctx.Err() != nil || errors.Is(cause, carryover.ErrUnauthorized) {
		return cause
	}
	p.Log.Error("delivery cannot be where it is", "delivery", string(d.ID), "err", cause)
	return p.update(ctx, func(s *step) error {
		if err := s.alarm(ctx, alarm.ImpossibleState, string(d.ID)); err != nil {
			return err
		}
		return s.Pause(ctx, d.Practitioner, ledger.PausedImpossibleState, s.now)
	})
}
