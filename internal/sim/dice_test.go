package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Dice decide by hashing: what they answer depends on the seed and on what is
// asked, never on when it is asked or on what was asked before.
type Dice struct{ Seed uint64 }

// hash returns 64 bits of a digest over seed, kind, entity and count.
func (d Dice) hash(kind, entity string, n int) uint64 {
	b := binary.BigEndian.AppendUint64(nil, d.Seed)
	b = binary.BigEndian.AppendUint64(b, uint64(n))
	b = append(append(append(b, kind...), 0), entity...)
	sum := sha256.Sum256(b)
	return binary.BigEndian.Uint64(sum[:8])
}

// Chance is true in a share of about rate of all questions.
func (d Dice) Chance(rate float64, kind, entity string, n int) bool {
	return float64(d.hash(kind, entity, n)>>11)/(1<<53) < rate
}

// Pick returns a whole number from 0 up to but not including below.
func (d Dice) Pick(below int, kind, entity string, n int) int {
	return int(d.hash(kind, entity, n) % uint64(below))
}

// Between returns a duration from low up to but not including high, to the
// nanosecond, so that two answers are hardly ever equal.
func (d Dice) Between(low, high time.Duration, kind, entity string, n int) time.Duration {
	return low + time.Duration(d.hash(kind, entity, n)%uint64(high-low))
}
