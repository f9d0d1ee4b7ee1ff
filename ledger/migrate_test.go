package ledger_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger"
)

// frozenKey is the master key of testdata/first.sql, 32 bytes of 7: what is
// sealed there is invented.
var frozenKey = seal.MasterKey(bytes.Repeat([]byte{7}, seal.KeySize))

// frozenDigest is what the frozen ledger's digest key makes of ("content", "x").
const frozenDigest = "663036740835d2e364039dcc866b928bb194963b68741123836cb3a4662d37ee"

// TestMigrateFromTheFirstSchema opens a ledger as the first schema left it,
// frozen as statements in testdata/first.sql. Every later migration must carry
// its rows forward: the file is never edited.
func TestMigrateFromTheFirstSchema(t *testing.T) {
	path := frozen(t)
	l, ctx := openAt(t, ledger.Config{Path: path, MasterKey: frozenKey}), t.Context()
	check(t, l)
	view(t, l, func(tx *ledger.Tx) error {
		counts, err := tx.Counts(ctx)
		if diff := cmp.Diff(map[carryover.State]int{carryover.Proven: 1, carryover.Held: 1}, counts); diff != "" {
			t.Errorf("Counts of the frozen ledger (-want +got):\n%s", diff)
		}
		held, err2 := tx.List(ctx, ledger.Filter{States: []carryover.State{carryover.Held}})
		if err := firstError(err, err2); err != nil {
			return err
		}
		if len(held) != 1 || held[0].Document != "d2" || held[0].Reason != carryover.Rivals || !held[0].FirstSeen.Equal(monday) {
			t.Errorf("held in the frozen ledger = %+v, want d2 since monday", held)
		}
		doc, err := tx.Content(ctx, held[0].ID)
		if got := doc.Content.Reveal(); got != "Frozen words of an invented patient." {
			t.Errorf("Content of the frozen ledger = %q", got)
		}
		return err
	})
	if got, want := l.Keys().Digest("content", "x"), frozenDigest; hexOf(got) != want {
		t.Errorf("Digest under the frozen ledger's key = %s, want %s: digests must not change with a version", hexOf(got), want)
	}
}

// frozen returns the path of a ledger as the first schema left it.
func frozen(t *testing.T) string {
	t.Helper()
	statements, err := os.ReadFile(filepath.Join("testdata", "first.sql"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "data", "ledger.db")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	raw(t, path, string(statements))
	return path
}

// TestFreeze writes testdata/first.sql. It ran once, when the schema was the
// first; run it again only if that schema was never released.
func TestFreeze(t *testing.T) {
	if os.Getenv("CARRYOVER_FREEZE") == "" {
		t.Skip("testdata/first.sql is frozen; CARRYOVER_FREEZE=1 writes it anew")
	}
	c := ledger.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), MasterKey: frozenKey}
	l := openAt(t, c)
	id := addVersion(t, l, "d1", "Frozen words.")
	makeReady(t, l, id)
	d := send(t, l, id, "HD-AAAAAAAA-AAAA")
	file(t, l, d, "n1")
	prove(t, l, d)
	move(t, l, addVersion(t, l, "d2", "Frozen words of an invented patient."), carryover.Seen, carryover.Held, carryover.Rivals, monday)
	update(t, l, func(tx *ledger.Tx) error {
		return tx.SavePractitioner(t.Context(), ledger.Practitioner{ID: "41", UserID: "1041", LastPoll: monday, NextPoll: after(time.Minute)})
	})
	t.Logf("frozenDigest = %s", hexOf(l.Keys().Digest("content", "x")))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("testdata", "first.sql"), dump(t, c.Path), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestEveryTableIsStrict also shows that the rewriter left nothing that SQLite
// would take for a name of no type.
func TestEveryTableIsStrict(t *testing.T) {
	l, ctx := open(t), t.Context()
	types := regexp.MustCompile(`^(INTEGER|TEXT|BLOB)$`)
	view(t, l, func(tx *ledger.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT l.name, l.strict, c.name, c.type, c."notnull" FROM pragma_table_list AS l
			JOIN pragma_table_info(l.name) AS c WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'goose%' AND l.name NOT LIKE 'sqlite%'`)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns := 0
		for rows.Next() {
			var table, column, kind string
			var strict, notNull bool
			if err := rows.Scan(&table, &strict, &column, &kind, &notNull); err != nil {
				return err
			}
			if !strict || !types.MatchString(kind) || !notNull {
				t.Errorf("%s.%s: strict %v, type %s, not null %v, want true, a strict type, true", table, column, strict, kind, notNull)
			}
			columns++
		}
		if columns < 100 {
			t.Errorf("%d columns in all, want the whole schema", columns)
		}
		return rows.Err()
	})
}

func TestRewrite(t *testing.T) {
	const in = `CREATE TABLE a (
    n BIGINT NOT NULL, -- BIGINTs stay
    b BOOLEAN NOT NULL,
    c BYTEA NOT NULL,
    d TEXT NOT NULL REFERENCES e (id)
);
/* sqlite
CREATE TRIGGER t;
sqlite */
/* kept */
CREATE INDEX i ON a (n);
`
	const want = `CREATE TABLE a (
    n INTEGER NOT NULL, -- BIGINTs stay
    b INTEGER NOT NULL,
    c BLOB NOT NULL,
    d TEXT NOT NULL REFERENCES e (id)
) STRICT;
CREATE TRIGGER t;
/* kept */
CREATE INDEX i ON a (n);
`
	if diff := cmp.Diff(want, ledger.Rewrite(in)); diff != "" {
		t.Errorf("Rewrite (-want +got):\n%s", diff)
	}
}

// TestStatementsSuitBothDatabases keeps the rules under which one set of
// queries serves SQLite and PostgreSQL.
func TestStatementsSuitBothDatabases(t *testing.T) {
	banned := regexp.MustCompile(`(?i)::|\bnow\(\)|\bany\(|\bilike\b|\bdatetime\(|\bifnull\(|\bstrftime\(|\?\d*[,)]|\bAUTOINCREMENT\b|\bSERIAL\b|\bJSONB?\b[^.]|\bTIMESTAMP`)
	for _, pattern := range []string{"queries/*.sql", "migrations/*.sql"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("Glob(%s) = %v, %v", pattern, files, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(b), "\n") {
				code, _, _ := strings.Cut(line, "--")
				if m := banned.FindString(code); m != "" {
					t.Errorf("%s:%d: %q is not for both databases", file, i+1, m)
				}
			}
		}
	}
}
