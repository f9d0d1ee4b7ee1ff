package ledger_test

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// dump writes a closed database as statements that make it again.
func dump(t *testing.T, path string) []byte {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var out bytes.Buffer
	fmt.Fprintln(&out, "-- A ledger as the first schema left it. Never edited: see migrate_test.go.")
	var mark int
	if err := db.QueryRow("PRAGMA application_id").Scan(&mark); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&out, "PRAGMA application_id = %d;\nPRAGMA foreign_keys = OFF;\n", mark)
	for _, row := range query(t, db, "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' AND type = 'table' ORDER BY rowid") {
		fmt.Fprintln(&out, row[0])
	}
	for _, table := range query(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid") {
		for _, row := range query(t, db, "SELECT * FROM "+table[0].(string)) {
			values := make([]string, len(row))
			for i, v := range row {
				values[i] = literal(v)
			}
			fmt.Fprintf(&out, "INSERT INTO %s VALUES (%s);\n", table[0], strings.Join(values, ", "))
		}
	}
	for _, row := range query(t, db, "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'table' ORDER BY rowid") {
		fmt.Fprintln(&out, row[0])
	}
	return out.Bytes()
}

func query(t *testing.T, db *sql.DB, statement string) (all [][]any) {
	t.Helper()
	rows, err := db.Query(statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		row, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			places[i] = &row[i]
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case int64:
		return fmt.Sprint(v)
	case []byte:
		return "x'" + hexOf(v) + "'"
	}
	return "'" + strings.ReplaceAll(fmt.Sprint(v), "'", "''") + "'"
}
