// Package alarm keeps what a person must be told.
//
// A matter is a kind and a subject. It is raised once while it is open, however
// often it is noticed, and cleared once when it is well again, so that whoever
// is told hears of it exactly twice. The table is made by the ledger's
// migrations; an alarm belongs in the transaction of what raised it.
package alarm

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"time"

	"carryover"
)

// DB is what alarms need of a transaction; *ledger.Tx meets it.
type DB interface {
	ExecContext(ctx context.Context, statement string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, statement string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, statement string, args ...any) *sql.Row
}

// An Alarm is one matter that is open.
type Alarm struct {
	Kind     Kind
	Subject  string // id of the practitioner, delivery, note … it is about; may be empty
	RaisedAt time.Time
}

// subjectForm keeps names and sentences out of the subject.
var subjectForm = regexp.MustCompile(`^[A-Za-z0-9._:/-]{0,128}$`)

// Raise opens the matter kind about subject at now. fresh says that it was not
// open before, which is when somebody is told. The error is
// carryover.ErrInvalid for a kind outside the list or a subject that is no
// identifier.
func Raise(ctx context.Context, db DB, kind Kind, subject string, now time.Time) (fresh bool, err error) {
	if kind.Sentence() == "" || !subjectForm.MatchString(subject) {
		return false, fmt.Errorf("raise an alarm: kind or subject is not of its form: %w", carryover.ErrInvalid)
	}
	n, err := rows(db.ExecContext(ctx, `INSERT INTO alarm (kind, subject, raised_at, cleared_at) VALUES ($1, $2, $3, 0)
		ON CONFLICT (kind, subject) WHERE cleared_at = 0 DO NOTHING`, kind, subject, now.UnixMicro()))
	if err != nil {
		return false, fmt.Errorf("raise alarm %s: %w", kind, err)
	}
	return n > 0, nil
}

// Clear closes the matter kind about subject at now. cleared says that it was
// open, which is when somebody is told that it is well again.
func Clear(ctx context.Context, db DB, kind Kind, subject string, now time.Time) (cleared bool, err error) {
	n, err := rows(db.ExecContext(ctx, `UPDATE alarm SET cleared_at = $1 WHERE kind = $2 AND subject = $3 AND cleared_at = 0`,
		now.UnixMicro(), kind, subject))
	if err != nil {
		return false, fmt.Errorf("clear alarm %s: %w", kind, err)
	}
	return n > 0, nil
}

// Open returns the open matters, the oldest first.
func Open(ctx context.Context, db DB) (open []Alarm, err error) {
	rs, err := db.QueryContext(ctx, `SELECT kind, subject, raised_at FROM alarm WHERE cleared_at = 0 ORDER BY raised_at, kind, subject`)
	if err != nil {
		return nil, fmt.Errorf("list alarms: %w", err)
	}
	defer rs.Close()
	for rs.Next() {
		var a Alarm
		var at int64
		if err := rs.Scan(&a.Kind, &a.Subject, &at); err != nil {
			return nil, fmt.Errorf("list alarms: %w", err)
		}
		a.RaisedAt = time.UnixMicro(at).UTC()
		open = append(open, a)
	}
	if err := rs.Err(); err != nil {
		return nil, fmt.Errorf("list alarms: %w", err)
	}
	return open, nil
}

// rows is how many rows a statement changed.
func rows(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}
