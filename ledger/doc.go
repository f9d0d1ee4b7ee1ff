// Package ledger remembers what happened to every document, and what is due.
//
// It is one concrete package over database/sql. SQLite is embedded today; the
// statements in queries are written so that PostgreSQL takes them as they are:
// $N placeholders, CAST instead of ::, times as microseconds, JSON as text, no
// now(), no ANY. Package internal/query is generated from them by sqlc.
//
// # What keeps it right
//
// A row carries its state and when it is next due; that row is the truth, and
// nothing else wakes work. Only [Tx.Move] and [Tx.MoveDelivery] change a state,
// each by comparing the state the caller believes in with the one that is
// there; what came second gets [ErrConflict]. A version and its current
// delivery move in the same statement's transaction and never differ.
//
// Names, titles and clinical text are in the sealed table alone (package
// internal/seal); every other column holds identifiers, states, times, digests,
// counts and words from closed lists. When a version is proven its sealed text
// is destroyed in the same transaction.
//
// # What a crash leaves
//
// Every change is one SQLite transaction, written through to the disk before
// it is reported (WAL, synchronous=FULL). A crash leaves the state before it or
// after it. There is one writing connection: writers queue in this process
// instead of failing with "busy".
package ledger
