package pipeline

import (
	"context"
	"fmt"
	"sync"

	"carryover"
	"carryover/alarm"
)

// swapEvidence is how many sessions of each of two practitioners must fit the
// other's diary, and none their own, before their links count as swapped. One
// who covers for a colleague fits in one direction only.
const swapEvidence = 3

// ErrSwapped says that two practitioners' links to Heidi look swapped.
var ErrSwapped = fmt.Errorf("links look swapped: %w", carryover.ErrInvalid)

// fits counts whose diary the sessions of each link agree with.
type fits struct {
	mu     sync.Mutex
	counts map[[2]carryover.PractitionerID]int // reader, booked
	seen   map[carryover.SessionID]bool        // a session counts once, however many documents it has
	told   bool
}

// add counts one session that came through reader's link and whose patient was
// booked with booked, and says whether the two now look swapped.
func (f *fits) add(session carryover.SessionID, reader, booked carryover.PractitionerID) (swapped bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.counts == nil {
		f.counts, f.seen = map[[2]carryover.PractitionerID]int{}, map[carryover.SessionID]bool{}
	}
	if f.seen[session] {
		return false
	}
	f.seen[session] = true
	f.counts[[2]carryover.PractitionerID{reader, booked}]++
	n := func(a, b carryover.PractitionerID) int { return f.counts[[2]carryover.PractitionerID{a, b}] }
	if reader == booked || f.told || n(reader, reader)+n(booked, booked) > 0 ||
		n(reader, booked) < swapEvidence || n(booked, reader) < swapEvidence {
		return false
	}
	f.told = true
	return true
}

// first says whether exactly one session has fitted the reader's own diary.
func (f *fits) first(reader carryover.PractitionerID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.counts[[2]carryover.PractitionerID{reader, reader}] == 1
}

// compareDiary keeps the count for a session whose booking is known, raises
// the alarm when two links look swapped, and clears it when a link fits again.
func (p *Pipeline) compareDiary(ctx context.Context, s carryover.Session, booked carryover.PractitionerID) error {
	reader := s.Practitioner
	if booked == "" {
		return nil
	}
	if reader == booked {
		if p.fits.add(s.ID, reader, booked); p.fits.first(reader) {
			return p.update(ctx, func(s *step) error { return s.calm(ctx, alarm.LinksSwapped, string(reader)) })
		}
		return nil
	}
	if !p.fits.add(s.ID, reader, booked) {
		return nil
	}
	if err := p.update(ctx, func(s *step) error {
		if err := s.alarm(ctx, alarm.LinksSwapped, string(reader)); err != nil {
			return err
		}
		return s.alarm(ctx, alarm.LinksSwapped, string(booked))
	}); err != nil {
		return err
	}
	return &carryover.Problem{
		Op: fmt.Sprintf("compare the sessions of practitioners %s and %s with the diary", reader, booked), Kind: carryover.ErrInvalid, Err: ErrSwapped,
		Hint: "Each one's sessions fit the other one's diary. Compare their e-mail addresses and internal ids in the configuration, and link them again. What was held meanwhile goes on with carryover retry.",
	}
}
