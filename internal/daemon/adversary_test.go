package daemon_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
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
var adversaries = flag.Uint64("adversaries", 5, "how many seeds of the adversary's day are carried")

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
			d, cfg := plotted(t, clinic.Adversary, 301+n, 9*time.Second)
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

// knownWrong are lures to which the product falls today, by name, with what is
// wrong. They are left out of the whole days and watched by TestKnownWrong.
var knownWrong = map[string]string{
	"wrong_recording_two_visits": "match: a booking in a colleague's diary, who did not record, lifts the rule of the next patient",
}

// withoutKnown takes the sessions of knownWrong out of a plot and returns them.
func withoutKnown(plot *clinic.Plot) (taken []sandbox.Session) {
	kept := *plot.Practice
	kept.Sessions = nil
	for _, s := range plot.Practice.Sessions {
		if knownWrong[s.Case] == "" {
			kept.Sessions = append(kept.Sessions, s)
		} else {
			taken = append(taken, s)
		}
	}
	plot.Practice = &kept
	return taken
}

// TestKnownWrong skips, by name, while a lure of knownWrong still catches
// somebody; once it passes, the line can go.
func TestKnownWrong(t *testing.T) {
	plot := clinic.Adversary(301, clinic.LastPracticeDay(time.Now()))
	taken := withoutKnown(plot)
	if len(taken) != len(knownWrong) {
		t.Errorf("%d of %d known lures are in the plot", len(taken), len(knownWrong))
	}
	for _, s := range taken {
		t.Run(s.Case, func(t *testing.T) {
			p := *plot.Practice
			p.Sessions = []sandbox.Session{s}
			v := decided(t, &p)[carryover.SessionID(s.ID)]
			if v.State != carryover.Held || !slices.Contains(plot.Reasons[s.ID], string(v.Reason)) {
				t.Skipf("still wrong: %s (%s), want held for one of %q: %s", v.State, v.Reason, plot.Reasons[s.ID], knownWrong[s.Case])
			}
		})
	}
}

// plentyPerMinute is a limit of requests that these days never reach: with
// Cliniko's own 200 they would take a minute each, and what a minute's budget
// does is TestDay's business.
const plentyPerMinute = 4000

// plotted carries a plot's whole day and returns it with the daemon stopped.
func plotted(t *testing.T, plot func(uint64, time.Time) *clinic.Plot, number uint64, pace time.Duration) (*clinicDay, *config.Config) {
	t.Helper()
	number += 1000 * *seed
	pace *= slowness
	made := plot(number, clinic.LastPracticeDay(time.Now()))
	withoutKnown(made)
	d := newDay(t, clinic.Options{Plot: made, Seed: number, Pace: pace, Plan: sandbox.DefaultPlan(number, pace), RateLimit: plentyPerMinute})
	cfg := d.load()
	cfg.Cliniko.RequestsPerMinute = plentyPerMinute / 2
	r := d.start(cfg)
	d.untilSettled(r)
	r.stopped()
	if d.Happened() != len(made.Happenings) {
		t.Errorf("%d of the day's %d happenings have happened", d.Happened(), len(made.Happenings))
	}
	return d, cfg
}

// otherReasons are holds whose reason is not the right one yet, by the lure's
// name. Nothing is filed wrongly there: a reviewer is told too little.
var otherReasons = map[string]carryover.Reason{
	"twin_rhyming_id": carryover.OneClue, // the id is one twin's, the name the other's in every letter: a contradiction
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
		if doc := of[v.Document]; !slices.Contains(doc.Reasons, string(v.Reason)) && otherReasons[doc.Case] != v.Reason {
			d.t.Errorf("document %s (%s) is held for %s, want one of %q: %s", v.Document, doc.Case, v.Reason, doc.Reasons, doc.Why)
		}
	}
	d.t.Logf("%d notes; held: %v", truth.Summary.NotesInCliniko, sortedCounts(count))
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
