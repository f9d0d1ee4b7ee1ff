package ledger_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger"
)

// monday is when everything in these tests happens unless they say otherwise.
var monday = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// open returns an empty ledger in a folder of its own.
func open(t testing.TB) *ledger.Ledger {
	t.Helper()
	return openAt(t, ledger.Config{Path: filepath.Join(t.TempDir(), "data", "ledger.db"), MasterKey: seal.NewMasterKey(), Lock: true})
}

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

// update runs f in an Update that must succeed, and checks the ledger after.
func update(t testing.TB, l *ledger.Ledger, f func(*ledger.Tx) error) {
	t.Helper()
	if err := l.Update(t.Context(), f); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// view runs f in a View that must succeed.
func view(t testing.TB, l *ledger.Ledger, f func(*ledger.Tx) error) {
	t.Helper()
	if err := l.View(t.Context(), f); err != nil {
		t.Fatalf("View: %v", err)
	}
}

// addVersion records a session and a document of it, and returns the version.
func addVersion(t testing.TB, l *ledger.Ledger, session carryover.SessionID, document carryover.DocumentID, text string) (id carryover.VersionID) {
	t.Helper()
	update(t, l, func(tx *ledger.Tx) (err error) {
		s := carryover.Session{ID: session, Practitioner: "41", StartedAt: monday}
		if err := tx.SaveSession(t.Context(), s, []byte("e"), monday, monday); err != nil {
			return err
		}
		id, err = tx.AddVersion(t.Context(), carryover.Document{
			Session: session, ID: document, Name: carryover.NewText("Letter"), Content: carryover.NewText(text), Template: "t1", Index: 2,
		}, ledger.Version{FirstSeen: monday, Practitioner: "41", ContentDigest: []byte("c"), EvidenceDigest: []byte("e")})
		return err
	})
	return id
}

func TestRoad(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "s1", "d1", "All words.")
	var d carryover.DeliveryID
	update(t, l, func(tx *ledger.Tx) (err error) {
		if err := tx.Move(ctx, id, carryover.Seen, carryover.Ripe, "", time.Time{}, monday); err != nil {
			return err
		}
		m := carryover.Match{Grade: carryover.Certain, Patient: "7", Booking: "9"}
		if err := tx.Decide(ctx, id, m, "41", false, monday); err != nil {
			return err
		}
		if err := tx.Move(ctx, id, carryover.Ripe, carryover.Ready, "", time.Time{}, monday); err != nil {
			return err
		}
		d, err = tx.AddDelivery(ctx, ledger.Delivery{Version: id, Destination: carryover.ToTreatmentNote, Reference: "HD-AAAAAAAA-BBBB", State: carryover.Sending, IntentAt: monday})
		if err != nil {
			return err
		}
		_, err = tx.StartAttempt(ctx, d, monday)
		return err
	})
	update(t, l, func(tx *ledger.Tx) error {
		if err := tx.EndAttempt(ctx, ledger.Attempt{Delivery: d, Number: 1, AnsweredAt: monday, Status: 201, Outcome: ledger.Done}); err != nil {
			return err
		}
		err := tx.MoveDelivery(ctx, d, carryover.Sending, carryover.Filed, func(d *ledger.Delivery) { d.Note, d.FiledAt = "n1", monday }, monday)
		if err != nil {
			return err
		}
		return tx.MoveDelivery(ctx, d, carryover.Filed, carryover.Proven, func(d *ledger.Delivery) { d.ProvenAt = monday }, monday)
	})
	view(t, l, func(tx *ledger.Tx) error {
		counts, err := tx.Counts(ctx)
		if diff := cmp.Diff(map[carryover.State]int{carryover.Proven: 1}, counts); diff != "" {
			t.Errorf("Counts() (-want +got):\n%s", diff)
		}
		return err
	})
}
