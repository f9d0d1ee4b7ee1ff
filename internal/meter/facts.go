package meter

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"carryover"
	"carryover/alarm"
)

// factsWithin is how long a scrape waits for the ledger.
const factsWithin = 5 * time.Second

// facts is a collector of how things stand.
type facts struct {
	src Source
	log *slog.Logger
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("carryover_"+name, help, labels, nil)
}

var (
	up         = desc("ledger_readable", "1 when the numbers from the ledger are there; 0: it could not be read.")
	documents  = desc("documents", "Documents by the state of their newest version.", "state")
	deliveries = desc("deliveries", "Deliveries that there ever were, by their state.", "state")
	waiting    = desc("waiting", "Documents that wait for a person, by what is the matter.", "reason")
	heldAge    = desc("oldest_held_seconds", "How long the oldest document that waits for a person has waited; 0: none does.")
	paused     = desc("paused", "1 while all writing to Cliniko is paused.")
	alarms     = desc("alarms_open", "Matters that somebody must be told, by kind.", "kind")
	entries    = desc("audit_entries", "Length of the audit chain. It never falls.")
	pollAge    = desc("poll_age_seconds", "How long ago Heidi's sessions were last listed.", "practitioner")
	budgetLeft = desc("requests_left", "Requests that Cliniko may still be asked in this minute.", "practitioner")
	onePaused  = desc("practitioner_paused", "1 while writing for this practitioner is paused.", "practitioner")
)

// Describe implements prometheus.Collector.
func (f *facts) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		up, documents, deliveries, waiting, heldAge, paused, alarms, entries, pollAge, budgetLeft, onePaused,
	} {
		to <- d
	}
}

// Collect implements prometheus.Collector. Every word of the closed lists has a
// sample, 0 where there is nothing, so that an alert can be written about it
// before it ever happens.
func (f *facts) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), factsWithin)
	defer cancel()
	now, err := f.src.Facts(ctx)
	gauge(up, truth(err == nil))
	if err != nil {
		f.log.Error("metrics not read from the ledger", "err", err)
		return
	}
	for _, s := range carryover.States {
		gauge(documents, float64(now.Documents[s]), string(s))
		gauge(deliveries, float64(now.Deliveries[s]), string(s))
	}
	for reason, n := range now.Waiting {
		gauge(waiting, float64(n), string(reason))
	}
	for _, k := range alarm.Kinds {
		gauge(alarms, float64(now.Alarms[k]), string(k))
	}
	gauge(heldAge, age(now.OldestHeld))
	gauge(paused, truth(now.Paused))
	gauge(entries, float64(now.AuditEntries))
	for id, p := range now.Practitioners {
		if !p.LastPoll.IsZero() {
			gauge(pollAge, age(p.LastPoll), string(id))
		}
		gauge(budgetLeft, float64(p.BudgetLeft), string(id))
		gauge(onePaused, truth(p.Paused), string(id))
	}
}

// age is the seconds since a moment, 0 for none and for one to come.
func age(since time.Time) float64 {
	if since.IsZero() {
		return 0
	}
	return max(0, time.Since(since).Seconds())
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
