package ledger

import (
	"context"
	"encoding/base64"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger/internal/query"
)

// A Rekeyed says what a change of the master key came to.
type Rekeyed struct {
	Items int // wrapped anew
	// Damaged were not openable before and are not now; they stay as they are.
	Damaged int
}

// Rekey wraps the digest key and the key of every sealed item anew, by master,
// in one transaction; also adds to it what must hold together with the change,
// such as an audit entry. Digests do not change. The ledger goes on under the
// new key at once. Before it returns nil the old key opens the file, afterwards
// the new one alone does, and a crash in between leaves one or the other: so
// both must be in files until then.
func (l *Ledger) Rekey(ctx context.Context, master seal.MasterKey, also func(*Tx) error) (out Rekeyed, err error) {
	if l.writer == nil || l.closed.Load() {
		return out, wrap(carryover.ErrRefused, "change the master key")
	}
	l.changing.Lock()
	defer l.changing.Unlock()
	defer l.updates.Add(1)
	change, err := l.keys.Change(master)
	if err != nil {
		return out, &carryover.Problem{Op: "change the master key", Kind: carryover.ErrInvalid, Err: err}
	}
	ctx = context.WithoutCancel(ctx) // it is short, and half of it is nothing
	err = l.within(ctx, l.writer, nil, func(tx *Tx) error {
		if out, err = tx.rewrap(ctx, change); err != nil {
			return err
		}
		if err := tx.q.SetSetting(ctx, query.SetSettingParams{
			Name: settingDigestKey, Value: base64.StdEncoding.EncodeToString(change.DigestKey()),
		}); err != nil {
			return err
		}
		return also(tx)
	})
	if !l.holds(ctx, change, err) {
		change.Drop()
		return Rekeyed{}, wrap(err, "change the master key")
	}
	change.Keep()
	l.destroyed.Store(true) // what the old key wraps is in the log
	_, err = l.ForgetDestroyed(ctx)
	return out, wrap(err, "change the master key")
}

// holds says whether the transaction of a change took effect. After an error of
// the commit only the file knows.
func (l *Ledger) holds(ctx context.Context, change *seal.Change, err error) bool {
	if err == nil {
		return true
	}
	text, err := query.New(l.writer).GetSetting(ctx, settingDigestKey)
	if err != nil {
		return false
	}
	wrapped, err := base64.StdEncoding.DecodeString(text)
	return err == nil && change.Fits(wrapped)
}

// rewrap wraps every item key anew. One that does not open is left alone: its
// text is lost under either key, and all others must not be lost with it.
func (tx *Tx) rewrap(ctx context.Context, change *seal.Change) (out Rekeyed, err error) {
	items, err := tx.wrappedKeys(ctx)
	if err != nil {
		return out, wrap(err, "read the wrapped keys")
	}
	for _, i := range items {
		wrapped, err := change.Rewrap(i.key, sealedTable, i.owner, i.kind)
		if err != nil {
			out.Damaged++
			continue
		}
		if _, err := tx.ExecContext(ctx, "UPDATE sealed SET wrapped_key = $1 WHERE owner = $2 AND kind = $3", wrapped, i.owner, i.kind); err != nil {
			return out, wrap(err, "wrap %s of %s", i.kind, i.owner)
		}
		out.Items++
	}
	return out, nil
}

// A wrappedKey is the key of one item that is not destroyed.
type wrappedKey struct {
	owner, kind string
	key         []byte
}

func (tx *Tx) wrappedKeys(ctx context.Context) (all []wrappedKey, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT owner, kind, wrapped_key FROM sealed WHERE length(wrapped_key) > 0 ORDER BY owner, kind")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var w wrappedKey
		if err := rows.Scan(&w.owner, &w.kind, &w.key); err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, rows.Err()
}
