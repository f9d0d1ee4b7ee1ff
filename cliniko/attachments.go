package cliniko

import (
	"cmp"
	"context"
	"slices"
	"time"

	"carryover"
)

// Attachments returns every file in patients' records that a user made at or
// after since (whole seconds; the zero time: ever), archived ones included,
// oldest first. Like Notes it is what proves a file absent, so it is complete
// or an error. Who says which user a key belongs to.
func (c *Client) Attachments(ctx context.Context, user carryover.UserID, since time.Time) ([]carryover.Attachment, error) {
	op := "list attachments of user " + string(user)
	if !isID(user) {
		return nil, invalid("list attachments", "user id is not one of cliniko", "")
	}
	since = since.Truncate(time.Second)
	filters := []string{"user_id:=" + string(user), "archived_at:*"}
	if !since.IsZero() {
		filters = append(filters, "created_at:>="+whenUTC(since))
	}
	rows, err := list(ctx, c, op, "patient_attachments", where("created_at:asc", filters...), func(r attachmentRecord) id { return r.ID })
	if err != nil {
		return nil, err
	}
	var found []carryover.Attachment
	for _, r := range rows {
		a, ok := r.attachment()
		if !ok {
			return nil, unreadableAnswer(op)
		}
		// A filter that was ignored shows here; what it should have kept out is dropped.
		if a.User == user && !a.CreatedAt.Before(since) {
			found = append(found, a)
		}
	}
	slices.SortStableFunc(found, func(a, b carryover.Attachment) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// Attachment returns one file of a patient's record as Cliniko describes it,
// archived or not; ErrGone when there is none.
func (c *Client) Attachment(ctx context.Context, a carryover.AttachmentID) (carryover.Attachment, error) {
	const op = "read attachment"
	if !isID(a) {
		return carryover.Attachment{}, gone(op)
	}
	r, err := one(ctx, c, op+" "+string(a), "patient_attachments", id(a), func(r attachmentRecord) id { return r.ID }, "archived_at:*")
	if err != nil {
		return carryover.Attachment{}, err
	}
	found, ok := r.attachment()
	if !ok {
		return carryover.Attachment{}, unreadableAnswer(op)
	}
	return found, nil
}
