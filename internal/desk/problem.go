package desk

import (
	"errors"
	"fmt"

	"carryover"
)

// ErrChanged says that a version is not any more what the person saw or what
// the decision is about.
var ErrChanged = errors.New("this changed while you looked")

// ErrNoDaemon says that no daemon answers on the socket of a data folder.
var ErrNoDaemon = errors.New("no daemon is running")

// ErrUnknown says that nothing, or more than one thing, has the given id.
var ErrUnknown = errors.New("not one document")

// DismissReasons is the closed list of why a person leaves a document out.
var DismissReasons = []string{NotForCliniko, FiledByHand, Duplicate, Test}

// The reasons to dismiss.
const (
	NotForCliniko = "not_for_cliniko"
	FiledByHand   = "already_filed_by_hand"
	Duplicate     = "duplicate"
	Test          = "test"
)

func changed(op string) error {
	return &carryover.Problem{
		Op: op, Kind: carryover.ErrRefused, Err: ErrChanged,
		Hint: "Look at it again with `carryover show`, then decide.",
	}
}

func refused(op, why, hint string) error {
	return &carryover.Problem{Op: op, Kind: carryover.ErrRefused, Err: errors.New(why), Hint: hint}
}

func invalid(op, why, hint string) error {
	return &carryover.Problem{Op: op, Kind: carryover.ErrInvalid, Err: errors.New(why), Hint: hint}
}

func unknown(id, why string) error {
	return &carryover.Problem{
		Op: fmt.Sprintf("find %s", printable(id)), Kind: carryover.ErrGone, Err: fmt.Errorf("%s: %w", why, ErrUnknown),
		Hint: "`carryover held` lists what waits for a person, with the ids to use.",
	}
}

func noEngine(op string) error {
	return &carryover.Problem{
		Op: op, Kind: carryover.ErrRefused, Err: ErrNoDaemon,
		Hint: "This needs Heidi or Cliniko. Start `carryover run` and try again.",
	}
}

// unable is the answer of an engine that does not have everything this package
// can ask for.
func unable(op string) error {
	return refused(op, "the daemon cannot do that", "Is the daemon as new as the command? Compare `carryover version`, and restart `carryover run`.")
}

// printable keeps an argument that is not an id, such as a pasted name, out of
// an error.
func printable(id string) string {
	if len(id) > maxID {
		return "that id"
	}
	for _, r := range id {
		if !isIDRune(r) {
			return "that id"
		}
	}
	return id
}

// maxID is longer than any id: 39 digits of a session, 36 of a version.
const maxID = 64

func isIDRune(r rune) bool {
	return r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'Z'
}
