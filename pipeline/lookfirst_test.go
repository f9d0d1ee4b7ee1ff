package pipeline_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

const document2 = "64b0000000000000000000d2"

// allReady takes every document of the session to Ready without delivering any.
func (h *harness) allReady(docs int) {
	h.t.Helper()
	ready := 0
	for end := time.Now().Add(patience); ready < docs && time.Now().Before(end); {
		h.stopAt(carryover.Ready)
		ready = 0
		must(h.t, h.ledger.View(h.t.Context(), func(tx *ledger.Tx) error {
			all, err := tx.CurrentVersions(h.t.Context(), session1)
			for _, v := range all {
				if v.State == carryover.Ready {
					ready++
				}
			}
			return err
		}))
	}
	if ready != docs {
		h.t.Fatalf("%d of %d documents are ready; road: %s", ready, docs, h.road())
	}
}

// TestLooksEverywhere: a ledger that knows nothing finds what was filed before,
// wherever people have put it.
func TestLooksEverywhere(t *testing.T) {
	tests := []struct {
		why    string
		before func(*sandbox.Practice)       // the day begins
		after  func(h *harness, note string) // it is filed
		want   carryover.State
	}{
		{"as it was filed", nil, nil, carryover.Proven},
		{"on the second page", hundredNotes, nil, carryover.Proven},
		{"archived", nil, func(h *harness, note string) { must(h.t, h.cliniko.ArchiveNote(note)) }, carryover.Held},
		{"in another patient's file", nil, func(h *harness, note string) { must(h.t, h.cliniko.MoveNote(note, otto)) }, carryover.Held},
		{"in the survivor's file", nil, func(h *harness, _ string) {
			id, err := h.cliniko.AddPatient(sandbox.Patient{FirstName: "Mira", LastName: "Quillfeather", BirthDate: "1979-02-14"})
			must(h.t, err)
			must(h.t, h.cliniko.MergePatients(mira, id))
		}, carryover.Proven},
		{"twice", nil, func(h *harness, note string) {
			copied, err := h.cliniko.AddNote(mira, physio, "Copy", []string{"x"})
			must(h.t, err)
			must(h.t, h.cliniko.ReplaceNoteContent(copied, recordOf(h, note).Content))
		}, carryover.Held},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			before := tt.before
			if before == nil {
				before = func(*sandbox.Practice) {}
			}
			h := newCounting(t, only(before))
			h.until(carryover.Proven)
			if tt.after != nil {
				tt.after(h, h.notes()[0].ID)
			}
			h.open("fresh.db")
			v := h.until(tt.want)
			if tt.want == carryover.Held && v.Reason != carryover.EarlierNote {
				t.Errorf("held as %q, want %q", v.Reason, carryover.EarlierNote)
			}
			if h.posts() != 1 {
				t.Errorf("%d POSTs, want the first one alone", h.posts())
			}
		})
	}
}

// hundredNotes gives the author a hundred and one notes of the evening before: a
// page of the listing and one more.
func hundredNotes(p *sandbox.Practice) {
	for i := range 101 {
		p.Notes = append(p.Notes, sandbox.ExistingNote{
			ID: fmt.Sprintf("1968645883121643%03d", i), PatientID: otto, PractitionerID: physio, Title: "Visit", Draft: true,
			CreatedAt: p.Sessions[0].StartedAt.Add(-12*time.Hour + time.Duration(i)*time.Minute), Paragraphs: []string{fmt.Sprintf("visit %d", i)},
		})
	}
}

// TestOtherVersionThereIsHeld: the first part of the reference alone says that
// another text of the document was filed.
func TestOtherVersionThereIsHeld(t *testing.T) {
	for kind, start := range bothDestinations {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h := start(t)
			h.until(carryover.Proven)
			must(t, h.heidi.EditDocument(session1, document1, "## Plan\nquite different"))
			h.reopen("fresh.db")
			if v := h.until(carryover.Held); v.Reason != carryover.EarlierNote || h.posts()+h.attaches() != 1 {
				t.Errorf("held as %q after %d POSTs, want %q after the first one alone", v.Reason, h.posts()+h.attaches(), carryover.EarlierNote)
			}
		})
	}
}

