package ledger

import (
	"context"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// A Delivery is a version's way into one patient's file. A zero time means not
// (yet).
type Delivery struct {
	ID      carryover.DeliveryID
	Version carryover.VersionID
	Number  int // from 1 within the version

	Patient      carryover.PatientID
	Practitioner carryover.PractitionerID
	Booking      carryover.BookingID
	Attendee     carryover.AttendeeID
	Destination  carryover.Destination
	Reference    carryover.Reference
	WordsDigest  []byte // keyed digest of what was sent: a note's visible words, or a file with its description
	Profile      string // how it was rendered, see profile.go

	State  carryover.State
	Reason carryover.Reason
	Note   carryover.NoteID // the note's id, or the file's; empty: none is known

	IntentAt   time.Time // when the latest request was decided on
	FiledAt    time.Time
	ProvenAt   time.Time
	ArchivedAt time.Time // when the note was archived by us or found archived
	UpdatedAt  time.Time // when the row was last written
	Attempts   int

	// Due is for MoveDelivery's change alone: when the version is due next. It
	// is kept in the version's row and zero when a delivery is read.
	Due time.Time
}

func newDelivery(r query.Delivery) Delivery {
	return Delivery{
		ID: r.ID, Version: r.Version, Number: int(r.Number),
		Patient: r.Patient, Practitioner: r.Practitioner, Booking: r.Booking, Attendee: r.Attendee,
		Destination: r.Destination, Reference: r.Reference, WordsDigest: r.WordsDigest, Profile: r.Profile,
		State: r.State, Reason: r.Reason, Note: r.Note,
		IntentAt: r.IntentAt.Time, FiledAt: r.FiledAt.Time, ProvenAt: r.ProvenAt.Time,
		ArchivedAt: r.ArchivedAt.Time, UpdatedAt: r.UpdatedAt.Time, Attempts: int(r.Attempts),
	}
}

func newDeliveries(rows []query.Delivery) []Delivery {
	ds := make([]Delivery, len(rows))
	for i, r := range rows {
		ds[i] = newDelivery(r)
	}
	return ds
}

// AddDelivery records a new delivery of a version and makes it the current
// one; its number is one more than the version's deliveries so far. It begins
// in the version's state. Where d.State names another (Sending for an intent,
// Filed for a note that was found), version and delivery move there, as
// MoveDelivery would. Patient, Practitioner, Booking and Attendee come from the
// version where d leaves Patient or Practitioner empty; no Destination is a
// treatment note.
//
// A delivery that went before without a note becomes Superseded; one that may
// be on the wire is ErrConflict.
func (tx *Tx) AddDelivery(ctx context.Context, d Delivery) (carryover.DeliveryID, error) {
	r, err := tx.q.GetVersion(ctx, d.Version)
	if err != nil {
		return "", wrap(err, "add a delivery of version %s", d.Version)
	}
	v := r.Version
	now := latest(d.IntentAt, d.FiledAt, v.UpdatedAt.Time)
	if err := tx.retireDelivery(ctx, v.Delivery, now); err != nil {
		return "", err
	}
	n, err := tx.q.CountDeliveries(ctx, d.Version)
	if err != nil {
		return "", wrap(err, "count deliveries of version %s", d.Version)
	}
	target := d.State
	d.ID, d.Number, d.State = carryover.DeliveryID(newID(now)), int(n)+1, v.State
	if d.Patient == "" {
		d.Patient, d.Booking, d.Attendee = v.Patient, v.Booking, v.Attendee
	}
	if d.Practitioner == "" {
		d.Practitioner = v.Practitioner
	}
	if d.Destination == "" {
		d.Destination = carryover.ToTreatmentNote
	}
	if err := tx.q.AddDelivery(ctx, newRow(d, now)); err != nil {
		return "", wrap(err, "add delivery %d of version %s", d.Number, d.Version)
	}
	err = tx.q.SetCurrentDelivery(ctx, query.SetCurrentDeliveryParams{ID: v.ID, Delivery: d.ID, Now: micros(now)})
	if err != nil {
		return "", wrap(err, "make delivery %s current", d.ID)
	}
	if target == "" || target == v.State {
		return d.ID, nil
	}
	return d.ID, tx.MoveDelivery(ctx, d.ID, v.State, target, func(to *Delivery) { to.Reason, to.Due = d.Reason, d.Due }, now)
}

// retireDelivery closes the delivery that another one is about to follow.
func (tx *Tx) retireDelivery(ctx context.Context, id carryover.DeliveryID, now time.Time) error {
	if id == "" {
		return nil
	}
	r, err := tx.q.GetDelivery(ctx, id)
	if err != nil {
		return wrap(err, "read delivery %s", id)
	}
	if r.State == carryover.Sending || r.State == carryover.InDoubt {
		return wrap(ErrConflict, "follow delivery %s: it is %s", id, r.State)
	}
	if r.Note != "" || !r.State.CanBecome(carryover.Superseded) {
		return nil // its note is in Cliniko: it keeps a state of its own
	}
	_, err = tx.q.FollowVersion(ctx, query.FollowVersionParams{
		ID: id, FromState: r.State, ToState: carryover.Superseded, Reason: carryover.NoReason, Now: micros(now),
	})
	return wrap(err, "follow delivery %s", id)
}

// MoveDelivery takes a delivery from one state to another, and its version with
// it when it is the current one, by the rules of Move. change sees the
// delivery, its Reason and Due empty, and may set what the step has found: the
// note, the times, the digest of the words, another booking, the reason, when
// it is due next. The identity, the state and the attempts are not its to set.
//
// A delivery that has a note never becomes Sending again.
func (tx *Tx) MoveDelivery(ctx context.Context, id carryover.DeliveryID, from, to carryover.State, change func(*Delivery), now time.Time) error {
	r, err := tx.q.GetDelivery(ctx, id)
	if err != nil {
		return wrap(err, "move delivery %s", id)
	}
	if r.State != from {
		return wrap(ErrConflict, "move delivery %s from %s to %s: it is %s", id, from, to, r.State)
	}
	d := newDelivery(r)
	d.Reason = carryover.NoReason
	if change != nil {
		change(&d)
	}
	if err := legal(d, from, to); err != nil {
		return wrap(err, "move delivery %s from %s to %s", id, from, to)
	}
	if d.Reason, err = tx.moveCurrent(ctx, r, to, d.Reason, d.Due, now); err != nil {
		return err
	}
	n, err := tx.q.MoveDelivery(ctx, newMove(id, d, from, to, now))
	if err == nil && n == 0 {
		err = ErrConflict
	}
	return wrap(err, "move delivery %s from %s to %s", id, from, to)
}

// legal checks what a delivery must have to be in a state.
func legal(d Delivery, from, to carryover.State) error {
	switch {
	case !from.CanBecome(to):
		return carryover.ErrInvalid
	case to == carryover.Sending && d.Note != "":
		return carryover.ErrInvalid // sending it again would make a second note
	case (to == carryover.Filed || to == carryover.Proven || to == carryover.Undone) && d.Note == "":
		return carryover.ErrInvalid
	case to == carryover.Undone && d.ArchivedAt.IsZero():
		return carryover.ErrInvalid
	case from == carryover.Undone, beginsAnew(to) && d.Note != "":
		return carryover.ErrInvalid // its version goes on without it, see Move
	case needsDelivery(to) && (d.Patient == "" || d.Practitioner == ""):
		return carryover.ErrInvalid
	}
	return nil
}

// moveCurrent moves the version of a delivery when the delivery is its current
// one, and returns the reason that is kept.
func (tx *Tx) moveCurrent(ctx context.Context, d query.Delivery, to carryover.State, reason carryover.Reason, due, now time.Time) (carryover.Reason, error) {
	r, err := tx.q.GetVersion(ctx, d.Version)
	if err != nil {
		return "", wrap(err, "read version %s", d.Version)
	}
	if r.Version.Delivery != d.ID {
		reason, err := reasonFor(to, reason)
		return reason, wrap(err, "move delivery %s to %s", d.ID, to)
	}
	if r.Version.State != d.State {
		return "", wrap(ErrConflict, "move version %s along with delivery %s: it is %s", d.Version, d.ID, r.Version.State)
	}
	return tx.moveVersion(ctx, r.Version, to, reason, due, now)
}

func latest(ts ...time.Time) (last time.Time) {
	for _, t := range ts {
		if t.After(last) {
			last = t
		}
	}
	return last
}
