// Package meter counts for a monitor, in the form of Prometheus. What is in the
// ledger is read from it at each scrape, so that a number is never older than
// the question; what only passes by (requests, minutes to chart) is counted as
// it does.
//
// Labels are words of closed lists and the ids of practitioners. No patient, no
// document, no name and no path of a request is ever one.
package meter

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"carryover"
	"carryover/alarm"
)

// A Source tells how things stand; the daemon is one.
type Source interface {
	Facts(ctx context.Context) (Facts, error)
}

// Facts are how things stand at one moment.
type Facts struct {
	Documents     map[carryover.State]int  // by the shown state
	Deliveries    map[carryover.State]int  // every one that there ever was
	Waiting       map[carryover.Reason]int // for a person, by what is the matter
	OldestHeld    time.Time                // zero: nothing is held
	Paused        bool
	Alarms        map[alarm.Kind]int // that are open
	AuditEntries  int64
	Practitioners map[carryover.PractitionerID]Practitioner
}

// A Practitioner is one practitioner's part of the facts.
type Practitioner struct {
	LastPoll   time.Time // of Heidi; zero: not yet, or there is no Heidi
	Paused     bool
	BudgetLeft int // requests that Cliniko may still be asked in this minute
}

// A Meter counts.
type Meter struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	minutes  prometheus.Histogram
	log      *slog.Logger
}

// minuteBuckets are what a practice can tell apart: the quiet period of fifteen
// minutes is part of each, an evening's delay is another matter than a day's.
var minuteBuckets = []float64{1, 2, 5, 10, 15, 20, 30, 45, 60, 120, 240, 480, 1440, 4320, 10080}

// New returns a meter that asks src at each scrape. Version and commit name the
// build; log nil discards.
func New(src Source, version, commit string, log *slog.Logger) *Meter {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	m := &Meter{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "carryover_requests_total",
			Help: "Requests to Heidi and Cliniko since the start, by class of endpoint and HTTP status; none: no answer came.",
		}, []string{"api", "endpoint", "status"}),
		minutes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "carryover_minutes_to_chart",
			Help:    "Minutes from when Heidi first showed a document until Cliniko had it, of those filed since the start.",
			Buckets: minuteBuckets,
		}),
		log: log,
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "carryover_build_info", Help: "1; the labels say which build this is.",
		ConstLabels: prometheus.Labels{"version": version, "commit": commit, "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.minutes, build, &facts{src: src, log: log},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler writes the metrics.
func (m *Meter) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 2, Timeout: 15 * time.Second,
	})
}

// Charted counts a document that Cliniko took so long after Heidi showed it.
func (m *Meter) Charted(after time.Duration) { m.minutes.Observe(after.Minutes()) }
