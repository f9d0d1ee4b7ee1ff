package audit

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"carryover"
)

// An exported entry is one line of an export. Fields are only ever added.
//
// Whoever gets an export has no key, and can still see what it is of: N counts
// without gaps, Before repeats the MAC of the entry before, and the last line
// says how many entries there are in all. An entry that was left out shows as a
// gap, and one that stands beside it names it.
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
	Before       string              `json:"before"`                  // the MAC of entry N-1; empty for the first
}

// ending is the last line of an export: the end of the chain it was made of.
type ending struct {
	Entries  int64  `json:"entries"`
	Head     string `json:"head"` // hexadecimal
	Exported int64  `json:"exported"`
}

// Export writes as JSON lines, oldest first, those entries of the chain that
// keep says yes to, or all of them where it is nil, and a line that says what
// they are of. It returns how many entries it wrote. There are no names in it
// because there are none in the chain.
func (l Log) Export(ctx context.Context, db DB, w io.Writer, keep func(Entry) bool) (written int64, err error) {
	enc := json.NewEncoder(w)
	var last Head
	for e, err := range entries(ctx, db) {
		if err != nil {
			return written, fmt.Errorf("export the audit chain: %w", err)
		}
		before := last.MAC
		last = Head{N: e.N, MAC: e.mac}
		if keep != nil && !keep(e.Entry) {
			continue
		}
		if err := enc.Encode(exported{
			N: e.N, At: e.At, Actor: e.Actor, Action: e.Action, Subject: e.Subject, Session: e.Session,
			From: e.From, To: e.To, Reason: e.Reason, Note: e.Note,
			RemarkDigest: hex.EncodeToString(e.RemarkDigest), MAC: hex.EncodeToString(e.mac), Before: hex.EncodeToString(before),
		}); err != nil {
			return written, fmt.Errorf("export entry %d of the audit chain: %w", e.N, err)
		}
		written++
	}
	if err := enc.Encode(ending{Entries: last.N, Head: hex.EncodeToString(last.MAC), Exported: written}); err != nil {
		return written, fmt.Errorf("export the end of the audit chain: %w", err)
	}
	return written, nil
}
