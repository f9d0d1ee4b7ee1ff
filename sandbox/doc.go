// Package sandbox is what both simulators share: the data a simulated clinic
// starts with, the clock that turns shares of the clinic's day into moments,
// the plan of faults, and the journal of every request.
//
// The simulators are products: faithful where an API is documented, varying by
// seed where it is silent, and misbehaving at low rates by default, because a
// client that only works on a good day is not done. They share no type and no
// code with Carryover's clients, so that one author's misreading of an API
// cannot hide on both sides.
package sandbox
