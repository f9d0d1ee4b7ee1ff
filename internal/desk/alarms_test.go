package desk

import (
	"strings"
	"testing"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// raise opens an alarm and returns it as the status shows it.
func (tb *table) raise(kind alarm.Kind, subject string) Alarm {
	tb.t.Helper()
	tb.update(func(tx *ledger.Tx) error {
		_, err := alarm.Raise(tb.t.Context(), tx, kind, subject, tb.now())
		return err
	})
	s, err := tb.Status(tb.t.Context())
	if err != nil || len(s.Alarms) == 0 {
		tb.t.Fatalf("Status().Alarms = %+v, %v, want the one that was raised", s.Alarms, err)
	}
	for _, a := range s.Alarms {
		if a.Kind == string(kind) && a.Subject == subject {
			return a
		}
	}
	tb.t.Fatalf("Status().Alarms = %+v, want %s about %q", s.Alarms, kind, subject)
	return Alarm{}
}

// TestAlarmsCanBeCopied: the commands of an alarm's next step are about its own
// practitioner and document, as far as they are known.
func TestAlarmsCanBeCopied(t *testing.T) {
	tb := newTable(t)
	v, delivery := tb.filed()
	var of ledger.Delivery
	tb.update(func(tx *ledger.Tx) (err error) {
		of, err = tx.Delivery(t.Context(), delivery)
		return err
	})
	mark := markOf(v)
	resume := "resume --practitioner " + string(author) + "`"
	for _, tt := range []struct {
		kind    alarm.Kind
		subject string
		want    string
	}{
		{alarm.KeyRefused, string(author), resume},
		{alarm.KeyRefused, "", "resume --practitioner P`"},
		{alarm.DuplicateNote, string(of.Reference), resume},
		{alarm.DuplicateNote, "HD-AAAAAAAA-AAAA", "resume --practitioner P`"}, // nobody is stopped for it
		{alarm.MaybeWrongFile, string(v.ID), "move " + mark + " --patient N`"},
		{alarm.Refused, string(delivery), "show " + mark + "`"},
		{alarm.ImpossibleState, "ledger", "show ID`"},
	} {
		if got := tb.raise(tt.kind, tt.subject).NextStep; !strings.Contains(got, tt.want) {
			t.Errorf("the next step of %s about %q = %q, want %q in it", tt.kind, tt.subject, got, tt.want)
		}
	}
	tb.update(func(tx *ledger.Tx) error { return tx.Pause(t.Context(), author, ledger.PausedDuplicateNote, tb.now()) })
	if got := tb.raise(alarm.DuplicateNote, "HD-AAAAAAAA-AAAA").NextStep; !strings.Contains(got, resume) {
		t.Errorf("the next step about a reference that the ledger does not have = %q, want %q: only one is stopped for it", got, resume)
	}
}

// TestDismissingEndsTheMatter: an alarm about a document that a person leaves out
// is cleared, whatever it asked.
func TestDismissingEndsTheMatter(t *testing.T) {
	for _, kind := range dealtWith {
		tb := newTable(t)
		first := tb.readied(tb.held(carryover.OneClue, probable(patient)))
		tb.sent(first, carryover.Sending, carryover.Filed, carryover.Proven)
		later := tb.again(carryover.Session{ID: first.Session, Practitioner: author}, "A letter, changed.")
		tb.move(later.ID, carryover.Held, carryover.EvidenceChanged)
		tb.raise(kind, string(later.ID))
		if _, err := tb.Dismiss(t.Context(), DismissRequest{ID: string(later.ID), Reason: NotForCliniko, Actor: somebody}); err != nil {
			t.Fatal(err)
		}
		if s, err := tb.Status(t.Context()); err != nil || len(s.Alarms) != 0 {
			t.Errorf("%s: Status().Alarms after a dismissal = %+v, %v, want none", kind, s.Alarms, err)
		}
	}
}
