package carryover

import "slices"

// A State is where a document version stands on its road. A version owns the
// states up to Superseded, its delivery those from Sending on; the state that
// is shown is the delivery's once there is one.
type State string

// The states, as docs/architecture.md draws them (a test compares the two).
const (
	Seen       State = "seen"       // known, may still change
	Ripe       State = "ripe"       // the text has stopped changing
	Held       State = "held"       // a person must decide
	Ready      State = "ready"      // patient, author, destination and rendering are decided
	Skipped    State = "skipped"    // left out by a rule
	Dismissed  State = "dismissed"  // left out by a person
	Superseded State = "superseded" // replaced by a later version before it was filed
	Sending    State = "sending"    // the intent is durable, a request may be on the wire
	InDoubt    State = "in_doubt"   // the answer was lost
	Filed      State = "filed"      // Cliniko answered with an id
	Proven     State = "proven"     // read back: every word, right patient, right author
	Refused    State = "refused"    // Cliniko will not take it as it is
	Undone     State = "undone"     // the filing was reversed
)

// States lists every state in the order of the road.
var States = []State{
	Seen, Ripe, Held, Ready, Skipped, Dismissed, Superseded,
	Sending, InDoubt, Filed, Proven, Refused, Undone,
}

// road says which state may follow which. A version that is not filed yet may
// be superseded or dismissed from anywhere; a filed one only goes forward. An
// undone version goes on only by a person's decision, and what is filed then is
// another delivery.
var road = map[State][]State{
	Seen:       {Ripe, Held, Skipped, Superseded, Dismissed},
	Ripe:       {Seen, Ready, Held, Skipped, Superseded, Dismissed},
	Held:       {Seen, Ripe, Ready, Dismissed, Skipped, Superseded, Filed, Undone},
	Ready:      {Ripe, Sending, Filed, Held, Skipped, Superseded, Dismissed},
	Skipped:    {Ripe, Superseded},
	Dismissed:  {Held, Superseded},
	Superseded: {},
	Sending:    {Filed, Ready, InDoubt, Refused},
	InDoubt:    {Filed, Ready, Held},
	Filed:      {Proven, Held, Undone},
	Proven:     {Undone, Held},
	Refused:    {Ripe, Ready, Held, Dismissed, Superseded},
	Undone:     {Ready, Held},
}

// CanBecome says whether the road leads from s straight to next.
func (s State) CanBecome(next State) bool {
	return slices.Contains(road[s], next)
}

// Waiting says that the version moves on by itself, without a person.
func (s State) Waiting() bool {
	switch s {
	case Seen, Ripe, Ready, Sending, InDoubt, Filed:
		return true
	}
	return false
}

// A DeliveryID names one delivery: a version's way into one patient's file.
type DeliveryID string

// A VersionID names one version of a document: its text and its evidence.
type VersionID string
