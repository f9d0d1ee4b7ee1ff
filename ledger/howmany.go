package ledger

import "context"

// HowMany counts the versions that List returns for f without a Limit. It reads
// entries of an index; whole rows only where f asks for one practitioner's, for a
// time, or for versions that are at an end.
func (tx *Tx) HowMany(ctx context.Context, f Filter) (int, error) {
	after, before := f.between()
	all := 0
	for _, s := range f.states() {
		statement := `SELECT COUNT(*) FROM version WHERE state = $1 AND id > $2 AND id < $3`
		if !f.Since.IsZero() {
			statement += ` AND first_seen >= $4`
		}
		if f.Practitioner != "" {
			statement += ` AND practitioner = $5`
		}
		if !f.OlderToo && !unfinished(s) {
			statement += ` AND newest`
		}
		var n int
		err := tx.QueryRowContext(ctx, statement, s, after, before, micros(f.Since), f.Practitioner).Scan(&n)
		if err != nil {
			return 0, wrap(err, "count versions in %s", s)
		}
		all += n
	}
	return all, nil
}
