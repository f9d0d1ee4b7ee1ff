package ledger

import (
	"math"
	"time"

	"carryover/ledger/internal/query"
)

// micros is t as the statements take it.
func micros(t time.Time) query.Micros { return query.Micros{Time: t} }

// atMost is a limit as the statements take it; 0 or less means no limit.
func atMost(limit int) int32 {
	if limit <= 0 || limit > math.MaxInt32 {
		return math.MaxInt32
	}
	return int32(limit)
}

// notNil is b, or no bytes where b is nil: no column of the ledger is NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
