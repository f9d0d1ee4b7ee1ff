package clinic

import (
	"encoding/hex"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
)

// dice are the only source of chance in a generated clinic. Each part of the
// clinic throws its own (see roll), so that adding a patient does not reshuffle
// the diary, and a seed stays recognisable from one version to the next.
type dice struct {
	*rand.Rand
	used map[string]bool // ids given out, shared by all dice of one clinic
}

// newDice returns the dice of a whole clinic.
func newDice(seed uint64) *dice {
	return &dice{Rand: rand.New(rand.NewPCG(seed, 0x5a9d0)), used: map[string]bool{}}
}

// roll returns dice for one part of the clinic, which share the ids given out.
func (d *dice) roll(seed, part uint64) *dice {
	return &dice{Rand: rand.New(rand.NewPCG(seed, part)), used: d.used}
}

// between returns a whole number from low to high, both included.
func (d *dice) between(low, high int) int { return low + d.IntN(high-low+1) }

// chance is true in a share p of all throws.
func (d *dice) chance(p float64) bool { return d.Float64() < p }

// share returns a number from low up to but not including high.
func (d *dice) share(low, high float64) float64 { return low + (high-low)*d.Float64() }

// clinikoID returns a new id as Cliniko makes them now: 19 digits that fit a
// signed 64-bit integer and no float64 (cliniko-api §6.1 [observed]).
func (d *dice) clinikoID() string {
	return d.fresh(func() string {
		const low, high = 1_000_000_000_000_000_000, 2_000_000_000_000_000_000
		return strconv.FormatInt(low+d.Int64N(high-low), 10)
	})
}

// hexID returns a new id of 24 hexadecimal digits, the form of Heidi's
// documents and templates (heidi-api §7 [inferred], §8 [official]).
func (d *dice) hexID() string {
	return d.fresh(func() string {
		raw := make([]byte, 12)
		for i := range raw {
			raw[i] = byte(d.IntN(256))
		}
		raw[0] = 0x66 // a Mongo id begins with the time, so all of one year begin alike
		return hex.EncodeToString(raw)
	})
}

// sessionID returns a new 128-bit number in decimal, which is what Heidi's
// session ids are (heidi-api §6 [observed]).
func (d *dice) sessionID() string {
	return d.fresh(func() string {
		n := new(big.Int).SetUint64(d.Uint64() | 1<<60) // never short, so that it always overflows 64 bits
		n.Lsh(n, 64)
		n.Or(n, new(big.Int).SetUint64(d.Uint64()))
		return n.String()
	})
}

// secret returns n letters and digits for a key that opens only a sandbox.
func (d *dice) secret(n int) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
	var b strings.Builder
	for range n {
		b.WriteByte(letters[d.IntN(len(letters))])
	}
	return b.String()
}

// fresh repeats next until it gives an id that no part of the clinic has.
func (d *dice) fresh(next func() string) string {
	for {
		id := next()
		if !d.used[id] {
			d.used[id] = true
			return id
		}
	}
}

// pick returns one of the choices.
func pick[T any](d *dice, choices []T) T { return choices[d.IntN(len(choices))] }

// some returns n different ones of the choices, in their own order; all of
// them when there are not so many.
func some[T any](d *dice, n int, choices []T) []T {
	if n >= len(choices) {
		return choices
	}
	taken := d.Perm(len(choices))[:n]
	in := make(map[int]bool, n)
	for _, i := range taken {
		in[i] = true
	}
	chosen := make([]T, 0, n)
	for i, c := range choices {
		if in[i] {
			chosen = append(chosen, c)
		}
	}
	return chosen
}
