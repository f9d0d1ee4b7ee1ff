package carryover

import "slices"

// A TokenID names a token of the trigger interface: the part of it that may be
// seen, in lists and in the audit chain.
type TokenID string

// A Scope says what a token lets its holder ask.
type Scope string

// The scopes. None of them reads a word of a document.
const (
	// ScopeCarry has one session read now, and says where its documents stand.
	ScopeCarry Scope = "carry"
	// ScopeMetrics reads the counts and ages that a monitor keeps.
	ScopeMetrics Scope = "metrics"
)

// Scopes lists every scope.
var Scopes = []Scope{ScopeCarry, ScopeMetrics}

// Valid says whether the scope is one of the list.
func (s Scope) Valid() bool { return slices.Contains(Scopes, s) }
