package web

import (
	"context"
	"slices"
	"time"

	"carryover"
	"carryover/ledger"
)

// A dayCount is one day's documents: each stands in exactly one of the sums.
type dayCount struct {
	Day                       time.Time
	Total                     int
	Filed, Held, Moving, Left int
	Median, Worst             time.Duration // from the session's end until Cliniko had it
	Today, Future, Chosen     bool
}

// Date is the day as its address has it.
func (d dayCount) Date() string { return d.Day.Format(time.DateOnly) }

// days counts so many days, the first of which begins at from.
func (s *Server) days(ctx context.Context, from time.Time, n int, who carryover.PractitionerID) ([]dayCount, error) {
	all, err := s.Desk.Seen(ctx, from, s.daysOn(from, n), who)
	if err != nil {
		return nil, err
	}
	out := make([]dayCount, n)
	today := s.midnight(time.Now())
	for i := range out {
		day := s.daysOn(from, i)
		out[i] = dayCount{Day: day, Today: day.Equal(today), Future: day.After(today)}
		next := s.daysOn(from, i+1)
		end := slices.IndexFunc(all, func(one ledger.Seen) bool { return !one.FirstSeen.Before(next) })
		if end < 0 {
			end = len(all)
		}
		out[i].count(all[:end])
		all = all[end:]
	}
	return out, nil
}

// count sorts documents into the sums.
func (d *dayCount) count(all []ledger.Seen) {
	var took []time.Duration
	for _, one := range all {
		d.Total++
		switch sumOf(one.State) {
		case good:
			d.Filed++
			if d, ok := one.ToChart(); ok {
				took = append(took, d)
			}
		case ask:
			d.Held++
		case moving:
			d.Moving++
		default:
			d.Left++
		}
	}
	if len(took) > 0 {
		slices.Sort(took)
		d.Median, d.Worst = took[len(took)/2], took[len(took)-1]
	}
}

// sumOf is the sum that a state belongs to. What is in Cliniko counts as there
// from Cliniko's answer on.
func sumOf(s carryover.State) string {
	switch s {
	case carryover.Proven, carryover.Filed:
		return good
	case carryover.Held, carryover.Refused:
		return ask
	}
	if s.Waiting() {
		return moving
	}
	return quiet
}

// minutes writes how long something took.
func minutes(d time.Duration) string {
	switch {
	case d <= 0:
		return "–"
	case d < time.Minute:
		return "under 1 min"
	case d < 2*time.Hour:
		return plural(int(d.Round(time.Minute).Minutes()), "minute")
	}
	return plural(int(d.Round(time.Hour).Hours()), "hour")
}

// MedianWords is the middle time to the chart, in words.
func (d dayCount) MedianWords() string { return minutes(d.Median) }

// Name is the day as a table has it.
func (d dayCount) Name() string { return d.Day.Format("Mon 2 Jan") }

// WorstWords is the longest time to the chart, in words.
func (d dayCount) WorstWords() string { return minutes(d.Worst) }
