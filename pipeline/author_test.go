package pipeline_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
	"carryover/sandbox"
)

// releaseTo lets a held version go as a person who names patient and author.
func (h *harness) releaseTo(v ledger.Version, patient carryover.PatientID, author carryover.PractitionerID) {
	h.t.Helper()
	ctx := h.t.Context()
	must(h.t, h.ledger.Update(ctx, func(tx *ledger.Tx) error {
		m, err := tx.Evidence(ctx, v.ID)
		if err != nil {
			return err
		}
		now := time.Now().UTC()
		m.Patient, m.Reason = patient, v.Reason
		if err := tx.Decide(ctx, v.ID, m, author, true, now); err != nil {
			return err
		}
		if err := tx.Move(ctx, v.ID, carryover.Held, carryover.Ready, carryover.NoReason, now, now); err != nil {
			return err
		}
		return h.line.Audit.Append(ctx, tx, audit.Entry{
			At: now, Actor: "cli:1000", Action: audit.Released, Subject: string(v.ID), Session: v.Session,
			From: carryover.Held, To: carryover.Ready, Reason: v.Reason, Note: "practitioner:" + string(author),
		})
	}))
}

// TestAPersonChoosesTheAuthor: nobody can tell whose session it was, a person
// says so, and the note is written with that practitioner's key, once, in
// their name.
func TestAPersonChoosesTheAuthor(t *testing.T) {
	t.Parallel()
	shared := func(p *sandbox.Practice) { p.Sessions[0].SharedWith, p.Appointments = []string{physio2}, nil }
	covered := func(p *sandbox.Practice) { p.Sessions[0].PractitionerID = physio2 } // the diary says physio
	for _, tt := range []struct {
		name   string
		setup  func(*sandbox.Practice)
		author carryover.PractitionerID
	}{
		{"shared, the first", shared, physio},
		{"shared, the second", shared, physio2},
		{"another's diary, who recorded it", covered, physio2},
		{"another's diary, whose link never showed it", covered, physio},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, only(tt.setup))
			v := h.until(carryover.Held)
			if v.Reason != carryover.WhoseSession {
				t.Fatalf("held as %q, want %q", v.Reason, carryover.WhoseSession)
			}
			links := h.links()
			h.releaseTo(v, mira, tt.author)
			got := h.until(carryover.Proven)
			n := h.notes()
			if len(n) != 1 || n[0].PractitionerID != string(tt.author) || n[0].PatientID != mira {
				t.Fatalf("%d notes, want one by %s in Mira's file: %+v", len(n), tt.author, n)
			}
			if got.Practitioner != tt.author || !got.ByPerson || got.ID != v.ID {
				t.Errorf("version %s by %s (by person: %t), want %s by %s", got.ID, got.Practitioner, got.ByPerson, v.ID, tt.author)
			}
			posts := h.journal.Entries(func(e sandbox.Entry) bool { return e.API == "cliniko" && e.Method == "POST" })
			for _, e := range posts {
				if want := map[carryover.PractitionerID]string{physio: "1968645883121642811", physio2: "1968645883121642812"}[tt.author]; e.Who != want {
					t.Errorf("POST with the key of user %s, want %s", e.Who, want)
				}
			}
			if now := h.links(); len(now) != len(links) || h.gone() {
				t.Errorf("the session was seen through %v before and %v after, gone: %t; choosing an author shows it to nobody", links, now, h.gone())
			}
			if lost := h.journal.Entries(func(e sandbox.Entry) bool {
				return e.API == "heidi" && e.Status == http.StatusNotFound && strings.Contains(e.Path, session1)
			}); len(lost) != 0 {
				t.Errorf("Heidi said %d times that it has no such session: it was read through a link that never showed it", len(lost))
			}
			if a := h.alarms(); a != "" {
				t.Errorf("alarms %q", a)
			}
		})
	}
}

// TestChosenAuthorIsKeptWhenTheRoundFails: neither a failed POST nor another
// reading of the session gives the note to somebody else.
func TestChosenAuthorIsKeptWhenTheRoundFails(t *testing.T) {
	t.Parallel()
	h := newHarness(t, only(func(p *sandbox.Practice) { p.Sessions[0].PractitionerID = physio2 }))
	v := h.until(carryover.Held)
	h.failOnce(physio, func() { must(t, h.line.ReadNow(t.Context(), physio2, session1)) })
	h.releaseTo(v, mira, physio)
	h.until(carryover.Proven)
	if n := h.notes(); len(n) != 1 || n[0].PractitionerID != physio {
		t.Errorf("%d notes, want one by %s: %+v; road: %s", len(n), physio, n, h.road())
	}
}

// links are whose links showed the session.
func (h *harness) links() []carryover.PractitionerID { return h.session().Links }

// gone says whether the session is thought to be gone from Heidi.
func (h *harness) gone() bool { return !h.session().GoneAt.IsZero() }

func (h *harness) session() (row ledger.SessionRow) {
	h.t.Helper()
	must(h.t, h.ledger.View(h.t.Context(), func(tx *ledger.Tx) (err error) {
		row, err = tx.SessionRow(h.t.Context(), session1)
		return err
	}))
	return row
}
