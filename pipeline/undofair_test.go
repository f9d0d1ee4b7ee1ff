package pipeline_test

import (
	"fmt"
	"testing"
	"time"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// TestUndoBehindPausedOnes: as many undos as a round takes wait for a pause to
// end; a note that a person has removed meanwhile is seen to be gone all the same.
func TestUndoBehindPausedOnes(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		docs := &p.Sessions[0].Documents
		for i := range perRound {
			*docs = append(*docs, sandbox.Document{
				ID: string(letter(i)), Name: "Letter", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: fmt.Sprintf("Dear colleague number %d, all is well.", i)}},
			})
		}
	})
	h.until(carryover.Proven)
	for i := range perRound {
		h.untilDoc(session1, letter(i), carryover.Proven)
	}
	_, first := h.filing()
	must(t, h.cliniko.FinaliseNote(string(first.Note)))
	h.undo()
	h.untilReversal(ledger.ReversalByHand)
	_, err := h.desk().Pause(t.Context(), desk.PauseRequest{On: true, Practitioner: physio, Actor: "cli:1000"})
	must(t, err)
	for i := range perRound {
		_, err := h.desk().Undo(t.Context(), desk.UndoRequest{ID: carryover.DocumentMark(session1, letter(i)), Actor: "cli:1000"})
		must(t, err)
	}
	for before := h.read(); !h.read().After(before); { // the note is looked at once more: from now on it is due last
		h.cycle()
	}
	must(t, h.cliniko.ArchiveNote(string(first.Note)))
	h.untilReversal(ledger.ReversalDone)
	if n := h.asks(archivePath); n != 0 {
		t.Errorf("%d requests to archive while paused", n)
	}
	_, err = h.desk().Pause(t.Context(), desk.PauseRequest{Practitioner: physio, Actor: "cli:1000"})
	must(t, err)
	for i := range perRound {
		h.untilDoc(session1, letter(i), carryover.Undone)
	}
}

// read is when the first filing's note was last read.
func (h *harness) read() time.Time {
	r, _ := h.reversal()
	return r.ReadAt
}

// perRound is how many reversals one round takes.
const perRound = 8

func letter(i int) carryover.DocumentID {
	return carryover.DocumentID(fmt.Sprintf("64b0000000000000000000e%d", i))
}

// filing returns the first filing's delivery.
func (h *harness) filing() (v ledger.Version, d ledger.Delivery) {
	h.t.Helper()
	v, _ = h.version(session1, document1)
	must(h.t, h.ledger.View(h.t.Context(), func(tx *ledger.Tx) (err error) {
		d, err = tx.Delivery(h.t.Context(), v.Delivery)
		return err
	}))
	return v, d
}
