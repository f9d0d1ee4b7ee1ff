package pipeline_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// TestIntentIsOnRecordBeforeThePost: when the request arrives, another reader of
// the ledger sees all that a restart would need.
func TestIntentIsOnRecordBeforeThePost(t *testing.T) {
	for kind, start := range bothDestinations {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h := start(t)
			var once sync.Once
			var mu sync.Mutex // guards what the hook has seen
			var seen ledger.Delivery
			var attempts []ledger.Attempt
			h.cliniko.Hook(func(e clinikosim.Event) {
				if !e.Before || e.Method != http.MethodPost || e.Path != "/treatment_notes" && e.Path != attachPath {
					return
				}
				once.Do(func() {
					mu.Lock()
					defer mu.Unlock()
					if err := h.ledger.View(context.WithoutCancel(t.Context()), func(tx *ledger.Tx) error {
						all, err := tx.DeliveriesIn(context.WithoutCancel(t.Context()), carryover.Sending)
						if err != nil || len(all) != 1 {
							return err
						}
						seen = all[0]
						attempts, err = tx.Attempts(context.WithoutCancel(t.Context()), seen.ID)
						return err
					}); err != nil {
						t.Error(err)
					}
				})
			})
			began := time.Now().Add(-time.Minute)
			h.until(carryover.Proven)
			mu.Lock()
			defer mu.Unlock()
			to := map[string]carryover.Destination{"note": carryover.ToTreatmentNote, "file": carryover.ToAttachment}[kind]
			if seen.State != carryover.Sending || seen.Patient != mira || seen.Practitioner != physio || seen.Booking != booking1 ||
				seen.Destination != to || seen.Reference == "" || len(seen.WordsDigest) == 0 || seen.IntentAt.Before(began) || seen.Note != "" {
				t.Errorf("on record at the POST: %+v, want the whole intent", seen)
			}
			if len(attempts) != 1 || attempts[0].Number != 1 || attempts[0].Outcome != ledger.NoOutcome || attempts[0].StartedAt.Before(began) {
				t.Errorf("attempts on record at the POST: %+v, want one without an outcome", attempts)
			}
			if last := h.delivery(h.until(carryover.Proven)); last.Reference != seen.Reference || string(last.WordsDigest) != string(seen.WordsDigest) {
				t.Errorf("proven as %s, the intent was %s", last.Reference, seen.Reference)
			}
		})
	}
}

// TestIntentIsWholeOrNothing: an intent of which a part cannot be recorded is
// none, and nothing is sent.
func TestIntentIsWholeOrNothing(t *testing.T) {
	for _, part := range []string{
		"INSERT ON attempt", "INSERT ON delivery", "UPDATE ON version WHEN NEW.state = 'sending'", "UPDATE ON delivery WHEN NEW.state = 'sending'", "INSERT ON audit WHEN NEW.to_state = 'sending'",
	} {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			h := newCounting(t)
			h.stopAt(carryover.Ready)
			h.exec("CREATE TRIGGER full BEFORE " + part + " BEGIN SELECT RAISE(ABORT, 'disk full'); END")
			h.deliver(physio)
			v, _ := h.version(session1, document1)
			if h.posts() != 0 || v.State != carryover.Ready {
				t.Errorf("%d POSTs and %s with half an intent, want none and ready", h.posts(), v.State)
			}
		})
	}
}

// exec changes the ledger behind everybody's back.
func (h *harness) exec(queries ...string) {
	h.t.Helper()
	must(h.t, h.ledger.Update(h.t.Context(), func(tx *ledger.Tx) error {
		for _, q := range queries {
			if _, err := tx.ExecContext(h.t.Context(), q); err != nil {
				return err
			}
		}
		return nil
	}))
}

// A stopping chart is told to stop just as a note leaves.
type stopping struct {
	pipeline.Chart
	stop context.CancelFunc
}

func (s stopping) File(ctx context.Context, d carryover.NoteDraft) (carryover.Note, error) {
	s.stop()
	return s.Chart.File(ctx, d)
}

// TestStopInMidRequest: whoever stops the daemon while a request is under way
// loses nothing: its answer is recorded, or its loss is.
func TestStopInMidRequest(t *testing.T) {
	for fault, want := range map[sandbox.FaultKind]carryover.State{"": carryover.Filed, sandbox.FaultCutAfter: carryover.InDoubt, sandbox.FaultCutBefore: carryover.InDoubt} {
		t.Run(string(want)+"/"+string(fault), func(t *testing.T) {
			t.Parallel()
			h := newCounting(t, manyDocs)
			if fault != "" {
				h.strike(sandbox.Rule{API: "cliniko", Method: http.MethodPost, Path: "/treatment_notes", Fault: fault, Count: 1})
			}
			h.allReady(9)
			ctx, stop := context.WithCancel(t.Context())
			side := h.line.Sides[physio]
			side.Chart = stopping{side.Chart, stop}
			h.line.Sides[physio] = side
			_ = h.line.Deliver(ctx, h.line.Begin(physio))
			states := map[carryover.State]int{}
			for _, d := range "123456789" {
				v, _ := h.version(session1, carryover.DocumentID("64b0000000000000000000d"+string(d)))
				states[v.State]++
			}
			if states[want] != 1 || states[carryover.Sending] != 0 || h.posts() != 1 {
				t.Errorf("states %v after %d POSTs, want one %s and no further POST", states, h.posts(), want)
			}
		})
	}
}
