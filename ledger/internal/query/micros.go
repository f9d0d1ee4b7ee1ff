// Package query holds the ledger's statements: the *.sql.go files are made by
// sqlc from ledger/queries, for SQLite and PostgreSQL alike.
package query

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Micros is a moment as the database keeps it: microseconds since 1970 in UTC,
// 0 for the zero time. A number compares the same way in both databases and
// passes through STRICT tables, which know no timestamps.
type Micros struct{ time.Time }

// Value returns the moment as the database keeps it.
func (m Micros) Value() (driver.Value, error) {
	if m.IsZero() {
		return int64(0), nil
	}
	return m.UnixMicro(), nil
}

// Scan reads what Value wrote.
func (m *Micros) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("scan microseconds: have %T", v)
	}
	*m = Micros{}
	if n != 0 {
		m.Time = time.UnixMicro(n).UTC()
	}
	return nil
}
