package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"carryover"
	"carryover/alarm"
	"carryover/cliniko"
	"carryover/ledger"
)

// check asks, before any work, whether every key and link is what the
// configuration says. It finds all that is wrong, not the first thing; each
// finding is a sentence with what to do.
func (d *Daemon) check(ctx context.Context) error {
	findings := make([]error, len(d.cfg.Practitioners))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for i, pr := range d.cfg.Practitioners {
		group.Go(func() error {
			findings[i] = d.checkSide(gctx, d.sides[pr.ID])
			return nil
		})
	}
	_ = group.Wait()
	return errors.Join(once(findings)...)
}

// once leaves out findings that say the same, as all do about one clock.
func once(findings []error) (out []error) {
	said := map[string]bool{}
	for _, f := range findings {
		if f == nil || said[f.Error()+carryover.HintOf(f)] {
			continue
		}
		said[f.Error()+carryover.HintOf(f)] = true
		out = append(out, f)
	}
	return out
}

// checkSide checks one practitioner. An API that does not answer at all is a
// finding too: a daemon that starts blind would look well and do nothing.
func (d *Daemon) checkSide(ctx context.Context, s *side) error {
	ctx = cliniko.WithPriority(ctx, cliniko.Person)
	user, who, err := s.cliniko.Who(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("practitioner %s: %w", s.cfg.ID, err)
	case who != s.cfg.ID:
		return &carryover.Problem{
			Op: fmt.Sprintf("check cliniko key of practitioner %s", s.cfg.ID), Kind: carryover.ErrInvalid,
			Hint: fmt.Sprintf("The key in this practitioner's file belongs to practitioner %s. Two key files may be swapped; compare practitioners and cliniko_key_file in the configuration.", who),
		}
	}
	if off, known := s.cliniko.ClockOffset(); known && (off > clockLimit || off < -clockLimit) {
		return &carryover.Problem{
			Op: "check the clock", Kind: carryover.ErrInvalid,
			Hint: fmt.Sprintf("This machine's clock is %s away from Cliniko's. Set the clock, best by switching on time synchronisation.", off.Abs().Round(time.Minute)),
		}
	}
	if s.heidi != nil {
		linked, err := s.heidi.Linked(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("practitioner %s: %w", s.cfg.ID, err)
		}
		if !linked {
			return &carryover.Problem{
				Op: fmt.Sprintf("check heidi link of practitioner %s", s.cfg.ID), Kind: carryover.ErrUnauthorized,
				Hint: "This practitioner's Heidi account is not linked to Carryover. Link it in Heidi, or take the practitioner out of the configuration.",
			}
		}
	}
	return d.ledger.Update(ctx, func(tx *ledger.Tx) error {
		row, err := tx.Practitioner(ctx, s.cfg.ID)
		if err != nil && !errors.Is(err, carryover.ErrGone) {
			return err
		}
		row.ID, row.UserID = s.cfg.ID, user
		return tx.SavePractitioner(ctx, row)
	})
}

// clockLimit is how far the clock may be off at the start.
const clockLimit = 2 * time.Minute

// checkLeft tells a person of deliveries whose practitioner is no longer in
// the configuration: nobody can look whether their notes arrived.
func (d *Daemon) checkLeft(ctx context.Context) error {
	var left []carryover.PractitionerID
	err := d.ledger.View(ctx, func(tx *ledger.Tx) error {
		under, err := tx.DeliveriesIn(ctx, carryover.Sending, carryover.InDoubt, carryover.Filed)
		for _, one := range under {
			if _, here := d.sides[one.Practitioner]; !here && !slices.Contains(left, one.Practitioner) {
				left = append(left, one.Practitioner)
			}
		}
		return err
	})
	for _, who := range left {
		d.log.Warn("notes are on their way for a practitioner who is not in the configuration", "practitioner", string(who))
		err = errors.Join(err, d.line.Alarm(ctx, alarm.LeftBehind, string(who)))
	}
	return err
}
