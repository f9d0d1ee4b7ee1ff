package daemon

import (
	"context"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/internal/meter"
	"carryover/ledger"
	"carryover/pipeline"
)

// watched makes the meter, when the configuration says that somebody watches.
func (d *Daemon) watched(o Options) {
	if w := d.cfg.Web; w != nil && w.Metrics && !d.handOnly {
		d.meter = meter.New(d, o.Version, o.Commit, d.log)
	}
}

// Facts implements meter.Source.
func (d *Daemon) Facts(ctx context.Context) (meter.Facts, error) {
	f := meter.Facts{Practitioners: map[carryover.PractitionerID]meter.Practitioner{}, Alarms: map[alarm.Kind]int{}}
	s, err := d.desk.Status(ctx)
	if err != nil {
		return f, err
	}
	f.Documents = map[carryover.State]int{}
	for state, n := range s.Counts {
		f.Documents[carryover.State(state)] = n
	}
	f.OldestHeld, f.Paused = s.OldestHeld, s.Paused
	for _, a := range s.Alarms {
		f.Alarms[alarm.Kind(a.Kind)]++
	}
	for _, p := range s.Practitioners {
		side, here := d.sides[carryover.PractitionerID(p.ID)]
		if !here {
			continue // of an earlier configuration
		}
		f.Practitioners[carryover.PractitionerID(p.ID)] = meter.Practitioner{
			LastPoll: p.LastPoll, Paused: p.Paused, BudgetLeft: side.cliniko.Budget().Left(),
		}
	}
	return f, d.ledger.View(ctx, func(tx *ledger.Tx) error {
		t, err := tx.Tally(ctx)
		f.Deliveries, f.Waiting, f.AuditEntries = t.Deliveries, t.Waiting, t.Entries
		return err
	})
}

// charting is events with a count of how long each document took to Cliniko.
func (d *Daemon) charting(events func(pipeline.Event)) func(pipeline.Event) {
	if d.meter == nil {
		return events
	}
	return func(e pipeline.Event) {
		if e.To == carryover.Filed && e.From != carryover.Held { // held, it was there before
			d.chart(e)
		}
		if events != nil {
			events(e)
		}
	}
}

func (d *Daemon) chart(e pipeline.Event) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := d.ledger.View(ctx, func(tx *ledger.Tx) error {
		v, err := tx.Version(ctx, e.Version)
		if err == nil {
			d.meter.Charted(e.At.Sub(v.FirstSeen))
		}
		return err
	})
	if err != nil {
		d.log.Warn("minutes to chart not counted", "version", string(e.Version), "err", err)
	}
}
