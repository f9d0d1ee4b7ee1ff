package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"carryover"
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
		if err := p.update(ctx, func(s *step) error { return s.ripen(ctx, v) }); err != nil && !lostRace(err) {
			return fmt.Errorf("ripen version %s: %w", v.ID, err)
		}
	}
	return nil
}

func (s *step) ripen(ctx context.Context, v ledger.Version) error {
	if v.Empty {
		return s.Postpone(ctx, v.ID, v.State, never, s.now)
	}
	quietEnd := v.FirstSeen.Add(s.p.Timing.Quiet)
	if s.now.Before(quietEnd) {
		return s.Postpone(ctx, v.ID, v.State, quietEnd, s.now)
	}
	if v.Reads < s.p.Timing.Reads {
		gone, err := s.sessionGone(ctx, v.Session)
		switch {
		case err != nil:
			return err
		case gone: // nobody will ever know whether this text was finished
			return s.move(ctx, v, carryover.Held, carryover.DeletedInHeidi, time.Time{})
		}
		return s.Postpone(ctx, v.ID, v.State, s.now.Add(s.p.Timing.Poll), s.now)
	}
	return s.settled(ctx, v)
}

// sessionGone says whether Heidi no longer has a session: what was sealed when
// it was seen is all there will ever be.
func (s *step) sessionGone(ctx context.Context, id carryover.SessionID) (bool, error) {
	row, err := s.SessionRow(ctx, id)
	return !row.GoneAt.IsZero(), err
}

// afterEarlier says why a version must wait for a person because of an earlier
// one of the same document: it was filed, may have been filed, or a person had
// decided about it. A note is never changed after filing.
func (s *step) afterEarlier(ctx context.Context, v ledger.Version) (carryover.Reason, error) {
	earlier, err := s.VersionsOf(ctx, v.Session, v.Document)
	if err != nil {
		return "", err
	}
	for _, e := range earlier {
		if e.ID == v.ID {
			continue
		}
		switch e.State {
		case carryover.Sending, carryover.InDoubt, carryover.Filed, carryover.Proven, carryover.Dismissed, carryover.Undone:
			if bytes.Equal(e.ContentDigest, v.ContentDigest) {
				return carryover.EvidenceChanged, nil
			}
			return carryover.LaterVersion, nil
		}
		sent, err := s.DeliveriesOf(ctx, e.ID)
		if err != nil {
			return "", err
		}
		for _, d := range sent {
			if d.Attempts > 0 && d.State != carryover.Ready && d.State != carryover.Refused {
				return carryover.LaterVersion, nil // held since it was sent: a note may exist
			}
		}
	}
	return carryover.NoReason, nil
}
