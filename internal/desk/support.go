package desk

import (
	"context"
	"regexp"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// This file tells how things stand to somebody outside the practice, who helps
// with Carryover and has no business with its patients. What the status of a
// practice has of them, ids that name a record included, is left out here.

// A SupportRequest asks for what a support bundle holds of the ledger.
type SupportRequest struct {
	Actor string `json:"actor,omitempty"`
}

// Support is how things stand, in counts, times and words of closed lists, and
// the ids of practitioners.
type Support struct {
	Schema        int64                `json:"schema"`     // of the ledger's tables
	Documents     map[string]int       `json:"documents"`  // by state
	Deliveries    map[string]int       `json:"deliveries"` // by state
	Waiting       map[string]int       `json:"waiting"`    // for a person, by reason
	OldestHeld    time.Time            `json:"oldest_held,omitzero"`
	Paused        bool                 `json:"paused"`
	Practitioners []PractitionerStatus `json:"practitioners"`
	Alarms        []SupportAlarm       `json:"alarms"`
	Removals      int                  `json:"removals"` // notes that a person must remove or bring back
	AuditEntries  int64                `json:"audit_entries"`
	Tokens        map[string]int       `json:"tokens"`        // live ones, by scope
	Daemon        bool                 `json:"daemon"`        // a daemon answered
	Log           []string             `json:"log,omitempty"` // its last lines
}

// A SupportAlarm is an open matter without whom it is about.
type SupportAlarm struct {
	Kind  string    `json:"kind"`
	Since time.Time `json:"since"`
}

// Support implements Desk. That somebody took this out is an entry of the chain.
func (d *Local) Support(ctx context.Context, r SupportRequest) (Support, error) {
	var out Support
	err := d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if err := d.enter(ctx, tx, "", audit.Entry{Actor: r.Actor, Action: audit.Exported, Note: "support"}); err != nil {
			return err
		}
		s, err := status(ctx, tx)
		if err != nil {
			return err
		}
		t, err := tx.Tally(ctx)
		if err != nil {
			return err
		}
		out = supportOf(s, t)
		if out.Schema, err = tx.Schema(ctx); err != nil {
			return err
		}
		tokens, err := tx.Tokens(ctx)
		for _, t := range tokens {
			if t.Live(time.Now()) {
				out.Tokens[string(t.Scope)]++
			}
		}
		return err
	})
	if err != nil {
		return Support{}, err
	}
	if d.Lines != nil {
		out.Daemon, out.Log = true, d.Lines()
	}
	return out, nil
}

func supportOf(s Status, t ledger.Tally) Support {
	out := Support{
		Documents: s.Counts, Deliveries: map[string]int{}, Waiting: map[string]int{}, Tokens: map[string]int{},
		OldestHeld: s.OldestHeld, Paused: s.Paused, Practitioners: s.Practitioners, Alarms: []SupportAlarm{},
		Removals: len(s.Removals), AuditEntries: t.Entries,
	}
	for _, state := range carryover.States {
		out.Deliveries[string(state)] = t.Deliveries[state]
	}
	for reason, n := range t.Waiting {
		out.Waiting[string(reason)] = n
	}
	for _, a := range s.Alarms {
		out.Alarms = append(out.Alarms, SupportAlarm{Kind: a.Kind, Since: a.Since})
	}
	return out
}

// What Scrub takes out of words that a program wrote: addresses, the folders of
// paths, and rows of digits, which is what ids of patients, notes and sessions
// are.
var (
	anAddress = regexp.MustCompile(`[^\s"'<>=,;:]+@[^\s"'<>=,;:]+`)
	aFolder   = regexp.MustCompile(`(?:/[^/\s"'<>=,;:]*)*/`)
	anID      = regexp.MustCompile(`[0-9]{5,}`)
)

// Scrub makes an error's or a log line's words fit to leave the practice. They
// hold no text and no name by themselves; this takes the ids out as well.
func Scrub(words string) string {
	words = anAddress.ReplaceAllString(words, "(address)")
	words = aFolder.ReplaceAllString(words, "…/")
	return anID.ReplaceAllString(words, "#")
}
