// Package pipeline is a document's road from Heidi to Cliniko, one step a
// file: discover, ripen, match, route, render, deliver, settle, prove. What is
// held is looked at again when Cliniko changes (changed.go, again.go).
//
// Each step reads what is due from the ledger, decides, and records the
// decision in one transaction before anything else happens. A step may be
// taken again after any error and after a crash at any line; what it must
// never do twice, file a note, is guarded in deliver.go and settle.go.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/audit"
	"carryover/ledger"
	"carryover/match"
	"carryover/route"
)

// Timing holds every interval of the road. The zero value is not usable; see
// internal/config for the defaults and their reasons.
type Timing struct {
	Poll          time.Duration
	Quiet         time.Duration // how long a text must stay unchanged
	Reads         int           // and how often it must have been read
	Grace         time.Duration // within which a lost request takes effect, or never
	LookBack      time.Duration
	EachPollFor   time.Duration // re-read at every poll while this young
	HalfHourlyFor time.Duration // then half-hourly, then six-hourly
	Changes       time.Duration // how often Cliniko is asked what changed; zero: each round
	Fresh         time.Duration // how old may be what a note is sent on; zero: two minutes
	HeldLong      time.Duration // after how long a held document is an alarm; zero: a day
}

// An Event tells an observer (a terminal, a test) that something moved. It
// holds identifiers and closed lists alone.
type Event struct {
	At           time.Time
	Version      carryover.VersionID
	Session      carryover.SessionID
	Document     carryover.DocumentID
	Practitioner carryover.PractitionerID
	From, To     carryover.State
	Reason       carryover.Reason
}

// A Pipeline carries documents. Fields are set before the first step and not
// changed after.
type Pipeline struct {
	Ledger    *ledger.Ledger
	Audit     audit.Log
	Sides     map[carryover.PractitionerID]Side
	Rules     []route.Rule
	Trusted   []string // providers whose ids are Cliniko's, lower case
	WithNotes bool     // carry consult notes too
	Matching  match.Settings
	Timing    Timing
	Practice  carryover.Text // the letterhead of a PDF; empty: none
	Zone      *time.Location // in which a PDF is dated; nil: UTC
	Log       *slog.Logger
	Events    func(Event)  // nil: nobody watches
	Counter   *ReadCounter // counts what the clients read; nil: nobody counts
	// Started is when this process began, with its monotonic reading: a lost
	// request of an earlier process is waited for from here.
	Started time.Time
	// WritesFrom is when the first note may be sent; zero: at once. A ledger
	// that may have been restored waits one grace period, so that what a later
	// process had sent shows in the listing first.
	WritesFrom time.Time

	mu       sync.Mutex
	writing  map[carryover.PractitionerID]chan struct{} // holds one while something of the author's is on the wire
	intents  map[carryover.DeliveryID]time.Time         // monotonic times of this process's intents
	clockOff map[carryover.PractitionerID]clockSay      // what was last said about the clock
	fits     fits                                       // has a lock of its own
	repeats  repeats                                    // likewise
	refusals map[carryover.PractitionerID]int           // of an author's key, in a row
	// keyTaken says whose key Cliniko has taken since it last refused it.
	keyTaken map[carryover.PractitionerID]bool
	watches  map[carryover.PractitionerID]*watch           // of what changes in Cliniko; each its lane's own
	users    map[carryover.PractitionerID]carryover.UserID // of the authors' keys
	forms    map[carryover.NoteTemplateID]heldForm
	names    map[carryover.TemplateID]string // of Heidi's templates; replaced, never changed
	// proofs are when the files that Cliniko still processes are looked at next.
	proofs map[carryover.DeliveryID]time.Time
	// inVain is since when files could not be read; each is looked for as long again
	// by every process.
	inVain map[carryover.NoteID]time.Time
	// toldDouble are the doubled notes that this process has told of; a person
	// who lifts the pause has seen them.
	toldDouble map[carryover.Reference]bool
	// elsewhere is since when an author's requests have been led elsewhere; zero:
	// they are not.
	elsewhere map[carryover.PractitionerID]time.Time
}

// A step is one transaction with the events it will have caused.
type step struct {
	*ledger.Tx
	p      *Pipeline
	now    time.Time
	events []Event
}

// update runs one transaction; its events are told only when it holds.
func (p *Pipeline) update(ctx context.Context, f func(*step) error) error {
	s := &step{p: p, now: time.Now().UTC()}
	err := p.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		s.Tx, s.events = tx, nil
		return f(s)
	})
	if err != nil {
		return err
	}
	for _, e := range s.events {
		p.Log.Info("moved", "document", string(e.Document), "session", string(e.Session),
			"version", string(e.Version), "from", string(e.From), "state", string(e.To), "reason", string(e.Reason))
		if p.Events != nil {
			p.Events(e)
		}
	}
	return nil
}

