package ledger

import (
	"context"
	"slices"
	"time"

	"carryover"
)

// DueOf is Due for one practitioner's versions: what waits for one of them
// must not stand in the way of the others. Like Due it leaves out what a backfill
// carries, unless a person has decided about it: that goes with the day's work.
// The index on (state, due_at) serves it.
func (tx *Tx) DueOf(ctx context.Context, state carryover.State, p carryover.PractitionerID, now time.Time, limit int) ([]Version, error) {
	return tx.dueOf(ctx, `AND (by_person OR NOT `+inBackfill+`)`, state, p, now, limit)
}

// DueOfBackfill is what DueOf leaves out, while the backfill runs.
func (tx *Tx) DueOfBackfill(ctx context.Context, state carryover.State, p carryover.PractitionerID, now time.Time, limit int) ([]Version, error) {
	return tx.dueOf(ctx, `AND NOT by_person AND `+inBackfill+` AND EXISTS (SELECT 1 FROM backfill WHERE state = 'running')`, state, p, now, limit)
}

// inBackfill says that a version's session is on its way in a backfill.
const inBackfill = `EXISTS (SELECT 1 FROM backfill_session AS b WHERE b.session = version.session AND b.carried_at = 0)`

func (tx *Tx) dueOf(ctx context.Context, whose string, state carryover.State, p carryover.PractitionerID, now time.Time, limit int) ([]Version, error) {
	ids, err := column[carryover.VersionID](ctx, tx, "list what is due in "+string(state), `SELECT id FROM version
		WHERE state = $1 AND due_at > 0 AND due_at <= $2 AND practitioner = $3 `+whose+`
		ORDER BY due_at, id LIMIT $4`, state, now.UnixMicro(), p, limit)
	if err != nil {
		return nil, err
	}
	vs := make([]Version, 0, len(ids))
	for _, id := range ids {
		v, err := tx.Version(ctx, id)
		if err != nil {
			return nil, err
		}
		vs = append(vs, v)
	}
	return vs, nil
}

func containsAll[T comparable](all, some []T) bool {
	return !slices.ContainsFunc(some, func(x T) bool { return !slices.Contains(all, x) })
}
