package ledger

import (
	"context"
	"database/sql"
	"sync"
)

// statements is a database whose statements stay prepared: to have SQLite parse
// one again takes as long as to run it. There are some hundred, all known when
// the program is built.
type statements struct {
	*sql.DB

	mu    sync.Mutex // guards what follows
	ready map[string]*sql.Stmt
	// wanted were used before they were ready. They cannot be prepared for the
	// next transaction within this one, which has the connection.
	wanted map[string]bool
}

func newStatements(db *sql.DB) *statements {
	return &statements{DB: db, ready: map[string]*sql.Stmt{}, wanted: map[string]bool{}}
}

// get returns a statement that is ready, or nil, and then it will be.
func (s *statements) get(text string) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	ready := s.ready[text]
	if ready == nil {
		s.wanted[text] = true
	}
	return ready
}

// prepare makes what was wanted ready. One that cannot be stays wanted: it
// works without, and its error is its caller's.
func (s *statements) prepare(ctx context.Context) {
	s.mu.Lock()
	wanted := s.wanted
	s.wanted = map[string]bool{}
	s.mu.Unlock()
	for text := range wanted {
		stmt, err := s.PrepareContext(ctx, text)
		s.mu.Lock()
		switch {
		case err != nil:
			s.wanted[text] = true
		case s.ready[text] != nil: // another reader was quicker
			_ = stmt.Close() //nolint:sqlclosecheck // here it is known not to be needed
		default:
			s.ready[text] = stmt
		}
		s.mu.Unlock()
	}
}

// prepared runs the ledger's own queries within a transaction. Each is over
// before the next begins, so that no statement runs twice at one time.
type prepared struct {
	tx  *sql.Tx
	all *statements
}

func (p prepared) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	if stmt := p.all.get(text); stmt != nil {
		return p.tx.StmtContext(ctx, stmt).ExecContext(ctx, args...) //nolint:sqlclosecheck // the transaction's end closes it
	}
	return p.tx.ExecContext(ctx, text, args...)
}

func (p prepared) PrepareContext(ctx context.Context, text string) (*sql.Stmt, error) {
	return p.tx.PrepareContext(ctx, text)
}

func (p prepared) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if stmt := p.all.get(text); stmt != nil {
		return p.tx.StmtContext(ctx, stmt).QueryContext(ctx, args...) //nolint:sqlclosecheck // the transaction's end closes it
	}
	return p.tx.QueryContext(ctx, text, args...)
}

func (p prepared) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	if stmt := p.all.get(text); stmt != nil {
		return p.tx.StmtContext(ctx, stmt).QueryRowContext(ctx, args...) //nolint:sqlclosecheck // the transaction's end closes it
	}
	return p.tx.QueryRowContext(ctx, text, args...)
}
