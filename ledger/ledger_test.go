package ledger_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger"
)

// monday is when everything in these tests happens unless they say otherwise.
var monday = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// after is a moment later on that day.
func after(d time.Duration) time.Time { return monday.Add(d) }

// config names a ledger in a folder of its own.
func config(t testing.TB) ledger.Config {
	t.Helper()
	return ledger.Config{Path: filepath.Join(t.TempDir(), "data", "ledger.db"), MasterKey: seal.NewMasterKey(), Lock: true}
}

// open returns an empty ledger.
func open(t testing.TB) *ledger.Ledger {
	t.Helper()
	return openAt(t, config(t))
}

// openAt opens a ledger that must open, and closes it at the end of the test.
func openAt(t testing.TB, c ledger.Config) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), c)
	if err != nil {
		t.Fatalf("Open(%v) = %v", c, err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	})
	return l
}

// update runs f in an Update that must succeed and leave nothing for Check to
// find.
func update(t testing.TB, l *ledger.Ledger, f func(*ledger.Tx) error) {
	t.Helper()
	if err := l.Update(t.Context(), f); err != nil {
		t.Fatalf("Update: %v", err)
	}
	check(t, l)
}

// view runs f in a View that must succeed.
func view(t testing.TB, l *ledger.Ledger, f func(*ledger.Tx) error) {
	t.Helper()
	if err := l.View(t.Context(), f); err != nil {
		t.Fatalf("View: %v", err)
	}
}

// check fails the test for every finding of Check.
func check(t testing.TB, l *ledger.Ledger) {
	t.Helper()
	view(t, l, func(tx *ledger.Tx) error {
		findings, err := tx.Check(t.Context())
		for _, f := range findings {
			t.Errorf("Check: %s", f)
		}
		return err
	})
}

// refused runs f in an Update and reports an error unless it is of kind.
func refused(t testing.TB, l *ledger.Ledger, kind carryover.Kind, what string, f func(*ledger.Tx) error) {
	t.Helper()
	if err := l.Update(t.Context(), f); !errors.Is(err, kind) {
		t.Errorf("%s = %v, want kind %q", what, err, kind)
	}
	check(t, l)
}

// version reads one version that must be there.
func version(t testing.TB, l *ledger.Ledger, id carryover.VersionID) (v ledger.Version) {
	t.Helper()
	view(t, l, func(tx *ledger.Tx) (err error) {
		v, err = tx.Version(t.Context(), id)
		return err
	})
	return v
}

// delivery reads one delivery that must be there.
func delivery(t testing.TB, l *ledger.Ledger, id carryover.DeliveryID) (d ledger.Delivery) {
	t.Helper()
	view(t, l, func(tx *ledger.Tx) (err error) {
		d, err = tx.Delivery(t.Context(), id)
		return err
	})
	return d
}

// letter is a document of session s1 with a text.
func letter(id carryover.DocumentID, text string) carryover.Document {
	return carryover.Document{
		Session: "s1", ID: id, Name: carryover.NewText("Letter to the GP"), Template: "t1", Index: 2,
		Content: carryover.NewText(text), Format: carryover.FormatMarkdown,
	}
}

// addVersion adds a version of a letter, and its session when it is not there.
func addVersion(t testing.TB, l *ledger.Ledger, document carryover.DocumentID, text string) (id carryover.VersionID) {
	t.Helper()
	update(t, l, func(tx *ledger.Tx) (err error) {
		s := carryover.Session{ID: "s1", Practitioner: "41", StartedAt: monday}
		if err := tx.SaveSession(t.Context(), s, []byte("evidence"), monday, monday); err != nil {
			return err
		}
		id, err = tx.AddVersion(t.Context(), letter(document, text), ledger.Version{
			FirstSeen: monday, Practitioner: "41", ContentDigest: []byte("content"), EvidenceDigest: []byte("evidence"),
		})
		return err
	})
	return id
}

// move moves a version that must move.
func move(t testing.TB, l *ledger.Ledger, id carryover.VersionID, from, to carryover.State, reason carryover.Reason, now time.Time) {
	t.Helper()
	update(t, l, func(tx *ledger.Tx) error { return tx.Move(t.Context(), id, from, to, reason, time.Time{}, now) })
}

// makeReady takes a fresh version to Ready for patient 7.
func makeReady(t testing.TB, l *ledger.Ledger, id carryover.VersionID) {
	t.Helper()
	move(t, l, id, carryover.Seen, carryover.Ripe, "", monday)
	update(t, l, func(tx *ledger.Tx) error {
		m := carryover.Match{Grade: carryover.Certain, Patient: "7", Booking: "9"}
		if err := tx.Decide(t.Context(), id, m, "41", false, monday); err != nil {
			return err
		}
		return tx.Move(t.Context(), id, carryover.Ripe, carryover.Ready, "", time.Time{}, monday)
	})
}

// send takes a Ready version to Sending, with its first attempt.
func send(t testing.TB, l *ledger.Ledger, id carryover.VersionID, r carryover.Reference) (d carryover.DeliveryID) {
	t.Helper()
	update(t, l, func(tx *ledger.Tx) (err error) {
		d, err = tx.AddDelivery(t.Context(), ledger.Delivery{
			Version: id, Destination: carryover.ToTreatmentNote, Reference: r,
			WordsDigest: []byte("words"), Profile: "full", State: carryover.Sending, IntentAt: monday,
		})
		if err != nil {
			return err
		}
		_, err = tx.StartAttempt(t.Context(), d, monday)
		return err
	})
	return d
}

// file takes a delivery from Sending to Filed as note.
func file(t testing.TB, l *ledger.Ledger, d carryover.DeliveryID, note carryover.NoteID) {
	t.Helper()
	update(t, l, func(tx *ledger.Tx) error {
		a := ledger.Attempt{Delivery: d, Number: 1, AnsweredAt: after(time.Second), Status: 201, Outcome: ledger.Done}
		if err := tx.EndAttempt(t.Context(), a); err != nil {
			return err
		}
		return tx.MoveDelivery(t.Context(), d, carryover.Sending, carryover.Filed, func(d *ledger.Delivery) {
			d.Note, d.FiledAt = note, after(time.Second)
		}, after(time.Second))
	})
}

// prove takes a delivery from Filed to Proven.
func prove(t testing.TB, l *ledger.Ledger, d carryover.DeliveryID) {
	t.Helper()
	update(t, l, func(tx *ledger.Tx) error {
		return tx.MoveDelivery(t.Context(), d, carryover.Filed, carryover.Proven, func(d *ledger.Delivery) {
			d.ProvenAt = after(2 * time.Second)
		}, after(2*time.Second))
	})
}
