package ledger

import (
	"context"
	"encoding/json"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// Decide records whose document a version is: the match's patient, booking and
// attendee, and the practitioner whose session it was, together with the
// evidence. byPerson says that a person chose the patient. It does not move the
// version. Earlier decisions stay on record.
//
// A patient without the grade Certain and without a person's choice is
// ErrInvalid: nothing else may lead to a file.
func (tx *Tx) Decide(ctx context.Context, id carryover.VersionID, m carryover.Match, p carryover.PractitionerID, byPerson bool, now time.Time) error {
	if m.Patient != "" && m.Grade != carryover.Certain && !byPerson {
		return wrap(carryover.ErrInvalid, "decide version %s: a patient at grade %s that nobody chose", id, m.Grade)
	}
	n, err := tx.q.DecideVersion(ctx, query.DecideVersionParams{
		ID: id, Patient: m.Patient, Booking: m.Booking, Attendee: m.Attendee,
		Practitioner: p, ByPerson: byPerson, Now: micros(now),
	})
	if err := changed(n, err); err != nil {
		return wrap(err, "decide version %s", id)
	}
	candidates, err := json.Marshal(append([]carryover.Candidate{}, m.Candidates...)) // [] rather than null
	if err != nil {
		return wrap(err, "decide version %s", id)
	}
	err = tx.q.AddEvidence(ctx, query.AddEvidenceParams{
		Version: id, DecidedAt: micros(now), Grade: int64(m.Grade), Patient: m.Patient, Booking: m.Booking,
		Attendee: m.Attendee, Reason: m.Reason, ByPerson: byPerson, Candidates: string(candidates),
	})
	return wrap(err, "keep the evidence of version %s", id)
}

// Evidence returns the latest decision on a version; ErrGone when there was
// none.
func (tx *Tx) Evidence(ctx context.Context, id carryover.VersionID) (carryover.Match, error) {
	e, err := tx.q.LatestEvidence(ctx, id)
	if err != nil {
		return carryover.Match{}, wrap(err, "read the evidence of version %s", id)
	}
	m := carryover.Match{
		Grade: carryover.Grade(e.Grade), Patient: e.Patient, Booking: e.Booking, Attendee: e.Attendee, Reason: e.Reason,
	}
	if err := json.Unmarshal([]byte(e.Candidates), &m.Candidates); err != nil {
		return carryover.Match{}, wrap(err, "read the evidence of version %s", id)
	}
	return m, nil
}
