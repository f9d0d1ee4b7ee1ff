package pipeline_test

import (
	"testing"

	"carryover"
	"carryover/pipeline"
	"carryover/sandbox"
)

// TestReadsAgreeWithTheJournal: what is counted by purpose is what Cliniko saw,
// path by path.
func TestReadsAgreeWithTheJournal(t *testing.T) {
	t.Parallel()
	h := newCounting(t)
	other := h.gets("")
	v := h.until(carryover.Proven)
	got := h.line.Reads()
	for _, tt := range []struct {
		what      string
		got, want int
	}{
		{"register", got.Candidates + got.ReadAgain, h.gets("/patients")},
		{"diary", got.Diary, h.gets("/bookings") + h.gets("/attendees")},
		{"notes", got.Notes, h.gets("/treatment_notes")},
		{"all", got.Total(), h.gets("") - other},
		{"held", got.Held, 0},
		{"other", got.Other, 0},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: counted %d, the journal has %d; %+v", tt.what, tt.got, tt.want, got)
		}
	}
	if got.Candidates == 0 || got.Diary == 0 || got.Notes == 0 {
		t.Errorf("%+v: filing %s needs a register, a diary and a listing", got, v.ID)
	}
}

// TestReadAgainIsCounted: a note that waits for a second round has its
// patient's record read once more.
func TestReadAgainIsCounted(t *testing.T) {
	t.Parallel()
	h := newCounting(t)
	h.stopAt(carryover.Ready)
	before, patients := h.line.Reads(), h.gets("/patients")
	h.until(carryover.Proven)
	if n := h.line.Reads().ReadAgain - before.ReadAgain; n != 1 || h.gets("/patients")-patients != 1 {
		t.Errorf("read again %d times, the register was asked %d times, want once", n, h.gets("/patients")-patients)
	}
}

// TestHeldReadsAreTheirOwn: looking again asks the register and the diary, and
// counts for neither.
func TestHeldReadsAreTheirOwn(t *testing.T) {
	t.Parallel()
	h := newCounting(t, only(held[0].setup))
	v := h.until(carryover.Held)
	h.looked()
	before, gets := h.line.Reads(), h.gets("")
	h.due(v.ID)
	h.cycle()
	after := h.line.Reads()
	if n := after.Held - before.Held; n == 0 || n != h.gets("")-gets {
		t.Errorf("%d reads counted for what is held, the journal has %d", n, h.gets("")-gets)
	}
	before.Held, after.Held = 0, 0
	if before != after {
		t.Errorf("other counts went from %+v to %+v", before, after)
	}
}

// TestSecondTriesCount: a request that failed went out all the same.
func TestSecondTriesCount(t *testing.T) {
	t.Parallel()
	h := newCounting(t)
	h.strike(sandbox.Rule{API: "cliniko", Method: "GET", Path: "/bookings", Fault: sandbox.FaultStatus, Status: 503, Count: 1})
	h.until(carryover.Proven)
	if got := h.line.Reads(); got.Diary != h.gets("/bookings") || got.Diary < 2 {
		t.Errorf("diary counted %d times, the journal has %d, want at least two of them", got.Diary, h.gets("/bookings"))
	}
}

func TestReadsWithoutACounter(t *testing.T) {
	if got := (&pipeline.Pipeline{}).Reads(); got != (pipeline.Reads{}) {
		t.Errorf("Reads = %+v where nobody counts", got)
	}
}
