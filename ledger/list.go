package ledger

import (
	"cmp"
	"context"
	"slices"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// lastID sorts after every identifier of this package.
const lastID = "ffffffff-ffff-ffff-ffff-ffffffffffff"

// A Filter says which versions List returns. The zero Filter admits the newest
// version of every document, and older ones that are not at an end: a note that
// could not be proven does not go out of sight because its document changed.
type Filter struct {
	States       []carryover.State        // empty: every state
	Practitioner carryover.PractitionerID // empty: everybody's
	Since        time.Time                // first seen at or after; zero: since ever
	Before       time.Time                // first seen before; zero: until now
	OlderToo     bool                     // also older versions that are at an end
	Limit        int                      // at most so many; 0: all
	After        carryover.VersionID      // go on after this one, the last of the page before
	OldestFirst  bool                     // the order of the list and of its pages; false: the latest first
}

// List returns the versions that f admits, in f's order. It reads no more than
// Limit rows of each state.
func (tx *Tx) List(ctx context.Context, f Filter) ([]Version, error) {
	var all []Version
	for _, s := range f.states() { // one walk of an index for each, merged below
		rows, err := tx.walk(ctx, f, s)
		if err != nil {
			return nil, wrap(err, "list versions in %s", s)
		}
		for _, r := range rows {
			all = append(all, newVersion(versionRow(r)))
		}
	}
	slices.SortFunc(all, func(a, b Version) int {
		if f.OldestFirst {
			return cmp.Compare(a.ID, b.ID)
		}
		return cmp.Compare(b.ID, a.ID)
	})
	if f.Limit > 0 && len(all) > f.Limit {
		all = all[:f.Limit]
	}
	return all, nil
}

// walk returns what f admits in one state, in f's order. The directions and the
// practitioners have statements of their own, each with its index.
func (tx *Tx) walk(ctx context.Context, f Filter, s carryover.State) ([]query.ListVersionsRow, error) {
	after, before := f.between()
	p := query.ListVersionsParams{
		State: s, After: after, Before: before, Since: micros(f.Since), OlderToo: f.OlderToo || unfinished(s), AtMost: atMost(f.Limit),
	}
	of := query.ListVersionsOfParams{
		Practitioner: f.Practitioner, State: p.State, After: p.After, Before: p.Before, Since: p.Since, OlderToo: p.OlderToo, AtMost: p.AtMost,
	}
	switch {
	case f.Practitioner == "" && f.OldestFirst:
		rows, err := tx.q.ListVersionsUp(ctx, query.ListVersionsUpParams(p))
		return sameRows(rows, err, func(r query.ListVersionsUpRow) query.ListVersionsRow { return query.ListVersionsRow(r) })
	case f.Practitioner == "":
		return tx.q.ListVersions(ctx, p)
	case f.OldestFirst:
		rows, err := tx.q.ListVersionsOfUp(ctx, query.ListVersionsOfUpParams(of))
		return sameRows(rows, err, func(r query.ListVersionsOfUpRow) query.ListVersionsRow { return query.ListVersionsRow(r) })
	}
	rows, err := tx.q.ListVersionsOf(ctx, of)
	return sameRows(rows, err, func(r query.ListVersionsOfRow) query.ListVersionsRow { return query.ListVersionsRow(r) })
}

// sameRows gives the rows of one statement the type of another's.
func sameRows[From any](rows []From, err error, as func(From) query.ListVersionsRow) ([]query.ListVersionsRow, error) {
	all := make([]query.ListVersionsRow, len(rows))
	for i, r := range rows {
		all[i] = as(r)
	}
	return all, err
}

// states are those that f admits.
func (f Filter) states() []carryover.State {
	if len(f.States) == 0 {
		return carryover.States
	}
	return f.States
}

// between are the identifiers that those of f's versions lie between, both left
// out. Identifiers sort by when a version was first seen.
func (f Filter) between() (after, before carryover.VersionID) {
	before = lastID
	if !f.Since.IsZero() {
		after = carryover.VersionID(firstID(f.Since))
	}
	if !f.Before.IsZero() {
		before = carryover.VersionID(firstID(f.Before))
	}
	switch {
	case f.After == "":
	case f.OldestFirst:
		after = max(after, f.After)
	default:
		before = min(before, f.After)
	}
	return after, before
}

// unfinished says that a version in s waits, for time or for a person.
func unfinished(s carryover.State) bool {
	return s.Waiting() || s == carryover.Held || s == carryover.Refused
}

// Counts returns how many documents stand in each state, each document by its
// newest version. The sum is the number of documents ever seen.
func (tx *Tx) Counts(ctx context.Context) (map[carryover.State]int, error) {
	rows, err := tx.q.CountStates(ctx)
	if err != nil {
		return nil, wrap(err, "count documents")
	}
	counts := make(map[carryover.State]int, len(rows))
	for _, r := range rows {
		counts[r.State] = int(r.Documents)
	}
	return counts, nil
}

// Templates counts the documents ever seen by their Heidi template; those that
// have none stand under the empty id.
func (tx *Tx) Templates(ctx context.Context) (map[carryover.TemplateID]int, error) {
	rows, err := tx.QueryContext(ctx, `SELECT template, COUNT(*) FROM document GROUP BY template`)
	if err != nil {
		return nil, wrap(err, "count documents by template")
	}
	defer func() { _ = rows.Close() }()
	counts := map[carryover.TemplateID]int{}
	for rows.Next() {
		var t carryover.TemplateID
		var n int
		if err := rows.Scan(&t, &n); err != nil {
			return nil, wrap(err, "count documents by template")
		}
		counts[t] = n
	}
	return counts, wrap(rows.Err(), "count documents by template")
}

// NewestRow returns the newest time written anywhere in the ledger; zero for an
// empty one. A ledger whose newest row is older than the process that opens it
// expects was restored from a backup.
func (tx *Tx) NewestRow(ctx context.Context) (time.Time, error) {
	at, err := tx.q.NewestRow(ctx)
	if err != nil || at == 0 {
		return time.Time{}, wrap(err, "look for the newest row")
	}
	return time.UnixMicro(at).UTC(), nil
}
