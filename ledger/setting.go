package ledger

import (
	"context"
	"database/sql"
	"errors"

	"carryover"
	"carryover/ledger/internal/query"
)

// Setting returns what SetSetting stored under name, and whether there is
// anything. Settings are small facts that outlive the process, such as whether
// all writes are paused; they hold no text and no names.
func (tx *Tx) Setting(ctx context.Context, name string) (string, bool, error) {
	v, err := tx.q.GetSetting(ctx, name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return v, err == nil, wrap(err, "read setting %s", name)
}

// SetSetting stores value under name, in place of what was there. The digest
// key is not one that can be set.
func (tx *Tx) SetSetting(ctx context.Context, name, value string) error {
	if name == settingDigestKey {
		return wrap(carryover.ErrInvalid, "change setting %s", name)
	}
	return wrap(tx.q.SetSetting(ctx, query.SetSettingParams{Name: name, Value: value}), "store setting %s", name)
}
