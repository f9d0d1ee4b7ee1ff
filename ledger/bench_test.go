package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// BenchmarkDue asks for what is due among 100,000 versions, nearly all of them
// at an end, as after some years.
func BenchmarkDue(b *testing.B) {
	l := manyVersions(b, 100_000)
	b.ResetTimer()
	for b.Loop() {
		var vs []ledger.Version
		view(b, l, func(tx *ledger.Tx) (err error) {
			vs, err = tx.Due(b.Context(), carryover.Seen, after(time.Hour), 20)
			return err
		})
		if len(vs) != 20 {
			b.Fatalf("Due = %d versions, want 20", len(vs))
		}
	}
}

// BenchmarkCounts counts 100,000 documents by state.
func BenchmarkCounts(b *testing.B) {
	l := manyVersions(b, 100_000)
	b.ResetTimer()
	for b.Loop() {
		view(b, l, func(tx *ledger.Tx) error {
			_, err := tx.Counts(b.Context())
			return err
		})
	}
}

// BenchmarkMove is one durable transaction that moves a version: what a step
// costs before its request may leave.
func BenchmarkMove(b *testing.B) {
	l, ctx := open(b), b.Context()
	id := addVersion(b, l, "d1", "words")
	from, to := carryover.Seen, carryover.Ripe
	b.ResetTimer()
	for b.Loop() {
		err := l.Update(ctx, func(tx *ledger.Tx) error {
			return tx.Move(ctx, id, from, to, "", time.Time{}, monday)
		})
		if err != nil {
			b.Fatal(err)
		}
		from, to = to, from
	}
}

// BenchmarkAddVersion records and seals a document of 800 words.
func BenchmarkAddVersion(b *testing.B) {
	l, ctx := open(b), b.Context()
	addVersion(b, l, "d0", "words")
	text := string(make([]byte, 5000))
	n := 0
	b.ResetTimer()
	for b.Loop() {
		n++
		err := l.Update(ctx, func(tx *ledger.Tx) error {
			_, err := tx.AddVersion(ctx, letter(carryover.DocumentID(fmt.Sprint(n)), text), ledger.Version{FirstSeen: monday})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// manyVersions returns a ledger of n documents: 100 seen, 100 held, the others
// dismissed.
func manyVersions(b *testing.B, n int) *ledger.Ledger {
	b.Helper()
	l, ctx := open(b), b.Context()
	addVersion(b, l, "d", "words")
	err := l.Update(ctx, func(tx *ledger.Tx) error {
		for _, s := range []string{
			`INSERT INTO document WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < $1)
			 SELECT 's1', 'd' || n, '', 0, 1, 0 FROM c`,
			`INSERT INTO version WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < $1)
			 SELECT printf('01%034d', n), 's1', 'd' || n, 1, 1, '',
			 CASE WHEN n % 1000 = 0 THEN 'seen' WHEN n % 1000 = 1 THEN 'held' ELSE 'dismissed' END, 'by_person',
			 n, 1, 1, 1, 1, 1, 1, 0, x'', x'', '', '', '41', '', '', 0 FROM c`,
		} {
			if _, err := tx.ExecContext(ctx, s, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return l
}
