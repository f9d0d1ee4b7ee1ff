package ledger

import (
	"context"
	"slices"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// A PauseReason says why nothing is filed for a practitioner.
type PauseReason string

// The reasons for a pause.
const (
	PausedByPerson        PauseReason = "by_person"
	PausedKeyRefused      PauseReason = "key_refused"
	PausedLinkGone        PauseReason = "link_gone"
	PausedWrongAuthor     PauseReason = "wrong_author"
	PausedDuplicateNote   PauseReason = "duplicate_note"
	PausedImpossibleState PauseReason = "impossible_state"
	PausedClockOff        PauseReason = "clock_off"
)

var pauseReasons = []PauseReason{
	PausedByPerson, PausedKeyRefused, PausedLinkGone, PausedWrongAuthor,
	PausedDuplicateNote, PausedImpossibleState, PausedClockOff,
}

// A Practitioner is someone whose sessions are watched, with the state of the
// watching. A zero time means not (yet).
type Practitioner struct {
	ID           carryover.PractitionerID
	UserID       carryover.UserID
	PausedAt     time.Time // zero: not paused
	PauseReason  PauseReason
	LastPoll     time.Time
	LastFullPass time.Time
	NextPoll     time.Time
	NewestFirst  bool // every page of the last full pass was newest first
}

// SavePractitioner makes or updates a practitioner's row. A pause is left as it
// is: only Pause and Unpause change that.
func (tx *Tx) SavePractitioner(ctx context.Context, p Practitioner) error {
	err := tx.q.SavePractitioner(ctx, query.SavePractitionerParams{
		ID: p.ID, UserID: p.UserID, LastPoll: micros(p.LastPoll), LastFullPass: micros(p.LastFullPass),
		NextPoll: micros(p.NextPoll), NewestFirst: p.NewestFirst,
	})
	return wrap(err, "save practitioner %s", p.ID)
}

// Practitioner returns one practitioner; ErrGone if unknown.
func (tx *Tx) Practitioner(ctx context.Context, id carryover.PractitionerID) (Practitioner, error) {
	r, err := tx.q.GetPractitioner(ctx, id)
	return newPractitioner(r), wrap(err, "read practitioner %s", id)
}

// Practitioners returns all of them, by id.
func (tx *Tx) Practitioners(ctx context.Context) ([]Practitioner, error) {
	rows, err := tx.q.ListPractitioners(ctx)
	if err != nil {
		return nil, wrap(err, "list practitioners")
	}
	ps := make([]Practitioner, len(rows))
	for i, r := range rows {
		ps[i] = newPractitioner(r)
	}
	return ps, nil
}

func newPractitioner(r query.Practitioner) Practitioner {
	return Practitioner{
		ID: r.ID, UserID: r.UserID, PausedAt: r.PausedAt.Time, PauseReason: PauseReason(r.PauseReason),
		LastPoll: r.LastPoll.Time, LastFullPass: r.LastFullPass.Time, NextPoll: r.NextPoll.Time, NewestFirst: r.NewestFirst,
	}
}

// Pause stops filing for a practitioner. One who is paused already keeps the
// first reason and time, which is what a person must look into.
func (tx *Tx) Pause(ctx context.Context, id carryover.PractitionerID, reason PauseReason, now time.Time) error {
	if !slices.Contains(pauseReasons, reason) {
		return wrap(carryover.ErrInvalid, "pause practitioner %s for a reason that is not in the list", id)
	}
	n, err := tx.q.PausePractitioner(ctx, query.PausePractitionerParams{ID: id, PauseReason: string(reason), PausedAt: micros(now)})
	return wrap(changed(n, err), "pause practitioner %s", id)
}

// Unpause lets filing for a practitioner go on.
func (tx *Tx) Unpause(ctx context.Context, id carryover.PractitionerID) error {
	n, err := tx.q.UnpausePractitioner(ctx, id)
	return wrap(changed(n, err), "unpause practitioner %s", id)
}
