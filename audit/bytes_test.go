package audit_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"carryover/audit"
	"carryover/internal/seal"
	"carryover/ledger"
)

// columns of the table, and of which sort each is.
var (
	numbers = []string{"n", "at"}
	texts   = []string{"actor", "action", "subject", "session", "from_state", "to_state", "reason", "note"}
	blobs   = []string{"remark_digest", "mac"}
)

// TestEveryByteCounts alters one byte of one column of one row at a time, all of
// them, and adds and removes one: each is found, at that row.
func TestEveryByteCounts(t *testing.T) {
	l, log, head := chain(t, 7)
	tried := 0
	for _, n := range []int64{1, 4, 7} {
		for _, column := range numbers {
			for bit := range 63 {
				n := n
				if column == "n" && bit < 3 {
					continue // takes the number of a row that is there, which the table refuses
				}
				altered(t, l, log, head, fmt.Sprintf("UPDATE audit SET %[1]s = %[1]s | (1 << %[2]d) - 2 * (%[1]s & (1 << %[2]d)) WHERE n = %[3]d", column, bit, n))
				tried++
			}
		}
		for _, column := range append(texts, blobs...) {
			size := 0
			query(t, l, fmt.Sprintf("SELECT length(CAST(%s AS BLOB)) FROM audit WHERE n = %d", column, n), &size)
			kind := "TEXT"
			if column == "mac" || column == "remark_digest" {
				kind = "BLOB"
			}
			const whole = "UPDATE audit SET %[1]s = CAST(%[2]s AS %[3]s) WHERE n = %[4]d"
			// A byte more, at the end; for an empty column the only one there can be.
			altered(t, l, log, head, fmt.Sprintf(whole, column, fmt.Sprintf("CAST(%s AS BLOB) || x'61'", column), kind, n))
			tried++
			for at := 1; at <= size; at++ {
				without := fmt.Sprintf("substr(CAST(%[1]s AS BLOB), 1, %[2]d - 1) || %%s || substr(CAST(%[1]s AS BLOB), %[2]d + 1)", column, at)
				altered(t, l, log, head, fmt.Sprintf(whole, column, fmt.Sprintf(without, "x''"), kind, n))
				other := fmt.Sprintf("CASE WHEN substr(CAST(%s AS BLOB), %d, 1) = x'7e' THEN x'7d' ELSE x'7e' END", column, at)
				altered(t, l, log, head, fmt.Sprintf(whole, column, fmt.Sprintf(without, other), kind, n))
				tried += 2
			}
		}
	}
	if tried < 800 {
		t.Errorf("%d alterations were tried, want every byte of three rows", tried)
	}
	if r, err := verify(t, l, log, &head); err != nil || r.Entries != 7 {
		t.Errorf("Verify after all was put back = %+v, %v: this test altered what it should not", r, err)
	}
}

var errPutBack = errors.New("put back")

