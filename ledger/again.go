package ledger

import (
	"context"

	"carryover"
)

// SettingRestored is the setting that holds when the ledger was put back from a
// backup (RFC 3339), until the daemon has waited for one grace period since.
const SettingRestored = "restored_at"

// SettingKnownUntil is the setting that holds the time of the newest thing that
// a restored backup knew, as RFC 3339: what people decided after it is lost.
const SettingKnownUntil = "known_until"

// OpenSessions returns the sessions that Heidi still has and that have a newest
// version on its way or waiting for a person: what is to be read again after a
// restore.
func (tx *Tx) OpenSessions(ctx context.Context) ([]carryover.SessionID, error) {
	return column[carryover.SessionID](ctx, tx, "list sessions that are open", `
		SELECT DISTINCT v.session FROM version v JOIN session s ON s.id = v.session
		WHERE v.newest AND s.gone_at = 0 AND v.state NOT IN ('proven', 'dismissed', 'skipped', 'superseded', 'undone')
		ORDER BY v.session`)
}

// WithoutText returns the newest versions that would still be filed or decided
// about and whose text is destroyed, as in a backup without text.
func (tx *Tx) WithoutText(ctx context.Context) ([]carryover.VersionID, error) {
	return column[carryover.VersionID](ctx, tx, "list versions without their text", `
		SELECT v.id FROM version v JOIN sealed x ON x.owner = v.id AND x.kind = $1
		WHERE v.newest AND NOT v.empty AND v.state IN ('seen', 'ripe', 'ready', 'held') AND length(x.wrapped_key) = 0
		ORDER BY v.id`, sealedText)
}

// HasText says whether the text of a version is still here.
func (tx *Tx) HasText(ctx context.Context, id carryover.VersionID) (bool, error) {
	var n int
	err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM sealed WHERE owner = $1 AND kind = $2 AND length(wrapped_key) > 0", id, sealedText).Scan(&n)
	return n > 0, wrap(err, "look for the text of version %s", id)
}

// KeepText seals the text of a version again where it is destroyed; one that is
// here stays as it is.
func (tx *Tx) KeepText(ctx context.Context, id carryover.VersionID, d carryover.Document) error {
	has, err := tx.HasText(ctx, id)
	if err != nil || has {
		return err
	}
	return tx.SealText(ctx, string(id), sealedText, d.Content)
}

// SignEverybodyOut ends what a backup holds of browsers that were signed in and
// of links that let somebody in: some may have been ended since it was made.
func (tx *Tx) SignEverybodyOut(ctx context.Context) error {
	for _, statement := range []string{
		"DELETE FROM sealed WHERE owner IN (SELECT id FROM web_session)",
		"DELETE FROM web_session", "DELETE FROM person_link",
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return wrap(err, "sign everybody out")
		}
	}
	return nil
}
