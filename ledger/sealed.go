package ledger

import (
	"context"
	"errors"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger/internal/query"
)

// sealedTable is the first part of where an item stands: a ciphertext that is
// copied to another row or column does not open there.
const sealedTable = "sealed"

// SealedDifference is the kind of a version's item that says in which words
// Cliniko's note differs from what was sent: for whoever looks at a note that
// could not be proven. It goes with the version's text.
const SealedDifference = "difference"

// SealText keeps t, sealed, as the item kind of owner (the id of a version,
// delivery or session), in place of what was there. Text that is there already
// is left as it is.
func (tx *Tx) SealText(ctx context.Context, owner, kind string, t carryover.Text) error {
	if have, err := tx.OpenText(ctx, owner, kind); err == nil && have == t {
		return nil // the same words under a new key would only wear the disk
	}
	s, err := tx.keys.Seal([]byte(t.Reveal()), sealedTable, owner, kind)
	if err != nil {
		return wrap(err, "seal %s of %s", kind, owner)
	}
	err = tx.q.PutSealed(ctx, query.PutSealedParams{Owner: owner, Kind: kind, WrappedKey: s.WrappedKey, Ciphertext: s.Ciphertext})
	return wrap(err, "seal %s of %s", kind, owner)
}

// OpenText returns the item kind of owner; ErrGone when it was never sealed or
// is destroyed, ErrInvalid when it was tampered with.
func (tx *Tx) OpenText(ctx context.Context, owner, kind string) (carryover.Text, error) {
	row, err := tx.q.GetSealed(ctx, query.GetSealedParams{Owner: owner, Kind: kind})
	if err != nil {
		return carryover.Text{}, wrap(err, "open %s of %s", kind, owner)
	}
	plain, err := tx.keys.Open(seal.Sealed{WrappedKey: row.WrappedKey, Ciphertext: row.Ciphertext}, sealedTable, owner, kind)
	switch {
	case errors.Is(err, seal.ErrDestroyed):
		return carryover.Text{}, wrap(&carryover.Problem{Op: "unseal", Kind: carryover.ErrGone, Err: err}, "open %s of %s", kind, owner)
	case err != nil:
		return carryover.Text{}, wrap(&carryover.Problem{
			Op: "unseal", Kind: carryover.ErrInvalid, Err: err,
			Hint: "A stored text is damaged or was altered. Run carryover audit verify, and restore the newest backup.",
		}, "open %s of %s", kind, owner)
	}
	return carryover.NewText(string(plain)), nil
}

// Destroy makes everything that is sealed for owner unreadable for good: the
// wrapped keys are removed, the ciphertext emptied, and both overwritten. That
// there was something remains. Destroying nothing, or twice, is no error.
func (tx *Tx) Destroy(ctx context.Context, owner string) error {
	tx.destroyed = true
	err := tx.q.DestroySealed(ctx, query.DestroySealedParams{Nothing: []byte{}, Owner: owner})
	return wrap(err, "destroy the sealed text of %s", owner)
}
