// Package audit keeps the chain of who or what did what to which delivery.
//
// The chain is append-only and keyed: each row's MAC covers the MAC of the row
// before and all of the row's fields, under the ledger's digest key. Somebody
// who can write the database file but has no key cannot change, insert, swap or
// remove a row without the chain saying which. Cutting rows off its end leaves
// a shorter valid chain, so the head (number and MAC of the last row) is also
// kept outside the database: see [WriteHead].
//
// Rows hold identifiers and words from closed lists. What a person remarked is
// sealed elsewhere, and the chain holds its digest.
//
// The table is made by the ledger's migrations, with triggers that refuse
// UPDATE and DELETE.
package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"carryover"
	"carryover/internal/seal"
)

// DB is what the chain needs of a transaction; *ledger.Tx meets it. An entry
// belongs in the transaction of the change that it records.
type DB interface {
	ExecContext(ctx context.Context, statement string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, statement string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, statement string, args ...any) *sql.Row
}

// An Action says what was done.
type Action string

// The actions.
const (
	Moved         Action = "moved"          // a version or delivery changed its state
	Decided       Action = "decided"        // a patient was decided on, or the evidence of a hold was renewed
	Viewed        Action = "viewed"         // somebody looked at a document
	ShownNames    Action = "shown_names"    // somebody asked for names
	Previewed     Action = "previewed"      // somebody looked at what would be filed
	Released      Action = "released"       // a person let a held version go on
	Dismissed     Action = "dismissed"      // a person left a version out
	Retried       Action = "retried"        // a person asked for another try
	Reopened      Action = "reopened"       // a person took a dismissal back
	Synced        Action = "synced"         // somebody asked for a session to be read now
	Filed         Action = "filed"          // a person handed a document in
	Paused        Action = "paused"         // filing was stopped
	Resumed       Action = "resumed"        // filing goes on
	AlarmRaised   Action = "alarm_raised"   // somebody must be told
	AlarmCleared  Action = "alarm_cleared"  // it is well again
	UndoAsked     Action = "undo_asked"     // a person took a filing back
	MoveAsked     Action = "move_asked"     // a person sent a filing to another record
	CalledOff     Action = "called_off"     // a person called an undo or a move off before it began
	Touched       Action = "touched"        // somebody was seen to have worked on a note of ours
	Archived      Action = "archived"       // one of our notes was archived, or seen to be
	Unarchived    Action = "unarchived"     // one of our notes was brought back, or seen to be
	Destroyed     Action = "destroyed"      // sealed text was destroyed
	Started       Action = "started"        // the daemon started
	Stopped       Action = "stopped"        // the daemon stopped
	Opened        Action = "opened"         // the ledger was opened
	Exported      Action = "exported"       // the chain was exported
	BackedUp      Action = "backed_up"      // a backup was written
	Restored      Action = "restored"       // the ledger is a backup's
	KeyChanged    Action = "key_changed"    // the master key was changed
	ConfigChanged Action = "config_changed" // the configuration differs from the last start's

	// Of past sessions; the subject is the backfill.
	BackfillAsked   Action = "backfill_asked"
	BackfillStopped Action = "backfill_stopped"
	BackfillResumed Action = "backfill_resumed"

	// Of people; the subject is the person it was done to.
	SignedIn        Action = "signed_in"        // the note says with what: code or recovery_code
	SignInRefused   Action = "sign_in_refused"  // the note says at what; no subject: nobody has the login
	SignedOut       Action = "signed_out"       // by themselves, or by whoever is the actor
	Invited         Action = "invited"          // the note is the role
	LinkMade        Action = "link_made"        // a one-time link was shown; no subject: for a new admin
	LinkUsed        Action = "link_used"        // somebody opened one
	Joined          Action = "joined"           // chose password and second factor; the note is the role
	AccessReset     Action = "access_reset"     // password and second factor were taken
	AccessEnded     Action = "access_ended"     // may not sign in any more
	RoleChanged     Action = "role_changed"     // the note is the new role
	PasswordChanged Action = "password_changed" // by themselves
	CodesRenewed    Action = "codes_renewed"    // new recovery codes

	// Of tokens; the subject is the token's id.
	TokenMade    Action = "token_made"    // the note is the scope
	TokenRevoked Action = "token_revoked" // by whoever is the actor
	TokenRefused Action = "token_refused" // used though it is revoked or expired; the note says which
)

