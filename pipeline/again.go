package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// lookReasons are the holds that another look at Cliniko can end. All others
// are about Heidi, about a note that is there already, or a person's to end;
// no change in the register or the diary speaks for a session that names
// nobody (no_evidence), or several people. A recording that may be the next
// patient's (next_patient) stays with a person too: a booking that is cancelled
// or moved afterwards does not say who was in the room.
var lookReasons = []carryover.Reason{
	carryover.NoCandidate, carryover.OneClue, carryover.Contradiction, carryover.Rivals,
	carryover.PatientArchived, carryover.ContentClash, carryover.WhoseSession,
}

// perLook is how many held versions one round looks at: what is new goes first.
const perLook = 8

// What is held is looked at every half hour on its first day (as long as
// sessions are read again so often) and then six-hourly, whatever Watch finds.
const (
	lookOften  = 30 * time.Minute
	lookSeldom = 6 * time.Hour
)

// nextLook returns when a version is looked at again by itself; zero, never,
// once its session is beyond the look-back: then it waits for a person alone.
func (p *Pipeline) nextLook(now time.Time, v ledger.Version) time.Time {
	switch age := now.Sub(v.FirstSeen); {
	case age >= p.Timing.LookBack:
		return time.Time{}
	case age < p.Timing.HalfHourlyFor:
		return now.Add(lookOften)
	}
	return now.Add(lookSeldom)
}

// mayEnd says whether a hold may end without a person: the matcher alone
// objected, nobody has decided about the version, and nothing of it can be in
// Cliniko. What nothing wakes, such as a dismissal that was taken back, waits
// for a click.
func (p *Pipeline) mayEnd(ctx context.Context, tx *ledger.Tx, v ledger.Version) (bool, error) {
	if v.State != carryover.Held || v.Due.IsZero() || !v.Newest || v.ByPerson || !v.GoneAt.IsZero() ||
		!slices.Contains(lookReasons, v.Reason) || time.Since(v.FirstSeen) >= p.Timing.LookBack {
		return false, nil
	}
	sent, err := maybeSent(ctx, tx, v.ID)
	return !sent, err
}

// Reconsider matches again what is held and due, with fresh reads. What is
// certain now goes on its road; what stays held tells a person why as of now.
// Where nothing changed, nothing is written but the time of the next look.
func (p *Pipeline) Reconsider(ctx context.Context, c *Cycle) error {
	ctx = forHeld.reading(ctx)
	due, err := p.dueToLook(ctx, c)
	if err != nil || len(due) == 0 {
		return err
	}
	due, sessions, err := p.claims(ctx, due)
	if err != nil {
		return err
	}
	if err := p.prepare(ctx, c.lookups, sessions); err != nil {
		return p.notPrepared(ctx, c.author, due, err)
	}
	for _, v := range due {
		err := p.lookAgain(ctx, c.lookups, v, sessions[v.Session])
		if err := p.matchFailed(ctx, c.author, v, err); err != nil {
			return err
		}
	}
	return nil
}

// dueToLook returns as many held versions as one round looks at. What is due
// and waits for a person alone is not due again; a document that has vanished
// from Heidi may come back.
func (p *Pipeline) dueToLook(ctx context.Context, c *Cycle) ([]ledger.Version, error) {
	all, err := p.due(ctx, carryover.Held, c)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var due, closed []ledger.Version
	if err := p.view(ctx, func(tx *ledger.Tx) error {
		for _, v := range all {
			switch may, err := p.mayEnd(ctx, tx, v); {
			case err != nil:
				return err
			case may:
				due = append(due, v)
			default:
				closed = append(closed, v)
			}
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("find what is due to be looked at again: %w", err)
	}
	if len(closed) > 0 {
		if err := p.update(ctx, func(s *step) error {
			for _, v := range closed {
				later := time.Time{}
				if !v.GoneAt.IsZero() {
					later = p.nextLook(s.now, v)
				}
				if err := s.Postpone(ctx, v.ID, carryover.Held, later, s.now); err != nil && !lostRace(err) {
					return err
				}
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return due[:min(len(due), perLook)], nil
}

// lookAgain decides about one held version as if it had just become ripe.
func (p *Pipeline) lookAgain(ctx context.Context, l *lookups, v ledger.Version, s carryover.Session) error {
	f, err := p.judge(ctx, l, v, s)
	if err != nil {
		return err
	}
	to, why := p.destined(f.match, f.doc, f.author)
	return p.update(ctx, func(st *step) error {
		if err := st.stillHeld(ctx, v); err != nil {
			return err
		}
		if to != carryover.Held || why != v.Reason {
			if err := st.move(ctx, v, carryover.Ripe, carryover.NoReason, st.now); err != nil {
				return err
			}
			v.State = carryover.Ripe
			return st.decided(ctx, v, f, to, why)
		}
		then, err := st.Evidence(ctx, v.ID)
		if err != nil {
			return err
		}
		if f.author != v.Practitioner || !sameMatch(then, f.match) {
			if err := st.refresh(ctx, v, f); err != nil {
				return err
			}
		}
		return st.Postpone(ctx, v.ID, carryover.Held, p.nextLook(st.now, v), st.now)
	})
}

// stillHeld compares a held version with its row: while Cliniko was asked, a
// person may have decided, or a reading of Heidi replaced it.
func (s *step) stillHeld(ctx context.Context, v ledger.Version) error {
	now, err := s.Version(ctx, v.ID)
	if err != nil {
		return err
	}
	if now.State != v.State || now.ChangedAt != v.ChangedAt || now.Reason != v.Reason || now.Newest != v.Newest || now.ByPerson != v.ByPerson ||
		now.Patient != v.Patient || now.Practitioner != v.Practitioner || now.Delivery != v.Delivery || now.GoneAt != v.GoneAt {
		return ledger.ErrConflict
	}
	return nil
}

// refresh keeps new evidence for a version that stays held for the same
// reason. Whoever has the old evidence on a screen is told so when they decide.
func (s *step) refresh(ctx context.Context, v ledger.Version, f verdict) error {
	if err := s.Decide(ctx, v.ID, f.match, f.author, false, s.now); err != nil {
		return err
	}
	return s.p.Audit.Append(ctx, s.Tx, audit.Entry{
		At: s.now, Actor: audit.Daemon, Action: audit.Decided, Subject: string(v.ID), Session: v.Session,
		From: v.State, To: v.State, Reason: v.Reason,
	})
}

// sameMatch says that two matches tell a person the same.
func sameMatch(a, b carryover.Match) bool {
	return a.Grade == b.Grade && a.Patient == b.Patient && a.Booking == b.Booking && a.Attendee == b.Attendee &&
		a.Reason == b.Reason && slices.EqualFunc(a.Candidates, b.Candidates, func(x, y carryover.Candidate) bool {
		return x.Patient == y.Patient && x.Grade == y.Grade && slices.Equal(x.Findings, y.Findings)
	})
}
