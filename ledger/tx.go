package ledger

import (
	"context"
	"database/sql"
	"errors"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger/internal/query"
)

// A Tx is a transaction. It is good until the function it was given to
// returns, and for one goroutine. Its methods return *carryover.Problem for
// what callers must tell apart: carryover.ErrGone for a row that is not there,
// ErrConflict for one that is elsewhere, carryover.ErrInvalid for a request
// that no row could meet.
//
// An error within an Update means: return it, so that all of it is undone.
type Tx struct {
	tx   query.DBTX // a *sql.Tx
	q    *query.Queries
	keys *seal.Keyring
	// destroyed: what was sealed has been destroyed in this transaction.
	destroyed bool
}

// Update runs f in a transaction that may write, and commits it when f returns
// nil. Whatever f did is undone when it returns an error or panics. Updates
// queue: nothing in f may call Update, View or the network.
func (l *Ledger) Update(ctx context.Context, f func(*Tx) error) error {
	if l.writer == nil || l.closed.Load() {
		return &carryover.Problem{
			Op: "write to the ledger", Kind: carryover.ErrRefused,
			Hint: "The ledger is open for reading only, or closed.",
		}
	}
	defer l.updates.Add(1) // one that failed may have been committed, if the disk says no late
	l.changing.RLock()
	defer l.changing.RUnlock()
	return l.within(ctx, l.writer, nil, f)
}

// View runs f on a snapshot that no concurrent Update changes. Writing within
// it is an error.
func (l *Ledger) View(ctx context.Context, f func(*Tx) error) error {
	if l.closed.Load() {
		return &carryover.Problem{
			Op: "read the ledger", Kind: carryover.ErrRefused, Hint: "The ledger is closed.",
		}
	}
	return l.within(ctx, l.reader, &sql.TxOptions{ReadOnly: true}, f)
}

func (l *Ledger) within(ctx context.Context, on *statements, opts *sql.TxOptions, f func(*Tx) error) error {
	defer on.prepare(ctx) // what f was the first to run
	tx, err := on.BeginTx(ctx, opts)
	if err != nil {
		return wrap(err, "begin a ledger transaction")
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing; a panic passes through
	t := &Tx{tx: tx, q: query.New(prepared{tx, on}), keys: l.keys}
	if err := f(t); err != nil {
		return translate(err)
	}
	err = tx.Commit()
	if t.destroyed { // also when nobody knows whether it took effect
		l.destroyed.Store(true)
	}
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
		err = ctx.Err() // database/sql undid it at the cancelling, just before the commit: say why
	}
	return wrap(err, "commit a ledger transaction")
}

// ExecContext runs a statement of a package that keeps its table in the
// ledger, such as audit.
func (tx *Tx) ExecContext(ctx context.Context, statement string, args ...any) (sql.Result, error) {
	return tx.tx.ExecContext(ctx, statement, args...)
}

// QueryContext runs a query of such a package.
func (tx *Tx) QueryContext(ctx context.Context, statement string, args ...any) (*sql.Rows, error) {
	return tx.tx.QueryContext(ctx, statement, args...)
}

// QueryRowContext runs a query of such a package that returns one row.
func (tx *Tx) QueryRowContext(ctx context.Context, statement string, args ...any) *sql.Row {
	return tx.tx.QueryRowContext(ctx, statement, args...)
}
