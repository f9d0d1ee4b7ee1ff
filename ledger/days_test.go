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
