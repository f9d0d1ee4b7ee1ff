package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// What may be asked about a backfill. The empty question is how far it is.
const (
	BackfillStart  = "start"
	BackfillStop   = "stop"
	BackfillResume = "resume"
)

// A BackfillRequest begins, stops or resumes a backfill, or asks about it.
type BackfillRequest struct {
	Do     string    `json:"do,omitempty"`      // BackfillStart, BackfillStop, BackfillResume; empty: how far it is
	From   time.Time `json:"from,omitzero"`     // to start: sessions that began at or after
	To     time.Time `json:"to,omitzero"`       // and before
	DryRun bool      `json:"dry_run,omitempty"` // to start: only say what it would take
	Actor  string    `json:"actor,omitempty"`
}

// A Backfill is the newest one, how far it is, and what is still to be expected;
// of a dry run it has the range and the estimate alone.
type Backfill struct {
	ID        string         `json:"id,omitempty"`
	State     string         `json:"state,omitempty"` // running, stopped or done; empty: there never was one
	From      time.Time      `json:"from,omitzero"`
	To        time.Time      `json:"to,omitzero"`
	AskedBy   string         `json:"asked_by,omitempty"`
	AskedAt   time.Time      `json:"asked_at,omitzero"`
	Changed   time.Time      `json:"changed,omitzero"` // when it last changed its state
	Listed    int            `json:"listed"`           // practitioners whose sessions have been listed
	Unlisted  int            `json:"unlisted"`         // and those whose have not: nothing is filed before
	Sessions  int            `json:"sessions"`         // in it, as far as it is listed
	Carried   int            `json:"carried"`          // of which nothing moves by itself any more
	Known     int            `json:"known"`            // left out: the ledger had them
	Young     int            `json:"young"`            // left out: the day's work has them
	Documents map[string]int `json:"documents"`        // by state
	Requests  Requests       `json:"requests"`         // made so far
	Paused    bool           `json:"paused,omitempty"` // writes are paused, for everybody or somebody
	Estimate  *Estimate      `json:"estimate,omitempty"`
}

// Filed counts the notes and files that are in Cliniko.
func (b Backfill) Filed() int {
	return b.Documents[string(carryover.Filed)] + b.Documents[string(carryover.Proven)]
}

// A Historian is what the desk needs to look at the past. An Engine may be one.
type Historian interface {
	// CountPast lists what Heidi has of a range of time; nothing is written.
	CountPast(ctx context.Context, from, to time.Time) (PastCount, error)
	// Ceilings returns how many requests a minute each of so many Cliniko users may
	// make, and Heidi's a second; 0: no limit.
	Ceilings() (perMinute, users int, heidiPerSecond float64)
	// PastChanged says that a backfill was begun, stopped or resumed.
	PastChanged(stopped bool)
}

// A PastCount counts the sessions of a range of time.
type PastCount struct {
	Sessions int // to be carried
	Undated  int // of which the listing does not say when they began
	Known    int // the ledger has them
	Young    int // the day's work finds them
}

// Backfill implements Desk.
func (d *Local) Backfill(ctx context.Context, r BackfillRequest) (Backfill, error) {
	h, _ := d.Engine.(Historian)
	if r.Do == BackfillStart {
		if err := checkRange(r); err != nil {
			return Backfill{}, err
		}
	}
	switch {
	case r.Do != "" && d.Engine == nil:
		return Backfill{}, noEngine("backfill")
	case r.Do != "" && h == nil:
		return Backfill{}, unable("backfill")
	case r.DryRun:
		return d.dryRun(ctx, h, r)
	}
	var out Backfill
	within := d.Ledger.View
	if r.Do != "" {
		within = d.Ledger.Update
	}
	err := within(ctx, func(tx *ledger.Tx) error {
		if err := d.decideBackfill(ctx, tx, r); err != nil {
			return err
		}
		var err error
		out, err = d.backfillOf(ctx, tx, h)
		return err
	})
	if err != nil {
		return Backfill{}, err
	}
	if r.Do != "" {
		h.PastChanged(r.Do == BackfillStop)
	}
	return out, nil
}

func checkRange(r BackfillRequest) error {
	switch {
	case r.From.IsZero(), r.To.IsZero(), !r.From.Before(r.To):
		return invalid("backfill", "the range ends before it begins", "Give the first and the last day: --from 2026-05-01 --to 2026-05-31.")
	case r.From.After(time.Now()):
		return invalid("backfill", "the range is in the future", "A backfill is about sessions that were. Check the days.")
	}
	return nil
}

