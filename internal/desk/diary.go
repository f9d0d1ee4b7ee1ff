package desk

import (
	"context"
	"slices"
	"time"

	"carryover"
	"carryover/ledger"
)

// How much of the diary a person is shown: who was there just before, and who
// came next.
const (
	diaryBefore = 2 * time.Hour
	diaryAfter  = 90 * time.Minute
)

// whoseDiary says whose bookings help to decide about v: its practitioner's, and
// those of the whole practice where the question is whose session it was.
func (d *Local) whoseDiary(ctx context.Context, tx *ledger.Tx, v ledger.Version) ([]carryover.PractitionerID, error) {
	if v.State != carryover.Held {
		return nil, nil
	}
	var of []carryover.PractitionerID
	if v.Reason == carryover.WhoseSession {
		known, err := d.authors(ctx, tx)
		if err != nil {
			return nil, err
		}
		of = append(of, known...)
	}
	if v.Practitioner != "" && !slices.Contains(of, v.Practitioner) {
		of = append(of, v.Practitioner)
	}
	return of, nil
}

// authors are the practitioners in whose names notes can be filed.
func (d *Local) authors(ctx context.Context, tx *ledger.Tx) ([]carryover.PractitionerID, error) {
	if d.Practitioners != nil {
		return d.Practitioners, nil
	}
	rows, err := tx.Practitioners(ctx)
	var ids []carryover.PractitionerID
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids, err
}

// diaryAround adds the bookings around the session's start, when there is a
// diary that can be asked. Without it the rest of the answer is worth having.
func (d *Local) diaryAround(ctx context.Context, of []carryover.PractitionerID, out *Detail) {
	diary, ok := d.Engine.(Diary)
	if !ok || len(of) == 0 || out.Started.IsZero() {
		return
	}
	found, err := diary.Bookings(ctx, of, out.Started.Add(-diaryBefore), out.Started.Add(diaryAfter))
	if err != nil {
		return
	}
	slices.SortFunc(found, func(a, b carryover.Booking) int { return a.StartsAt.Compare(b.StartsAt) })
	for _, b := range found {
		w := Booking{
			ID: string(b.ID), Practitioner: string(b.Practitioner), Kind: kinds[b.Kind],
			Starts: b.StartsAt, Ends: b.EndsAt, Stands: b.Stands(),
		}
		for _, p := range b.Patients {
			w.Patients = append(w.Patients, Attendee{Patient: string(p)})
		}
		out.Bookings = append(out.Bookings, w)
	}
}

// kinds are the sorts of a diary entry as a Booking names them.
var kinds = map[carryover.BookingKind]string{
	carryover.IndividualAppointment: "appointment",
	carryover.GroupAppointment:      "group",
	carryover.UnavailableBlock:      "unavailable",
}
