package ledger

import (
	"context"
	"time"

	"carryover"
)

// A Seen is one document as a balance counts it: when Heidi first showed it, and
// what has become of it.
type Seen struct {
	Version      carryover.VersionID // the newest
	State        carryover.State
	Practitioner carryover.PractitionerID
	FirstSeen    time.Time
	EndedAt      time.Time // when the session ended; zero: not known
	FiledAt      time.Time // zero: it is not in Cliniko
}

// ToChart is how long after the session ended Cliniko had the document; counted
// from when Heidi first showed it where the end is not known, or was told as
// later than that. ok is false while it is not in Cliniko.
func (s Seen) ToChart() (took time.Duration, ok bool) {
	if s.FiledAt.IsZero() {
		return 0, false
	}
	from := s.EndedAt
	if from.IsZero() || from.After(s.FiledAt) {
		from = s.FirstSeen
	}
	return max(s.FiledAt.Sub(from), 0), true
}

// SeenBetween returns every document that was first seen from one moment up to
// another, oldest first; p empty means everybody's. It walks identifiers, which
// sort by time, and costs what those days hold, not what the ledger holds.
func (tx *Tx) SeenBetween(ctx context.Context, from, to time.Time, p carryover.PractitionerID) ([]Seen, error) {
	rows, err := tx.QueryContext(ctx, `SELECT v.id, v.state, v.practitioner, d.first_seen, s.ended_at, CAST(COALESCE(l.filed_at, 0) AS BIGINT)
		FROM version AS f
		JOIN session AS s ON s.id = f.session
		JOIN document AS d ON d.session = f.session AND d.id = f.document
		JOIN version AS v ON v.session = f.session AND v.document = f.document AND v.newest
		LEFT JOIN delivery AS l ON l.id = v.delivery
		WHERE f.id >= $1 AND f.id < $2 AND f.number = 1 AND ($3 = '' OR v.practitioner = $3)
		ORDER BY f.id`, firstID(from), firstID(to), string(p))
	if err != nil {
		return nil, wrap(err, "list documents by day")
	}
	defer func() { _ = rows.Close() }()
	var out []Seen
	for rows.Next() {
		var s Seen
		var seen, ended, filed int64
		if err := rows.Scan(&s.Version, &s.State, &s.Practitioner, &seen, &ended, &filed); err != nil {
			return nil, wrap(err, "list documents by day")
		}
		s.FirstSeen = time.UnixMicro(seen).UTC()
		if ended != 0 {
			s.EndedAt = time.UnixMicro(ended).UTC()
		}
		if filed != 0 {
			s.FiledAt = time.UnixMicro(filed).UTC()
		}
		out = append(out, s)
	}
	return out, wrap(rows.Err(), "list documents by day")
}