// decideBackfill records what a person decided.
func (d *Local) decideBackfill(ctx context.Context, tx *ledger.Tx, r BackfillRequest) error {
	now := time.Now().UTC()
	last, err := tx.LastBackfill(ctx)
	none := errors.Is(err, carryover.ErrGone)
	if err != nil && !none {
		return err
	}
	e := audit.Entry{Actor: r.Actor, Subject: last.ID}
	switch r.Do {
	case "":
		return nil
	case BackfillStart:
		b, err := tx.AskBackfill(ctx, ledger.Backfill{From: r.From, To: r.To, AskedBy: r.Actor, AskedAt: now})
		if errors.Is(err, ledger.ErrConflict) {
			return refused("backfill", "another one is "+string(b.State), "Look with `carryover backfill`. Resume it with --resume; only one can be open.")
		}
		if err != nil {
			return err
		}
		e.Action, e.Subject = audit.BackfillAsked, b.ID
	case BackfillStop:
		if none || last.State != ledger.BackfillRunning {
			return refused("stop the backfill", "none is running", "`carryover backfill` says how things stand.")
		}
		if err := tx.MoveBackfill(ctx, last.ID, ledger.BackfillRunning, ledger.BackfillStopped, now); err != nil {
			return err
		}
		e.Action = audit.BackfillStopped
	case BackfillResume:
		if none || last.State != ledger.BackfillStopped {
			return refused("resume the backfill", "none is stopped", "`carryover backfill` says how things stand.")
		}
		if err := tx.MoveBackfill(ctx, last.ID, ledger.BackfillStopped, ledger.BackfillRunning, now); err != nil {
			return err
		}
		e.Action = audit.BackfillResumed
	default:
		return invalid("backfill", "not a question about a backfill", "Is the command as new as the daemon? Compare `carryover version`.")
	}
	return d.enter(ctx, tx, "", e)
}

// backfillOf is the newest backfill as people see it.
func (d *Local) backfillOf(ctx context.Context, tx *ledger.Tx, h Historian) (Backfill, error) {
	out := Backfill{Documents: map[string]int{}}
	b, err := tx.LastBackfill(ctx)
	if errors.Is(err, carryover.ErrGone) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	counts, err := tx.BackfillCounts(ctx, b.ID)
	if err != nil {
		return out, err
	}
	listed, err := tx.BackfillAuthors(ctx, b.ID)
	if err != nil {
		return out, err
	}
	paused, err := anyPause(ctx, tx)
	if err != nil {
		return out, err
	}
	out = Backfill{
		ID: b.ID, State: string(b.State), From: b.From, To: b.To, AskedBy: b.AskedBy, AskedAt: b.AskedAt, Changed: b.ChangedAt,
		Listed: len(listed), Unlisted: max(len(d.Practitioners)-len(listed), 0),
		Sessions: counts.Sessions, Carried: counts.Carried, Known: b.Known, Young: b.Young,
		Documents: map[string]int{}, Requests: requestsOf(b.Cost), Paused: paused,
	}
	for state, n := range counts.Documents {
		out.Documents[string(state)] = n
	}
	if h == nil || b.State == ledger.BackfillDone {
		return out, nil
	}
	past, err := historyOf(ctx, tx)
	if err != nil {
		return out, err
	}
	out.Estimate = past.estimate(counts.Sessions-counts.Carried, h)
	return out, nil
}

// anyPause says that writes are paused, for everybody or for somebody.
func anyPause(ctx context.Context, tx *ledger.Tx) (bool, error) {
	all, _, err := tx.Setting(ctx, pausedSetting)
	if err != nil || all == pausedYes {
		return err == nil, err
	}
	people, err := tx.Practitioners(ctx)
	return slices.ContainsFunc(people, func(p ledger.Practitioner) bool { return !p.PausedAt.IsZero() }), err
}

// dryRun says what a backfill would take. Heidi's listings are read and nothing
// else.
func (d *Local) dryRun(ctx context.Context, h Historian, r BackfillRequest) (Backfill, error) {
	n, err := h.CountPast(ctx, r.From, r.To)
	if err != nil {
		return Backfill{}, err
	}
	out := Backfill{From: r.From, To: r.To, Sessions: n.Sessions + n.Undated, Known: n.Known, Young: n.Young, Documents: map[string]int{}}
	err = d.Ledger.View(ctx, func(tx *ledger.Tx) error {
		past, err := historyOf(ctx, tx)
		if err == nil {
			out.Estimate = past.estimate(n.Sessions, h)
			out.Estimate.Undated = n.Undated
		}
		return err
	})
	return out, err
}
