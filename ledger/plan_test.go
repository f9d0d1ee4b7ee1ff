package ledger_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover"
	"carryover/ledger"
)

// TestPlans keeps the questions that are asked all day on their indexes: a
// scan is quick in a test and slow after some years.
func TestPlans(t *testing.T) {
	l, ctx := open(t), t.Context()
	for _, c := range []struct{ statement, index string }{
		{"SELECT * FROM version WHERE state = 'seen' AND due_at > 0 AND due_at <= 9 ORDER BY due_at, id LIMIT 5", "version_due"},
		{"SELECT MIN(due_at) FROM version WHERE state = 'seen' AND due_at > 0", "version_due"},
		{"SELECT state, COUNT(*) FROM version WHERE newest GROUP BY state", "COVERING INDEX version_due"},
		{"SELECT * FROM version WHERE state = 'held' AND id < 'f' ORDER BY id DESC LIMIT 5", "version_state"},
		{"SELECT * FROM version WHERE state = 'held' AND id > '0' AND id < 'f' ORDER BY id LIMIT 5", "version_state"},
		{"SELECT COUNT(*) FROM version WHERE state = 'held' AND id > '0' AND id < 'f'", "COVERING INDEX version_state"},
		{"SELECT id FROM version WHERE state = 'seen' AND due_at > 0 AND due_at <= 9 AND practitioner = '41' ORDER BY due_at, id", "version_due"},
		{"SELECT * FROM version WHERE session = 's1' AND newest", "version_newest"},
		{"SELECT * FROM delivery WHERE state = 'sending' ORDER BY id", "delivery_state"},
		{"SELECT * FROM delivery WHERE reference = 'x'", "delivery_reference"},
		{"SELECT * FROM delivery WHERE mark = 'x'", "delivery_mark"},
		{"SELECT id FROM delivery WHERE note = 'x' AND note <> '' AND practitioner = 'y' AND destination = 'z'", "delivery_note"},
	} {
		view(t, l, func(tx *ledger.Tx) error {
			rows, err := tx.QueryContext(ctx, "EXPLAIN QUERY PLAN "+c.statement)
			if err != nil {
				return err
			}
			defer rows.Close()
			var plan strings.Builder
			for rows.Next() {
				var id, parent, unused int
				var detail string
				if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
					return err
				}
				plan.WriteString(detail + "; ")
			}
			if !strings.Contains(plan.String(), c.index) || strings.Contains(plan.String(), "SCAN") && !strings.Contains(plan.String(), "COVERING INDEX") {
				t.Errorf("%s: plan is %q, want %s", c.statement, plan.String(), c.index)
			}
			return rows.Err()
		})
	}
}

// TestListPlans asks the lists themselves, whose statements are not repeated here,
// as everybody and as one practitioner, in both directions, with and without a
// limit: each walks the index that was made for it.
func TestListPlans(t *testing.T) {
	l, ctx := open(t), t.Context()
	list := func(f ledger.Filter) func(*ledger.Tx) error {
		return func(tx *ledger.Tx) error { _, err := tx.List(ctx, f); return err }
	}
	count := func(f ledger.Filter) func(*ledger.Tx) error {
		return func(tx *ledger.Tx) error { _, err := tx.HowMany(ctx, f); return err }
	}
	type question struct {
		name  string
		ask   func(*ledger.Tx) error
		index string
	}
	var all []question
	for _, up := range []bool{false, true} {
		for _, limit := range []int{0, 8} {
			for who, index := range map[carryover.PractitionerID]string{"": "INDEX version_state", "41": "COVERING INDEX version_practitioner"} {
				f := ledger.Filter{Practitioner: who, Limit: limit, OldestFirst: up, Since: monday, After: "01a19000-0000-7000-8000-000000000000"}
				all = append(all,
					question{"list", list(f), index}, question{"count", count(f), index},
					question{"list older ones too", list(ledger.Filter{Practitioner: who, OldestFirst: up, Limit: limit, OlderToo: true}), index},
				)
			}
		}
	}
	for who := range map[carryover.PractitionerID]bool{"": true, "41": true} {
		all = append(all, question{"days", func(tx *ledger.Tx) error {
			_, err := tx.SeenBetween(ctx, monday, after(1e15), who)
			return err
		}, "SEARCH f USING INDEX sqlite_autoindex_version_1 (id>? AND id<?)"})
	}
	all = append(all,
		question{"due", func(tx *ledger.Tx) error { _, err := tx.DueOf(ctx, carryover.Seen, "41", monday, 5); return err }, "INDEX version_due"},
	)
	for _, q := range all {
		view(t, l, func(tx *ledger.Tx) error {
			plans, err := tx.Plans(q.ask)
			if len(plans) == 0 {
				t.Errorf("%s: nothing was asked", q.name)
			}
			for _, plan := range plans {
				if !strings.Contains(plan, q.index) || strings.Contains(plan, "SCAN") {
					t.Errorf("%s: plan is %q, want %s", q.name, plan, q.index)
				}
			}
			return err
		})
	}
}

// TestLocalDisk: the folder that tests run in is no network drive.
func TestLocalDisk(t *testing.T) {
	if kind, err := ledger.NetworkFileSystem(t.TempDir()); kind != "" || err != nil {
		t.Errorf("NetworkFileSystem(temporary folder) = %q, %v, want none", kind, err)
	}
	if _, err := ledger.NetworkFileSystem(filepath.Join(t.TempDir(), "none")); !os.IsNotExist(err) {
		t.Errorf("NetworkFileSystem(no folder) = %v, want that it does not exist", err)
	}
}
