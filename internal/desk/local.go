package desk

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// Local is the desk on an open ledger.
type Local struct {
	Ledger *ledger.Ledger
	Chain  audit.Log
	// Data is the data folder, where the daemon keeps the head of the chain;
	// empty: the chain is verified without it.
	Data string
	// KeyFile holds the ledger's master key.
	KeyFile string
	// Practitioners are those of the configuration: who may be named as the author
	// of a document. Nil: whoever the ledger knows.
	Practitioners []carryover.PractitionerID
	// Engine does what needs Heidi or Cliniko; nil answers that a daemon must run.
	Engine Engine
	// Router says where documents go; nil: the Engine, when it is one.
	Router Router

	// Lines returns the daemon's last log lines, fit to leave the practice; nil:
	// there are none.
	Lines func() []string

	rekeying sync.Mutex // one change of the master key at a time
	copying  sync.Mutex // one backup at a time
}

var _ Desk = (*Local)(nil)

// Open opens the ledger at path with its lock, for a command that finds no
// daemon, and returns its desk. The caller calls done when it is finished.
func Open(ctx context.Context, path, masterKeyFile string) (d *Local, done func() error, err error) {
	l, err := ledger.OpenWithKeyFile(ctx, ledger.Config{Path: path, Lock: true}, masterKeyFile)
	if err != nil {
		return nil, nil, err
	}
	d = &Local{Ledger: l, Chain: audit.Log{Keys: l.Keys()}, Data: filepath.Dir(path), KeyFile: masterKeyFile}
	return d, l.Close, nil
}

// headName is the file, beside the ledger, that repeats the newest entry of the
// audit chain, so that a chain cut short shows.
const headName = "audit.head"

// pausedSetting is the ledger's setting that stops all writes while it is
// pausedYes. The pipeline reads it before each write.
const (
	pausedSetting = "paused"
	pausedYes     = "yes"
	pausedNo      = "no"
)

// Status implements Desk.
func (d *Local) Status(ctx context.Context) (Status, error) {
	var s Status
	err := d.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		s, err = status(ctx, tx)
		return err
	})
	for _, a := range d.unrecorded() {
		if !slices.ContainsFunc(s.Alarms, func(o Alarm) bool { return o.Kind == string(a.Kind) && o.Subject == a.Subject }) {
			s.Alarms = append(s.Alarms, alarmOf(a, a.Kind.NextStep()))
		}
	}
	if meter, ok := d.Engine.(Meter); ok {
		for i, p := range s.Practitioners {
			if b, ok := meter.Budget(carryover.PractitionerID(p.ID)); ok {
				s.Practitioners[i].Budget = &b
			}
		}
	}
	return s, err
}

func status(ctx context.Context, tx *ledger.Tx) (Status, error) {
	s := Status{Counts: map[string]int{}, Practitioners: []PractitionerStatus{}}
	counts, err := tx.Counts(ctx)
	if err != nil {
		return s, err
	}
	for _, state := range carryover.States {
		s.Counts[string(state)] = counts[state]
		s.Documents += counts[state]
	}
	if s.Held, s.OldestHeld, err = held(ctx, tx, ""); err != nil {
		return s, err
	}
	paused, _, err := tx.Setting(ctx, pausedSetting)
	if err != nil {
		return s, err
	}
	s.Paused = paused == pausedYes
	people, err := tx.Practitioners(ctx)
	if err != nil {
		return s, err
	}
	for _, p := range people {
		s.Practitioners = append(s.Practitioners, PractitionerStatus{
			ID: string(p.ID), Paused: !p.PausedAt.IsZero(), Since: p.PausedAt, Reason: string(p.PauseReason),
			LastPoll: p.LastPoll, NextPoll: p.NextPoll,
		})
	}
	if s.FewTags, err = tx.MinimalTemplates(ctx); err != nil {
		return s, err
	}
	if s.Removals, err = removals(ctx, tx); err != nil {
		return s, err
	}
	if s.KnownUntil, err = knownUntil(ctx, tx); err != nil {
		return s, err
	}
	s.Alarms, err = alarms(ctx, tx)
	return s, err
}

