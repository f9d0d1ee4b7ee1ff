package ledger

import (
	"context"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// newRow is a delivery as it is inserted.
func newRow(d Delivery, now time.Time) query.AddDeliveryParams {
	return query.AddDeliveryParams{
		ID: d.ID, Version: d.Version, Number: int64(d.Number), Patient: d.Patient, Practitioner: d.Practitioner,
		Booking: d.Booking, Attendee: d.Attendee, Destination: d.Destination, Reference: d.Reference,
		Mark: d.Reference.Mark(), WordsDigest: notNil(d.WordsDigest), State: d.State, Reason: d.Reason, Note: d.Note,
		IntentAt: micros(d.IntentAt), FiledAt: micros(d.FiledAt), ProvenAt: micros(d.ProvenAt),
		ArchivedAt: micros(d.ArchivedAt), UpdatedAt: micros(now), Profile: d.Profile,
	}
}

// newMove is a delivery as it is rewritten by a move.
func newMove(id carryover.DeliveryID, d Delivery, from, to carryover.State, now time.Time) query.MoveDeliveryParams {
	return query.MoveDeliveryParams{
		ID: id, FromState: from, ToState: to, Reason: d.Reason, Patient: d.Patient, Practitioner: d.Practitioner,
		Booking: d.Booking, Attendee: d.Attendee, Destination: d.Destination, Reference: d.Reference,
		Mark: d.Reference.Mark(), WordsDigest: notNil(d.WordsDigest), Note: d.Note,
		IntentAt: micros(d.IntentAt), FiledAt: micros(d.FiledAt), ProvenAt: micros(d.ProvenAt),
		ArchivedAt: micros(d.ArchivedAt), Profile: d.Profile, Now: micros(now),
	}
}

// Delivery returns one delivery; ErrGone if it is unknown.
func (tx *Tx) Delivery(ctx context.Context, id carryover.DeliveryID) (Delivery, error) {
	r, err := tx.q.GetDelivery(ctx, id)
	return newDelivery(r), wrap(err, "read delivery %s", id)
}

// DeliveriesOf returns a version's deliveries, first to last.
func (tx *Tx) DeliveriesOf(ctx context.Context, v carryover.VersionID) ([]Delivery, error) {
	rows, err := tx.q.DeliveriesOf(ctx, v)
	return newDeliveries(rows), wrap(err, "list deliveries of version %s", v)
}

// DeliveriesIn returns the deliveries in any of states, state after state and
// oldest first. At a start it finds what a crash left on the wire.
func (tx *Tx) DeliveriesIn(ctx context.Context, states ...carryover.State) ([]Delivery, error) {
	var all []Delivery
	for _, s := range states {
		rows, err := tx.q.DeliveriesIn(ctx, s)
		if err != nil {
			return nil, wrap(err, "list deliveries in %s", s)
		}
		all = append(all, newDeliveries(rows)...)
	}
	return all, nil
}

// ByReference returns the deliveries that carry a reference, oldest first.
func (tx *Tx) ByReference(ctx context.Context, r carryover.Reference) ([]Delivery, error) {
	rows, err := tx.q.DeliveriesByReference(ctx, r)
	return newDeliveries(rows), wrap(err, "look for reference %s", r)
}

// ByMark returns the deliveries whose reference begins with mark: those of one
// document (carryover.DocumentMark), whatever its text was.
func (tx *Tx) ByMark(ctx context.Context, mark string) ([]Delivery, error) {
	rows, err := tx.q.DeliveriesByMark(ctx, mark)
	return newDeliveries(rows), wrap(err, "look for mark %s", mark)
}

// KnownNotes returns, of what author has at a destination (notes, or files), the
// ids that a delivery accounts for, with that delivery.
func (tx *Tx) KnownNotes(ctx context.Context, author carryover.PractitionerID, to carryover.Destination, ids []carryover.NoteID) (map[carryover.NoteID]carryover.DeliveryID, error) {
	known := make(map[carryover.NoteID]carryover.DeliveryID)
	for _, id := range ids {
		found, err := tx.q.DeliveryOfNote(ctx, query.DeliveryOfNoteParams{Note: id, Practitioner: author, Destination: to})
		if err != nil {
			return nil, wrap(err, "look for note %s", id)
		}
		if len(found) > 0 {
			known[id] = found[0]
		}
	}
	return known, nil
}

// HasAttachments says whether any delivery of author's is, or is to be, a file
// in a patient's record.
func (tx *Tx) HasAttachments(ctx context.Context, author carryover.PractitionerID) (bool, error) {
	found, err := column[carryover.DeliveryID](ctx, tx, "look for deliveries of files",
		`SELECT id FROM delivery WHERE destination = $1 AND practitioner = $2 LIMIT 1`, carryover.ToAttachment, author)
	return len(found) > 0, err
}
