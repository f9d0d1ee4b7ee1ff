package cliniko

import (
	"cmp"
	"context"
	"slices"
	"time"

	"carryover"
)

// Notes returns every treatment note of an author created at or after since
// (whole seconds; the zero time: ever), archived ones included, oldest first. It is what proves a
// note absent, so it is complete or an error: a page that fails, a row that
// cannot be read, or a list shorter than its own count fails it.
func (c *Client) Notes(ctx context.Context, author carryover.PractitionerID, since time.Time) ([]carryover.Note, error) {
	op := "list notes of practitioner " + string(author)
	if !isID(author) {
		return nil, invalid("list notes", "practitioner id is not one of cliniko", "")
	}
	since = since.Truncate(time.Second)
	filters := []string{"practitioner_id:=" + string(author), "archived_at:*"}
	if !since.IsZero() {
		filters = append(filters, "created_at:>="+whenUTC(since))
	}
	rows, err := list(ctx, c, op, "treatment_notes", where("created_at:asc", filters...), func(r noteRecord) id { return r.ID })
	if err != nil {
		return nil, err
	}
	var found []carryover.Note
	for _, r := range rows {
		n, ok := r.note()
		if !ok {
			return nil, unreadableAnswer(op)
		}
		// A filter that was ignored shows here; what it should have kept out is dropped.
		if n.Practitioner == author && !n.CreatedAt.Before(since) {
			found = append(found, n)
		}
	}
	slices.SortStableFunc(found, func(a, b carryover.Note) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// Note returns one treatment note, archived or not; ErrGone when there is none.
func (c *Client) Note(ctx context.Context, n carryover.NoteID) (carryover.Note, error) {
	const op = "read note"
	if !isID(n) {
		return carryover.Note{}, gone(op)
	}
	r, err := one(ctx, c, op+" "+string(n), "treatment_notes", id(n), func(r noteRecord) id { return r.ID }, "archived_at:*")
	if err != nil {
		return carryover.Note{}, err
	}
	note, ok := r.note()
	if !ok {
		return carryover.Note{}, unreadableAnswer(op)
	}
	return note, nil
}
