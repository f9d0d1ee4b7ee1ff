package pipeline_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/route"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// TestRestoredLedgerMovesOnce puts a ledger back as it was just after a move was
// asked for. What the move had done by then is found, not done again.
func TestRestoredLedgerMovesOnce(t *testing.T) {
	for _, file := range []bool{false, true} {
		t.Run(map[bool]string{false: "note", true: "attachment"}[file], func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			if file {
				h = newFiling(t)
			}
			h.until(carryover.Proven)
			must(t, h.move(otto))
			must(t, h.ledger.CopyTo(t.Context(), filepath.Join(h.dir, "copy.db"), true))
			h.untilIn(otto)
			must(t, h.ledger.Close())
			h.reopen("copy.db")
			h.untilIn(otto)
			if in := h.inRecords(); in[mira] != 0 || in[otto] != 1 {
				t.Errorf("live by record %v, want one in the right one", in)
			}
		})
	}
}

// TestRestoredLedgerReleasesOnce is the same for a later version.
func TestRestoredLedgerReleasesOnce(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	must(t, h.heidi.EditDocument(session1, document1, text1+"\n\nThanks."))
	v := h.until(carryover.Held)
	_, err := h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Actor: "cli:1000"})
	must(t, err)
	must(t, h.ledger.CopyTo(t.Context(), filepath.Join(h.dir, "copy.db"), true))
	h.untilVersion(v.ID, carryover.Proven)
	must(t, h.ledger.Close())
	h.open("copy.db")
	h.untilVersion(v.ID, carryover.Proven)
	if in := h.inRecords(); in[mira] != 2 {
		t.Errorf("%d live notes, want the first and the updated one", in[mira])
	}
}

// hidesArchived is a Cliniko that finds no archived note by its id.
type hidesArchived struct{ testChart }

func (c hidesArchived) Note(ctx context.Context, id carryover.NoteID) (carryover.Note, error) {
	n, err := c.testChart.Note(ctx, id)
	if err == nil && !n.Live() {
		return carryover.Note{}, &carryover.Problem{Op: "read note", Kind: carryover.ErrGone}
	}
	return n, err
}

// TestUndoOfTwoAtOnce where no id finds an archived note: each is looked for in
// a list that is younger than the request to archive it.
func TestUndoOfTwoAtOnce(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		docs := &p.Sessions[0].Documents
		*docs = append(*docs, sandbox.Document{ID: document2, Name: "Letter", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "Dear colleague, all is well."}}})
	})
	h.until(carryover.Proven)
	h.untilDoc(session1, document2, carryover.Proven)
	side := h.line.Sides[physio]
	side.Chart = hidesArchived{side.Chart.(testChart)}
	h.line.Sides[physio] = side
	for _, doc := range []carryover.DocumentID{document1, document2} {
		_, err := h.desk().Undo(t.Context(), desk.UndoRequest{ID: carryover.DocumentMark(session1, doc), Actor: "cli:1000"})
		must(t, err)
	}
	h.until(carryover.Undone)
	h.untilDoc(session1, document2, carryover.Undone)
	must(t, h.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		for _, doc := range []carryover.DocumentID{document1, document2} {
			ds, err := tx.ByMark(t.Context(), carryover.DocumentMark(session1, doc))
			if err != nil {
				return err
			}
			r, err := tx.Reversal(t.Context(), ds[0].ID)
			if err != nil || r.Why != "" {
				t.Errorf("document %s was left alone as %q (%v), want it archived", doc, r.Why, err)
			}
		}
		return nil
	}))
}

// TestMoveToWhereTheNoteIs: the wrong record was merged into the one that the
// document is moved to, and the note went along.
func TestMoveToWhereTheNoteIs(t *testing.T) {
	for _, final := range []bool{false, true} {
		t.Run(map[bool]string{false: "untouched", true: "finalised"}[final], func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.until(carryover.Proven)
			if final {
				must(t, h.cliniko.FinaliseNote(h.notes()[0].ID))
			}
			must(t, h.cliniko.MergePatients(mira, otto))
			must(t, h.move(otto))
			r, _ := h.untilReversal(ledger.ReversalGivenUp)
			h.spin(50 * time.Millisecond)
			if in := h.inRecords(); in[otto] != 1 || h.posts() != 1 {
				t.Errorf("live notes by record %v after %d POSTs (%s), want the one that is there", in, h.posts(), r.Why)
			}
		})
	}
}

