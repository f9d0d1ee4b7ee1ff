package ledger

import (
	"context"
)

// column runs a statement that returns one text column. These few are written
// by hand, by the same rules as those that sqlc reads.
func column[T ~string](ctx context.Context, tx *Tx, what, statement string, args ...any) ([]T, error) {
	rows, err := tx.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, wrap(err, "%s", what)
	}
	defer func() { _ = rows.Close() }()
	var out []T
	for rows.Next() {
		var t T
		if err := rows.Scan(&t); err != nil {
			return nil, wrap(err, "%s", what)
		}
		out = append(out, t)
	}
	return out, wrap(rows.Err(), "%s", what)
}
