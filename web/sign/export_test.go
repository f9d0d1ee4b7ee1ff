package sign

import (
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
