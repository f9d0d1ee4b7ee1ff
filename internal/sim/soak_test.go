package sim

import (
	"flag"
	"slices"
	"testing"
	"time"
)

// A soak takes minutes: `make soak`.
var (
	soak      = flag.Bool("soak", false, "run 200 worlds of three days, and one month")
	soakSeeds = flag.Uint64("soak-seeds", 200, "how many worlds of three days a soak runs")
	soakMonth = flag.Bool("soak-month", true, "run the month too")
	soakFrom  = flag.Uint64("soak-from", 1000, "the first seed of a soak, apart from those of the short form")
)

// TestSoak: two hundred worlds of three days, and a month: thirty days on end,
// in which texts get old, look-backs end and the ledger grows. Every second
// world has the APIs' rate limits too.
func TestSoak(t *testing.T) {
	if !*soak {
		t.Skip("two hundred worlds take five minutes: -soak runs them")
	}
	var plots []Plot
	if *soakMonth { // its polls are what takes its time
		plots = append(plots, Plot{Seed: 5, Days: 30, PerDay: 4, Poll: 30 * time.Minute})
	}
	for n := range *soakSeeds {
		plots = append(plots, Plot{Seed: *soakFrom + n, Days: 3, PerDay: 8, Limits: n%2 == 1})
	}
	began := time.Now()
	all, tally := newSometimes(), Tally{}
	reports := crew{each: func(p Plot, r Report) bool {
		p.check(t, r)
		all.Add(r.Reached)
		tally.Documents += r.Tally.Documents
		tally.Notes += r.Tally.Notes
		tally.Doubles += r.Tally.Doubles
		tally.Requests += r.Tally.Requests
		return true
	}}.run(t, plots)
	t.Logf("first, seed %d: %v", plots[0].Seed, reports[0])
	slices.SortFunc(reports, func(a, b Report) int { return int(b.Took - a.Took) })
	t.Logf("%d worlds in %v, of which the longest took %v: %d documents, %d notes (%d beyond what is promised, all told), %d requests",
		len(plots), time.Since(began).Round(time.Second), reports[0].Took.Round(time.Second), tally.Documents, tally.Notes, tally.Doubles, tally.Requests)
	t.Logf("state × misfortune:\n%s", all)
	for _, e := range excuses {
		t.Logf("- %-10s %v: %s", e.what, e.states, e.why)
	}
	if *soakSeeds < 200 {
		return // too few to have met everything
	}
	for _, p := range all.missing() {
		t.Errorf("%s never met a document in %s, and no reason is written down", p.what, p.state)
	}
}
