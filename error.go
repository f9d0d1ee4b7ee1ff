package carryover

import (
	"errors"
	"fmt"
	"time"
)

// A Kind is the one thing a caller must know about an error: what now? Each
// adapter maps its errors to kinds once, at its border; callers ask with
// errors.Is.
type Kind string

// Error makes a Kind usable with errors.Is and %w.
func (k Kind) Error() string { return string(k) }

// The kinds. ErrInDoubt is the one that matters most: the request left and
// nobody knows whether it took effect.
const (
	// ErrTransient: nothing happened; try again later (see RetryAt).
	ErrTransient Kind = "transient"
	// ErrRefused: the other side understood and said no; trying again is useless.
	ErrRefused Kind = "refused"
	// ErrInDoubt: a write may or may not have taken effect; look before acting.
	ErrInDoubt Kind = "in doubt"
	// ErrUnauthorized: the key, token or link is not accepted; a person must act.
	ErrUnauthorized Kind = "unauthorized"
	// ErrInvalid: the input can never work as it is.
	ErrInvalid Kind = "invalid"
	// ErrGone: the thing asked for does not exist (any more).
	ErrGone Kind = "gone"
	// ErrNotHere: the connection would leave the allowed hosts; it was not opened.
	ErrNotHere Kind = "not allowed to connect"
)

// A Problem is an error with its kind, when to try again, and what a person
// should do next. Its text never holds clinical text, names or secrets.
type Problem struct {
	Op      string    // what was attempted, with identifiers: "file note for delivery d_81"
	Kind    Kind      // what now
	Status  int       // HTTP status, when there was one
	RetryAt time.Time // for ErrTransient: not before; zero: the caller's own delay
	Hint    string    // one sentence for a person: what to do next
	Err     error     // the cause; may be nil
}

// Error says operation, status, cause.
func (p *Problem) Error() string {
	switch {
	case p.Err != nil && p.Status != 0:
		return fmt.Sprintf("%s: %d: %s: %v", p.Op, p.Status, p.Kind, p.Err)
	case p.Err != nil:
		return fmt.Sprintf("%s: %s: %v", p.Op, p.Kind, p.Err)
	case p.Status != 0:
		return fmt.Sprintf("%s: %d: %s", p.Op, p.Status, p.Kind)
	}
	return fmt.Sprintf("%s: %s", p.Op, p.Kind)
}

// Unwrap lets errors.Is see both the kind and the cause.
func (p *Problem) Unwrap() []error {
	if p.Err == nil {
		return []error{p.Kind}
	}
	return []error{p.Kind, p.Err}
}

// RetryAt returns when a transient error says to try again; zero if it does not say.
func RetryAt(err error) time.Time {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.RetryAt
	}
	return time.Time{}
}

// HintOf returns the sentence for a person that err carries, or "".
func HintOf(err error) string {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Hint
	}
	return ""
}
