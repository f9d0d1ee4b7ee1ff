package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// batch bounds how many rows one step takes at a time.
const batch = 200

// Ripen lets versions go on whose text has stopped changing: not empty, the
// same over the quiet period, and read often enough to say so (reference sheet
// §16: no source defines "final", so time is the judge).
func (p *Pipeline) Ripen(ctx context.Context) error {
	var due []ledger.Version
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		due, err = tx.Due(ctx, carryover.Seen, time.Now(), batch)
		return err
	}); err != nil {
		return fmt.Errorf("find what is due to ripen: %w", err)
	}
	for _, v := range due {
		err := p.update(ctx, func(s *step) error { return s.ripen(ctx, v) })
		if err != nil && !lostRace(err) {
			if err := p.wordless(ctx, v, err); err != nil {
				return fmt.Errorf("ripen version %s: %w", v.ID, err)
			}
		}
	}
	return nil
}

// damaged puts off one version that a step could not work on, and tells a
// person: it must not hold up all others. An error that is not the version's
// own (a full disk, a stop) is given back.
func (p *Pipeline) damaged(ctx context.Context, v ledger.Version, cause error) error {
	if ctx.Err() != nil || errors.Is(cause, carryover.ErrTransient) {
		return cause
	}
	if errors.Is(cause, carryover.ErrNotHere) {
		return p.ledElsewhere(ctx, v.Practitioner, []ledger.Version{v}, cause)
	}
	p.Log.Error("version cannot be worked on", "version", string(v.ID), "err", cause)
	return p.update(ctx, func(s *step) error {
		if err := s.alarm(ctx, alarm.ImpossibleState, string(v.ID)); err != nil {
			return err
		}
		err := s.Postpone(ctx, v.ID, v.State, s.now.Add(damagedWait), s.now)
		if lostRace(err) {
			return nil
		}
		return err
	})
}

// damagedWait is when a version that could not be worked on is tried again.
const damagedWait = time.Hour

func (s *step) ripen(ctx context.Context, v ledger.Version) error {
	if v.Empty {
		return s.Postpone(ctx, v.ID, v.State, never, s.now)
	}
	quietEnd := v.FirstSeen.Add(s.p.Timing.Quiet)
	if s.now.Before(quietEnd) {
		return s.Postpone(ctx, v.ID, v.State, quietEnd, s.now)
	}
	if v.Reads < s.p.Timing.Reads {
		row, err := s.SessionRow(ctx, v.Session)
		switch {
		case err != nil:
			return err
		case !row.GoneAt.IsZero(): // nobody will ever know whether this text was finished
			if err := s.alarm(ctx, alarm.SessionVanished, string(v.Session)); err != nil {
				return err
			}
			return s.move(ctx, v, carryover.Held, carryover.DeletedInHeidi, time.Time{})
		}
		if err := s.readOften(ctx, row); err != nil {
			return err
		}
		return s.Postpone(ctx, v.ID, v.State, s.now.Add(s.p.Timing.Poll), s.now)
	}
	return s.settled(ctx, v)
}

// readOften lets the next poll read a session whose text still has to show that
// it is finished: a letter written two days after the visit would else wait for
// three of the readings that an old session gets every six hours. A session
// that was put off because it could not be read stays put off.
func (s *step) readOften(ctx context.Context, row ledger.SessionRow) error {
	if row.NextRead.Sub(s.now) <= putOff*s.p.Timing.Poll {
		return nil
	}
	return s.ReadSoon(ctx, row.ID, s.now)
}

// sessionGone says whether Heidi no longer has a session: what was sealed when
// it was seen is all there will ever be.
func (s *step) sessionGone(ctx context.Context, id carryover.SessionID) (bool, error) {
	row, err := s.SessionRow(ctx, id)
	return !row.GoneAt.IsZero(), err
}

// errEarlierOnItsWay says that an earlier version of the same document is being
// sent, or may have been: what becomes of it decides about this one.
var errEarlierOnItsWay = errors.New("an earlier version is on its way")

// afterEarlier says why a version must wait for a person because of an earlier
// one of the same document: it was filed, or a person had decided about it. A
// note is never changed after filing. errEarlierOnItsWay means to wait.
func (s *step) afterEarlier(ctx context.Context, v ledger.Version) (carryover.Reason, error) {
	earlier, err := s.VersionsOf(ctx, v.Session, v.Document)
	if err != nil {
		return "", err
	}
	why := carryover.NoReason
	for _, e := range earlier {
		if e.Number >= v.Number {
			continue
		}
		sameText := bytes.Equal(e.ContentDigest, v.ContentDigest)
		switch e.State {
		case carryover.Sending, carryover.InDoubt:
			return "", errEarlierOnItsWay
		case carryover.Filed, carryover.Proven:
			if sameText && bytes.Equal(e.EvidenceDigest, v.EvidenceDigest) {
				return carryover.AlreadyFiled, nil
			}
		case carryover.Dismissed:
		case carryover.Undone:
			why = carryover.TakenBack // whatever was before it: a person has looked since
			continue
		default:
			sent, err := maybeSent(ctx, s.Tx, e.ID)
			if err != nil {
				return "", err
			}
			if !sent {
				continue
			}
			if back, err := takenBack(ctx, s.Tx, e.ID); err != nil || back {
				if why = carryover.TakenBack; err != nil {
					return "", err
				}
				continue
			}
		}
		why = carryover.LaterVersion
		if sameText {
			why = carryover.EvidenceChanged
		}
	}
	return why, nil
}

// takenBack says that all that a version filed was taken out of the record
// again.
func takenBack(ctx context.Context, tx *ledger.Tx, id carryover.VersionID) (bool, error) {
	ds, err := tx.DeliveriesOf(ctx, id)
	ds = slices.DeleteFunc(ds, func(d ledger.Delivery) bool { return d.Note == "" })
	in := slices.ContainsFunc(ds, func(d ledger.Delivery) bool { return d.State != carryover.Undone })
	return len(ds) > 0 && !in, err
}

// settled decides what a text that has stopped changing does next.
func (s *step) settled(ctx context.Context, v ledger.Version) error {
	why, err := s.afterEarlier(ctx, v)
	if errors.Is(err, errEarlierOnItsWay) {
		return s.Postpone(ctx, v.ID, v.State, s.now.Add(s.p.Timing.Poll), s.now)
	}
	if err != nil {
		return err
	}
	equal, err := s.IsEqual(ctx, v.ID)
	switch {
	case err != nil:
		return err
	case why == carryover.AlreadyFiled:
		return s.move(ctx, v, carryover.Skipped, why, time.Time{})
	case why == carryover.EvidenceChanged:
		// Somebody corrected the patient after the note was filed.
		if err := s.alarm(ctx, alarm.MaybeWrongFile, string(v.ID)); err != nil {
			return err
		}
		return s.move(ctx, v, carryover.Held, why, time.Time{})
	case why == carryover.LaterVersion:
		return s.settledLater(ctx, v, equal)
	case why != carryover.NoReason:
		return s.move(ctx, v, carryover.Held, why, time.Time{})
	case equal:
		return s.move(ctx, v, carryover.Skipped, carryover.EqualsConsultNote, time.Time{})
	}
	return s.move(ctx, v, carryover.Ripe, carryover.NoReason, s.now)
}
