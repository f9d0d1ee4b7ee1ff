package ledger_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"carryover"
	"carryover/ledger"
)

// TestSettingsAreReadBack: a database that does not take the settings that keep
// it safe is refused, each by its name.
func TestSettingsAreReadBack(t *testing.T) {
	l := open(t)
	update(t, l, func(tx *ledger.Tx) error {
		for name, want := range map[string]string{"secure_delete": "1", "synchronous": "2", "foreign_keys": "1", "journal_mode": "wal", "temp_store": "2", "trusted_schema": "0"} {
			var have string
			if err := tx.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&have); err != nil || have != want {
				t.Errorf("%s of an open ledger = %q, %v, want %q", name, have, err, want)
			}
		}
		return nil
	})
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "plain.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for refusals := 0; ; refusals++ {
		name, set, err := ledger.CheckSettings(t.Context(), db)
		if err == nil {
			if refusals < 5 { // some are SQLite's own defaults
				t.Errorf("%d settings of a plain database were refused, want more", refusals)
			}
			return
		}
		if !errors.Is(err, carryover.ErrRefused) || carryover.HintOf(err) == "" {
			t.Fatalf("a database with another %s = %v, want a refusal with a hint", name, err)
		}
		if _, err := db.ExecContext(t.Context(), "PRAGMA "+name+" = "+set); err != nil {
			t.Fatal(err)
		}
		if refusals > 20 {
			t.Fatalf("%s is refused though it is set", name)
		}
	}
}
