package ledger

import (
	"context"
	"time"

	"carryover"
)

// SessionsToForget returns at most limit sessions that began before a time,
// still have something sealed, and have no version that is on its way or waits
// for a person: what they said about the patient is needed no more.
func (tx *Tx) SessionsToForget(ctx context.Context, before time.Time, limit int) ([]carryover.SessionID, error) {
	return column[carryover.SessionID](ctx, tx, "list sessions to forget", `
		SELECT s.id FROM session s
		JOIN sealed x ON x.owner = s.id AND x.kind = $1
		WHERE s.started_at < $2 AND s.first_seen < $2 AND length(x.wrapped_key) > 0
		AND NOT EXISTS (SELECT 1 FROM version v WHERE v.session = s.id
			AND v.state NOT IN ('proven', 'dismissed', 'skipped', 'superseded', 'undone'))
		ORDER BY s.id LIMIT $3`, sealedClaim, before.UnixMicro(), limit)
}

// TextsToForget returns at most limit versions that came to rest in Dismissed,
// Skipped or Undone before a time and still have something sealed.
func (tx *Tx) TextsToForget(ctx context.Context, before time.Time, limit int) ([]carryover.VersionID, error) {
	return column[carryover.VersionID](ctx, tx, "list texts to forget", `
		SELECT DISTINCT v.id FROM version v
		JOIN sealed x ON x.owner = v.id
		WHERE v.state IN ('dismissed', 'skipped', 'undone') AND v.changed_at < $1 AND length(x.wrapped_key) > 0
		ORDER BY v.id LIMIT $2`, before.UnixMicro(), limit)
}

// SessionsBeginning returns the sessions whose id begins with a prefix of
// letters, digits and hyphens, by id.
func (tx *Tx) SessionsBeginning(ctx context.Context, prefix string) ([]carryover.SessionID, error) {
	return column[carryover.SessionID](ctx, tx, "list sessions by the beginning of their id",
		`SELECT id FROM session WHERE id >= $1 AND id < $2 ORDER BY id`, prefix, prefix+"~")
}
