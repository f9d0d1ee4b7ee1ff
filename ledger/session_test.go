package ledger_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/ledger"
)

func sessionRow(t testing.TB, l *ledger.Ledger, id carryover.SessionID) (r ledger.SessionRow) {
	t.Helper()
	view(t, l, func(tx *ledger.Tx) (err error) {
		r, err = tx.SessionRow(t.Context(), id)
		return err
	})
	return r
}

func dueSessions(t testing.TB, l *ledger.Ledger, p carryover.PractitionerID, now time.Time, limit int) (ids []carryover.SessionID) {
	t.Helper()
	view(t, l, func(tx *ledger.Tx) (err error) {
		ids, err = tx.SessionsDue(t.Context(), p, now, limit)
		return err
	})
	return ids
}

func TestNoteListed(t *testing.T) {
	l, ctx := open(t), t.Context()
	list := func(p carryover.PractitionerID, now time.Time, refs ...carryover.SessionRef) (fresh int) {
		t.Helper()
		update(t, l, func(tx *ledger.Tx) (err error) {
			fresh, err = tx.NoteListed(ctx, p, refs, now)
			return err
		})
		return fresh
	}
	hint := monday.Add(-time.Hour)
	if got := list("41", monday, carryover.SessionRef{ID: "s1", UpdatedAt: hint}, carryover.SessionRef{ID: "s2"}); got != 2 {
		t.Errorf("NoteListed of two new sessions = %d, want 2", got)
	}
	if got := list("42", after(time.Minute), carryover.SessionRef{ID: "s1", UpdatedAt: hint}); got != 0 {
		t.Errorf("NoteListed of a known session = %d, want 0", got)
	}
	want := ledger.SessionRow{
		ID: "s1", Links: []carryover.PractitionerID{"41", "42"}, HintedAt: hint, FirstSeen: monday,
		ListedAt: after(time.Minute), NextRead: monday,
	}
	if diff := cmp.Diff(want, sessionRow(t, l, "s1")); diff != "" {
		t.Errorf("SessionRow(s1) (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]carryover.SessionID{"s1", "s2"}, dueSessions(t, l, "41", monday, 0)); diff != "" {
		t.Errorf("SessionsDue(41) (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]carryover.SessionID{"s1"}, dueSessions(t, l, "42", monday, 0)); diff != "" {
		t.Errorf("SessionsDue(42) (-want +got):\n%s", diff)
	}
	if got := dueSessions(t, l, "41", monday, 1); len(got) != 1 {
		t.Errorf("SessionsDue with limit 1 = %d, want 1", len(got))
	}
	if got := dueSessions(t, l, "41", monday.Add(-time.Microsecond), 0); len(got) != 0 {
		t.Errorf("SessionsDue before anything is due = %v, want none", got)
	}
}

func TestSessionIsReadWhenItShouldBe(t *testing.T) {
	l, ctx := open(t), t.Context()
	s := carryover.Session{ID: "s1", Practitioner: "41", UpdatedAt: monday}
	later := after(time.Hour)
	step := func(f func(*ledger.Tx) error) {
		t.Helper()
		update(t, l, f)
	}
	listed := func(now, hint time.Time) {
		step(func(tx *ledger.Tx) error {
			_, err := tx.NoteListed(ctx, "41", []carryover.SessionRef{{ID: "s1", UpdatedAt: hint}}, now)
			return err
		})
	}
	due := func(now time.Time, want bool, why string) {
		t.Helper()
		if got := len(dueSessions(t, l, "41", now, 0)) == 1; got != want {
			t.Errorf("session is due: %v, want %v: %s", got, want, why)
		}
	}
	step(func(tx *ledger.Tx) error { return tx.SaveSession(ctx, s, []byte("e1"), monday, later) })
	due(after(time.Minute), false, "it was just read")
	listed(after(time.Minute), monday)
	due(after(time.Minute), false, "the hint is no newer than the reading")
	listed(after(2*time.Minute), after(time.Minute))
	due(after(2*time.Minute), true, "a newer hint than any seen")
	step(func(tx *ledger.Tx) error { return tx.SaveSession(ctx, s, []byte("e2"), after(3*time.Minute), later) })
	due(after(3*time.Minute), false, "it was read again")
	listed(after(4*time.Minute), after(time.Minute))
	due(after(4*time.Minute), false, "that hint has been followed already")
	step(func(tx *ledger.Tx) error { return tx.ReadSoon(ctx, "s1", after(5*time.Minute)) })
	due(after(5*time.Minute), true, "a trigger asked for it")
	step(func(tx *ledger.Tx) error { return tx.MarkGone(ctx, "s1", after(6*time.Minute)) })
	step(func(tx *ledger.Tx) error { return tx.MarkGone(ctx, "s1", after(7*time.Minute)) })
	due(later, false, "it is gone")
	if got := sessionRow(t, l, "s1").GoneAt; !got.Equal(after(6 * time.Minute)) {
		t.Errorf("GoneAt = %v, want the first time it was noticed", got)
	}
	listed(after(8*time.Minute), time.Time{})
	due(after(8*time.Minute), true, "a listing shows it after all")

	want := ledger.SessionRow{
		ID: "s1", Practitioner: "41", Links: []carryover.PractitionerID{"41"}, HintedAt: after(time.Minute),
		FirstSeen: monday, ListedAt: after(8 * time.Minute), LastRead: after(6 * time.Minute),
		NextRead: after(8 * time.Minute), EvidenceDigest: []byte("e2"), Reads: 2,
	}
	if diff := cmp.Diff(want, sessionRow(t, l, "s1")); diff != "" {
		t.Errorf("SessionRow (-want +got):\n%s", diff)
	}
}

func TestClaim(t *testing.T) {
	l, ctx := open(t), t.Context()
	birth, err := carryover.ParseDate("1984-02-29")
	if err != nil {
		t.Fatal(err)
	}
	s := carryover.Session{
		ID: "s1", Title: carryover.NewText("Quokka, Testina — knee"), Practitioner: "41",
		StartedAt: monday.Add(-time.Hour), UpdatedAt: monday, Duration: time.Hour, NoteText: carryover.NewText("not kept"),
		Claim: carryover.PatientClaim{
			Name: carryover.NewText("Testina Quokka"), BirthDate: birth, Sex: carryover.Female,
			Provider: "Cliniko", PatientID: "7", BookingID: "9",
		},
	}
	save := func() {
		update(t, l, func(tx *ledger.Tx) error { return tx.SaveSession(ctx, s, []byte("e"), monday, monday) })
	}
	claim := func() (got carryover.Session) {
		view(t, l, func(tx *ledger.Tx) (err error) {
			got, err = tx.Claim(ctx, "s1")
			return err
		})
		return got
	}
	save()
	want := s
	want.Duration, want.NoteText = 0, carryover.Text{}
	if got := claim(); got != want {
		t.Errorf("Claim differs from what was saved: %+v, want %+v", got, want)
	}
	s.Claim.Name, s.Claim.BirthDate = carryover.NewText("Testina Q. Quokka"), carryover.Date{} // corrected in Heidi
	save()
	if got := claim(); got.Claim != s.Claim {
		t.Error("Claim after a correction is the old one, want the new")
	}
	update(t, l, func(tx *ledger.Tx) error { return tx.Destroy(ctx, "s1") })
	refused(t, l, carryover.ErrGone, "Claim after Destroy", func(tx *ledger.Tx) error {
		_, err := tx.Claim(ctx, "s1")
		return err
	})
	save() // a session that is read again is sealed again
	if got := claim(); got.Claim != s.Claim {
		t.Error("Claim after another reading differs from what was saved")
	}
}

func TestUnknownSession(t *testing.T) {
	l, ctx := open(t), t.Context()
	for what, f := range map[string]func(*ledger.Tx) error{
		"SessionRow": func(tx *ledger.Tx) error { _, err := tx.SessionRow(ctx, "none"); return err },
		"Claim":      func(tx *ledger.Tx) error { _, err := tx.Claim(ctx, "none"); return err },
		"MarkGone":   func(tx *ledger.Tx) error { return tx.MarkGone(ctx, "none", monday) },
		"ReadSoon":   func(tx *ledger.Tx) error { return tx.ReadSoon(ctx, "none", monday) },
	} {
		refused(t, l, carryover.ErrGone, what+" of an unknown session", f)
	}
}
