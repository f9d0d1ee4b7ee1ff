package ledger

import (
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"carryover"
)

// ErrConflict says that the row is not where the caller believed it to be:
// somebody was faster. Nothing was changed. Read it again and decide anew.
const ErrConflict carryover.Kind = "conflict"

const (
	hintFull     = "The disk is full. Make room on it; nothing is lost, and Carryover goes on by itself."
	hintReadOnly = "The ledger cannot be written. Check that the disk is not read-only and that the data folder belongs to Carryover's user."
	hintDisk     = "The disk answered with an error. Check the disk and the cable before anything else; keep a copy of the data folder."
	hintBusy     = "Another program is using the ledger file. Close it (a backup program, perhaps); Carryover tries again."
)

// codes says what each of SQLite's errors means to a caller. The extended code
// is looked up first, then the primary one, its lowest byte.
var codes = map[int]struct {
	kind carryover.Kind
	hint string
}{
	sqlite3.SQLITE_FULL:                  {carryover.ErrTransient, hintFull},
	sqlite3.SQLITE_BUSY:                  {carryover.ErrTransient, hintBusy},
	sqlite3.SQLITE_LOCKED:                {carryover.ErrTransient, hintBusy},
	sqlite3.SQLITE_IOERR:                 {carryover.ErrTransient, hintDisk},
	sqlite3.SQLITE_NOMEM:                 {carryover.ErrTransient, "The machine is out of memory."},
	sqlite3.SQLITE_READONLY:              {carryover.ErrRefused, hintReadOnly},
	sqlite3.SQLITE_PERM:                  {carryover.ErrRefused, hintReadOnly},
	sqlite3.SQLITE_CANTOPEN:              {carryover.ErrRefused, hintReadOnly},
	sqlite3.SQLITE_CONSTRAINT_UNIQUE:     {ErrConflict, ""},
	sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: {ErrConflict, ""},
	sqlite3.SQLITE_CONSTRAINT_TRIGGER:    {carryover.ErrRefused, ""},
	sqlite3.SQLITE_CONSTRAINT:            {carryover.ErrInvalid, ""},
}

// wrap says what was attempted and turns the cause into a kind that callers
// know; nil stays nil. The operation holds identifiers, never text or names.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	op := fmt.Sprintf(format, args...)
	if _, ok := errors.AsType[*carryover.Problem](err); ok {
		return fmt.Errorf("%s: %w", op, err)
	}
	if kind, ok := err.(carryover.Kind); ok { //nolint:errorlint // a bare kind, not one within
		return &carryover.Problem{Op: op, Kind: kind}
	}
	if errors.Is(err, sql.ErrNoRows) {
		return &carryover.Problem{Op: op, Kind: carryover.ErrGone}
	}
	if p := sqliteProblem(op, err); p != nil {
		return p
	}
	return fmt.Errorf("%s: %w", op, err)
}

// translate does for errors that passed through another package what wrap does
// for our own; others are returned as they are.
func translate(err error) error {
	if _, ok := errors.AsType[*carryover.Problem](err); ok {
		return err
	}
	if p := sqliteProblem("use the ledger", err); p != nil {
		return p
	}
	return err
}

// sqliteProblem looks for an error of SQLite in err; nil when there is none
// that callers need to tell apart.
func sqliteProblem(op string, err error) error {
	cause, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return nil
	}
	primary := cause.Code() & 0xff
	if primary == sqlite3.SQLITE_CORRUPT || primary == sqlite3.SQLITE_NOTADB {
		return damaged(op, err)
	}
	known, ok := codes[cause.Code()]
	if !ok {
		known, ok = codes[primary]
	}
	if !ok {
		return nil
	}
	return &carryover.Problem{Op: op, Kind: known.kind, Hint: known.hint, Err: err}
}

// changed turns "no row was changed" into ErrGone.
func changed(rows int64, err error) error {
	if err == nil && rows == 0 {
		return carryover.ErrGone
	}
	return err
}
