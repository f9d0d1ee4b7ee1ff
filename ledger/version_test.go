package ledger_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"carryover"
	"carryover/ledger"
)

func TestAddVersion(t *testing.T) {
	l, ctx := open(t), t.Context()
	first := addVersion(t, l, "d1", "First words.")
	want := ledger.Version{
		ID: first, Session: "s1", Document: "d1", Template: "t1", Format: carryover.FormatMarkdown, Number: 1, Newest: true,
		State: carryover.Seen, Due: monday, FirstSeen: monday, LastRead: monday, ChangedAt: monday, UpdatedAt: monday,
		Reads: 1, Revision: 1, ContentDigest: []byte("content"), EvidenceDigest: []byte("evidence"), Practitioner: "41",
	}
	if diff := cmp.Diff(want, version(t, l, first)); diff != "" {
		t.Errorf("first version (-want +got):\n%s", diff)
	}
	var second carryover.VersionID
	update(t, l, func(tx *ledger.Tx) (err error) {
		if err := tx.Move(ctx, first, carryover.Seen, carryover.Superseded, "", time.Time{}, after(time.Minute)); err != nil {
			return err
		}
		second, err = tx.AddVersion(ctx, letter("d1", "Second words."), ledger.Version{
			FirstSeen: after(time.Minute), Due: after(time.Hour), Empty: true, Reads: 3,
			State: carryover.Proven, Patient: "999", Number: 17, // not its to say
		})
		return err
	})
	v := version(t, l, second)
	if v.Number != 2 || !v.Newest || v.State != carryover.Seen || v.Patient != "" || !v.Empty || v.Reads != 3 || !v.Due.Equal(after(time.Hour)) {
		t.Errorf("second version = %+v, want number 2, newest, seen, empty, 3 reads, due in an hour, no patient", v)
	}
	if old := version(t, l, first); old.Newest || old.State != carryover.Superseded {
		t.Errorf("first version is newest: %v, in %s, want false, superseded", old.Newest, old.State)
	}
	view(t, l, func(tx *ledger.Tx) error {
		all, err := tx.VersionsOf(ctx, "s1", "d1")
		if len(all) != 2 || all[0].ID != first || all[1].ID != second {
			t.Errorf("VersionsOf = %v, want first and second", all)
		}
		current, err2 := tx.CurrentVersions(ctx, "s1")
		if len(current) != 1 || current[0].ID != second {
			t.Errorf("CurrentVersions = %v, want the second alone", current)
		}
		return firstError(err, err2)
	})
}

func TestContent(t *testing.T) {
	l, ctx := open(t), t.Context()
	doc := letter("d1", "Knee flexion 0–135°.\r\n")
	id := addVersion(t, l, "d1", doc.Content.Reveal())
	view(t, l, func(tx *ledger.Tx) error {
		got, err := tx.Content(ctx, id)
		if got != doc {
			t.Errorf("Content = %+v, want %+v, every byte", got, doc)
		}
		return err
	})
	update(t, l, func(tx *ledger.Tx) error { return tx.Destroy(ctx, string(id)) })
	update(t, l, func(tx *ledger.Tx) error { return tx.Destroy(ctx, string(id)) })
	refused(t, l, carryover.ErrGone, "Content after Destroy", func(tx *ledger.Tx) error {
		_, err := tx.Content(ctx, id)
		return err
	})
	if v := version(t, l, id); v.State != carryover.Seen {
		t.Errorf("after Destroy the version is %s, want the row untouched", v.State)
	}
}

func TestTouchAndGone(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "words")
	update(t, l, func(tx *ledger.Tx) error { return tx.MarkDocumentGone(ctx, "s1", "d1", after(time.Minute)) })
	view(t, l, func(tx *ledger.Tx) error {
		vs, err := tx.CurrentVersions(ctx, "s1")
		if len(vs) != 1 || !vs[0].GoneAt.Equal(after(time.Minute)) {
			t.Errorf("CurrentVersions of a vanished document = %v, want it with GoneAt", vs)
		}
		return err
	})
	update(t, l, func(tx *ledger.Tx) error { return tx.TouchVersion(ctx, id, after(2*time.Minute)) })
	v := version(t, l, id)
	if !v.GoneAt.IsZero() || v.Reads != 2 || !v.LastRead.Equal(after(2*time.Minute)) || !v.FirstSeen.Equal(monday) {
		t.Errorf("after TouchVersion = %+v, want it back, 2 reads, read last at +2m", v)
	}
}

