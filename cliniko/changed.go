package cliniko

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"carryover"
)

// What changed lately is asked for as a hint, to look again sooner at what is
// held. Whether archiving or merging moves updated_at is not documented
// (reference sheet §22, question 20), and a diary may be served from a cache
// (§12), so nothing is ever decided on the answer, and nothing depends on its
// being complete. That lets it be cheap: newest first, and no further than it
// must be read.

// changedPages bounds the pages of one answer. A practice that changed more
// records than that within minutes has imported them.
const changedPages = 5

// PatientsChanged returns patients whose record changed at or after since by
// Cliniko's clock (whole seconds), archived and merged ones included, the
// latest first; after 500 it stops.
func (c *Client) PatientsChanged(ctx context.Context, since time.Time) ([]carryover.Patient, error) {
	const op = "ask which patients changed"
	rows, err := newest[struct {
		patientRecord
		UpdatedAt stamp `json:"updated_at"`
	}](ctx, c, op, "patients", where("updated_at:desc", "updated_at:>="+whenUTC(since), "archived_at:*"))
	if err != nil {
		return nil, err
	}
	var found []carryover.Patient
	for _, r := range rows {
		if r.UpdatedAt.Before(since.Truncate(time.Second)) {
			continue
		}
		p, ok := r.patient()
		if !ok {
			return nil, unreadableAnswer(op)
		}
		found = append(found, p)
	}
	return found, nil
}

// BookingsChanged returns entries of the given practitioners' diaries that
// changed at or after since by Cliniko's clock (whole seconds), cancelled and
// archived ones included, the latest first; after 500 it stops. No
// practitioner, no request.
func (c *Client) BookingsChanged(ctx context.Context, of []carryover.PractitionerID, since time.Time) ([]carryover.Booking, error) {
	const op = "ask which bookings changed"
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
	rows, err := newest[struct {
		bookingRecord
		UpdatedAt stamp `json:"updated_at"`
	}](ctx, c, op, "bookings", where("updated_at:desc", "practitioner_id:="+strings.Join(ids, ","),
		"updated_at:>="+whenUTC(since), "cancelled_at:*", "archived_at:*"))
	if err != nil {
		return nil, err
	}
	var found []carryover.Booking
	for _, r := range rows {
		if r.UpdatedAt.Before(since.Truncate(time.Second)) {
			continue
		}
		b, ok := r.booking()
		if !ok {
			return nil, unreadableAnswer(op)
		}
		if slices.Contains(of, b.Practitioner) {
			found = append(found, b)
		}
	}
	return found, nil
}

// newest reads the first pages of a list. Unlike [list] it promises no
// completeness.
func newest[R any](ctx context.Context, c *Client, op, path string, query url.Values) ([]R, error) {
	var rows []R
	for range changedPages {
		var p page
		if err := c.get(ctx, op, path, query, &p); err != nil {
			return nil, err
		}
		more, err := rowsOf[R](op, p, path)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
		if p.next() == "" || len(more) == 0 {
			break
		}
		if query, err = c.follow(op, path, p.next()); err != nil {
			return nil, err
		}
	}
	return rows, nil
}
