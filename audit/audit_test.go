package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/internal/seal"
	"carryover/ledger"
)

var monday = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// The chain needs nothing of the ledger but this.
var _ audit.DB = (*ledger.Tx)(nil)

func open(t testing.TB) (*ledger.Ledger, audit.Log) {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), MasterKey: seal.NewMasterKey()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l, audit.Log{Keys: l.Keys()}
}

func update(t testing.TB, l *ledger.Ledger, f func(*ledger.Tx) error) {
	t.Helper()
	if err := l.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// entry is the i-th entry of these tests, with every field filled.
func entry(i int) audit.Entry {
	return audit.Entry{
		At: monday.Add(time.Duration(i) * time.Second), Actor: audit.Daemon, Action: audit.Moved, Subject: fmt.Sprint("v", i),
		Session: "s1", From: carryover.Ripe, To: carryover.Held, Reason: carryover.Rivals, Note: "n1",
		RemarkDigest: bytes.Repeat([]byte{byte(i)}, 32),
	}
}

// chain returns a ledger with n entries and their head.
func chain(t testing.TB, n int) (*ledger.Ledger, audit.Log, audit.Head) {
	t.Helper()
	l, log := open(t)
	var head audit.Head
	update(t, l, func(tx *ledger.Tx) (err error) {
		for i := range n {
			if err := log.Append(t.Context(), tx, entry(i+1)); err != nil {
				return err
			}
		}
		head, err = log.Head(t.Context(), tx)
		return err
	})
	return l, log, head
}

func verify(t testing.TB, l *ledger.Ledger, log audit.Log, head *audit.Head) (r audit.Report, err error) {
	t.Helper()
	_ = l.View(t.Context(), func(tx *ledger.Tx) error {
		r, err = log.Verify(t.Context(), tx, head)
		return nil
	})
	return r, err
}

func TestAppendVerify(t *testing.T) {
	l, log := open(t)
	if r, err := verify(t, l, log, &audit.Head{}); err != nil || r.Entries != 0 {
		t.Errorf("Verify of an empty chain = %+v, %v, want no entries", r, err)
	}
	l, log, head := chain(t, 5)
	r, err := verify(t, l, log, &head)
	if err != nil || r.Entries != 5 || r.Head.N != 5 || !bytes.Equal(r.Head.MAC, head.MAC) {
		t.Errorf("Verify = %+v, %v, want 5 entries that end at the head", r, err)
	}
	if r, err := verify(t, l, log, nil); err != nil || r.Entries != 5 {
		t.Errorf("Verify without a head = %+v, %v, want 5 entries", r, err)
	}
	older := head
	update(t, l, func(tx *ledger.Tx) error { return log.Append(t.Context(), tx, entry(6)) })
	if r, err := verify(t, l, log, &older); err != nil || r.Entries != 6 {
		t.Errorf("Verify with a head that is behind = %+v, %v, want 6 entries", r, err)
	}
}

// TestVerifyFinds alters the table in every way that somebody with the file and
// without the key could, and expects the first bad entry to be named.
func TestVerifyFinds(t *testing.T) {
	for _, c := range []struct {
		name, statement string
		n               int64
		why             string
	}{
		{"time changed", "UPDATE audit SET at = at + 1 WHERE n = 3", 3, "changed"},
		{"actor changed", "UPDATE audit SET actor = 'cli:1000' WHERE n = 3", 3, "changed"},
		{"action changed", "UPDATE audit SET action = 'viewed' WHERE n = 3", 3, "changed"},
		{"subject changed", "UPDATE audit SET subject = 'v4' WHERE n = 3", 3, "changed"},
		{"session changed", "UPDATE audit SET session = 's2' WHERE n = 3", 3, "changed"},
		{"from changed", "UPDATE audit SET from_state = 'seen' WHERE n = 3", 3, "changed"},
		{"to changed", "UPDATE audit SET to_state = 'ready' WHERE n = 3", 3, "changed"},
		{"reason changed", "UPDATE audit SET reason = '' WHERE n = 3", 3, "changed"},
		{"note changed", "UPDATE audit SET note = 'n2' WHERE n = 3", 3, "changed"},
		{"remark changed", "UPDATE audit SET remark_digest = x'' WHERE n = 3", 3, "changed"},
		{"mac changed", "UPDATE audit SET mac = x'00' WHERE n = 3", 3, "changed"},
		{"field moved into the next", "UPDATE audit SET subject = '', session = subject || session WHERE n = 3", 3, "changed"},
		{"entry removed", "DELETE FROM audit WHERE n = 3", 3, "missing"},
		{"entry removed and the rest renumbered", "DELETE FROM audit WHERE n = 3; UPDATE audit SET n = n - 1 WHERE n > 3", 3, "changed"},
		{"first entry removed", "DELETE FROM audit WHERE n = 1", 1, "missing"},
		{"two entries swapped", "UPDATE audit SET n = -n WHERE n IN (3, 4); UPDATE audit SET n = 7 + n WHERE n < 0", 3, "changed"},
		{"entry copied to the end", "INSERT INTO audit SELECT 6, at, actor, action, subject, session, from_state, to_state, reason, note, remark_digest, mac FROM audit WHERE n = 5", 6, "changed"},
		{"end cut off", "DELETE FROM audit WHERE n > 3", 4, "cut off"},
		{"everything cut off", "DELETE FROM audit", 1, "cut off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, log, head := chain(t, 5)
			update(t, l, func(tx *ledger.Tx) error {
				_, err := tx.ExecContext(t.Context(), "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; "+c.statement)
				return err
			})
			r, err := verify(t, l, log, &head)
			broken, ok := errors.AsType[*audit.BrokenError](err)
			if !ok || broken.N != c.n || !strings.Contains(broken.Why, c.why) || r.Entries != c.n-1 {
				t.Errorf("Verify = %+v, %v, want it broken at %d: %s", r, err, c.n, c.why)
			}
			if !errors.Is(err, carryover.ErrInvalid) || carryover.HintOf(err) == "" {
				t.Errorf("Verify = %v, want a problem with a hint", err)
			}
		})
	}
}