func TestUnknownVersion(t *testing.T) {
	l, ctx := open(t), t.Context()
	for what, f := range map[string]func(*ledger.Tx) error{
		"Version":      func(tx *ledger.Tx) error { _, err := tx.Version(ctx, "none"); return err },
		"Content":      func(tx *ledger.Tx) error { _, err := tx.Content(ctx, "none"); return err },
		"Evidence":     func(tx *ledger.Tx) error { _, err := tx.Evidence(ctx, "none"); return err },
		"TouchVersion": func(tx *ledger.Tx) error { return tx.TouchVersion(ctx, "none", monday) },
		"Decide":       func(tx *ledger.Tx) error { return tx.Decide(ctx, "none", carryover.Match{}, "", false, monday) },
		"Postpone":     func(tx *ledger.Tx) error { return tx.Postpone(ctx, "none", carryover.Seen, monday, monday) },
		"Move": func(tx *ledger.Tx) error {
			return tx.Move(ctx, "none", carryover.Seen, carryover.Ripe, "", monday, monday)
		},
		"AddDelivery":      func(tx *ledger.Tx) error { _, err := tx.AddDelivery(ctx, ledger.Delivery{Version: "none"}); return err },
		"MarkDocumentGone": func(tx *ledger.Tx) error { return tx.MarkDocumentGone(ctx, "none", "none", monday) },
	} {
		refused(t, l, carryover.ErrGone, what+" of an unknown version", f)
	}
	refused(t, l, carryover.ErrInvalid, "AddVersion without a session", func(tx *ledger.Tx) error {
		_, err := tx.AddVersion(ctx, letter("d1", "words"), ledger.Version{FirstSeen: monday})
		return err
	})
	refused(t, l, carryover.ErrInvalid, "AddVersion without a time", func(tx *ledger.Tx) error {
		_, err := tx.AddVersion(ctx, letter("d1", "words"), ledger.Version{})
		return err
	})
}

func TestDecide(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "words")
	unsure := carryover.Match{
		Grade: carryover.Probable, Reason: carryover.OneClue,
		Candidates: []carryover.Candidate{{Patient: "7", Grade: carryover.Probable, Findings: []carryover.Finding{
			{Field: "name", Outcome: carryover.Agrees, Note: "preferred name"}, {Field: "birth_date", Outcome: carryover.Absent},
		}}},
	}
	certain := carryover.Match{Grade: carryover.Certain, Patient: "7", Booking: "9", Attendee: "11"}
	decide := func(m carryover.Match, byPerson bool) func(*ledger.Tx) error {
		return func(tx *ledger.Tx) error { return tx.Decide(ctx, id, m, "42", byPerson, after(time.Minute)) }
	}
	evidence := func() (m carryover.Match) {
		view(t, l, func(tx *ledger.Tx) (err error) {
			m, err = tx.Evidence(ctx, id)
			return err
		})
		return m
	}
	update(t, l, decide(unsure, false))
	if diff := cmp.Diff(unsure, evidence()); diff != "" {
		t.Errorf("Evidence (-want +got):\n%s", diff)
	}
	update(t, l, decide(certain, false))
	if diff := cmp.Diff(certain, evidence(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Evidence after a second decision (-want +got):\n%s", diff)
	}
	if v := version(t, l, id); v.Patient != "7" || v.Booking != "9" || v.Attendee != "11" || v.Practitioner != "42" || v.ByPerson || v.State != carryover.Seen {
		t.Errorf("version = %+v, want patient 7, booking 9, attendee 11, practitioner 42, still seen", v)
	}
	guess := unsure
	guess.Patient = "7"
	refused(t, l, carryover.ErrInvalid, "Decide on a patient who is only probable", decide(guess, false))
	update(t, l, decide(guess, true)) // a person may
	if v := version(t, l, id); v.Patient != "7" || !v.ByPerson {
		t.Errorf("version = %+v, want patient 7, chosen by a person", v)
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
