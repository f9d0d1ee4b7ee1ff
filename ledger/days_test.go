package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

func TestFirstIDSorts(t *testing.T) {
	at := time.Date(2026, 11, 3, 9, 30, 0, 123_456_000, time.UTC)
	before, first, after := ledger.NewID(at.Add(-time.Millisecond)), ledger.FirstID(at), ledger.NewID(at.Add(time.Millisecond))
	if before >= first || first >= after || first > ledger.NewID(at) {
		t.Errorf("ids do not sort by time around firstID: %s, %s, %s", before, first, after)
	}
}

func TestSeenBetween(t *testing.T) {
	l := open(t)
	day := func(n int) time.Time { return time.Date(2026, 11, n, 10, 0, 0, 0, time.UTC) }
	update(t, l, func(tx *ledger.Tx) error {
		for n := 1; n <= 3; n++ {
			s := carryover.Session{ID: carryover.SessionID(fmt.Sprintf("1000%d", n)), Practitioner: "71"}
			if n == 3 {
				s.Practitioner = "72"
			}
			if err := tx.SaveSession(t.Context(), s, []byte("e"), day(n), day(n)); err != nil {
				return err
			}
			// Seen on its day, changed on the next: it stays a document of its day.
			var first carryover.VersionID
			for i, text := range []string{"One.", "Two."} {
				id, err := tx.AddVersion(t.Context(), carryover.Document{Session: s.ID, ID: "d1", Content: carryover.NewText(text)}, ledger.Version{
					FirstSeen: day(n + i), ContentDigest: []byte(text), EvidenceDigest: []byte("e"), Practitioner: s.Practitioner,
				})
				if err != nil {
					return err
				}
				if i == 0 {
					first = id
				} else if err := tx.Move(t.Context(), first, carryover.Seen, carryover.Superseded, carryover.NoReason, time.Time{}, day(n+i)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	cases := []struct {
		name     string
		from, to time.Time
		who      carryover.PractitionerID
		want     int
	}{
		{"one day", day(2).Add(-time.Hour), day(2).Add(time.Hour), "", 1},
		{"the end is not in it", day(1), day(2), "", 1},
		{"all days", day(1), day(9), "", 3},
		{"one practitioner's", day(1), day(9), "72", 1},
		{"an empty day", day(4), day(9), "", 0},
	}
	for _, c := range cases {
		view(t, l, func(tx *ledger.Tx) error {
			got, err := tx.SeenBetween(t.Context(), c.from, c.to, c.who)
			if len(got) != c.want {
				t.Errorf("%s: %d documents, want %d", c.name, len(got), c.want)
			}
			for _, s := range got {
				if s.State != carryover.Seen || !s.FiledAt.IsZero() || s.FirstSeen.IsZero() {
					t.Errorf("%s: %+v, want a document that was seen and not filed", c.name, s)
				}
			}
			return err
		})
	}
}

func TestToChart(t *testing.T) {
	for _, c := range []struct {
		name               string
		ended, seen, filed time.Duration // after monday; 0: not known
		want               time.Duration
		ok                 bool
	}{
		{"from the end of the session", time.Minute, 10 * time.Minute, 25 * time.Minute, 24 * time.Minute, true},
		{"the end is not known", 0, 10 * time.Minute, 25 * time.Minute, 15 * time.Minute, true},
		{"the end is told as later than the filing", 40 * time.Minute, 10 * time.Minute, 25 * time.Minute, 15 * time.Minute, true},
		{"pasted after the fact", 0, 30 * time.Minute, 25 * time.Minute, 0, true},
		{"not filed", time.Minute, 10 * time.Minute, 0, 0, false},
	} {
		at := func(d time.Duration) time.Time {
			if d == 0 {
				return time.Time{}
			}
			return monday.Add(d)
		}
		got, ok := ledger.Seen{EndedAt: at(c.ended), FirstSeen: at(c.seen), FiledAt: at(c.filed)}.ToChart()
		if got != c.want || ok != c.ok {
			t.Errorf("%s: ToChart() = %v, %t, want %v, %t", c.name, got, ok, c.want, c.ok)
		}
	}
}

// TestSessionEnd: a session's end is kept as soon as Heidi tells how long it was,
// and is read with the days.
func TestSessionEnd(t *testing.T) {
	l := open(t)
	s := carryover.Session{ID: "10001", Practitioner: "71", StartedAt: monday}
	for _, c := range []struct {
		long time.Duration
		want time.Time
	}{{0, time.Time{}}, {20 * time.Minute, monday.Add(20 * time.Minute)}} {
		s.Duration = c.long
		update(t, l, func(tx *ledger.Tx) error {
			if err := tx.SaveSession(t.Context(), s, []byte("e"), after(time.Hour), after(time.Hour)); err != nil || c.long == 0 {
				return err
			}
			_, err := tx.AddVersion(t.Context(), carryover.Document{Session: s.ID, ID: "d1", Content: carryover.NewText("One.")}, ledger.Version{
				FirstSeen: after(time.Hour), ContentDigest: []byte("c"), EvidenceDigest: []byte("e"), Practitioner: "71",
			})
			return err
		})
		view(t, l, func(tx *ledger.Tx) error {
			row, err := tx.SessionRow(t.Context(), s.ID)
			if !row.EndedAt.Equal(c.want) {
				t.Errorf("EndedAt of a session of %v = %v, want %v", c.long, row.EndedAt, c.want)
			}
			return err
		})
	}
	view(t, l, func(tx *ledger.Tx) error {
		got, err := tx.SeenBetween(t.Context(), monday, after(2*time.Hour), "")
		if len(got) != 1 || !got[0].EndedAt.Equal(monday.Add(20*time.Minute)) {
			t.Errorf("SeenBetween = %+v, want one whose session ended after 20 minutes", got)
		}
		return err
	})
}