// forPerson are the states in which nothing moves without a person.
var forPerson = []carryover.State{carryover.Held, carryover.Refused}

// Held implements Desk.
func (d *Local) Held(ctx context.Context) ([]Item, error) {
	return d.List(ctx, ListRequest{States: forPerson, OldestFirst: true})
}

// List implements Desk.
func (d *Local) List(ctx context.Context, r ListRequest) ([]Item, error) {
	items := []Item{}
	within := d.Ledger.View
	if r.Names { // looking at names is an entry
		within = d.Ledger.Update
	}
	err := within(ctx, func(tx *ledger.Tx) error {
		versions, err := tx.List(ctx, ledger.Filter{
			States: r.States, Practitioner: r.Practitioner, Since: r.Since, Before: r.Before, After: r.After, Limit: r.Limit,
			OldestFirst: r.OldestFirst,
		})
		if err != nil {
			return err
		}
		for _, v := range versions {
			i, err := itemOf(ctx, tx, v)
			if err != nil {
				return err
			}
			if r.Names {
				if err := d.withName(ctx, tx, &i, r.Actor); err != nil {
					return err
				}
			}
			items = append(items, i)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// withName adds the document's name and notes that somebody looked.
func (d *Local) withName(ctx context.Context, tx *ledger.Tx, i *Item, actor string) error {
	doc, err := tx.Content(ctx, carryover.VersionID(i.ID))
	if errors.Is(err, carryover.ErrGone) {
		return nil // destroyed: there is nothing to look at
	}
	if err != nil {
		return err
	}
	i.Name = doc.Name.Reveal()
	return d.enter(ctx, tx, carryover.SessionID(i.Session), audit.Entry{Actor: actor, Action: audit.ShownNames, Subject: i.ID})
}

// enter appends an entry about a version of a session, at the present moment.
func (d *Local) enter(ctx context.Context, tx *ledger.Tx, s carryover.SessionID, e audit.Entry) error {
	e.At, e.Session = time.Now().UTC(), s
	if err := d.Chain.Append(ctx, tx, e); err != nil {
		return fmt.Errorf("record %s of %s: %w", e.Action, e.Subject, err)
	}
	return nil
}

// itemOf is a version as people see it, without names.
func itemOf(ctx context.Context, tx *ledger.Tx, v ledger.Version) (Item, error) {
	i := Item{
		ID: string(v.ID), Session: string(v.Session), Document: string(v.Document), Template: string(v.Template),
		Number: v.Number, Mark: markOf(v),
		State: string(v.State), Reason: string(v.Reason),
		Practitioner: string(v.Practitioner), Patient: string(v.Patient), Booking: string(v.Booking),
		ByPerson: v.ByPerson, Empty: v.Empty, Delivery: string(v.Delivery), FirstSeen: v.FirstSeen, Changed: v.ChangedAt, Due: v.Due,
	}
	switch v.State {
	case carryover.Held, carryover.Skipped, carryover.Dismissed, carryover.Refused:
		i.Sentence, i.NextStep = v.Reason.Sentence(), nextStep(v.Reason, i.Mark)
	}
	row, err := tx.SessionRow(ctx, v.Session)
	if err != nil && !errors.Is(err, carryover.ErrGone) {
		return i, err
	}
	i.Started = row.StartedAt
	if v.Delivery == "" {
		return i, nil
	}
	del, err := tx.Delivery(ctx, v.Delivery)
	if err != nil {
		return i, err
	}
	i.Reference, i.Note, i.Destination = string(del.Reference), string(del.Note), string(del.Destination)
	return i, nil
}

// placeholder is what stands for the document in the commands of a next step.
var placeholder = regexp.MustCompile(`\bID\b`)

// nextStep is what helps with a reason, its commands about the document that has
// this mark.
func nextStep(r carryover.Reason, mark string) string {
	return placeholder.ReplaceAllLiteralString(r.NextStep(), mark)
}

// wake tells the engine, when there is one, that something is due now.
func (d *Local) wake() {
	if d.Engine != nil {
		d.Engine.Wake()
	}
}