// altered runs a statement past the table's rules, requires that Verify objects,
// and puts all back.
func altered(t *testing.T, l *ledger.Ledger, log audit.Log, head audit.Head, statement string) {
	t.Helper()
	err := l.Update(t.Context(), func(tx *ledger.Tx) error {
		done, err := tx.ExecContext(t.Context(), "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete")
		if err == nil {
			done, err = tx.ExecContext(t.Context(), statement)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
		if rows, err := done.RowsAffected(); err != nil || rows != 1 {
			return fmt.Errorf("%s: %d rows, %w", statement, rows, err)
		}
		_, err = log.Verify(t.Context(), tx, &head)
		if broken, ok := errors.AsType[*audit.BrokenError](err); !ok || broken.N < 1 || broken.N > 8 {
			t.Errorf("%s: Verify = %v, want it broken", statement, err)
		}
		return errPutBack
	})
	if !errors.Is(err, errPutBack) {
		t.Fatal(err)
	}
}

func query(t *testing.T, l *ledger.Ledger, statement string, into any) {
	t.Helper()
	if err := l.View(t.Context(), func(tx *ledger.Tx) error {
		return tx.QueryRowContext(t.Context(), statement).Scan(into)
	}); err != nil {
		t.Fatal(err)
	}
}

// TestEveryColumnIsTried keeps the lists of the test above complete.
func TestEveryColumnIsTried(t *testing.T) {
	l, _ := open(t)
	var all string
	query(t, l, "SELECT group_concat(name, ' ') FROM pragma_table_info('audit')", &all)
	for column := range strings.FieldsSeq(all) {
		found := false
		for _, list := range [][]string{numbers, texts, blobs} {
			for _, c := range list {
				found = found || c == column
			}
		}
		if !found {
			t.Errorf("column %s of the audit table is altered by no test", column)
		}
	}
}

// TestVerifyNotedHeads: a head that somebody noted, with or without its number,
// lies on the chain, or the chain is another one.
func TestVerifyNotedHeads(t *testing.T) {
	l, log, head := chain(t, 3)
	noted := &audit.Head{MAC: head.MAC}
	update(t, l, func(tx *ledger.Tx) error { return log.Append(t.Context(), tx, entry(4)) })
	now := func(heads ...*audit.Head) error {
		var err error
		_ = l.View(t.Context(), func(tx *ledger.Tx) error {
			_, err = log.Verify(t.Context(), tx, heads...)
			return nil
		})
		return err
	}
	if err := now(noted, nil, &head); err != nil {
		t.Errorf("Verify with heads that lie on the chain = %v", err)
	}
	if err := now(&head, &audit.Head{MAC: bytes.Repeat([]byte{7}, 32)}); err == nil || !strings.Contains(err.Error(), "noted") {
		t.Errorf("Verify with a head that is on no entry = %v", err)
	}
	// Somebody with the key cuts the chain off and goes on in another way.
	update(t, l, func(tx *ledger.Tx) error {
		if _, err := tx.ExecContext(t.Context(), "DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE n > 2"); err != nil {
			return err
		}
		for i := range 4 {
			if err := log.Append(t.Context(), tx, entry(90+i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err := now(); err != nil {
		t.Errorf("Verify without a head = %v: nothing in the chain itself is wrong", err)
	}
	for name, h := range map[string]*audit.Head{"without its number": noted, "with it": &head} {
		if _, ok := errors.AsType[*audit.BrokenError](now(h)); !ok {
			t.Errorf("Verify of another history with a head %s = %v, want it found", name, now(h))
		}
	}
}

// TestExportPart: what an export leaves out shows.
func TestExportPart(t *testing.T) {
	l, log, head := chain(t, 5)
	var out bytes.Buffer
	if err := l.View(t.Context(), func(tx *ledger.Tx) error {
		n, err := log.Export(t.Context(), tx, &out, func(e audit.Entry) bool { return e.N == 2 || e.N == 3 || e.N == 5 })
		if n != 3 {
			t.Errorf("Export wrote %d entries, want 3", n)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	lines := decode(t, out.Bytes())
	if len(lines) != 4 {
		t.Fatalf("Export has %d lines, want three entries and the end", len(lines))
	}
	if lines[1].Before != lines[0].MAC || lines[2].Before == lines[1].MAC || lines[2].Before == "" {
		t.Errorf("an entry left out does not show: %+v", lines)
	}
	end := lines[3]
	if end.Entries != 5 || end.Exported != 3 || end.Head != fmt.Sprintf("%x", head.MAC) {
		t.Errorf("the end says %+v, want 3 of 5 entries and the head", end)
	}
}

// TestVerifyIsLinear counts what a longer chain costs: as much for each entry.
// How long it takes is for BenchmarkVerify.
func TestVerifyIsLinear(t *testing.T) {
	cost := func(n int) float64 {
		l, log, head := chain(t, n)
		return testing.AllocsPerRun(1, func() {
			if _, err := verify(t, l, log, &head); err != nil {
				t.Fatal(err)
			}
		})
	}
	short, long := cost(500), cost(2000)
	if ratio := long / short; ratio < 3 || ratio > 5 {
		t.Errorf("four times the entries cost %.1f times the allocations, want about four", ratio)
	}
}

var _ audit.DB = (*sql.Tx)(nil) // the chain verifies in any transaction

func TestRekeyKeepsTheChain(t *testing.T) {
	l, log, head := chain(t, 3)
	if _, err := l.Rekey(t.Context(), seal.NewMasterKey(), func(tx *ledger.Tx) error {
		return log.Append(t.Context(), tx, audit.Entry{At: monday, Actor: "cli:1000", Action: audit.KeyChanged})
	}); err != nil {
		t.Fatal(err)
	}
	if r, err := verify(t, l, log, &head); err != nil || r.Entries != 4 {
		t.Errorf("Verify after a change of the master key = %+v, %v, want 4 entries", r, err)
	}
}