// TestMoveOfWhatStaysArchived: an undo archived over somebody's work; a person
// then says that it stays archived and where the document goes.
func TestMoveOfWhatStaysArchived(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	note := h.notes()[0].ID
	h.before(archivePath, func(string) error { return h.cliniko.EditNote(note, []string{"typo"}) })
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes/*/unarchive", Fault: sandbox.FaultStatus, Status: 404, Again: 9})
	h.undo()
	h.untilReversal(ledger.ReversalPutBack)
	if err := h.move(otto); !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "carryover undo") {
		t.Errorf("move while it is open whether the note comes back = %v, %q; want a refusal", err, carryover.HintOf(err))
	}
	h.undo()
	h.untilReversal(ledger.ReversalDone)
	must(t, h.move(otto))
	h.untilIn(otto)
	if in := h.inRecords(); in[mira] != 0 || in[otto] != 1 || h.alarms() != "" {
		t.Errorf("live notes by record %v, alarms %q", in, h.alarms())
	}
}

// TestNotForClinikoRemovesNothing: of a note that a person is to remove, it is no
// answer that it does not belong there.
func TestNotForClinikoRemovesNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	must(t, h.cliniko.FinaliseNote(h.notes()[0].ID))
	h.undo()
	h.untilReversal(ledger.ReversalByHand)
	_, err := h.desk().Dismiss(t.Context(), desk.DismissRequest{ID: carryover.DocumentMark(session1, document1), Reason: desk.NotForCliniko, Actor: "cli:1000"})
	if r, _ := h.reversal(); !errors.Is(err, carryover.ErrRefused) || r.State != ledger.ReversalByHand || !strings.Contains(h.alarms(), "remove_by_hand") {
		t.Errorf("dismiss = %v, reversal %s, alarms %q; want a refusal and the alarm to stay", err, r.State, h.alarms())
	}
}

// TestTwoPeopleDecideAboutAnUndone: the second is told, and the first's word holds.
func TestTwoPeopleDecideAboutAnUndone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	h.undo()
	undone, _ := h.untilReversal(ledger.ReversalDone)
	must(t, h.move(otto))
	_, err := h.desk().Retry(t.Context(), desk.RetryRequest{ID: carryover.DocumentMark(session1, document1), Actor: "cli:1001"})
	if !errors.Is(err, carryover.ErrRefused) {
		t.Errorf("retry while it goes to another record = %v, want a refusal", err)
	}
	h.untilIn(otto)
	if r, d := h.reversal(); d.State != carryover.Undone || !r.AskedAt.Equal(undone.AskedAt) {
		t.Errorf("the first filing is %s since a decision of %v, want that of %v", d.State, r.AskedAt, undone.AskedAt)
	}
}

// TestRuleNeverFollowsAMove: a rule files later versions, but a person has moved
// the first one, and so the evidence names the wrong patient.
func TestRuleNeverFollowsAMove(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.line.Rules = []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Auto, Later: route.FileLater}}
	h.until(carryover.Proven)
	must(t, h.move(otto))
	h.untilIn(otto)
	must(t, h.cliniko.ArchiveNote(h.notes()[0].ID)) // by a person, in Cliniko's pages
	must(t, h.heidi.EditDocument(session1, document1, text1+"\n\nThanks."))
	h.untilLater(carryover.Held)
	if v, _ := h.version(session1, document1); v.Reason != carryover.LaterVersion || h.inRecords()[mira] != 0 {
		t.Errorf("held as %s, live notes by record %v; want %s and none", v.Reason, h.inRecords(), carryover.LaterVersion)
	}
}

// TestBringingBackWaitsLoudly: writing is stopped between archiving over
// somebody's work and bringing it back.
func TestBringingBackWaitsLoudly(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	note := h.notes()[0].ID
	pause := func(on bool) error {
		_, err := h.desk().Pause(t.Context(), desk.PauseRequest{On: on, Practitioner: physio, Actor: "cli:1000"})
		return err
	}
	h.before(archivePath, func(string) error {
		return errors.Join(h.cliniko.EditNote(note, []string{"A clinician's words."}), pause(true))
	})
	h.undo()
	h.untilReversal(ledger.ReversalArchiving)
	h.spin(50 * time.Millisecond)
	if !strings.Contains(h.alarms(), "bring_back_by_hand") {
		t.Errorf("alarms %q while a clinician's words are in the archive", h.alarms())
	}
	must(t, pause(false))
	h.untilReversal(ledger.ReversalByHand)
	if strings.Contains(h.alarms(), "bring_back_by_hand") || len(h.notes()) != 1 {
		t.Errorf("alarms %q, %d live notes; want it back", h.alarms(), len(h.notes()))
	}
}
