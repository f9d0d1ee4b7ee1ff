package pipeline_test

import (
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// inDoubtAfterEffect files the document and loses the answer; meanwhile runs
// once, before anything is settled.
func inDoubtAfterEffect(t *testing.T, meanwhile func(h *harness, note string)) *harness {
	t.Helper()
	h := newHarness(t)
	var once sync.Once
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultCutAfter, Count: 1})
	h.cliniko.Hook(func(e clinikosim.Event) {
		if !e.Before && e.Method == "POST" && e.Path == "/treatment_notes" {
			once.Do(func() { meanwhile(h, e.ID) })
		}
	})
	return h
}

// TestAdoptOnlyWhatWasSent: between a lost answer and settling, people work.
func TestAdoptOnlyWhatWasSent(t *testing.T) {
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	tests := []struct {
		why  string
		do   func(t *testing.T, h *harness, note string)
		want carryover.State
	}{
		{"nothing happens", func(*testing.T, *harness, string) {}, carryover.Proven},
		{"archived by a person", func(t *testing.T, h *harness, note string) { must(t, h.cliniko.ArchiveNote(note)) }, carryover.Held},
		{"words changed, reference kept", func(t *testing.T, h *harness, note string) {
			n := recordOf(h, note)
			must(t, h.cliniko.EditNote(note, []string{"other words", referenceOf(n.Content)}))
		}, carryover.Held},
		{"reference deleted", func(t *testing.T, h *harness, note string) {
			must(t, h.cliniko.EditNote(note, []string{"only this"}))
		}, carryover.Held},
		{"moved to another file", func(t *testing.T, h *harness, note string) { must(t, h.cliniko.MoveNote(note, otto)) }, carryover.Held},
		{"patient merged, note moves along", func(t *testing.T, h *harness, _ string) {
			id, err := h.cliniko.AddPatient(sandbox.Patient{FirstName: "Mira", LastName: "Quillfeather", BirthDate: "1979-02-14"})
			must(t, err)
			must(t, h.cliniko.MergePatients(mira, id))
		}, carryover.Proven},
		{"copied within the file", func(t *testing.T, h *harness, note string) {
			n := recordOf(h, note)
			copied, err := h.cliniko.AddNote(mira, physio, "Copy", []string{"x"})
			must(t, err)
			must(t, h.cliniko.ReplaceNoteContent(copied, n.Content))
		}, carryover.Held},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := inDoubtAfterEffect(t, func(h *harness, note string) { tt.do(t, h, note) })
			v := h.until(tt.want)
			if h.posts() != 1 {
				t.Errorf("%d POSTs, want 1: a note of ours was there", h.posts())
			}
			if tt.want == carryover.Held && v.Reason != carryover.SettleConflict {
				t.Errorf("reason = %q, want %q", v.Reason, carryover.SettleConflict)
			}
		})
	}
}

func recordOf(h *harness, id string) clinikosim.NoteRecord {
	for _, n := range h.cliniko.Notes() {
		if n.ID == id {
			return n
		}
	}
	return clinikosim.NoteRecord{}
}

// TestNothingIsSentWithinTheGracePeriod: absent means absent after the grace.
func TestNothingIsSentWithinTheGracePeriod(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.line.Timing.Grace = time.Hour
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultCutBefore, Count: 1})
	h.until(carryover.InDoubt)
	for range 10 {
		h.cycle()
	}
	if h.posts() != 1 {
		t.Errorf("%d POSTs within the grace period, want 1", h.posts())
	}
}

// TestCrashWhileSending leaves a delivery in Sending, as a killed process
// does, and starts again on the same ledger.
func TestCrashWhileSending(t *testing.T) {
	for _, effect := range []bool{true, false} {
		t.Run(map[bool]string{true: "after the effect", false: "before the effect"}[effect], func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			fault := sandbox.FaultCutBefore
			if effect {
				fault = sandbox.FaultCutAfter
			}
			h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: fault, Count: 1})
			h.until(carryover.InDoubt)
			// What a kill would have left: the intent on record, no answer.
			if err := h.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
				for _, q := range []string{
					"UPDATE version SET state = 'sending' WHERE state = 'in_doubt'",
					"UPDATE delivery SET state = 'sending' WHERE state = 'in_doubt'",
					"UPDATE attempt SET outcome = '', answered_at = 0",
				} {
					if _, err := tx.ExecContext(t.Context(), q); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if err := h.ledger.Close(); err != nil {
				t.Fatal(err)
			}
			h.open("ledger.db")
			h.until(carryover.Proven)
			if n := len(h.notes()); n != 1 {
				t.Errorf("%d notes, want 1", n)
			}
			if want := map[bool]int{true: 1, false: 2}[effect]; h.posts() != want {
				t.Errorf("%d POSTs, want %d", h.posts(), want)
			}
		})
	}
}

// TestTwoInDoubtInOneFile: of two documents of one patient, one request is
// lost and the other takes effect with its answer lost. The note that is there
// explains itself; it must not make the absent one look found.
func TestTwoInDoubtInOneFile(t *testing.T) {
	t.Parallel()
	const document2 = "64b0000000000000000000d2"
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].Documents = append(p.Sessions[0].Documents, sandbox.Document{
			ID: document2, Name: "Letter", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "Dear Dr Example, the knee is well."}},
		})
	})
	h.strike(
		sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultCutBefore, Count: 1},
		sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultCutAfter, Count: 1},
	)
	h.untilDoc(session1, document1, carryover.Proven)
	h.untilDoc(session1, document2, carryover.Proven)
	if n := len(h.notes()); n != 2 {
		t.Errorf("%d notes, want 2", n)
	}
}
