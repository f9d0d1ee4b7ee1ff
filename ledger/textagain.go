package ledger

import (
	"context"
	"errors"
	"time"

	"carryover"
)

// Proof destroys a document's text. Before its note is taken out of one record
// to be filed in another, the text is sealed once more, as the delivery's: the
// version is still proven, and a proven version keeps nothing.

const sealedFormat = "format"

// KeepFor seals the text of a document that a delivery's reversal files again.
func (tx *Tx) KeepFor(ctx context.Context, d carryover.DeliveryID, doc carryover.Document) error {
	return errors.Join(
		tx.SealText(ctx, string(d), sealedText, doc.Content),
		tx.SealText(ctx, string(d), sealedName, doc.Name),
		tx.SealText(ctx, string(d), sealedFormat, carryover.NewText(string(doc.Format))))
}

// KeptFor says whether KeepFor has kept a text for a delivery's reversal.
func (tx *Tx) KeptFor(ctx context.Context, d carryover.DeliveryID) (bool, error) {
	_, err := tx.OpenText(ctx, string(d), sealedFormat)
	if errors.Is(err, carryover.ErrGone) {
		return false, nil
	}
	return err == nil, err
}

// GiveText makes the text that was kept for a delivery's reversal the text of a
// version, and destroys the delivery's copy.
func (tx *Tx) GiveText(ctx context.Context, d carryover.DeliveryID, v carryover.VersionID, now time.Time) error {
	kept := map[string]carryover.Text{}
	for _, kind := range []string{sealedText, sealedName, sealedFormat} {
		t, err := tx.OpenText(ctx, string(d), kind)
		if err != nil {
			return err
		}
		kept[kind] = t
	}
	n, err := tx.changedRows(ctx, `UPDATE version SET format = $1, updated_at = $2, revision = revision + 1 WHERE id = $3`,
		kept[sealedFormat].Reveal(), micros(now), v)
	if err := changed(n, err); err != nil {
		return wrap(err, "give version %s its text again", v)
	}
	if err := errors.Join(
		tx.SealText(ctx, string(v), sealedText, kept[sealedText]),
		tx.SealText(ctx, string(v), sealedName, kept[sealedName])); err != nil {
		return err
	}
	return tx.Destroy(ctx, string(d))
}
