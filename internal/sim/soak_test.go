package sim

import (
	"flag"
	"fmt"
	"testing"
	"time"
)

// Soaking is for a night: `go test ./internal/sim -soak -timeout 2h`.
var soakSeeds = flag.Uint64("soak-seeds", 200, "how many worlds of three days a soak runs")

// soakFirst is the first seed of a soak, apart from those of the short form.
const soakFirst = 1000

// TestSoak: two hundred worlds of three days. Every second one has the APIs'
// rate limits too.
func TestSoak(t *testing.T) {
	if !*soak {
		t.Skip("two hundred worlds take a quarter of an hour: -soak runs them")
	}
	all, tally := newSometimes(), Tally{}
	for n := range *soakSeeds {
		seed := soakFirst + n
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := simulate(t, Options{Seed: seed, Days: 3, PerDay: 8, Keep: 2000, Faults: newFaults(seed, weatherOf(seed), 3, n%2 == 1)})
			all.Add(r.Reached)
			tally.Documents += r.Tally.Documents
			tally.Notes += r.Tally.Notes
			tally.Requests += r.Tally.Requests
		})
	}
	t.Logf("%d documents, %d notes, %d requests; state × misfortune:\n%s", tally.Documents, tally.Notes, tally.Requests, all)
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

// TestMonth: thirty days on end, in which texts get old, look-backs end and the
// ledger grows.
func TestMonth(t *testing.T) {
	if !*soak {
		t.Skip("a month takes a minute: -soak runs it")
	}
	began := time.Now()
	defer func() { t.Logf("a month took %v", time.Since(began).Round(time.Second)) }()
	faults := newFaults(5, Usual, 30, false)
	faults.Poll = 30 * time.Minute // a month's polls are what takes its time
	simulate(t, Options{Seed: 5, Days: 30, PerDay: 4, Keep: 2000, Faults: faults})
}
