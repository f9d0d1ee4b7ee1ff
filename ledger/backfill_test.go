package ledger_test

import (
	"errors"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// TestBackfillKeepsApart: while a backfill has a session, the day's work does not
// see it, and the other way round; a person's decision hands it over.
func TestBackfillKeepsApart(t *testing.T) {
	l := open(t)
	now := time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	later := now.Add(time.Hour)
	var b ledger.Backfill
	var past, today carryover.VersionID
	update(t, l, func(tx *ledger.Tx) (err error) {
		if b, err = tx.AskBackfill(t.Context(), ledger.Backfill{From: now.AddDate(0, -2, 0), To: now.AddDate(0, -1, 0), AskedBy: "cli:1", AskedAt: now}); err != nil {
			return err
		}
		if err := tx.SaveSession(t.Context(), carryover.Session{ID: "8", Practitioner: "p1"}, nil, now, now); err != nil {
			return err
		}
		known, err := tx.AddToBackfill(t.Context(), b.ID, "p1", []carryover.SessionRef{{ID: "7"}, {ID: "8"}}, now)
		if err != nil || known != 1 {
			t.Errorf("AddToBackfill = %d, %v; want 1 known", known, err)
		}
		again, err := tx.AddToBackfill(t.Context(), b.ID, "p2", []carryover.SessionRef{{ID: "7"}}, now)
		if err != nil || again != 0 {
			t.Errorf("AddToBackfill of its own session = %d, %v; want 0 known", again, err)
		}
		if past, err = tx.AddVersion(t.Context(), carryover.Document{Session: "7", ID: "d"}, ledger.Version{FirstSeen: now, Practitioner: "p1"}); err != nil {
			return err
		}
		today, err = tx.AddVersion(t.Context(), carryover.Document{Session: "8", ID: "d"}, ledger.Version{FirstSeen: now, Practitioner: "p1"})
		return err
	})
	see := func(when string, wantDay, wantPast []carryover.VersionID) {
		t.Helper()
		view(t, l, func(tx *ledger.Tx) error {
			day, err := tx.DueOf(t.Context(), carryover.Seen, "p1", later, 10)
			all, err2 := tx.Due(t.Context(), carryover.Seen, later, 10)
			back, err3 := tx.DueOfBackfill(t.Context(), carryover.Seen, "p1", later, 10)
			if !same(day, wantDay) || !same(all, wantDay) || !same(back, wantPast) {
				t.Errorf("%s: the day has %v and %v, the backfill %v; want %v and %v", when, ids(day), ids(all), ids(back), wantDay, wantPast)
			}
			return errors.Join(err, err2, err3)
		})
	}
	see("running", []carryover.VersionID{today}, []carryover.VersionID{past})
	view(t, l, func(tx *ledger.Tx) error {
		due, err := tx.SessionsDue(t.Context(), "p1", later, 10)
		if len(due) != 1 || due[0] != "8" {
			t.Errorf("SessionsDue = %v, want the day's alone", due)
		}
		row, err2 := tx.SessionRow(t.Context(), "7")
		if len(row.Links) != 2 {
			t.Errorf("links of a session that two listings showed = %v, want both", row.Links)
		}
		return errors.Join(err, err2)
	})
	refused(t, l, carryover.ErrRefused, "a second backfill", func(tx *ledger.Tx) error {
		_, err := tx.AskBackfill(t.Context(), ledger.Backfill{From: now, To: later, AskedAt: now})
		if !errors.Is(err, ledger.ErrConflict) {
			t.Errorf("a second backfill: %v, want a conflict", err)
		}
		return carryover.ErrRefused
	})
	update(t, l, func(tx *ledger.Tx) error {
		return tx.MoveBackfill(t.Context(), b.ID, ledger.BackfillRunning, ledger.BackfillStopped, now)
	})
	see("stopped", []carryover.VersionID{today}, nil)
	update(t, l, func(tx *ledger.Tx) error { return tx.LeaveBackfill(t.Context(), "7", now) })
	see("handed over", []carryover.VersionID{past, today}, nil)
	check(t, l)
}

// TestMarkCarried: a session is carried when it was read and nothing of it moves;
// the backfill is done when all are and everybody was listed.
func TestMarkCarried(t *testing.T) {
	l := open(t)
	now := time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	var b ledger.Backfill
	mark := func(authors ...carryover.PractitionerID) (done bool, carried int) {
		t.Helper()
		update(t, l, func(tx *ledger.Tx) (err error) {
			if done, err = tx.MarkCarried(t.Context(), b.ID, authors, now); err != nil {
				return err
			}
			c, err := tx.BackfillCounts(t.Context(), b.ID)
			carried = c.Carried
			return err
		})
		return done, carried
	}
	update(t, l, func(tx *ledger.Tx) (err error) {
		if b, err = tx.AskBackfill(t.Context(), ledger.Backfill{From: now, To: now.Add(1), AskedAt: now}); err != nil {
			return err
		}
		if _, err := tx.AddToBackfill(t.Context(), b.ID, "p1", []carryover.SessionRef{{ID: "7"}, {ID: "8"}}, now); err != nil {
			return err
		}
		return tx.BackfillListed(t.Context(), b.ID, "p1", now)
	})
	if done, carried := mark("p1"); done || carried != 0 {
		t.Errorf("before anything was read: done %v, %d carried; want none", done, carried)
	}
	var v carryover.VersionID
	update(t, l, func(tx *ledger.Tx) (err error) {
		for _, id := range []carryover.SessionID{"7", "8"} {
			if err := tx.SaveSession(t.Context(), carryover.Session{ID: id, Practitioner: "p1"}, nil, now, now); err != nil {
				return err
			}
		}
		v, err = tx.AddVersion(t.Context(), carryover.Document{Session: "7", ID: "d"}, ledger.Version{FirstSeen: now, Practitioner: "p1"})
		return err
	})
	if done, carried := mark("p1"); done || carried != 1 {
		t.Errorf("with one document on its way: done %v, %d carried; want 1", done, carried)
	}
	move(t, l, v, carryover.Seen, carryover.Held, carryover.NoCandidate, now)
	if done, carried := mark("p1", "p2"); done || carried != 2 {
		t.Errorf("with one practitioner not listed: done %v, %d carried; want 2", done, carried)
	}
	if done, _ := mark("p1"); !done {
		t.Error("with all carried and everybody listed the backfill is not done")
	}
}

func ids(vs []ledger.Version) (out []carryover.VersionID) {
	for _, v := range vs {
		out = append(out, v.ID)
	}
	return out
}

func same(vs []ledger.Version, want []carryover.VersionID) bool {
	got := map[carryover.VersionID]bool{}
	for _, v := range vs {
		got[v.ID] = true
	}
	for _, id := range want {
		if !got[id] {
			return false
		}
	}
	return len(vs) == len(want)
}