// TestPastedTheDayBefore: somebody whose clock is wrong pasted the words twenty
// hours before the session began.
func TestPastedTheDayBefore(t *testing.T) {
	t.Parallel()
	h := newCounting(t, only(func(p *sandbox.Practice) {
		p.Notes = []sandbox.ExistingNote{{
			ID: "1968645883121643001", PatientID: mira, PractitionerID: physio, Title: "Exercises", Draft: true,
			CreatedAt: p.Sessions[0].StartedAt.Add(-20 * time.Hour), Paragraphs: []string{"Plan", "Squats 3 x 10, pain <3/10", "Review 1/52 if BP >140", "3 9 lift"},
		}}
	}))
	if v := h.until(carryover.Held); v.Reason != carryover.AlreadyPasted || h.posts() != 0 {
		t.Errorf("held as %q after %d POSTs, want %q and none", v.Reason, h.posts(), carryover.AlreadyPasted)
	}
}

// TestOneListServesARound: eight notes of one author cost one listing, and the
// next round makes its own.
func TestOneListServesARound(t *testing.T) {
	t.Parallel()
	h := newCounting(t, manyDocs)
	h.allReady(9)
	lists := func() int { return h.gets("/treatment_notes") }
	h.deliver(physio)
	if h.posts() != 8 || lists() != 1 {
		t.Fatalf("%d POSTs on %d listings, want 8 on one; road: %s", h.posts(), lists(), h.road())
	}
	h.deliver(physio)
	if h.posts() != 9 || lists() != 2 {
		t.Errorf("%d POSTs on %d listings after a second round, want 9 on 2; road: %s", h.posts(), lists(), h.road())
	}
}

// TestNoOlderListIsUsed: what people did between two rounds is seen.
func TestNoOlderListIsUsed(t *testing.T) {
	t.Parallel()
	h := newCounting(t)
	h.strike(sandbox.Rule{API: "cliniko", Method: http.MethodPost, Path: "/treatment_notes", Fault: sandbox.FaultRateLimited, Delay: sandbox.Duration(time.Second), Count: 1})
	h.stopAt(carryover.Ready)
	h.deliver(physio) // lists, and is sent away
	_, err := h.cliniko.AddNote(mira, physio, "Exercises", []string{"Plan", "Squats 3 x 10, pain <3/10", "Review 1/52 if BP >140", "3 9 lift"})
	must(t, err)
	if v := h.until(carryover.Held); v.Reason != carryover.AlreadyPasted || h.posts() != 1 {
		t.Errorf("held as %q after %d POSTs, want %q after the one that was sent away", v.Reason, h.posts(), carryover.AlreadyPasted)
	}
}

// TestSameWordsInOneRound: the listing of a round is older than the notes that
// the round itself makes. A second document of the same words must find the
// first, whether its answer came or was lost; nothing is there after a refusal.
func TestSameWordsInOneRound(t *testing.T) {
	for _, tt := range []struct {
		why   string
		fault sandbox.FaultKind
		held  bool
		posts int
	}{
		{"answered", "", true, 1},
		{"answer lost", sandbox.FaultCutAfter, true, 1},
		{"sent away", sandbox.FaultRateLimited, false, 2},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newCounting(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
				again := p.Sessions[0].Documents[0]
				again.ID = document2
				p.Sessions[0].Documents = append(p.Sessions[0].Documents, again)
			})
			if tt.fault != "" {
				h.strike(sandbox.Rule{API: "cliniko", Method: http.MethodPost, Path: "/treatment_notes", Fault: tt.fault, Delay: sandbox.Duration(time.Second), Count: 1})
			}
			h.allReady(2)
			h.deliver(physio)
			if h.posts() != tt.posts {
				t.Errorf("%d POSTs in one round, want %d; road: %s", h.posts(), tt.posts, h.road())
			}
			held := 0
			for _, d := range []carryover.DocumentID{document1, document2} {
				if v, _ := h.version(session1, d); v.State == carryover.Held && v.Reason == carryover.AlreadyPasted {
					held++
				}
			}
			if (held == 1) != tt.held {
				t.Errorf("%d of two documents of the same words are held as pasted already, want that one is: %v", held, tt.held)
			}
		})
	}
}
