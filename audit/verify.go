package audit

import (
	"bytes"
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"carryover"
)

// A Report says what Verify found in order.
type Report struct {
	Entries int64
	Head    Head
}

// A BrokenError says where the chain is broken.
type BrokenError struct {
	N   int64  // the first entry that is not as it was written
	Why string // changed, missing, or cut off
}

// Error says where and how.
func (e *BrokenError) Error() string {
	return fmt.Sprintf("audit chain is broken at entry %d: %s", e.N, e.Why)
}

// Verify walks the chain from its beginning. The chain must also still hold each
// head that is given and not nil, which shows that no entries were cut off its
// end and that it is not another history. A head whose N is 0 and whose MAC is
// not empty may stand anywhere. The error is a *carryover.Problem with a
// *BrokenError that names the first bad entry; the report counts the good ones
// before it.
func (l Log) Verify(ctx context.Context, db DB, heads ...*Head) (Report, error) {
	heads = slices.DeleteFunc(slices.Clone(heads), func(h *Head) bool { return h == nil })
	found := make([]bool, len(heads))
	var r Report
	for row, err := range entries(ctx, db) {
		if err != nil {
			return r, fmt.Errorf("verify the audit chain: %w", err)
		}
		if why := l.fault(r.Head, row); why != "" {
			return r, broken(r.Entries+1, why)
		}
		for i, h := range heads {
			same := bytes.Equal(h.MAC, row.mac)
			if h.N == row.N && !same {
				return r, broken(row.N, "it is not the entry that the head outside the database names")
			}
			found[i] = found[i] || same
		}
		r.Entries, r.Head = row.N, Head{N: row.N, MAC: row.mac}
	}
	for i, h := range heads {
		switch {
		case h.N > r.Entries:
			return r, broken(r.Entries+1, fmt.Sprintf("entries up to %d were cut off", h.N))
		case h.N == 0 && len(h.MAC) > 0 && !found[i]:
			return r, broken(r.Entries+1, "the head that was noted is on no entry: what it belongs to was cut off, or this is another history")
		}
	}
	return r, nil
}

// Holds says whether an entry with this head is where it names it. It looks at
// that one entry alone; every chain holds the zero Head.
func (l Log) Holds(ctx context.Context, db DB, h Head) (bool, error) {
	if h.N == 0 {
		return true, nil
	}
	var mac []byte
	err := db.QueryRowContext(ctx, "SELECT mac FROM audit WHERE n = $1", h.N).Scan(&mac)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read entry %d of the audit chain: %w", h.N, err)
	}
	return hmac.Equal(mac, h.MAC), nil
}

// fault says what is wrong with the entry that follows before, or "".
func (l Log) fault(before Head, row storedEntry) string {
	switch {
	case row.N != before.N+1:
		return fmt.Sprintf("it is missing, the next one is %d", row.N)
	case !hmac.Equal(row.mac, l.mac(before.MAC, row.Entry)):
		return "it was changed, or written with another key"
	}
	return ""
}

func broken(n int64, why string) error {
	return &carryover.Problem{
		Op: "verify the audit chain", Kind: carryover.ErrInvalid, Err: &BrokenError{N: n, Why: why},
		Hint: "The record of who did what was altered. Keep the data folder as it is, compare it with a backup, and tell whoever answers for privacy.",
	}
}

// A storedEntry is an entry with the MAC that stands beside it.
type storedEntry struct {
	Entry
	mac []byte
}

// entries walks the table in order.
func entries(ctx context.Context, db DB) iter.Seq2[storedEntry, error] {
	return func(yield func(storedEntry, error) bool) {
		rows, err := db.QueryContext(ctx, `SELECT n, at, actor, action, subject, session, from_state, to_state, reason, note, remark_digest, mac
			FROM audit ORDER BY n`)
		if err != nil {
			yield(storedEntry{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			e, err := scan(rows)
			if !yield(e, err) || err != nil {
				return
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			yield(storedEntry{}, err)
		}
	}
}

func scan(rows *sql.Rows) (e storedEntry, err error) {
	var at int64
	err = rows.Scan(&e.N, &at, &e.Actor, &e.Action, &e.Subject, &e.Session, &e.From, &e.To, &e.Reason, &e.Note, &e.RemarkDigest, &e.mac)
	e.At = time.UnixMicro(at).UTC()
	return e, err
}
