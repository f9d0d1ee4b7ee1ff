package cliniko

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"carryover"
)

// Bookings returns what the given practitioners had in their diaries with a
// start from from up to, not including, to: individual and group appointments
// and unavailable blocks, cancelled ones included, by start. One listing serves
// them all (a numeric filter takes a list, reference sheet §8). All pages, or
// an error; no practitioner, no request.
func (c *Client) Bookings(ctx context.Context, of []carryover.PractitionerID, from, to time.Time) ([]carryover.Booking, error) {
	const op = "list bookings"
	if len(of) == 0 {
		return nil, nil
	}
	ids := make([]string, len(of))
	for i, p := range of {
		if !isID(p) {
			return nil, invalid(op, "practitioner id is not one of cliniko", "")
		}
		ids[i] = string(p)
	}
	query := where("starts_at:asc", "practitioner_id:="+strings.Join(ids, ","),
		"starts_at:>="+whenUTC(from), "starts_at:<="+whenUTC(to), "cancelled_at:*")
	rows, err := list(ctx, c, op, "bookings", query, func(r bookingRecord) id { return r.ID })
	if err != nil {
		return nil, err
	}
	var found []carryover.Booking
	for _, r := range rows {
		b, ok := r.booking()
		if !ok {
			return nil, unreadableAnswer(op)
		}
		if slices.Contains(of, b.Practitioner) && !b.StartsAt.Before(from.Truncate(time.Second)) && b.StartsAt.Before(to) {
			found = append(found, b)
		}
	}
	return found, nil
}

// Booking returns one entry of the diary, cancelled or archived ones too. An
// id that names none, or cannot be one of Cliniko's, is ErrGone.
func (c *Client) Booking(ctx context.Context, b carryover.BookingID) (carryover.Booking, error) {
	const op = "read booking"
	if !isID(b) {
		return carryover.Booking{}, gone(op)
	}
	r, err := one(ctx, c, op+" "+string(b), "bookings", id(b), func(r bookingRecord) id { return r.ID },
		"archived_at:*", "cancelled_at:*")
	if err != nil {
		return carryover.Booking{}, err
	}
	found, ok := r.booking()
	if !ok {
		return carryover.Booking{}, unreadableAnswer(op)
	}
	return found, nil
}

// Attendee returns the id of patient p's place in booking b, ErrGone when
// there is none that stands.
func (c *Client) Attendee(ctx context.Context, b carryover.BookingID, p carryover.PatientID) (carryover.AttendeeID, error) {
	const op = "look for attendee"
	if !isID(b) || !isID(p) {
		return "", gone(op)
	}
	rows, err := list(ctx, c, op+" of booking "+string(b), "attendees",
		where("", "booking_id:="+string(b), "patient_id:="+string(p)),
		func(r attendeeRecord) id { return r.ID })
	if err != nil {
		return "", err
	}
	for _, r := range rows {
		stands := r.CancelledAt.IsZero() && r.ArchivedAt.IsZero() && r.DeletedAt.IsZero()
		if stands && isID(r.ID) && string(r.Patient) == string(p) && string(r.Booking) == string(b) {
			return carryover.AttendeeID(r.ID), nil
		}
	}
	return "", gone(op)
}

// one reads a single record with filters that lift the exclusion of archived
// ones. Whether Cliniko honours those on a single record is inferred (reference
// sheet §6.5), so a 404 is checked against the list, where it is documented.
func one[R any](ctx context.Context, c *Client, op, path string, i id, idOf func(R) id, lift ...string) (R, error) {
	var r R
	err := c.get(ctx, op, path+"/"+string(i), url.Values{"q[]": lift}, &r)
	switch {
	case err == nil && idOf(r) == i:
		return r, nil
	case err == nil:
		return r, unreadableAnswer(op)
	case !isGone(err):
		return r, err
	}
	rows, err := list(ctx, c, op, path, where("", append([]string{"id:=" + string(i)}, lift...)...), idOf)
	if err != nil {
		return r, err
	}
	for _, r := range rows {
		if idOf(r) == i {
			return r, nil
		}
	}
	return r, gone(op)
}
