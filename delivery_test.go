package carryover

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"
)

func TestRoadKnowsEveryState(t *testing.T) {
	reached := map[State]bool{Seen: true}
	for _, s := range States {
		next, ok := road[s]
		if !ok {
			t.Errorf("road says nothing about %s", s)
		}
		for _, n := range next {
			reached[n] = true
			if !slices.Contains(States, n) {
				t.Errorf("%s leads to an unknown state %q", s, n)
			}
		}
	}
	for _, s := range States {
		if !reached[s] {
			t.Errorf("no road leads to %s", s)
		}
	}
	if len(road) != len(States) {
		t.Errorf("road has %d states, want %d", len(road), len(States))
	}
}

// TestNothingLeavesTheRoadUnseen: after a request may have left, the only ways
// on are those that know what became of it.
func TestNothingLeavesTheRoadUnseen(t *testing.T) {
	for _, s := range []State{Sending, InDoubt, Filed, Proven} {
		for _, lost := range []State{Superseded, Dismissed, Skipped, Seen} {
			if s.CanBecome(lost) {
				t.Errorf("%s can become %s: a note could be forgotten", s, lost)
			}
		}
	}
	if Sending.CanBecome(Sending) || Filed.CanBecome(Sending) || Proven.CanBecome(Sending) || InDoubt.CanBecome(Sending) {
		t.Error("a delivery could be sent twice without a look in between")
	}
}

func TestReferences(t *testing.T) {
	form := regexp.MustCompile(`^HD-[A-Z2-7]{8}-[A-Z2-7]{4}$`)
	text := NewText("Plan\nReview")
	first := NewReference("1", "a", text, ToTreatmentNote, 1)
	if !form.MatchString(string(first)) {
		t.Errorf("NewReference = %q, want the form HD-XXXXXXXX-XXXX", first)
	}
	if again := NewReference("1", "a", NewText("Plan \r\nReview\n"), ToTreatmentNote, 1); again != first {
		t.Errorf("the same text in another form has reference %q, want %q", again, first)
	}
	others := map[string]Reference{
		"another text":     NewReference("1", "a", NewText("Plan"), ToTreatmentNote, 1),
		"another delivery": NewReference("1", "a", text, ToTreatmentNote, 2),
		"another session":  NewReference("2", "a", text, ToTreatmentNote, 1),
	}
	for why, r := range others {
		if r == first {
			t.Errorf("%s has the same reference", why)
		}
	}
	if others["another text"].Mark() != first.Mark() || others["another session"].Mark() == first.Mark() {
		t.Error("the mark does not name the document")
	}
	if DocumentMark("1", "11") == DocumentMark("11", "1") {
		t.Error("two documents share a mark because their ids run together")
	}
}

func TestProblemSaysKindAndCause(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	cause := errors.New("reset")
	err := fmt.Errorf("deliver: %w", &Problem{Op: "file note", Kind: ErrTransient, Status: 429, RetryAt: at, Hint: "wait", Err: cause})
	if !errors.Is(err, ErrTransient) || !errors.Is(err, cause) || errors.Is(err, ErrInDoubt) {
		t.Errorf("kinds of %v are wrong", err)
	}
	if !RetryAt(err).Equal(at) || HintOf(err) != "wait" {
		t.Errorf("RetryAt = %v, HintOf = %q", RetryAt(err), HintOf(err))
	}
	if got, want := err.Error(), "deliver: file note: 429: transient: reset"; got != want {
		t.Errorf("Error = %q, want %q", got, want)
	}
}
