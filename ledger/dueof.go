package ledger

import (
	"context"
	"time"

	"carryover"
)

// DueOf is Due for one practitioner's versions: what waits for one of them
// must not stand in the way of the others. The index on (state, due_at) serves
// it.
func (tx *Tx) DueOf(ctx context.Context, state carryover.State, p carryover.PractitionerID, now time.Time, limit int) ([]Version, error) {
	ids, err := column[carryover.VersionID](ctx, tx, "list what is due in "+string(state), `SELECT id FROM version
		WHERE state = $1 AND due_at > 0 AND due_at <= $2 AND practitioner = $3
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
