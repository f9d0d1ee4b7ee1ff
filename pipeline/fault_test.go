package pipeline_test

import (
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// TestOnceWhateverTheAnswer strikes the note's POST in every way the sandbox
// knows, once and twice, and wants one note and one proof, or a hold.
func TestOnceWhateverTheAnswer(t *testing.T) {
	tests := []struct {
		fault sandbox.FaultKind
		rule  sandbox.Rule
		want  carryover.State // after one strike
		twice carryover.State // after two strikes in a row
	}{
		{sandbox.FaultCutBefore, sandbox.Rule{}, carryover.Proven, carryover.Held},
		{sandbox.FaultCutAfter, sandbox.Rule{}, carryover.Proven, carryover.Proven},
		{sandbox.FaultStatus, sandbox.Rule{Status: 503}, carryover.Proven, carryover.Held},
		{sandbox.FaultStatus, sandbox.Rule{Status: 500}, carryover.Proven, carryover.Held},
		{sandbox.FaultStatusAfter, sandbox.Rule{Status: 500}, carryover.Proven, carryover.Proven},
		{sandbox.FaultHTML, sandbox.Rule{Status: 502}, carryover.Proven, carryover.Held},
		{sandbox.FaultHTMLAfter, sandbox.Rule{Status: 504}, carryover.Proven, carryover.Proven},
		{sandbox.FaultRequestLost, sandbox.Rule{Delay: sandbox.Duration(300 * time.Millisecond)}, carryover.Proven, carryover.Held},
		{sandbox.FaultAnswerLost, sandbox.Rule{Delay: sandbox.Duration(300 * time.Millisecond)}, carryover.Proven, carryover.Proven},
		{sandbox.FaultLate, sandbox.Rule{Delay: sandbox.Duration(250 * time.Millisecond)}, carryover.Proven, carryover.Proven},
		{sandbox.FaultTruncated, sandbox.Rule{}, carryover.Proven, carryover.Proven},
		{sandbox.FaultStall, sandbox.Rule{Delay: sandbox.Duration(250 * time.Millisecond)}, carryover.Proven, carryover.Proven},
	}
	for _, tt := range tests {
		for strikes, want := range map[int]carryover.State{1: tt.want, 2: tt.twice} {
			t.Run(string(tt.fault)+"/"+string(want), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t)
				r := tt.rule
				r.API, r.Method, r.Path, r.Fault, r.Count, r.Again = "cliniko", "POST", "/treatment_notes", tt.fault, strikes, strikes
				h.strike(r)
				v := h.until(want)
				if want == carryover.Held {
					if v.Reason != carryover.StillInDoubt {
						t.Errorf("held as %q, want %q", v.Reason, carryover.StillInDoubt)
					}
					if n := len(h.notes()); n != 0 {
						t.Errorf("%d notes though every request was lost", n)
					}
					return
				}
				if n := len(h.notes()); n != 1 {
					t.Errorf("%d notes, want 1; road: %s", n, h.road())
				}
			})
		}
	}
}

// TestClearAnswers are those after which nothing is in doubt.
func TestClearAnswers(t *testing.T) {
	t.Run("429 waits and goes on", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultStatus, Status: 429, Count: 1})
		h.until(carryover.Ready)
		if h.posts() != 1 || len(h.notes()) != 0 {
			t.Errorf("%d POSTs and %d notes after a 429", h.posts(), len(h.notes()))
		}
		if v, _ := h.version(session1, document1); !v.Due.After(time.Now()) {
			t.Error("the next try is not put off")
		}
	})
	t.Run("401 pauses the practitioner", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultStatus, Status: 401, Again: 9})
		h.until(carryover.Ready)
		for range 20 {
			h.cycle()
			time.Sleep(2 * time.Millisecond)
		}
		if h.posts() != 2 {
			t.Errorf("%d POSTs with a key that is refused, want 2", h.posts())
		}
	})
	t.Run("a single 401 in between is no reason to stop", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultUnauthorized, Count: 1})
		h.until(carryover.Proven)
	})
	t.Run("422 is refused", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultStatus, Status: 422})
		if v := h.until(carryover.Refused); v.Reason != carryover.ClinikoRefused {
			t.Errorf("reason = %q", v.Reason)
		}
	})
	t.Run("a refusal of the booking is tried without it", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t, func(_ *sandbox.Practice, o *clinikosim.Options, _ *heidisim.Options) {
			o.Switches.NoCancelledBooking = true
		})
		var once sync.Once
		h.cliniko.Hook(func(e clinikosim.Event) {
			if e.Method == "POST" && e.Before {
				once.Do(func() {
					if err := h.cliniko.CancelAppointment(booking1); err != nil {
						t.Error(err)
					}
				})
			}
		})
		h.until(carryover.Proven)
		if n := h.notes(); len(n) != 1 || n[0].BookingID != "" {
			t.Errorf("notes = %d, tied to the cancelled booking", len(n))
		}
	})
}
