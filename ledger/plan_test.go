package ledger_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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

// TestLocalDisk: the folder that tests run in is no network drive.
func TestLocalDisk(t *testing.T) {
	if kind, err := ledger.NetworkFileSystem(t.TempDir()); kind != "" || err != nil {
		t.Errorf("NetworkFileSystem(temporary folder) = %q, %v, want none", kind, err)
	}
	if _, err := ledger.NetworkFileSystem(filepath.Join(t.TempDir(), "none")); !os.IsNotExist(err) {
		t.Errorf("NetworkFileSystem(no folder) = %v, want that it does not exist", err)
	}
}
