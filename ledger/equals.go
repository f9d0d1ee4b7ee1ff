package ledger

import (
	"context"
	"errors"

	"carryover"
)

// equalsNote names the sealed mark of a version that repeats its session's
// consult note, which the native integration files.
const equalsNote = "equals_note"

// MarkEqual notes whether a version had the words of its session's consult note
// when it was last read.
func (tx *Tx) MarkEqual(ctx context.Context, id carryover.VersionID, equals bool) error {
	mark := "no"
	if equals {
		mark = "yes"
	}
	return tx.SealText(ctx, string(id), equalsNote, carryover.NewText(mark))
}

// IsEqual tells what MarkEqual noted last; false when it never did, or the
// version's text is destroyed.
func (tx *Tx) IsEqual(ctx context.Context, id carryover.VersionID) (bool, error) {
	mark, err := tx.OpenText(ctx, string(id), equalsNote)
	if errors.Is(err, carryover.ErrGone) {
		return false, nil
	}
	return mark.Reveal() == "yes", err
}