var actions = map[Action]bool{
	Moved: true, Decided: true, Viewed: true, ShownNames: true, Previewed: true, Released: true,
	Dismissed: true, Retried: true, Reopened: true, Synced: true, Filed: true, Paused: true, Resumed: true,
	AlarmRaised: true, AlarmCleared: true, UndoAsked: true, MoveAsked: true, CalledOff: true, Touched: true, Archived: true, Unarchived: true, Destroyed: true, Started: true, Stopped: true,
	Opened: true, Exported: true, BackedUp: true, Restored: true, KeyChanged: true, ConfigChanged: true,
	BackfillAsked: true, BackfillStopped: true, BackfillResumed: true,
	SignedIn: true, SignInRefused: true, SignedOut: true, Invited: true, LinkMade: true, LinkUsed: true, Joined: true,
	AccessReset: true, AccessEnded: true, RoleChanged: true, PasswordChanged: true, CodesRenewed: true,
	TokenMade: true, TokenRevoked: true, TokenRefused: true,
}

// Daemon is the actor of everything that no person asked for.
const Daemon = "carryover"

// An Entry is one row of the chain. Every string is an identifier or a word of
// a closed list; Append refuses anything else.
type Entry struct {
	N            int64 // from 1 without gaps; set by Append
	At           time.Time
	Actor        string // Daemon, "cli:1000" (an operating system's user id), "user:…", "api:…"
	Action       Action
	Subject      string // version, delivery, practitioner … the action is about
	Session      carryover.SessionID
	From, To     carryover.State
	Reason       carryover.Reason
	Note         string // a word of a closed list, or an id
	RemarkDigest []byte // keyed digest of a remark that is sealed elsewhere
}

// A Log writes and checks the chain.
type Log struct {
	Keys *seal.Keyring // the ledger's; without it nothing can be appended or verified
}

// Append adds e at the end of the chain and ignores e.N. The moment is kept to
// the microsecond. The error is carryover.ErrInvalid when a field is not of its
// closed form.
func (l Log) Append(ctx context.Context, db DB, e Entry) error {
	if err := e.check(); err != nil {
		return fmt.Errorf("append to the audit chain: %w", err)
	}
	head, err := l.Head(ctx, db)
	if err != nil {
		return fmt.Errorf("append to the audit chain: %w", err)
	}
	e.N = head.N + 1
	_, err = db.ExecContext(ctx, `INSERT INTO audit
		(n, at, actor, action, subject, session, from_state, to_state, reason, note, remark_digest, mac)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		e.N, e.At.UnixMicro(), e.Actor, e.Action, e.Subject, e.Session, e.From, e.To, e.Reason, e.Note,
		append([]byte{}, e.RemarkDigest...), l.mac(head.MAC, e))
	if err != nil {
		return fmt.Errorf("append entry %d to the audit chain: %w", e.N, err)
	}
	return nil
}

// A Head is the end of the chain: the number of entries and the last one's MAC.
// The zero Head is that of an empty chain.
type Head struct {
	N   int64  `json:"n"`
	MAC []byte `json:"mac"`
}

// Head returns the end of the chain as the database has it.
func (l Log) Head(ctx context.Context, db DB) (Head, error) {
	var h Head
	err := db.QueryRowContext(ctx, "SELECT n, mac FROM audit ORDER BY n DESC LIMIT 1").Scan(&h.N, &h.MAC)
	if errors.Is(err, sql.ErrNoRows) {
		return Head{}, nil
	}
	if err != nil {
		return Head{}, fmt.Errorf("read the head of the audit chain: %w", err)
	}
	return h, nil
}
