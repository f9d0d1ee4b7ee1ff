// Package notify carries alarms to people: by e-mail, by ntfy, by a webhook, and
// once a week as a digest. Its outbox is in the ledger, so that a message
// survives a restart, is sent at least once, and is repeated only after a crash
// in the moment of sending.
//
// A message holds no name, no text of a document and no id: the alarm's own
// sentence and next step, the document's reference HD-…, times, and counts. The
// types here have no field for more. It leaves by hosts that the configuration
// names, through internal/guard, which calls them operational.
package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"carryover/alarm"
)

// About says what a message tells.
type About string

// What a message can tell.
const (
	Raised  About = "raised"  // something needs a person
	Cleared About = "cleared" // it is well again
	OfAWeek About = "digest"  // the weekly digest
)

const (
	nowhere  = ""            // a reference that names no document
	titleIs  = "Carryover: " // how each title begins
	mostLine = 20            // references that one paragraph names; more are counted
)

// A Matter is one thing that a message tells of an alarm.
type Matter struct {
	About     About
	Kind      alarm.Kind
	Reference string // of the document it is about, HD-…; empty: none
	At        time.Time
}

// A Message is what goes out on a channel at once.
type Message struct {
	// ID is the same for the same matters, so that a receiver knows a repetition.
	ID      string
	Matters []Matter
	Digest  *Digest        // nil: none
	Page    string         // the review page's address; empty: not said
	Zone    *time.Location // in which people read times
}

// A Channel sends messages somewhere. Its errors name neither keys nor whole
// addresses.
type Channel interface {
	// Name is mail, ntfy or webhook; the outbox keeps it.
	Name() string
	// Send sends one message. After an error nobody knows whether it arrived.
	Send(ctx context.Context, m Message) error
}

// idOf is a message's id, from those of its notices.
func idOf(notices []notice) string {
	sum := sha256.New()
	for _, n := range notices {
		sum.Write([]byte(n.id + "\n"))
	}
	return hex.EncodeToString(sum.Sum(nil))[:32]
}
