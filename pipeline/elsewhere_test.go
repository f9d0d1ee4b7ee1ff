package pipeline_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// raisedEver counts the alarms of a kind, open or not.
func (h *harness) raisedEver(kind string) (n int) {
	h.t.Helper()
	must(h.t, h.ledger.View(h.t.Context(), func(tx *ledger.Tx) error {
		return tx.QueryRowContext(h.t.Context(), "SELECT COUNT(*) FROM alarm WHERE kind = $1", kind).Scan(&n)
	}))
	return n
}

// TestRedirectIsAnOutage: a redirect in place of an answer is waited out, and
// told of only when it lasts; once, and once that it is over.
func TestRedirectIsAnOutage(t *testing.T) {
	t.Parallel()
	strike := func(h *harness, path string, times int) {
		h.strike(sandbox.Rule{API: "cliniko", Method: http.MethodGet, Path: path, Fault: sandbox.FaultStatus, Status: http.StatusFound, Count: times, Again: times})
	}
	for _, path := range []string{"/patients", "/bookings"} {
		t.Run("a single one of "+path, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.line.Timing.Poll = time.Second // within ten of which nobody is told
			strike(h, path, 1)
			for end := time.Now().Add(patience); len(h.notes()) == 0 && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
				h.cycle()
			}
			if h.raisedEver("impossible_state")+h.raisedEver("led_elsewhere") != 0 || len(h.notes()) != 1 {
				t.Errorf("alarms %q, %d notes; want one note and nobody told", h.alarms(), len(h.notes()))
			}
		})
		t.Run("many of "+path, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			strike(h, path, 30)
			for end := time.Now().Add(patience); !strings.Contains(h.alarms(), "led_elsewhere") && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
				h.cycle()
			}
			if !strings.Contains(h.alarms(), "led_elsewhere") {
				t.Errorf("alarms %q, want led_elsewhere", h.alarms())
			}
			h.until(carryover.Proven)
			if h.alarms() != "" || h.raisedEver("led_elsewhere") != 1 || h.raisedEver("impossible_state") != 0 {
				t.Errorf("alarms %q, raised %d times; want it told once, and over", h.alarms(), h.raisedEver("led_elsewhere"))
			}
		})
	}
}

// TestOneRefusalOfEachKey: refusals are counted by author, so that one for each
// of two keys pauses nobody.
func TestOneRefusalOfEachKey(t *testing.T) {
	t.Parallel()
	const session2 = "271828182845904523536028747135266249776"
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		one, a := p.Sessions[0], p.Appointments[0]
		a.ID, a.PractitionerID, a.PatientID = "1968645883121642902", physio2, otto
		one.ID, one.PractitionerID, one.PatientName, one.PatientDOB, one.Belongs = session2, physio2, "Otto Elsewhere", "1960-06-06", otto
		one.Documents = []sandbox.Document{{ID: document2, Name: "Letter", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "Dear colleague, all is well."}}}}
		p.Appointments, p.Sessions = append(p.Appointments, a), append(p.Sessions, one)
	})
	h.strike(sandbox.Rule{API: "cliniko", Method: http.MethodPost, Path: "/treatment_notes", Fault: sandbox.FaultStatus, Status: http.StatusUnauthorized, Count: 2})
	h.until(carryover.Proven)
	h.untilDoc(session2, document2, carryover.Proven)
	if h.posts() != 4 || h.raisedEver("key_refused") != 0 {
		t.Errorf("%d POSTs, %d alarms of a refused key; want each note twice, and nobody told", h.posts(), h.raisedEver("key_refused"))
	}
}