// TestVerifyNeedsTheHead: a chain that was cut off and continued with the key
// is only found by the head outside the database.
func TestVerifyNeedsTheHead(t *testing.T) {
	l, log, head := chain(t, 5)
	update(t, l, func(tx *ledger.Tx) error {
		_, err := tx.ExecContext(t.Context(), "DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE n > 4")
		if err != nil {
			return err
		}
		return log.Append(t.Context(), tx, entry(99))
	})
	if _, err := verify(t, l, log, nil); err != nil {
		t.Errorf("Verify without a head = %v, want nil: nothing in the chain itself is wrong", err)
	}
	_, err := verify(t, l, log, &head)
	if broken, ok := errors.AsType[*audit.BrokenError](err); !ok || broken.N != 5 || !strings.Contains(broken.Why, "head outside") {
		t.Errorf("Verify = %v, want it broken at 5", err)
	}
}

func TestVerifyWithAnotherKey(t *testing.T) {
	l, _, _ := chain(t, 3)
	other, _, err := seal.Create(seal.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	_, err = verify(t, l, audit.Log{Keys: other}, nil)
	if broken, ok := errors.AsType[*audit.BrokenError](err); !ok || broken.N != 1 {
		t.Errorf("Verify with another key = %v, want it broken at 1", err)
	}
}

func TestTableIsAppendOnly(t *testing.T) {
	l, _, head := chain(t, 3)
	for _, s := range []string{"UPDATE audit SET note = '' WHERE n = 2", "DELETE FROM audit WHERE n = 3", "DELETE FROM audit"} {
		err := l.Update(t.Context(), func(tx *ledger.Tx) error {
			_, err := tx.ExecContext(t.Context(), s)
			return err
		})
		if !errors.Is(err, carryover.ErrRefused) {
			t.Errorf("%s = %v, want %v", s, err, carryover.ErrRefused)
		}
	}
	if r, err := verify(t, l, audit.Log{Keys: l.Keys()}, &head); err != nil || r.Entries != 3 {
		t.Errorf("Verify = %+v, %v, want 3 entries untouched", r, err)
	}
}

func TestAppendRefuses(t *testing.T) {
	l, log := open(t)
	for _, c := range []struct {
		name string
		with func(*audit.Entry)
	}{
		{"no time", func(e *audit.Entry) { e.At = time.Time{} }},
		{"no actor", func(e *audit.Entry) { e.Actor = "" }},
		{"a name as actor", func(e *audit.Entry) { e.Actor = "Testina Quokka" }},
		{"an e-mail as actor", func(e *audit.Entry) { e.Actor = "user:t@example.com" }},
		{"an unknown sort of actor", func(e *audit.Entry) { e.Actor = "root:0" }},
		{"no action", func(e *audit.Entry) { e.Action = "" }},
		{"an unknown action", func(e *audit.Entry) { e.Action = "looked" }},
		{"a sentence as note", func(e *audit.Entry) { e.Note = "she was not in the room" }},
		{"a name as subject", func(e *audit.Entry) { e.Subject = "Müller" }},
		{"an endless subject", func(e *audit.Entry) { e.Subject = strings.Repeat("a", 129) }},
		{"a line break", func(e *audit.Entry) { e.Note = "a\nb" }},
		{"a name as session", func(e *audit.Entry) { e.Session = "Ms Quokka" }},
		{"a reason outside the list", func(e *audit.Entry) { e.Reason = "shy" }},
		{"a remark instead of its digest", func(e *audit.Entry) { e.RemarkDigest = []byte("she was not in the room") }},
	} {
		e := entry(1)
		c.with(&e)
		err := l.Update(t.Context(), func(tx *ledger.Tx) error { return log.Append(t.Context(), tx, e) })
		if !errors.Is(err, carryover.ErrInvalid) {
			t.Errorf("Append with %s = %v, want %v", c.name, err, carryover.ErrInvalid)
		}
		if err != nil && (strings.Contains(err.Error(), "Quokka") || strings.Contains(err.Error(), "room")) {
			t.Errorf("Append with %s = %v, which repeats it", c.name, err)
		}
	}
	for _, actor := range []string{audit.Daemon, "cli:1000", "user:0199-ab", "api:make", "web:7"} {
		e := entry(1)
		e.Actor, e.N = actor, 77
		update(t, l, func(tx *ledger.Tx) error { return log.Append(t.Context(), tx, e) })
	}
	if r, err := verify(t, l, log, nil); err != nil || r.Entries != 5 {
		t.Errorf("Verify = %+v, %v, want 5 entries", r, err)
	}
}

// TestAppendIsPartOfTheChange: an entry goes with the transaction it is in.
func TestAppendIsPartOfTheChange(t *testing.T) {
	l, log, head := chain(t, 2)
	stop := errors.New("stop")
	err := l.Update(t.Context(), func(tx *ledger.Tx) error {
		return errors.Join(log.Append(t.Context(), tx, entry(3)), stop)
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if r, err := verify(t, l, log, &head); err != nil || r.Entries != 2 {
		t.Errorf("Verify = %+v, %v, want 2 entries: the third was undone", r, err)
	}
}

func TestExport(t *testing.T) {
	l, log, head := chain(t, 3)
	var out bytes.Buffer
	if err := l.View(t.Context(), func(tx *ledger.Tx) error {
		_, err := log.Export(t.Context(), tx, &out, nil)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 {
		t.Fatalf("Export has %d lines, want 3 and the end", len(lines))
	}
	const first = `{"n":1,"at":"2026-11-02T09:00:01Z","actor":"carryover","action":"moved","subject":"v1","session":"s1",` +
		`"from":"ripe","to":"held","reason":"rivals","note":"n1","remark_digest":"0101010101010101010101010101010101010101010101010101010101010101","mac":"`
	if !strings.HasPrefix(lines[0], first) {
		t.Errorf("Export = %s, want %s…", lines[0], first)
	}
	var last struct{ MAC string }
	if err := json.Unmarshal([]byte(lines[2]), &last); err != nil || last.MAC != fmt.Sprintf("%x", head.MAC) {
		t.Errorf("last line has mac %s, %v, want the head's", last.MAC, err)
	}
}

func TestExportToABrokenPipe(t *testing.T) {
	l, log, _ := chain(t, 3)
	err := l.View(t.Context(), func(tx *ledger.Tx) error {
		_, err := log.Export(t.Context(), tx, alwaysBroken{}, nil)
		return err
	})
	if !errors.Is(err, errBroken) {
		t.Errorf("Export = %v, want %v", err, errBroken)
	}
}

var errBroken = errors.New("broken pipe")

type alwaysBroken struct{}

func (alwaysBroken) Write([]byte) (int, error) { return 0, errBroken }

// BenchmarkVerify walks 100,000 entries; two seconds is the most it may take.
func BenchmarkVerify(b *testing.B) {
	l, log, head := chain(b, 100_000)
	b.ResetTimer()
	for b.Loop() {
		if r, err := verify(b, l, log, &head); err != nil || r.Entries != 100_000 {
			b.Fatalf("Verify = %+v, %v", r, err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	l, log := open(b)
	err := l.Update(context.WithoutCancel(b.Context()), func(tx *ledger.Tx) error {
		for b.Loop() {
			if err := log.Append(b.Context(), tx, entry(1)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// A line is what the tests read of an exported one.
type line struct {
	N        int64
	MAC      string
	Before   string
	Entries  int64
	Head     string
	Exported int64
}

func decode(t *testing.T, export []byte) (lines []line) {
	t.Helper()
	in := json.NewDecoder(bytes.NewReader(export))
	for in.More() {
		var l line
		if err := in.Decode(&l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines
}
