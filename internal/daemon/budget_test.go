package daemon_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// mostRequestsPerNote is what filing a note may cost at Cliniko, safety reads
// included: with 200 requests a minute for each user it is what limits a large
// practice. A quiet day costs about 3.5. A file counts as a note; it costs three
// more of the API's requests, while its bytes go past the API and its limit.
const mostRequestsPerNote = 6.0

// TestNobodyIsToldToSlowDown: a whole day in a few seconds stays under the rate
// limit of each Cliniko user, so that other integrations have room, and what a
// note costs is told by endpoint.
func TestNobodyIsToldToSlowDown(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes ten seconds")
	}
	t.Parallel()
	o := usual(41, 8*time.Second)
	o.Plan = nil // what went wrong would be asked twice
	d := newDay(t, o)
	r := d.start(d.load())
	d.untilSettled(r)
	r.stopped()
	notes := filedIn(d.judge())

	d.notLimited()
	counts := d.Journal.Counts()
	for _, api := range []string{"cliniko", "heidi"} {
		text, total := perNote(counts, api, notes)
		t.Logf("%s: %d requests for %d notes, %.1f each\n%s", api, total, notes, float64(total)/float64(notes), text)
		if each := float64(total) / float64(notes); api == "cliniko" && each > mostRequestsPerNote {
			t.Errorf("a note costs %.1f requests at Cliniko, want at most %.1f", each, mostRequestsPerNote)
		}
	}
	for who, most := range d.busiestMinute() {
		if most > 195 {
			t.Errorf("user %s made %d requests within a minute, want at most 195 of the 200", who, most)
		}
	}
}

// notLimited: Cliniko's own limiter had nobody to refuse.
func (d *clinicDay) notLimited() {
	d.t.Helper()
	if d.forgot {
		return
	}
	if told := d.Journal.Entries(func(e sandbox.Entry) bool {
		return e.Effect == http.StatusTooManyRequests // what a fault answers has no effect
	}); len(told) > 0 {
		d.t.Errorf("the limiter refused %d requests, the first %s %s of user %s; want none", len(told), told[0].Method, told[0].Path, told[0].Who)
	}
}

// perNote writes one line for each endpoint of an API, the dearest first.
func perNote(counts map[string]int, api string, notes int) (text string, total int) {
	endpoints := slices.Collect(maps.Keys(counts))
	endpoints = slices.DeleteFunc(endpoints, func(e string) bool {
		return !strings.HasPrefix(e, api+" ") || strings.Contains(e, " "+clinikosim.BucketPath+"/")
	})
	slices.SortFunc(endpoints, func(a, b string) int { return counts[b] - counts[a] })
	var b strings.Builder
	for _, e := range endpoints {
		fmt.Fprintf(&b, "%6d  %5.2f  %s\n", counts[e], float64(counts[e])/float64(notes), strings.TrimPrefix(e, api+" "))
		total += counts[e]
	}
	return b.String(), total
}

// busiestMinute returns the most requests that each Cliniko user made within 60
// seconds, wherever they begin.
func (d *clinicDay) busiestMinute() map[string]int {
	at := map[string][]time.Time{}
	for _, e := range d.Journal.Entries(func(e sandbox.Entry) bool { return e.API == "cliniko" }) {
		at[e.Who] = append(at[e.Who], e.At)
	}
	most := map[string]int{}
	for who, times := range at {
		slices.SortFunc(times, time.Time.Compare)
		first := 0
		for last := range times {
			for times[last].Sub(times[first]) > time.Minute {
				first++
			}
			most[who] = max(most[who], last-first+1)
		}
	}
	return most
}
