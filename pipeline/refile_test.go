package pipeline_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// move asks for the only document to go to another patient's record.
func (h *harness) move(to carryover.PatientID) error {
	h.t.Helper()
	_, err := h.desk().Move(h.t.Context(), desk.MoveRequest{ID: carryover.DocumentMark(session1, document1), Patient: to, Actor: "cli:1000"})
	return err
}

// inRecords counts the live notes and files of ours in each patient's record.
func (h *harness) inRecords() map[string]int {
	n := map[string]int{}
	for _, one := range h.notes() {
		n[one.PatientID]++
	}
	for _, one := range h.files() {
		n[one.PatientID]++
	}
	return n
}

// untilIn runs rounds until the document is proven, once, in a patient's record.
func (h *harness) untilIn(patient string) ledger.Version {
	h.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(3 * time.Millisecond) {
		h.cycle()
		v, _ := h.version(session1, document1)
		if v.State == carryover.Proven && string(v.Patient) == patient {
			return v
		}
		if time.Now().After(end) {
			h.t.Fatalf("document is %s (%s) in record %s, want it proven in %s; road: %s", v.State, v.Reason, v.Patient, patient, h.road())
		}
	}
}

// TestMove takes a proven note out of one record and files it in another, with
// words that come from wherever they are still to be had.
func TestMove(t *testing.T) {
	for _, tt := range []struct {
		why  string
		do   func(h *harness) error // after it is proven, before the move
		left int                    // notes of ours that stay in the wrong record
	}{
		{"Heidi has the words", func(*harness) error { return nil }, 0},
		{"Heidi has lost the document, our note has the words", func(h *harness) error { return h.heidi.RemoveDocument(session1, document1) }, 0},
		{"Heidi has lost the session, our note has the words", func(h *harness) error { return h.heidi.DeleteSession(session1) }, 0},
		{"somebody finalised the wrong one", func(h *harness) error { return h.cliniko.FinaliseNote(h.notes()[0].ID) }, 1},
		{"somebody removed the wrong one", func(h *harness) error { return h.cliniko.ArchiveNote(h.notes()[0].ID) }, 0},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.until(carryover.Proven)
			first := h.notes()[0]
			must(t, tt.do(h))
			must(t, h.move(otto))
			h.untilIn(otto)
			in := h.inRecords()
			if in[mira] != tt.left || in[otto] != 1 || h.posts() != 2 {
				t.Errorf("live notes by record %v after %d POSTs, want %d and 1 after 2", in, h.posts(), tt.left)
			}
			words := func(n clinikosim.NoteRecord) string {
				said, _, _ := strings.Cut(n.Content, "Heidi document")
				return strings.Join(strings.Fields(strings.NewReplacer("<", " <", ">", "> ").Replace(said)), " ")
			}
			for _, n := range h.notes() {
				if n.PatientID == otto && (words(n) != words(first) || n.Title != first.Title || n.BookingID != "") {
					t.Errorf("in the right record: %q %q with booking %q, want %q %q without", n.Title, words(n), n.BookingID, first.Title, words(first))
				}
			}
			r, d := h.reversal()
			if tt.left == 1 {
				if r.State != ledger.ReversalByHand || d.State != carryover.Held || !strings.Contains(h.alarms(), "remove_by_hand") {
					t.Errorf("the wrong one: %s, %s, alarms %q; want a person to be told", r.State, d.State, h.alarms())
				}
				must(t, h.cliniko.ArchiveNote(first.ID))
				_, d = h.untilReversal(ledger.ReversalDone)
			}
			if d.State != carryover.Undone || h.alarms() != "" {
				t.Errorf("the wrong one is %s, alarms %q; want undone and none", d.State, h.alarms())
			}
			facts, err := h.desk().Show(t.Context(), desk.ShowRequest{ID: string(d.Version)})
			must(t, err)
			if b := facts.Deliveries[0].TakenBack; b == nil || b.VisibleFrom.IsZero() || b.VisibleTo.IsZero() || b.Into != otto || len(facts.Deliveries) != 2 {
				t.Errorf("facts = %+v of %d deliveries, want when it could be seen and where it went", b, len(facts.Deliveries))
			}
		})
	}
}

