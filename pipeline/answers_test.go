package pipeline_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/sandbox"
)

// bothAuthors gives the second practitioner a session of their own.
func bothAuthors(p *sandbox.Practice) {
	s, day := p.Sessions[0], p.Appointments[0]
	s.ID, s.PractitionerID, s.PatientName, s.PatientDOB, s.Belongs = "2718", physio2, "Otto Elsewhere", "1960-06-06", otto
	s.Documents = []sandbox.Document{{ID: document2, Name: "Other", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "other text"}}}}
	day.ID, day.PractitionerID, day.PatientID = "1968645883121642902", physio2, otto
	p.Sessions, p.Appointments = append(p.Sessions, s), append(p.Appointments, day)
}

// TestRefusedKeyStopsItsAuthor: a key that Cliniko refuses twice in a row stops
// that practitioner's writes and nobody else's, with one alarm; what was to be
// sent is ready and nothing is in doubt. A person lets it go on.
func TestRefusedKeyStopsItsAuthor(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		for kind, start := range bothDestinations {
			t.Run(http.StatusText(status)+"/"+kind, func(t *testing.T) {
				t.Parallel()
				h := start(t, only(bothAuthors))
				on := map[string]func(sandbox.Rule) sandbox.Rule{"note": onNote, "file": onAttach}[kind]
				h.strike(on(sandbox.Rule{Fault: sandbox.FaultStatus, Status: status, Again: 1 << 20}))
				h.allReady(1)
				for end := time.Now().Add(patience); h.alarms() == "" && time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
					h.deliver(physio)
				}
				for range 3 {
					h.deliver(physio)
				}
				v, _ := h.version(session1, document1)
				if v.State != carryover.Ready || h.sent() != 2 || h.alarms() != "key_refused" {
					t.Fatalf("%s after %d POSTs with alarms %q, want ready after two, and one about the key", v.State, h.sent(), h.alarms())
				}
				for who, want := range map[carryover.PractitionerID]ledger.PauseReason{physio: ledger.PausedKeyRefused, physio2: ""} {
					if got := h.practitioner(who); got.PauseReason != want || got.PausedAt.IsZero() != (want == "") {
						t.Errorf("practitioner %s is paused for %q, want %q", who, got.PauseReason, want)
					}
				}
				h.strike()
				h.untilDoc("2718", document2, carryover.Proven)
				if v, _ := h.version(session1, document1); v.State != carryover.Ready {
					t.Errorf("%s while its author is paused, want ready", v.State)
				}
				must(t, h.ledger.Update(t.Context(), func(tx *ledger.Tx) error { return tx.Unpause(t.Context(), physio) }))
				h.until(carryover.Proven)
				if h.alarms() != "" {
					t.Errorf("alarms %q after the key was taken again, want none", h.alarms())
				}
			})
		}
	}
}

func (h *harness) practitioner(who carryover.PractitionerID) (row ledger.Practitioner) {
	h.t.Helper()
	must(h.t, h.ledger.View(h.t.Context(), func(tx *ledger.Tx) (err error) {
		row, err = tx.Practitioner(h.t.Context(), who)
		return err
	}))
	return row
}

// TestLimitIsWaitedFor: after a 429 nothing is sent before Cliniko's own time,
// and nothing is in doubt.
func TestLimitIsWaitedFor(t *testing.T) {
	for kind, start := range bothDestinations {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h := start(t)
			on := map[string]func(sandbox.Rule) sandbox.Rule{"note": onNote, "file": onAttach}[kind]
			h.strike(on(sandbox.Rule{Fault: sandbox.FaultRateLimited, Delay: sandbox.Duration(time.Minute), Count: 1}))
			h.stopAt(carryover.Ready)
			before := time.Now()
			h.deliver(physio)
			v, _ := h.version(session1, document1)
			if v.State != carryover.Ready || h.sent() != 1 || v.Due.Before(before.Add(50*time.Second)) {
				t.Errorf("%s after %d POSTs, due %v later, want ready after one, due in a minute", v.State, h.sent(), v.Due.Sub(before))
			}
			if n := len(h.attempts(v)); n != 1 || h.attempts(v)[0].Outcome != ledger.NotDone {
				t.Errorf("attempts %+v, want one that was not done", h.attempts(v))
			}
		})
	}
}

func (h *harness) attempts(v ledger.Version) (all []ledger.Attempt) {
	h.t.Helper()
	must(h.t, h.ledger.View(h.t.Context(), func(tx *ledger.Tx) (err error) {
		all, err = tx.Attempts(h.t.Context(), v.Delivery)
		return err
	}))
	return all
}

// TestAnswerDecidesTheState: what each kind of answer makes of a delivery, one
// round after it.
func TestAnswerDecidesTheState(t *testing.T) {
	tests := []struct {
		why  string
		rule sandbox.Rule
		want carryover.State
	}{
		{"201", sandbox.Rule{}, carryover.Filed},
		{"400", sandbox.Rule{Fault: sandbox.FaultStatus, Status: 400}, carryover.Refused},
		{"404", sandbox.Rule{Fault: sandbox.FaultStatus, Status: 404}, carryover.Refused},
		{"422", sandbox.Rule{Fault: sandbox.FaultStatus, Status: 422}, carryover.Refused},
		{"422 in HTML", sandbox.Rule{Fault: sandbox.FaultHTML, Status: 422}, carryover.InDoubt},
		{"403 in HTML", sandbox.Rule{Fault: sandbox.FaultHTML, Status: 403}, carryover.InDoubt},
		{"429 in HTML", sandbox.Rule{Fault: sandbox.FaultHTML, Status: 429}, carryover.InDoubt},
		{"408", sandbox.Rule{Fault: sandbox.FaultStatus, Status: 408}, carryover.InDoubt},
		{"302", sandbox.Rule{Fault: sandbox.FaultStatus, Status: 302}, carryover.InDoubt},
		{"500", sandbox.Rule{Fault: sandbox.FaultStatus, Status: 500}, carryover.InDoubt},
		{"503 after the effect", sandbox.Rule{Fault: sandbox.FaultStatusAfter, Status: 503}, carryover.InDoubt},
		{"half an answer", sandbox.Rule{Fault: sandbox.FaultTruncated}, carryover.InDoubt},
		{"a reset", sandbox.Rule{Fault: sandbox.FaultCutBefore}, carryover.InDoubt},
	}
	for _, tt := range tests {
		for kind, start := range bothDestinations {
			t.Run(tt.why+"/"+kind, func(t *testing.T) {
				t.Parallel()
				h := start(t)
				if tt.rule.Fault != "" {
					on := map[string]func(sandbox.Rule) sandbox.Rule{"note": onNote, "file": onAttach}[kind]
					h.strike(on(tt.rule))
				}
				h.stopAt(carryover.Ready)
				h.deliver(physio)
				v, _ := h.version(session1, document1)
				if v.State != tt.want || h.sent() != 1 {
					t.Errorf("%s after %d POSTs, want %s after one", v.State, h.sent(), tt.want)
				}
				if refused := strings.Contains(h.alarms(), "refused"); refused != (tt.want == carryover.Refused) {
					t.Errorf("alarms %q for a document that is %s", h.alarms(), tt.want)
				}
			})
		}
	}
}
