package sim

import (
	"fmt"
	"testing"
)

// Soaking is for a night: `go test ./internal/sim -soak -timeout 2h`.
const (
	soakSeeds = 200
	soakFirst = 1000 // apart from the seeds of the short form
)

// TestSoak: two hundred worlds of three days. Every second one has the APIs'
// rate limits too.
func TestSoak(t *testing.T) {
	if !*soak {
		t.Skip("two hundred worlds take a quarter of an hour: -soak runs them")
	}
	all, tally := newSometimes(), Tally{}
	for n := range uint64(soakSeeds) {
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
	simulate(t, Options{Seed: 5, Days: 30, PerDay: 4, Keep: 2000, Faults: newFaults(5, Usual, 30, false)})
}
