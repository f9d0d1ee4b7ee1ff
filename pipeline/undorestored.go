package pipeline

import (
	"context"

	"carryover/alarm"
	"carryover/ledger"
)

// What was to be taken back when a backup was made is read after a restore, and
// nothing else: a person decides again.

// lookAskAgain reads the note of a reversal that waits to be decided again. One
// that is out of the record needs no decision; a document that was to go into
// another one still does, unless a person gives it anew.
func (p *Pipeline) lookAskAgain(ctx context.Context, look *looker, r ledger.Reversal, d ledger.Delivery) error {
	seen, err := look.at(ctx, d)
	switch {
	case err != nil:
		return err
	case seen.live:
		return p.update(ctx, func(s *step) error {
			return s.MoveReversal(ctx, d.ID, r.State, r.State, func(x *ledger.Reversal) {
				x.ReadAt, x.DueAt = s.now, s.now.Add(p.byHandWait(*x, s.now))
			}, s.now)
		})
	}
	requests, err := p.reversalAttempts(ctx, d, func(a ledger.Attempt) bool { return a.Outcome != ledger.NotDone })
	if err != nil {
		return err
	}
	moves := r.Refiles() || r.Why == restoredSince
	if err := p.update(ctx, func(s *step) error {
		if moves {
			return s.DropRefiling(ctx, d.ID, restoredSince, s.now)
		}
		return s.calm(ctx, alarm.DecideAgain, string(d.ID))
	}); err != nil {
		return err
	}
	r.Version, r.Patient = "", ""
	if requests > 0 { // our own request may have taken somebody's work along
		worked, err := p.touchedMeanwhile(ctx, d, seen)
		if err != nil {
			return err
		}
		if worked {
			return p.notBroughtBack(ctx, r, d)
		}
	}
	return p.gone(ctx, r, d, seen)
}

// restoredSince is why nothing is filed again: it was decided before a restore.
const restoredSince = "restored"

// restoredLongAgo clears the word about a restore once everybody has had a week
// to look what was lost with it.
func (s *step) restoredLongAgo(ctx context.Context) error {
	open, err := alarm.Open(ctx, s.Tx)
	if err != nil {
		return err
	}
	for _, a := range open {
		if a.Kind != alarm.RestoredLedger || s.now.Sub(a.RaisedAt) < changeOfMind {
			continue
		}
		if err := s.SetSetting(ctx, ledger.SettingKnownUntil, ""); err != nil {
			return err
		}
		if err := s.calm(ctx, a.Kind, a.Subject); err != nil {
			return err
		}
	}
	return nil
}
