package ledger

import (
	"context"
	"fmt"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// Move takes a version from one state to another, which is the only way a
// version's state changes (MoveDelivery comes through here too). It takes
// effect only where the version stands at from; otherwise the error is
// ErrConflict and nothing is changed. The road must lead from from to to, or
// the error is ErrInvalid. A current delivery follows its version; but one whose
// note is in Cliniko, or was, stays where it is when its version goes back to
// Seen, Ripe or Ready, and an undone one always: what is filed next is a delivery
// of its own.
//
// reason is kept until the next move; Held and Skipped must have one, and
// Dismissed and Refused get the usual one where it is empty. due is when the
// next step may be taken: the zero time means at once for a state that moves on
// by itself, and never for one that waits for a person.
//
// Arriving at Proven destroys the version's sealed text.
func (tx *Tx) Move(ctx context.Context, id carryover.VersionID, from, to carryover.State, reason carryover.Reason, due, now time.Time) error {
	r, err := tx.q.GetVersion(ctx, id)
	if err != nil {
		return wrap(err, "move version %s", id)
	}
	v := r.Version
	if v.State != from {
		return wrap(ErrConflict, "move version %s from %s to %s: it is %s", id, from, to, v.State)
	}
	if needsDelivery(to) && v.Delivery == "" {
		return wrap(carryover.ErrInvalid, "move version %s to %s without a delivery", id, to)
	}
	if v.Delivery == "" {
		_, err = tx.moveVersion(ctx, v, to, reason, due, now)
		return err
	}
	d, err := tx.q.GetDelivery(ctx, v.Delivery)
	if err == nil && to == carryover.Undone {
		err = carryover.ErrInvalid // MoveDelivery, with the time at which its note was gone
	}
	if err != nil {
		return wrap(err, "move version %s to %s", id, to)
	}
	if reason, err = tx.moveVersion(ctx, v, to, reason, due, now); err != nil {
		return err
	}
	if d.Note != "" && (beginsAnew(to) || from == carryover.Undone) {
		err := tx.q.SetCurrentDelivery(ctx, query.SetCurrentDeliveryParams{ID: id, Now: micros(now)})
		return wrap(err, "leave delivery %s of version %s behind", v.Delivery, id)
	}
	n, err := tx.q.FollowVersion(ctx, query.FollowVersionParams{
		ID: v.Delivery, FromState: from, ToState: to, Reason: reason, Now: micros(now),
	})
	if err == nil && n == 0 {
		return wrap(ErrConflict, "move delivery %s along with version %s", v.Delivery, id)
	}
	return wrap(err, "move delivery %s along with version %s", v.Delivery, id)
}

// beginsAnew says that a version in s is on its way to be filed.
func beginsAnew(s carryover.State) bool {
	return s == carryover.Seen || s == carryover.Ripe || s == carryover.Ready
}

// moveVersion checks the road and writes the version's row alone. It returns
// the reason that was kept.
func (tx *Tx) moveVersion(ctx context.Context, v query.Version, to carryover.State, reason carryover.Reason, due, now time.Time) (carryover.Reason, error) {
	if !v.State.CanBecome(to) {
		return "", wrap(carryover.ErrInvalid, "move version %s: no road from %s to %s", v.ID, v.State, to)
	}
	reason, err := reasonFor(to, reason)
	if err != nil {
		return "", wrap(err, "move version %s to %s", v.ID, to)
	}
	moved, err := tx.q.MoveVersion(ctx, query.MoveVersionParams{
		ID: v.ID, FromState: v.State, ToState: to, Reason: reason,
		DueAt: micros(dueAt(to, due, now)), Now: micros(now),
	})
	if err == nil && len(moved) == 0 {
		err = ErrConflict
	}
	if err == nil && to == carryover.Proven {
		err = tx.Destroy(ctx, string(v.ID))
	}
	return reason, wrap(err, "move version %s from %s to %s", v.ID, v.State, to)
}

// Postpone sets when a version is due without moving it, provided it still
// stands at state; the zero time means that nothing wakes it.
func (tx *Tx) Postpone(ctx context.Context, id carryover.VersionID, state carryover.State, due, now time.Time) error {
	n, err := tx.q.PostponeVersion(ctx, query.PostponeVersionParams{ID: id, State: state, DueAt: micros(dueAt(state, due, now)), Now: micros(now)})
	if err == nil && n == 0 {
		if _, err = tx.q.GetVersion(ctx, id); err == nil {
			err = ErrConflict
		}
	}
	return wrap(err, "postpone version %s", id)
}

// reasonFor checks that a reason is one of the closed list and that the states
// that must have one do.
func reasonFor(to carryover.State, r carryover.Reason) (carryover.Reason, error) {
	if r != carryover.NoReason && r.Sentence() == "" {
		return "", fmt.Errorf("reason is not in the list: %w", carryover.ErrInvalid)
	}
	if r != carryover.NoReason {
		return r, nil
	}
	switch to {
	case carryover.Held, carryover.Skipped:
		return "", fmt.Errorf("no reason given: %w", carryover.ErrInvalid)
	case carryover.Dismissed:
		return carryover.ByPerson, nil
	case carryover.Refused:
		return carryover.ClinikoRefused, nil
	}
	return r, nil
}

// dueAt keeps a version that moves on by itself from waiting for ever.
func dueAt(s carryover.State, due, now time.Time) time.Time {
	if due.IsZero() && s.Waiting() {
		return now
	}
	return due
}

// needsDelivery says that only a delivery can bring a version to s.
func needsDelivery(s carryover.State) bool {
	switch s {
	case carryover.Sending, carryover.InDoubt, carryover.Filed, carryover.Proven, carryover.Refused, carryover.Undone:
		return true
	}
	return false
}

// Due returns at most limit versions in state whose time has come by now,
// longest due first. Older versions are among them: they may be on the wire.
func (tx *Tx) Due(ctx context.Context, state carryover.State, now time.Time, limit int) ([]Version, error) {
	rows, err := tx.q.DueVersions(ctx, query.DueVersionsParams{State: state, Now: micros(now), AtMost: atMost(limit)})
	if err != nil {
		return nil, wrap(err, "list due versions in %s", state)
	}
	vs := make([]Version, len(rows))
	for i, r := range rows {
		vs[i] = newVersion(versionRow(r))
	}
	return vs, nil
}

// NextDue returns the earliest time at which a version in one of states is
// due, and whether there is one. The time may have passed.
func (tx *Tx) NextDue(ctx context.Context, states ...carryover.State) (time.Time, bool, error) {
	var next time.Time
	for _, s := range states {
		at, err := tx.q.NextDue(ctx, s)
		if err != nil {
			return time.Time{}, false, wrap(err, "look for the next due version in %s", s)
		}
		if t := time.UnixMicro(at).UTC(); at > 0 && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next, !next.IsZero(), nil
}