// view reads without changing anything.
func (p *Pipeline) view(ctx context.Context, f func(*ledger.Tx) error) error {
	return p.Ledger.View(ctx, f)
}

// move takes a version to another state and writes the audit entry with it.
// due is when the next step may be taken; zero means that nothing wakes it.
func (s *step) move(ctx context.Context, v ledger.Version, to carryover.State, why carryover.Reason, due time.Time) error {
	if err := s.Move(ctx, v.ID, v.State, to, why, due, s.now); err != nil {
		return err
	}
	return s.told(ctx, v, to, why)
}

// told records that v went to a state: the audit entry now, the event when
// the transaction holds.
func (s *step) told(ctx context.Context, v ledger.Version, to carryover.State, why carryover.Reason) error {
	return s.toldWith(ctx, v, to, why, "")
}

// toldWith is told with a word of a closed list for the chain.
func (s *step) toldWith(ctx context.Context, v ledger.Version, to carryover.State, why carryover.Reason, note string) error {
	s.events = append(s.events, Event{
		At: s.now, Version: v.ID, Session: v.Session, Document: v.Document,
		Practitioner: v.Practitioner, From: v.State, To: to, Reason: why,
	})
	return s.p.Audit.Append(ctx, s.Tx, audit.Entry{
		At: s.now, Actor: audit.Daemon, Action: audit.Moved, Subject: string(v.ID), Session: v.Session,
		From: v.State, To: to, Reason: why, Note: note,
	})
}

// alarm raises an alarm, once while it is open, and writes it to the chain.
func (s *step) alarm(ctx context.Context, k alarm.Kind, subject string) error {
	fresh, err := alarm.Raise(ctx, s.Tx, k, subject, s.now)
	if err != nil || !fresh {
		return err
	}
	s.p.Log.Warn("alarm raised", "alarm", string(k), "subject", subject)
	return s.p.Audit.Append(ctx, s.Tx, audit.Entry{
		At: s.now, Actor: audit.Daemon, Action: audit.AlarmRaised, Subject: subject, Note: string(k),
	})
}

// Alarm raises an alarm that a step cannot see by itself.
func (p *Pipeline) Alarm(ctx context.Context, k alarm.Kind, subject string) error {
	return p.update(ctx, func(s *step) error { return s.alarm(ctx, k, subject) })
}

// Calm clears an alarm that a step cannot see the end of by itself.
func (p *Pipeline) Calm(ctx context.Context, k alarm.Kind, subject string) error {
	return p.update(ctx, func(s *step) error { return s.calm(ctx, k, subject) })
}

// calm clears an alarm if it is open.
func (s *step) calm(ctx context.Context, k alarm.Kind, subject string) error {
	cleared, err := alarm.Clear(ctx, s.Tx, k, subject, s.now)
	if err != nil || !cleared {
		return err
	}
	s.p.Log.Info("alarm cleared", "alarm", string(k), "subject", subject)
	return s.p.Audit.Append(ctx, s.Tx, audit.Entry{
		At: s.now, Actor: audit.Daemon, Action: audit.AlarmCleared, Subject: subject, Note: string(k),
	})
}

// later says when to try again after an error: when it says so itself, else
// after one poll.
func (p *Pipeline) later(err error) time.Time {
	now := time.Now()
	if at := carryover.RetryAt(err); at.After(now) {
		return at
	}
	return now.Add(p.Timing.Poll)
}

// practitioners lists whose sessions and notes this pipeline carries.
func (p *Pipeline) practitioners() []carryover.PractitionerID {
	return slices.Sorted(maps.Keys(p.Sides))
}

// trusts says whether a session's ids are Cliniko's: its provider is one the
// practice trusts, or a person handed the document in and named the id.
func (p *Pipeline) trusts(s carryover.Session) bool {
	return ByHand(s.ID) || p.trusted(s.Claim.Provider)
}

func (p *Pipeline) trusted(provider string) bool {
	for _, t := range p.Trusted {
		if equalFold(t, provider) {
			return true
		}
	}
	return false
}

// Paused is the setting that stops all writes while it says yes.
const Paused = "paused"

// stopped says whether writes for one author are paused, by the switch for
// all or for them alone.
func (p *Pipeline) stopped(ctx context.Context, author carryover.PractitionerID) (stop bool, err error) {
	err = p.view(ctx, func(tx *ledger.Tx) error {
		stop, err = isStopped(ctx, tx, author)
		return err
	})
	if err != nil {
		return true, fmt.Errorf("read pause of %s: %w", author, err)
	}
	return stop, nil
}

func isStopped(ctx context.Context, tx *ledger.Tx, author carryover.PractitionerID) (bool, error) {
	all, _, err := tx.Setting(ctx, Paused)
	if err != nil {
		return true, err
	}
	who, err := tx.Practitioner(ctx, author)
	if err != nil && !errors.Is(err, carryover.ErrGone) {
		return true, err
	}
	return all == "yes" || !who.PausedAt.IsZero(), nil
}
