package daemon_test

import (
	"net/http"
	"testing"
	"time"

	"carryover/sandbox"
)

// TestReadsAreTold: what the daemon says it has read from Cliniko is what
// Cliniko saw.
func TestReadsAreTold(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes ten seconds")
	}
	t.Parallel()
	o := usual(43, 6*time.Second)
	o.Plan = nil // a connection that is cut is counted by one side alone
	d := newDay(t, o)
	r := d.start(d.load())
	d.untilSettled(r)
	r.stopped()
	got := r.Reads()
	saw := len(d.Journal.Entries(func(e sandbox.Entry) bool { return e.API == "cliniko" && e.Method == http.MethodGet }))
	notes := filedIn(d.judge())
	t.Logf("%+v for %d notes, the journal has %d", got, notes, saw)
	if got.Candidates == 0 || got.Diary == 0 || got.Notes == 0 {
		t.Errorf("%+v: a day needs the register, the diary and the notes", got)
	}
	// A stop may cut one request of each lane before it arrives.
	if got.Total() < saw || got.Total() > saw+len(r.cfg.Practitioners) {
		t.Errorf("counted %d reads, the journal has %d", got.Total(), saw)
	}
}
