package daemon_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/internal/config"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinic"
)

// adversaries is how many of the adversary's days are carried: a few always,
// more when somebody asks (go test ./internal/daemon -run Adversary -adversaries 20).
var adversaries = flag.Uint64("adversaries", 2, "how many seeds of the adversary's day are carried")

// TestAdversary carries days on which everything that misleads a matcher
// happens at once, by sockets, with the usual faults: nothing is filed to
// anybody else, twice or in part, what must be held is held for a reason that a
// reviewer can believe, and what two identifiers tell for sure is filed.
func TestAdversary(t *testing.T) {
	seeds := *adversaries
	if testing.Short() {
		seeds = 1
	}
	for n := range seeds {
		t.Run(fmt.Sprintf("seed %d", n), func(t *testing.T) {
			t.Parallel()
			d, cfg := plotted(t, adversary(301+n), 301+n)
			truth := d.judge()
			d.onlyReadHeidi()
			d.notLimited()
			d.onlyDrafts(truth)
			d.books(cfg, func(ctx context.Context, tx *ledger.Tx) error {
				newest, err := tx.List(ctx, ledger.Filter{})
				if err != nil {
					return err
				}
				d.endStates(truth, newest)
				d.rightReasons(truth, newest)
				d.countsAddUp(ctx, tx, newest)
				return d.keptTexts(ctx, tx)
			})
		})
	}
}

// adversary and slipped are the plots of a seed for the last day of practice.
func adversary(number uint64) *clinic.Plot {
	return clinic.Adversary(number+1000**seed, clinic.LastPracticeDay(time.Now()))
}

func slipped(number uint64) *clinic.Plot {
	return clinic.Slips(number+1000**seed, clinic.LastPracticeDay(time.Now()))
}

// plentyPerMinute is a limit of requests that these days never reach: with
// Cliniko's own 200 they would take a minute each, and what a minute's budget
// does is TestDay's business.
const plentyPerMinute = 4000

// plottedPace is how long a plotted day takes.
const plottedPace = 9 * time.Second * slowness

// plotted carries a plot's whole day and returns it with the daemon stopped.
func plotted(t *testing.T, plot *clinic.Plot, number uint64) (*clinicDay, *config.Config) {
	t.Helper()
	d := newDay(t, clinic.Options{
		Plot: plot, Seed: number, Pace: plottedPace, Plan: sandbox.DefaultPlan(number, plottedPace), RateLimit: plentyPerMinute,
	})
	cfg := d.load()
	cfg.Cliniko.RequestsPerMinute = plentyPerMinute / 2
	r := d.start(cfg)
	d.untilShare(1)
	d.noticed()
	d.untilSettled(r)
	r.stopped()
	if d.Happened() != len(plot.Happenings) {
		t.Errorf("%d of the day's %d happenings have happened", d.Happened(), len(plot.Happenings))
	}
	return d, cfg
}

// noticeWithin is longer than the daemon lets pass between two questions to
// Cliniko what has changed. It asks only while something is held that a change
// could end, so it is waited for no longer than that.
const noticeWithin = 15 * time.Second

// noticed waits until everybody who asks Cliniko what has changed has asked
// once more: what is held may go on then.
func (d *clinicDay) noticed() {
	d.t.Helper()
	over, began := d.Clock.Now(), time.Now()
	d.until(settleWithin, "Cliniko to be asked what has changed", func() bool {
		last := map[string]time.Time{}
		for _, e := range d.Journal.Entries(func(e sandbox.Entry) bool {
			return e.API == "cliniko" && e.Path == "/bookings" && strings.Contains(e.Query, "updated_at")
		}) {
			last[e.Who] = e.At
		}
		late := false
		for _, at := range last {
			late = late || at.Before(over)
		}
		return len(last) > 0 && !late || time.Since(began) > noticeWithin
	})
}

// rightReasons: whatever is held is held for one of the reasons that the plot
// allows. A document that the day did not plan to hold has none.
func (d *clinicDay) rightReasons(truth clinic.Truth, newest []ledger.Version) map[carryover.Reason]int {
	d.t.Helper()
	of := map[carryover.DocumentID]clinic.DocumentTruth{}
	for _, doc := range truth.Documents {
		of[carryover.DocumentID(doc.DocumentID)] = doc
	}
	count := map[carryover.Reason]int{}
	for _, v := range newest {
		if !v.Newest || v.State != carryover.Held {
			continue
		}
		count[v.Reason]++
		if doc := of[v.Document]; !slices.Contains(doc.Reasons, string(v.Reason)) {
			d.t.Errorf("document %s (%s) is held for %s, want one of %q: %s", v.Document, doc.Case, v.Reason, doc.Reasons, doc.Why)
		}
	}
	d.t.Logf("%d notes, %d files; held: %v", truth.Summary.NotesInCliniko, truth.Summary.AttachmentsInCliniko, sortedCounts(count))
	return count
}

// sortedCounts writes counts in the order of their words.
func sortedCounts(count map[carryover.Reason]int) []string {
	var all []string
	for _, r := range slices.Sorted(maps.Keys(count)) {
		all = append(all, fmt.Sprintf("%s %d", r, count[r]))
	}
	return all
}
