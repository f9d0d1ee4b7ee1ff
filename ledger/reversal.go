package ledger

import (
	"context"
	"slices"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// A ReversalState says how far a reversal has come.
type ReversalState string

// The states of a reversal. From Archiving and Restoring on a request may be
// on the wire; whoever finds them at a start reads Cliniko first.
const (
	ReversalAsked     ReversalState = "asked"     // a person decided; nothing has been done
	ReversalArchiving ReversalState = "archiving" // the intent to archive is durable
	ReversalRestoring ReversalState = "restoring" // somebody was at work: it is to come back
	ReversalByHand    ReversalState = "by_hand"   // a person must take it out
	ReversalPutBack   ReversalState = "put_back"  // a person must bring it back: their words are in it
	ReversalDone      ReversalState = "done"      // it is out of the record
	ReversalGivenUp   ReversalState = "given_up"  // nothing was done, and Why says why
	ReversalAskAgain  ReversalState = "ask_again" // decided before a restore: a person must decide again
)

var reversalStates = []ReversalState{
	ReversalAsked, ReversalArchiving, ReversalRestoring, ReversalByHand, ReversalPutBack, ReversalDone, ReversalGivenUp, ReversalAskAgain,
}

// Open says that something is still to happen to the note.
func (s ReversalState) Open() bool { return s != ReversalDone && s != ReversalGivenUp }

// The kinds of request of a reversal.
const (
	ArchiveNote = "archive_note"
	ArchiveFile = "archive_file"
	RestoreNote = "restore_note"
)

// A Reversal takes the note of one delivery out of the record it is in, and
// says where its document goes instead. A zero time means not (yet).
type Reversal struct {
	Delivery     carryover.DeliveryID
	Practitioner carryover.PractitionerID
	Version      carryover.VersionID // what is filed again; empty: nothing
	Patient      carryover.PatientID // in whose record; empty: nothing is
	State        ReversalState
	Why          string // a word of a closed list of the pipeline's
	AskedAt      time.Time
	DueAt        time.Time // zero: nothing wakes it
	ReadAt       time.Time // when the note was last read for it
	EndedAt      time.Time // when the note was seen to be out of the record
	RefiledAt    time.Time // when the version was made ready again
}

// Refiles says that a document is still to be filed anew.
func (r Reversal) Refiles() bool { return r.Patient != "" && r.RefiledAt.IsZero() }

const reversalColumns = `delivery, practitioner, version, patient, state, why, asked_at, due_at, read_at, ended_at, refiled_at`

// AskReversal records a person's decision about a delivery whose note is in
// Cliniko, or was taken out and is to be filed again (State ReversalDone). It
// takes Delivery, Practitioner, Version, Patient, State, AskedAt and DueAt of r.
// While an earlier decision about the delivery is under way, the error is
// ErrConflict. When it was decided to take the note out stays as it is.
func (tx *Tx) AskReversal(ctx context.Context, r Reversal) error {
	if r.State != ReversalAsked && r.State != ReversalDone || r.AskedAt.IsZero() || (r.Patient == "") != (r.Version == "") {
		return wrap(carryover.ErrInvalid, "ask to reverse delivery %s", r.Delivery)
	}
	n, err := tx.changedRows(ctx, `INSERT INTO reversal
		(delivery, practitioner, version, patient, state, why, asked_at, due_at, read_at, ended_at, refiled_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, '', $6, $7, 0, $8, 0, $6)
		ON CONFLICT (delivery) DO UPDATE SET practitioner = excluded.practitioner, version = excluded.version,
			patient = excluded.patient, state = excluded.state, why = '',
			asked_at = CASE WHEN excluded.state = 'done' THEN reversal.asked_at ELSE excluded.asked_at END,
			due_at = excluded.due_at, refiled_at = 0, updated_at = excluded.updated_at
		WHERE reversal.state IN ('given_up', 'ask_again') OR (reversal.state = 'done' AND excluded.state = 'done')`,
		r.Delivery, r.Practitioner, r.Version, r.Patient, r.State, micros(r.AskedAt), micros(r.DueAt), micros(r.EndedAt))
	if err == nil && n == 0 {
		err = ErrConflict
	}
	return wrap(err, "ask to reverse delivery %s", r.Delivery)
}

// MoveReversal takes a reversal from one state to another, provided that it
// stands there. change may set Why, DueAt, ReadAt, EndedAt and RefiledAt; DueAt
// is zero when change sees it.
func (tx *Tx) MoveReversal(ctx context.Context, id carryover.DeliveryID, from, to ReversalState, change func(*Reversal), now time.Time) error {
	r, err := tx.Reversal(ctx, id)
	if err != nil {
		return err
	}
	if !slices.Contains(reversalStates, to) {
		return wrap(carryover.ErrInvalid, "move the reversal of delivery %s", id)
	}
	if r.DueAt = (time.Time{}); change != nil {
		change(&r)
	}
	n, err := tx.changedRows(ctx, `UPDATE reversal SET state = $1, why = $2, due_at = $3, read_at = $4, ended_at = $5,
		refiled_at = $6, updated_at = $7 WHERE delivery = $8 AND state = $9`,
		to, r.Why, micros(r.DueAt), micros(r.ReadAt), micros(r.EndedAt), micros(r.RefiledAt), micros(now), id, from)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	return wrap(err, "move the reversal of delivery %s from %s to %s", id, from, to)
}

// DropRefiling records that nothing is filed again after all; why is kept where
// the reversal has no other reason.
func (tx *Tx) DropRefiling(ctx context.Context, id carryover.DeliveryID, why string, now time.Time) error {
	n, err := tx.changedRows(ctx, `UPDATE reversal SET version = '', patient = '', refiled_at = 0,
		why = CASE WHEN why = '' THEN $1 ELSE why END, updated_at = $2 WHERE delivery = $3`, why, micros(now), id)
	return wrap(changed(n, err), "file nothing again for delivery %s", id)
}

// Reversal returns the reversal of a delivery; ErrGone when nobody asked for
// one.
func (tx *Tx) Reversal(ctx context.Context, id carryover.DeliveryID) (Reversal, error) {
	all, err := tx.reversals(ctx, `SELECT `+reversalColumns+` FROM reversal WHERE delivery = $1`, id)
	if err == nil && len(all) == 0 {
		err = carryover.ErrGone
	}
	if err != nil {
		return Reversal{}, wrap(err, "read the reversal of delivery %s", id)
	}
	return all[0], nil
}

// ReversalsDue returns at most limit reversals of one author's deliveries whose
// time has come by now, the longest due first.
func (tx *Tx) ReversalsDue(ctx context.Context, p carryover.PractitionerID, now time.Time, limit int) ([]Reversal, error) {
	all, err := tx.reversals(ctx, `SELECT `+reversalColumns+` FROM reversal
		WHERE practitioner = $1 AND due_at > 0 AND due_at <= $2 ORDER BY due_at, delivery LIMIT $3`, p, now.UnixMicro(), limit)
	return all, wrap(err, "list reversals that are due")
}

// OpenReversals returns those whose note is not out of the record yet, or whose
// document is not on its way to another, the oldest decision first.
func (tx *Tx) OpenReversals(ctx context.Context) ([]Reversal, error) {
	all, err := tx.reversals(ctx, `SELECT `+reversalColumns+` FROM reversal
		WHERE state NOT IN ('done', 'given_up') OR (state = 'done' AND patient <> '' AND refiled_at = 0) ORDER BY asked_at, delivery`)
	return all, wrap(err, "list open reversals")
}

func (tx *Tx) reversals(ctx context.Context, statement string, args ...any) ([]Reversal, error) {
	rows, err := tx.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []Reversal
	for rows.Next() {
		var r Reversal
		var asked, due, read, ended, refiled query.Micros
		if err := rows.Scan(&r.Delivery, &r.Practitioner, &r.Version, &r.Patient, &r.State, &r.Why,
			&asked, &due, &read, &ended, &refiled); err != nil {
			return nil, err
		}
		r.AskedAt, r.DueAt, r.ReadAt, r.EndedAt, r.RefiledAt = asked.Time, due.Time, read.Time, ended.Time, refiled.Time
		all = append(all, r)
	}
	return all, rows.Err()
}

// changedRows runs a statement and returns how many rows it changed.
func (tx *Tx) changedRows(ctx context.Context, statement string, args ...any) (int64, error) {
	res, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
