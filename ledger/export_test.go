package ledger

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"strings"
	"testing/fstest"

	"carryover/ledger/internal/query"
)

// MigrateWith brings the ledger at path to the newest schema and one step
// further, which is the statements given.
func MigrateWith(ctx context.Context, path, statements string) (err error) {
	steps := fstest.MapFS{"migrations/09999_more.sql": {Data: []byte("-- +goose Up\n" + statements)}}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		steps[name] = &fstest.MapFile{Data: text}
	}
	db, err := openWriter(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return migrateBy(ctx, db.DB, steps)
}

// CheckSentences returns the sentence of every check, so that a test can show
// that each of them finds something.
func CheckSentences() (sentences []string) {
	for _, c := range checks {
		sentences = append(sentences, c.sentence)
	}
	return sentences
}

// Rewrite is what turns a migration's text into SQLite's.
var Rewrite = rewrite

// NetworkFileSystem names the network file system a folder is on.
var NetworkFileSystem = networkFileSystem

// PlaceProblem says in a sentence what is wrong with a file or folder.
var PlaceProblem = placeProblem

// NewID and FirstID are the makers of identifiers.
var (
	NewID   = newID
	FirstID = firstID
)

// CheckSettings reads the settings of a database back. It also names the first
// that is not as it should be, and what it should be set to.
func CheckSettings(ctx context.Context, db *sql.DB) (name, set string, err error) {
	err = checkPragmas(ctx, db)
	for _, p := range pragmas {
		var have string
		if e := db.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&have); e != nil {
			return "", "", e
		}
		if !strings.EqualFold(have, p.want) {
			return p.name, p.set, err
		}
	}
	return "", "", err
}

// Plans returns, for each query that f asks, how SQLite goes about it.
func (tx *Tx) Plans(f func(*Tx) error) (plans []string, err error) {
	w := &planner{DBTX: tx.tx}
	err = f(&Tx{tx: w, q: query.New(w), keys: tx.keys})
	return w.plans, errors.Join(err, w.err)
}

// planner asks for the plan of each query before it passes it on.
type planner struct {
	query.DBTX
	plans []string
	err   error
}

func (p *planner) QueryContext(ctx context.Context, statement string, args ...any) (*sql.Rows, error) {
	p.explain(ctx, statement, args)
	return p.DBTX.QueryContext(ctx, statement, args...)
}

func (p *planner) QueryRowContext(ctx context.Context, statement string, args ...any) *sql.Row {
	p.explain(ctx, statement, args)
	return p.DBTX.QueryRowContext(ctx, statement, args...)
}

func (p *planner) explain(ctx context.Context, statement string, args []any) {
	rows, err := p.DBTX.QueryContext(ctx, "EXPLAIN QUERY PLAN "+statement, args...)
	if err != nil {
		p.err = errors.Join(p.err, err)
		return
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		p.err = errors.Join(p.err, rows.Scan(&id, &parent, &unused, &step))
		steps = append(steps, step)
	}
	p.plans = append(p.plans, strings.Join(steps, "; "))
	p.err = errors.Join(p.err, rows.Err())
}
