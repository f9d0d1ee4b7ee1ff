package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"

	"github.com/pressly/goose/v3"

	"carryover"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a SQLite file as a ledger ("CRRY"), so that a path to
// somebody else's database is refused rather than filled with our tables.
const applicationID = 0x43525259

// migrate brings db to the newest schema; each step is one transaction. A
// schema that is newer than this program's is refused, not touched.
func migrate(ctx context.Context, db *sql.DB) error { return migrateBy(ctx, db, migrations) }

func migrateBy(ctx context.Context, db *sql.DB, steps fs.FS) error {
	p, err := newProvider(db, steps)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	have, want, err := versions(ctx, db, p)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if have > want {
		return tooNew(have, want)
	}
	if have == 0 {
		if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
			return fmt.Errorf("mark the ledger: %w", err)
		}
	}
	if have < want {
		if _, err := p.Up(ctx); err != nil {
			if partial, ok := errors.AsType[*goose.PartialError](err); ok {
				err = partial.Err // the cause; the rest lists what went well
			}
			return fmt.Errorf("migrate the ledger from %d to %d: %w", have, want, err)
		}
	}
	return nil
}

// checkSchema is for readers, who may not migrate.
func checkSchema(ctx context.Context, db *sql.DB) error {
	p, err := newProvider(db, migrations)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	have, want, err := versions(ctx, db, p)
	switch {
	case err != nil:
		return fmt.Errorf("read the schema's version: %w", err)
	case have > want:
		return tooNew(have, want)
	case have < want:
		return &carryover.Problem{
			Op: fmt.Sprintf("read schema %d with a program for %d", have, want), Kind: carryover.ErrRefused,
			Hint: "The ledger is from an earlier version. Start carryover run once: it brings the ledger up to date.",
		}
	}
	return nil
}

func tooNew(have, want int64) error {
	return &carryover.Problem{
		Op: fmt.Sprintf("read schema %d with a program for %d", have, want), Kind: carryover.ErrRefused,
		Hint: "The ledger was written by a newer version of Carryover. Nothing was changed. Install that version again.",
	}
}

// versions returns the schema version of db, 0 for an empty file, and the
// newest one that this program knows. It writes nothing.
func versions(ctx context.Context, db *sql.DB, p *goose.Provider) (have, want int64, err error) {
	for _, s := range p.ListSources() {
		want = max(want, s.Version)
	}
	var tables int
	const isThere = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'"
	if err := db.QueryRowContext(ctx, isThere).Scan(&tables); err != nil || tables == 0 {
		return 0, want, err
	}
	err = db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&have)
	return have, want, err
}

// checkOwner refuses a SQLite file that something else made.
func checkOwner(ctx context.Context, db *sql.DB) error {
	var id, tables int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return fmt.Errorf("read the file's mark: %w", err)
	}
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master").Scan(&tables); err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	if tables > 0 && id != applicationID {
		return &carryover.Problem{
			Op: "read the file's mark", Kind: carryover.ErrInvalid,
			Hint: "The file named as the ledger is another program's database. Nothing was changed. Check the data folder in the configuration.",
		}
	}
	return nil
}

func newProvider(db *sql.DB, steps fs.FS) (*goose.Provider, error) {
	files, err := fs.Sub(steps, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, sqliteFiles{files}, goose.WithDisableGlobalRegistry(true))
}

// What the migrations write for PostgreSQL and SQLite says differently. STRICT
// tables take INTEGER, TEXT, BLOB and REAL alone.
var (
	typeWord   = regexp.MustCompile(`\b(BIGINT|BOOLEAN|BYTEA)\b`)
	typeNames  = map[string]string{"BIGINT": "INTEGER", "BOOLEAN": "INTEGER", "BYTEA": "BLOB"}
	tableEnd   = regexp.MustCompile(`(?m)^\);$`)
	sqliteOnly = strings.NewReplacer("/* sqlite\n", "", "sqlite */\n", "")
)

// rewrite turns one migration's text into SQLite's.
func rewrite(text string) string {
	text = sqliteOnly.Replace(text)
	text = typeWord.ReplaceAllStringFunc(text, func(w string) string { return typeNames[w] })
	return tableEnd.ReplaceAllString(text, ") STRICT;")
}

// sqliteFiles is a folder of migrations whose text is SQLite's.
type sqliteFiles struct{ fs.FS }

// Open returns a migration, rewritten, or the folder as it is.
func (f sqliteFiles) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if st, err := file.Stat(); err != nil || st.IsDir() {
		return file, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return rewrittenFile{file, strings.NewReader(rewrite(string(text)))}, nil
}

// A rewrittenFile reads another text than the file it closes.
type rewrittenFile struct {
	fs.File
	text io.Reader
}

// Read reads the rewritten text.
func (f rewrittenFile) Read(p []byte) (int, error) { return f.text.Read(p) }
