package ledger

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger/internal/query"
)

// settingDigestKey is the setting that holds the digest key, wrapped by the
// master key, in base64. A backup carries it along; changing the master key
// wraps the same digest key anew.
const settingDigestKey = "digest_key"

// openKeys unwraps the digest key, or makes it for a ledger that is empty.
func (l *Ledger) openKeys(ctx context.Context, master seal.MasterKey) (*seal.Keyring, error) {
	if l.writer == nil {
		return readKeys(ctx, query.New(l.reader), master)
	}
	var keys *seal.Keyring
	err := l.Update(ctx, func(tx *Tx) (err error) {
		keys, err = readKeys(ctx, tx.q, master)
		if errors.Is(err, sql.ErrNoRows) {
			keys, err = makeKeys(ctx, tx.q, master)
		}
		return err
	})
	return keys, err
}

// readKeys opens the keyring with the wrapped digest key of the ledger.
func readKeys(ctx context.Context, q *query.Queries, master seal.MasterKey) (*seal.Keyring, error) {
	text, err := q.GetSetting(ctx, settingDigestKey)
	if err != nil {
		return nil, err
	}
	wrapped, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, damaged("read the digest key", nil)
	}
	keys, err := seal.Open(master, wrapped)
	if errors.Is(err, seal.ErrWrongKey) {
		return nil, &carryover.Problem{
			Op: "open the ledger's keys", Kind: carryover.ErrUnauthorized, Err: err,
			Hint: "The master key is not the one this ledger was made with. Nothing was changed. Name the right key file in the configuration.",
		}
	}
	return keys, err
}

// makeKeys makes the keys of a ledger that holds nothing yet. One that holds
// sessions has lost its digest key: a new one would make every text look new.
func makeKeys(ctx context.Context, q *query.Queries, master seal.MasterKey) (*seal.Keyring, error) {
	n, err := q.CountSessions(ctx)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		return nil, damaged("look for the digest key", nil)
	}
	keys, wrapped, err := seal.Create(master)
	if err != nil {
		return nil, err
	}
	return keys, q.SetSetting(ctx, query.SetSettingParams{
		Name: settingDigestKey, Value: base64.StdEncoding.EncodeToString(wrapped),
	})
}