// TestMoveDoesNothing where the document could not be filed in the other record.
func TestMoveDoesNothing(t *testing.T) {
	for _, tt := range []struct {
		why  string
		to   carryover.PatientID
		do   func(h *harness) error
		want carryover.Reason
	}{
		{"nobody has the words", otto, func(h *harness) error {
			return errors.Join(h.heidi.RemoveDocument(session1, document1), h.cliniko.EditNote(h.notes()[0].ID, []string{"Other words."}))
		}, carryover.CannotMove},
		{"the other record is archived", otto, func(h *harness) error { return h.cliniko.ArchivePatient(otto) }, carryover.NoSuchRecord},
		{"there is no such record", "1968645883121642799", func(*harness) error { return nil }, carryover.NoSuchRecord},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.until(carryover.Proven)
			must(t, tt.do(h))
			must(t, h.move(tt.to))
			v := h.until(carryover.Held)
			if v.Reason != tt.want || h.asks(archivePath) != 0 || h.posts() != 1 {
				t.Errorf("held as %s after %d archives and %d POSTs, want %s and nothing done", v.Reason, h.asks(archivePath), h.posts(), tt.want)
			}
		})
	}
}

func TestMoveIsRefused(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	if err := h.move(mira); !errors.Is(err, carryover.ErrRefused) {
		t.Errorf("to the same record = %v, want a refusal", err)
	}
	shown, err := h.desk().Show(t.Context(), desk.ShowRequest{ID: carryover.DocumentMark(session1, document1)})
	must(t, err)
	if _, err := h.desk().Move(t.Context(), desk.MoveRequest{ID: shown.Mark, Patient: otto, Digest: "00ff", Actor: "cli:1000"}); !errors.Is(err, desk.ErrChanged) {
		t.Errorf("with another digest = %v, want that it changed", err)
	}
	dry, err := h.desk().Move(t.Context(), desk.MoveRequest{ID: shown.Mark, Patient: otto, Digest: shown.Digest, DryRun: true, Actor: "cli:1000"})
	if err != nil || dry.State != "" || dry.OfNote != h.notes()[0].ID || len(dry.Says) != 3 {
		t.Errorf("dry run = %+v, %v; want what would happen, and that no daemon runs", dry, err)
	}
	if h.cycle(); len(h.notes()) != 1 {
		t.Error("a dry run did something")
	}
}

// TestMoveAfterEvidenceChanged: somebody corrected the patient in Heidi after
// the note was filed; the later reading is what is filed in the right record.
func TestMoveAfterEvidenceChanged(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	must(t, h.heidi.EditSession(session1, corrected("Otto Elsewhere", "1960-06-06")))
	if v := h.until(carryover.Held); v.Reason != carryover.EvidenceChanged || v.Number != 2 {
		t.Fatalf("version %d held as %s", v.Number, v.Reason)
	}
	must(t, h.move(otto))
	if v := h.untilIn(otto); v.Number != 2 || h.inRecords()[mira] != 0 || h.inRecords()[otto] != 1 || h.alarms() != "" {
		t.Errorf("version %d, live notes by record %v, alarms %q", v.Number, h.inRecords(), h.alarms())
	}
}

// TestMoveOvertaken: Heidi's document changes after the move was asked for; the
// later version is a person's to decide about, and nothing goes astray.
func TestMoveOvertaken(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	must(t, h.move(otto))
	must(t, h.heidi.EditDocument(session1, document1, text1+"\n\nThanks."))
	must(t, h.line.Read(t.Context(), physio, session1)) // before the note is taken out
	r, d := h.untilReversal(ledger.ReversalDone)
	if d.State != carryover.Undone || r.Patient != "" || r.Why != string(carryover.LaterVersion) {
		t.Errorf("delivery %s, to go to %q (%s); want it undone and nothing filed again", d.State, r.Patient, r.Why)
	}
	h.untilLater(carryover.Held)
	if v, _ := h.version(session1, document1); v.Reason != carryover.TakenBack || len(h.notes()) != 0 {
		t.Errorf("later version %s (%s) with %d notes, want it held", v.State, v.Reason, len(h.notes()))
	}
}

// TestMoveWhilePaused waits, and then goes its way.
func TestMoveWhilePaused(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	_, err := h.desk().Pause(t.Context(), desk.PauseRequest{On: true, Actor: "cli:1000"})
	must(t, err)
	must(t, h.move(otto))
	for range 5 {
		h.cycle()
	}
	if in := h.inRecords(); in[mira] != 1 || in[otto] != 0 {
		t.Errorf("live notes by record %v while paused", in)
	}
	_, err = h.desk().Pause(t.Context(), desk.PauseRequest{Actor: "cli:1000"})
	must(t, err)
	h.untilIn(otto)
}

