package pipeline_test

import (
	"testing"
	"time"

	"carryover"
	"carryover/internal/desk"
	"carryover/pipeline"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// TestOverdue: a document that waits is told of when it has waited too long for a
// person, when Heidi will soon delete it, and when its session is gone; each once,
// and each is well again when nothing waits any more.
func TestOverdue(t *testing.T) {
	t.Parallel()
	noTiming := func(*pipeline.Timing) {}
	for _, tt := range []struct {
		name   string
		timing func(*pipeline.Timing)
		gone   bool // the session
		want   string
	}{
		{"nothing is late", noTiming, false, ""},
		{"held for long", func(t *pipeline.Timing) { t.HeldLong = time.Nanosecond }, false, "held_long"},
		{"retention near", func(t *pipeline.Timing) { t.LookBack = time.Millisecond }, false, "retention_near"},
		{"both", func(t *pipeline.Timing) { t.HeldLong, t.LookBack = time.Nanosecond, time.Millisecond }, false, "held_long retention_near"},
		{"gone", noTiming, true, "session_vanished"},
		{"gone is not near", func(t *pipeline.Timing) { t.HeldLong, t.LookBack = time.Nanosecond, time.Millisecond }, true, "session_vanished held_long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
				p.Sessions[0].PatientName = "Nobody Invented"
			})
			v := h.until(carryover.Held)
			if tt.gone {
				must(t, h.heidi.DeleteSession(session1))
				for range 1000 {
					if h.alarms() != "" {
						break
					}
					h.cycle()
				}
			}
			tt.timing(&h.line.Timing)
			for range 2 {
				must(t, h.line.Overdue(t.Context()))
			}
			if got := h.alarms(); got != tt.want {
				t.Errorf("alarms %q, want %q", got, tt.want)
			}
			if _, err := h.desk().Dismiss(t.Context(), desk.DismissRequest{ID: string(v.ID), Reason: "test", Actor: "cli:1000"}); err != nil {
				t.Fatal(err)
			}
			must(t, h.line.Overdue(t.Context()))
			if got := h.alarms(); got != "" {
				t.Errorf("alarms %q after a person decided, want none", got)
			}
		})
	}
}

// TestRefusedThenRewritten: a document that Cliniko would not take is written anew
// in Heidi. The alarm about the old text ends with it.
func TestRefusedThenRewritten(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultStatus, Status: 422, Count: 1, Again: 9})
	h.until(carryover.Refused)
	if got := h.alarms(); got != "refused" {
		t.Fatalf("alarms %q, want refused", got)
	}
	must(t, h.heidi.EditDocument(session1, document1, "Other words."))
	h.until(carryover.Proven)
	if got := h.alarms(); got != "" {
		t.Errorf("alarms %q once the new text is filed, want none", got)
	}
}
