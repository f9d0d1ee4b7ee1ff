package ledger

import (
	"context"

	"carryover"
)

// A Tally counts what a monitor watches, in words of closed lists alone.
type Tally struct {
	Deliveries map[carryover.State]int  // every one that there ever was
	Waiting    map[carryover.Reason]int // documents for which a person must do something, by what is the matter
	Entries    int64                    // of the audit chain
}

// Tally counts everything anew.
func (tx *Tx) Tally(ctx context.Context) (Tally, error) {
	t := Tally{Deliveries: map[carryover.State]int{}, Waiting: map[carryover.Reason]int{}}
	err := tx.count(ctx, `SELECT state, COUNT(*) FROM delivery GROUP BY state`, func(word string, n int) {
		t.Deliveries[carryover.State(word)] = n
	})
	if err == nil {
		err = tx.count(ctx, `SELECT reason, COUNT(*) FROM version WHERE newest AND state IN ('held', 'refused') GROUP BY reason`, func(word string, n int) {
			t.Waiting[carryover.Reason(word)] = n
		})
	}
	if err == nil {
		err = tx.QueryRowContext(ctx, `SELECT CAST(COALESCE(MAX(n), 0) AS BIGINT) FROM audit`).Scan(&t.Entries)
	}
	return t, wrap(err, "count for a monitor")
}

// count gives each row of a query of a word and a number to add.
func (tx *Tx) count(ctx context.Context, query string, add func(word string, n int)) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var word string
		var n int
		if err := rows.Scan(&word, &n); err != nil {
			return err
		}
		add(word, n)
	}
	return rows.Err()
}

// Schema is the version of the ledger's tables.
func (tx *Tx) Schema(ctx context.Context) (v int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&v)
	return v, wrap(err, "read the schema's version")
}
