package audit

import (
	"bytes"
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
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

// Verify walks the chain from its beginning. Where head is not nil, the chain
// must also still hold that head, which shows that no entries were cut off its
// end. The error is a *carryover.Problem with a *BrokenError that names the
// first bad entry; the report counts the good ones before it.
func (l Log) Verify(ctx context.Context, db DB, head *Head) (Report, error) {
	var r Report
	for row, err := range entries(ctx, db) {
		if err != nil {
			return r, fmt.Errorf("verify the audit chain: %w", err)
		}
		if why := l.fault(r.Head, row, head); why != "" {
			return r, broken(r.Entries+1, why)
		}
		r.Entries, r.Head = row.N, Head{N: row.N, MAC: row.mac}
	}
	if head != nil && head.N > r.Entries {
		return r, broken(r.Entries+1, fmt.Sprintf("entries up to %d were cut off", head.N))
	}
	return r, nil
}

// fault says what is wrong with the entry that follows before, or "".
func (l Log) fault(before Head, row storedEntry, head *Head) string {
	switch {
	case row.N != before.N+1:
		return fmt.Sprintf("it is missing, the next one is %d", row.N)
	case !hmac.Equal(row.mac, l.mac(before.MAC, row.Entry)):
		return "it was changed, or written with another key"
	case head != nil && head.N == row.N && !bytes.Equal(head.MAC, row.mac):
		return "it is not the entry that the head outside the database names"
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

// exported is an entry as Export writes it. Fields are only ever added.
type exported struct {
	N            int64               `json:"n"`
	At           time.Time           `json:"at"`
	Actor        string              `json:"actor"`
	Action       Action              `json:"action"`
	Subject      string              `json:"subject,omitempty"`
	Session      carryover.SessionID `json:"session,omitempty"`
	From         carryover.State     `json:"from,omitempty"`
	To           carryover.State     `json:"to,omitempty"`
	Reason       carryover.Reason    `json:"reason,omitempty"`
	Note         string              `json:"note,omitempty"`
	RemarkDigest string              `json:"remark_digest,omitempty"` // hexadecimal
	MAC          string              `json:"mac"`                     // hexadecimal
}

// Export writes the chain as JSON lines, oldest first. There are no names in it
// because there are none in the chain.
func (l Log) Export(ctx context.Context, db DB, w io.Writer) error {
	enc := json.NewEncoder(w)
	for e, err := range entries(ctx, db) {
		if err != nil {
			return fmt.Errorf("export the audit chain: %w", err)
		}
		err := enc.Encode(exported{
			N: e.N, At: e.At, Actor: e.Actor, Action: e.Action, Subject: e.Subject, Session: e.Session,
			From: e.From, To: e.To, Reason: e.Reason, Note: e.Note,
			RemarkDigest: hex.EncodeToString(e.RemarkDigest), MAC: hex.EncodeToString(e.mac),
		})
		if err != nil {
			return fmt.Errorf("export entry %d of the audit chain: %w", e.N, err)
		}
	}
	return nil
}
