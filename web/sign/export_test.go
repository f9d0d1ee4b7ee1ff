package sign

import (
	"context"
	"sync/atomic"

	"carryover"
)

// SetCheapHash makes guesses cost next to nothing, and returns what counts them.
func (g *Gate) SetCheapHash() *atomic.Int64 {
	var n atomic.Int64
	g.hash = hashing{memory: 8, passes: 1, threads: 1}
	g.derive = func(keyed, salt []byte, h hashing) []byte {
		n.Add(1)
		return argon2id(keyed, salt, h)
	}
	return &n
}

// Weakness is weakness, for plain strings.
func Weakness(password, login string) string {
	return weakness(carryover.NewText(password), carryover.NewText(login))
}

// Wait is what the n-th try in a row costs by login.
func Wait(sort string, n int) string { return paces[sort].wait(n).String() }

// Local is local.
var Local = local

// AgentOf is agentOf.
var AgentOf = agentOf

// SetStronger asks for more work than SetCheapHash.
func (g *Gate) SetStronger() { g.hash = hashing{memory: 8, passes: 2, threads: 1} }

// Hashed is hashed.
func (g *Gate) Hashed(ctx context.Context, password carryover.Text) (carryover.Secret, error) {
	return g.hashed(ctx, password)
}

// Fits is fits.
func (g *Gate) Fits(ctx context.Context, stored carryover.Secret, password carryover.Text) (ok, outdated bool, err error) {
	return g.fits(ctx, stored, password)
}

// AddressOf is addressOf.
var AddressOf = addressOf
