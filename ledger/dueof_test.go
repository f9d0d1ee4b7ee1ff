package ledger_test

import (
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// TestColumnStatements runs the statements written by hand on an empty ledger
// and on one version, so that a misspelt column cannot hide.
func TestColumnStatements(t *testing.T) {
	l := open(t)
	now := time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	if err := l.Update(t.Context(), func(tx *ledger.Tx) error {
		s := carryover.Session{ID: "1", Practitioner: "p1", StartedAt: now}
		if err := tx.SaveSession(t.Context(), s, []byte("e"), now, now); err != nil {
			return err
		}
		_, err := tx.AddVersion(t.Context(), carryover.Document{Session: "1", ID: "d"}, ledger.Version{FirstSeen: now, Practitioner: "p1"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := l.View(t.Context(), func(tx *ledger.Tx) error {
		for who, want := range map[carryover.PractitionerID]int{"p1": 1, "p2": 0} {
			vs, err := tx.DueOf(t.Context(), carryover.Seen, who, now.Add(time.Hour), 10)
			if err != nil || len(vs) != want {
				t.Errorf("DueOf(%s) = %d versions, %v; want %d", who, len(vs), err, want)
			}
		}
		if ids, err := tx.TextsToForget(t.Context(), now.Add(time.Hour), 10); err != nil || len(ids) != 0 {
			t.Errorf("TextsToForget = %v, %v; want none: it is seen", ids, err)
		}
		if ids, err := tx.SessionsToForget(t.Context(), now.Add(time.Hour), 10); err != nil || len(ids) != 0 {
			t.Errorf("SessionsToForget = %v, %v; want none: its document is on its way", ids, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