// TestUndoneIsFiledAgain by a person's decision alone, with a reference of its
// own: what was taken out is neither adopted nor taken for somebody's.
func TestUndoneIsFiledAgain(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	first := h.notes()[0]
	h.undo()
	h.untilReversal(ledger.ReversalDone)
	_, err := h.desk().Retry(t.Context(), desk.RetryRequest{ID: carryover.DocumentMark(session1, document1), Actor: "cli:1000"})
	must(t, err)
	h.untilIn(mira)
	if n := h.notes(); len(n) != 1 || n[0].ID == first.ID || n[0].Content == first.Content {
		t.Errorf("%d live notes, want another one with another reference", len(n))
	}
}

// TestLaterVersionOfAnUndone waits for a person, and is filed once they say where.
func TestLaterVersionOfAnUndone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	h.undo()
	h.untilReversal(ledger.ReversalDone)
	must(t, h.heidi.EditDocument(session1, document1, text1+"\n\nThanks."))
	v := h.until(carryover.Held)
	if v.Reason != carryover.TakenBack || len(h.notes()) != 0 {
		t.Fatalf("held as %s with %d notes, want %s", v.Reason, len(h.notes()), carryover.TakenBack)
	}
	release := func(to carryover.PatientID) error {
		_, err := h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Patient: to, Actor: "cli:1000"})
		return err
	}
	if err := release(""); !errors.Is(err, carryover.ErrRefused) {
		t.Errorf("release without a patient = %v: the record it was taken out of is nobody's choice", err)
	}
	must(t, release(otto))
	h.untilIn(otto)
}

// TestEmptyLedgerLeavesAnUndoneNoteAlone: a ledger that knows nothing of the
// undoing finds our note archived, and asks.
func TestEmptyLedgerLeavesAnUndoneNoteAlone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	h.undo()
	h.untilReversal(ledger.ReversalDone)
	h.open("empty.db")
	if v := h.until(carryover.Held); v.Reason != carryover.EarlierNote || len(h.notes()) != 0 {
		t.Errorf("held as %s with %d live notes, want %s and none", v.Reason, len(h.notes()), carryover.EarlierNote)
	}
}

func TestUndoOfAFile(t *testing.T) {
	for _, tt := range []struct {
		why   string
		do    func(h *harness, file string) error
		race  bool // just before the request, rather than before undoing
		want  ledger.ReversalState
		touch string
		live  int
	}{
		{"untouched", func(*harness, string) error { return nil }, false, ledger.ReversalDone, "", 0},
		{"described anew", func(h *harness, f string) error {
			return h.cliniko.DescribeAttachment(f, "For the GP "+describedAs(h.cliniko, f))
		}, false, ledger.ReversalByHand, "described", 1},
		{"described without its reference", func(h *harness, f string) error { return h.cliniko.DescribeAttachment(f, "For the GP") }, false, ledger.ReversalByHand, "edited", 1},
		{"archived by a person", func(h *harness, f string) error { return h.cliniko.ArchiveAttachment(f) }, false, ledger.ReversalDone, "", 0},
		{"archived by a person meanwhile", func(h *harness, f string) error { return h.cliniko.ArchiveAttachment(f) }, true, ledger.ReversalDone, "", 0},
		{"described meanwhile", func(h *harness, f string) error { return h.cliniko.DescribeAttachment(f, "For the GP") }, true, ledger.ReversalDone, "", 0},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newFiling(t)
			h.until(carryover.Proven)
			file := h.files()[0].ID
			if tt.race {
				h.before(archivePath, func(string) error { return tt.do(h, file) })
			} else {
				must(t, tt.do(h, file))
			}
			h.undo()
			if r, _ := h.untilReversal(tt.want); r.Why != tt.touch || len(h.files()) != tt.live {
				t.Errorf("why %q with %d live files, want %q and %d", r.Why, len(h.files()), tt.touch, tt.live)
			}
		})
	}
}

// TestMoveOfAFile: the words come from Heidi, or from nowhere.
func TestMoveOfAFile(t *testing.T) {
	t.Parallel()
	h := newFiling(t)
	h.until(carryover.Proven)
	must(t, h.move(otto))
	h.untilIn(otto)
	if in := h.inRecords(); in[mira] != 0 || in[otto] != 1 {
		t.Errorf("live files by record %v, want one in the right one", in)
	}
}

// corrected is a session's patient as somebody corrects it in Heidi.
func corrected(name, born string) sandbox.Correction {
	return sandbox.Correction{PatientName: name, PatientDOB: born}
}
