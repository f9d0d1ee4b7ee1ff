package meter

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/alarm"
)

// a source of known facts.
type known struct {
	facts Facts
	err   error
}

func (k known) Facts(context.Context) (Facts, error) { return k.facts, k.err }

func scrape(t *testing.T, m *Meter) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("a scrape: %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// TestScrape: every word of the closed lists has a sample, and each fact is
// where it belongs.
func TestScrape(t *testing.T) {
	m := New(known{facts: Facts{
		Documents:    map[carryover.State]int{carryover.Proven: 3},
		Deliveries:   map[carryover.State]int{carryover.Proven: 4, carryover.Undone: 1},
		Waiting:      map[carryover.Reason]int{"rivals": 2},
		OldestHeld:   time.Now().Add(-time.Hour),
		Paused:       true,
		Alarms:       map[alarm.Kind]int{alarm.DiskFull: 1},
		AuditEntries: 17,
		Practitioners: map[carryover.PractitionerID]Practitioner{
			"71": {LastPoll: time.Now().Add(time.Hour), BudgetLeft: 42, Paused: true},
			"72": {},
		},
	}}, "v1.2.3", "abc", nil)
	m.Charted(7 * time.Minute)
	got := scrape(t, m)
	for _, want := range []string{
		`carryover_documents{state="proven"} 3`, `carryover_documents{state="held"} 0`,
		`carryover_deliveries{state="undone"} 1`, `carryover_waiting{reason="rivals"} 2`,
		"carryover_paused 1", `carryover_alarms_open{kind="disk_full"} 1`, `carryover_alarms_open{kind="clock_off"} 0`,
		"carryover_audit_entries 17", `carryover_poll_age_seconds{practitioner="71"} 0`, // of a clock that was set back
		`carryover_requests_left{practitioner="71"} 42`, `carryover_practitioner_paused{practitioner="72"} 0`,
		`carryover_minutes_to_chart_bucket{le="5"} 0`, `carryover_minutes_to_chart_bucket{le="10"} 1`,
		`carryover_build_info{commit="abc",go="go`, `version="v1.2.3"} 1`, "carryover_ledger_readable 1", "carryover_oldest_held_seconds 36",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("a scrape has no %s", want)
		}
	}
	if strings.Contains(got, `poll_age_seconds{practitioner="72"}`) {
		t.Error("a poll that never was has an age")
	}
}

// TestScrapeOfALedgerThatIsAway: the rest is there, and nothing is zero that is
// not known.
func TestScrapeOfALedgerThatIsAway(t *testing.T) {
	got := scrape(t, New(known{err: errors.New("of Quillfeather")}, "v", "c", nil))
	if !strings.Contains(got, "carryover_ledger_readable 0") || !strings.Contains(got, "carryover_build_info") ||
		strings.Contains(got, "carryover_documents{") || strings.Contains(got, "Quillfeather") {
		t.Errorf("a scrape without the ledger:\n%s", got)
	}
}

// TestClassOf: a path goes by its collection, and nothing else of it is left.
func TestClassOf(t *testing.T) {
	for _, tt := range []struct{ api, path, want string }{
		{Cliniko, "/v1/patients", "patients"},
		{Cliniko, "/v1/patients/500100", "patients"},
		{Cliniko, "/v1/patients/500100/attachment_presigned_post", "attachment_presigned_post"},
		{Cliniko, "/v1/treatment_notes/1/archive", "treatment_notes"},
		{Cliniko, "/v1/Quillfeather", other},
		{Cliniko, "/uploads/2026/Quillfeather.pdf", other},
		{Cliniko, "", other},
		{Heidi, "/api/v2/ml-scribe/open-api/jwt", "jwt"},
		{Heidi, "/api/v2/ml-scribe/open-api/users/linked-account/access", "linked-account"},
		{Heidi, "/api/v2/ml-scribe/open-api/sessions/27/documents", "documents"},
		{Heidi, "/api/v2/ml-scribe/open-api/sessions/27", "sessions"},
	} {
		if got := classOf(tt.api, tt.path); got != tt.want {
			t.Errorf("classOf(%s, %s) = %q, want %q", tt.api, tt.path, got, tt.want)
		}
	}
}

// answers is a transport that answers with a status, or not at all for 0.
type answers int

func (a answers) RoundTrip(*http.Request) (*http.Response, error) {
	if a == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return &http.Response{StatusCode: int(a), Body: http.NoBody}, nil
}

// TestRequestsAreCounted: by status, those without an answer too, and the answer
// comes through unchanged.
func TestRequestsAreCounted(t *testing.T) {
	m := New(known{}, "v", "c", nil)
	for _, status := range []answers{200, 200, 429, 0} {
		r := httptest.NewRequest(http.MethodGet, "https://api.example/v1/patients?q=Quillfeather", nil)
		res, err := m.Requests(Cliniko, status).RoundTrip(r)
		if (err == nil) != (status != 0) || err == nil && res.StatusCode != int(status) {
			t.Errorf("RoundTrip of %d = %v, %v", status, res, err)
		}
		if err == nil {
			res.Body.Close()
		}
	}
	got := scrape(t, m)
	for _, want := range []string{`status="200"} 2`, `status="429"} 1`, `status="none"} 1`} {
		if !strings.Contains(got, `carryover_requests_total{api="cliniko",endpoint="patients",`+want) {
			t.Errorf("a scrape has no request of %s:\n%s", want, got)
		}
	}
	if strings.Contains(got, "Quillfeather") {
		t.Error("a scrape has a word of a query")
	}
}
