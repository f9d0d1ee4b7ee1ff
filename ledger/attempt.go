package ledger

import (
	"context"
	"slices"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// An Outcome says how an attempt ended.
type Outcome string

// The outcomes. NoOutcome is that of an attempt that may be on the wire.
const (
	NoOutcome     Outcome = ""
	Done          Outcome = "done"            // Cliniko answered with an id
	NotDone       Outcome = "not_done"        // it certainly took no effect
	InDoubt       Outcome = "in_doubt"        // the answer was lost
	Adopted       Outcome = "adopted"         // settling found its note
	Absent        Outcome = "absent"          // settling found that it took no effect
	LostAtRestart Outcome = "lost_at_restart" // the process ended before the answer
)

var outcomes = []Outcome{Done, NotDone, InDoubt, Adopted, Absent, LostAtRestart}

// The kinds of request that file, by the delivery's destination. Those of a
// reversal are in reversal.go.
const (
	FileNote   = "file_note"
	AttachFile = "attach_file"
)

// An Attempt is one request that may change something in Cliniko.
type Attempt struct {
	Delivery    carryover.DeliveryID
	Number      int // from 1 within the delivery
	StartedAt   time.Time
	AnsweredAt  time.Time // zero: no answer
	Status      int       // HTTP status; 0: none
	Outcome     Outcome
	RequestKind string // what was asked for: FileNote, AttachFile, or one of a reversal's
}

// Files says that the attempt was to put something into a record; the others
// take it out, or bring it back.
func (a Attempt) Files() bool { return a.RequestKind == FileNote || a.RequestKind == AttachFile }

// StartAttempt records that a request is about to leave, and returns its
// number. It belongs in the transaction that moves the delivery to Sending, so
// that a crash afterwards leaves the intent on record. While an attempt of the
// delivery has no outcome the error is ErrConflict.
func (tx *Tx) StartAttempt(ctx context.Context, id carryover.DeliveryID, now time.Time) (int, error) {
	d, err := tx.Delivery(ctx, id)
	if err != nil {
		return 0, err
	}
	kind := FileNote
	if d.Destination == carryover.ToAttachment {
		kind = AttachFile
	}
	return tx.StartRequest(ctx, id, kind, now)
}

// StartRequest is StartAttempt for a request of another kind: ArchiveNote,
// ArchiveFile or RestoreNote. It belongs in the transaction that moves the
// reversal.
func (tx *Tx) StartRequest(ctx context.Context, id carryover.DeliveryID, kind string, now time.Time) (int, error) {
	n, err := tx.q.CountAttempt(ctx, query.CountAttemptParams{ID: id, Now: micros(now)})
	if err != nil {
		return 0, wrap(err, "start an attempt of delivery %s", id)
	}
	err = tx.q.AddAttempt(ctx, query.AddAttemptParams{Delivery: id, Number: n, Kind: kind, StartedAt: micros(now)})
	return int(n), wrap(err, "start attempt %d of delivery %s", n, id)
}

// EndAttempt records how attempt a.Number of a.Delivery ended: AnsweredAt,
// Status and Outcome. Settling an attempt whose answer was lost sets Adopted or
// Absent over InDoubt or LostAtRestart; any other second ending is ErrConflict.
func (tx *Tx) EndAttempt(ctx context.Context, a Attempt) error {
	if !slices.Contains(outcomes, a.Outcome) {
		return wrap(carryover.ErrInvalid, "end attempt %d of delivery %s without an outcome of the list", a.Number, a.Delivery)
	}
	n, err := tx.q.EndAttempt(ctx, query.EndAttemptParams{
		Delivery: a.Delivery, Number: int64(a.Number),
		AnsweredAt: micros(a.AnsweredAt), Status: int64(a.Status), Outcome: string(a.Outcome),
	})
	if err == nil && n == 0 && (a.Outcome == Adopted || a.Outcome == Absent) {
		n, err = tx.q.CorrectAttempt(ctx, query.CorrectAttemptParams{
			Delivery: a.Delivery, Number: int64(a.Number), Outcome: string(a.Outcome),
		})
	}
	if err == nil && n == 0 {
		err = ErrConflict
	}
	return wrap(err, "end attempt %d of delivery %s", a.Number, a.Delivery)
}

// Attempts returns the attempts of a delivery, first to last.
func (tx *Tx) Attempts(ctx context.Context, id carryover.DeliveryID) ([]Attempt, error) {
	rows, err := tx.q.AttemptsOf(ctx, id)
	if err != nil {
		return nil, wrap(err, "list attempts of delivery %s", id)
	}
	as := make([]Attempt, len(rows))
	for i, r := range rows {
		as[i] = Attempt{
			Delivery: r.Delivery, Number: int(r.Number), StartedAt: r.StartedAt.Time, AnsweredAt: r.AnsweredAt.Time,
			Status: int(r.Status), Outcome: Outcome(r.Outcome), RequestKind: r.Kind,
		}
	}
	return as, nil
}
