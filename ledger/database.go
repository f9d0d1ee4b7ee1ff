package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"

	"carryover"

	_ "modernc.org/sqlite" // the driver "sqlite", without cgo
)

// busyTimeout is how long a statement waits for another process's lock, in
// milliseconds.
const busyTimeout = "5000"

// Each connection is set up with these, and the writer is read back: a ledger
// that runs with other values than these keeps less than it promises.
var pragmas = []struct{ name, set, want string }{
	{"busy_timeout", busyTimeout, busyTimeout},   // another process may be checkpointing
	{"journal_mode", "WAL", "wal"},               // readers and the writer do not wait for each other
	{"synchronous", "FULL", "2"},                 // a commit is on the disk before it is reported
	{"secure_delete", "ON", "1"},                 // destroyed text is overwritten
	{"foreign_keys", "ON", "1"},                  // no delivery without its version
	{"trusted_schema", "OFF", "0"},               // a tampered file cannot run functions
	{"temp_store", "MEMORY", "2"},                // no temporary file holds rows
	{"cell_size_check", "ON", "1"},               // damage shows early
	{"journal_size_limit", "1048576", "1048576"}, // the log is cut back, not kept at its largest
}

// readers is how many snapshots may be read at one time: pages and commands.
const readers = 4

// dsn returns the name under which the driver opens path; a path may hold any
// character. Only writers set the journal mode: it is kept in the file.
func dsn(path string, readOnly bool) string {
	v := url.Values{}
	for _, p := range pragmas {
		if readOnly && p.name == "journal_mode" {
			continue
		}
		v.Add("_pragma", fmt.Sprintf("%s(%s)", p.name, p.set))
	}
	if readOnly {
		v.Set("mode", "ro")
		v.Add("_pragma", "query_only(ON)")
	} else {
		v.Set("mode", "rw")
		v.Set("_txlock", "immediate") // a transaction that will write says so at its start
	}
	return "file:" + escaped(path) + "?" + v.Encode()
}

// escaped writes a path as SQLite's file names want it.
func escaped(path string) string { return (&url.URL{Path: path}).EscapedPath() }

// openWriter opens the one writing connection, reads its settings back, and
// has SQLite look the file over.
func openWriter(ctx context.Context, path string) (*statements, error) {
	db, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // a pool of writers starves and returns "busy"
	db.SetMaxIdleConns(1)
	for _, check := range []func(context.Context, *sql.DB) error{checkPragmas, checkOwner, quickCheck} {
		if err := check(ctx, db); err != nil {
			_ = db.Close()
			return nil, err
		}
	}
	return newStatements(db), nil
}

// openReaders opens the pool that can only read.
func openReaders(ctx context.Context, path string) (*statements, error) {
	db, err := sql.Open("sqlite", dsn(path, true))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	if err := checkOwner(ctx, db); err != nil {
		_ = db.Close()
		return nil, err
	}
	return newStatements(db), nil
}

// checkPragmas reads the settings back: SQLite ignores one it does not know,
// and keeps the old journal mode when it cannot change it.
func checkPragmas(ctx context.Context, db *sql.DB) error {
	for _, p := range pragmas {
		var have string
		if err := db.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&have); err != nil {
			return fmt.Errorf("read back %s: %w", p.name, err)
		}
		if !strings.EqualFold(have, p.want) {
			return &carryover.Problem{
				Op: fmt.Sprintf("set %s to %s: it is %s", p.name, p.want, have), Kind: carryover.ErrRefused,
				Hint: "The database does not accept the settings that keep it safe. Put the data folder on an ordinary local disk.",
			}
		}
	}
	return nil
}

// quickCheck has SQLite look for damage. It reads the whole file, some hundred
// megabytes a second.
func quickCheck(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return fmt.Errorf("check the database: %w", err)
	}
	if verdict != "ok" {
		return damaged("check the database", nil)
	}
	return nil
}

// damaged is the problem of a file that SQLite cannot trust.
func damaged(op string, cause error) error {
	return &carryover.Problem{
		Op: op, Kind: carryover.ErrInvalid, Err: cause,
		Hint: "The ledger file is damaged. Nothing was changed. Stop Carryover, keep the file as it is, and put the newest backup of the data folder in its place.",
	}
}
