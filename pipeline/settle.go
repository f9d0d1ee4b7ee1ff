package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/match"
	"carryover/render"
)

// maxDoubts is how often a delivery may be in doubt before a person looks.
const maxDoubts = 2

// skew is how far Cliniko's stamps may lie before our intent.
const skew = clockTolerance

// settle is step 5: a complete list of the author's notes decides about a lost
// answer. Looking early is free: a note that is found settles the matter
// before the grace period ends. Found as it was sent: adopted. Surely absent after the grace period:
// one more attempt. Anything else: a person.
func (p *Pipeline) settle(ctx context.Context, author carryover.PractitionerID, d ledger.Delivery, list listing) error {
	var v ledger.Version
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		v, err = tx.Version(ctx, d.Version)
		return err
	}); err != nil {
		return fmt.Errorf("read version %s: %w", d.Version, err)
	}
	if len(bearing(list.notes, d.Reference)) > 0 {
		return p.adoptOrHold(ctx, v, d, list.notes)
	}
	if !p.graceOver(d, list.began) {
		return nil
	}
	unexplained, err := p.unexplained(ctx, author, d, list.notes)
	switch {
	case err != nil:
		return err
	case unexplained:
		return p.holdDelivery(ctx, v, d, carryover.SettleConflict, ledger.Absent)
	case p.doubts(ctx, d) >= maxDoubts:
		return p.holdDelivery(ctx, v, d, carryover.StillInDoubt, ledger.Absent)
	}
	return p.update(ctx, func(s *step) error {
		if err := s.settleAttempt(ctx, d, ledger.Absent); err != nil {
			return err
		}
		if err := s.MoveDelivery(ctx, d.ID, carryover.InDoubt, carryover.Ready, nil, s.now); err != nil {
			return err
		}
		return s.told(ctx, v, carryover.Ready, carryover.NoReason)
	})
}

// graceOver says whether a request that was given up on had surely taken
// effect, if it ever does, when a listing began: measured on this process's
// monotonic clock from the later of its intent and the start of the process.
func (p *Pipeline) graceOver(d ledger.Delivery, began time.Time) bool {
	p.mu.Lock()
	from, mine := p.intents[d.ID]
	p.mu.Unlock()
	if !mine {
		from = p.Started
	}
	return began.Sub(from) >= p.Timing.Grace
}

// bearing returns the notes whose last reference is ref, archived ones too.
func bearing(notes []carryover.Note, ref carryover.Reference) []carryover.Note {
	var out []carryover.Note
	for _, n := range notes {
		if slices.Contains(render.References(n.Body), ref) {
			out = append(out, n)
		}
	}
	return out
}

// unexplained says whether the author has a note for this patient since the
// intent that the ledger cannot account for: it may be ours, with its words
// or reference lost. A note is accounted for when it is some delivery's, or
// bears the reference of another delivery, whose own settling will find it.
func (p *Pipeline) unexplained(ctx context.Context, author carryover.PractitionerID, d ledger.Delivery, notes []carryover.Note) (bool, error) {
	l := newLookups(p.Sides[author].Chart, nil)
	if err := l.fetch(ctx, []carryover.PatientID{d.Patient}); err != nil {
		return true, err
	}
	end, _ := match.Survivor(l.byID[d.Patient], l.byID) // a merge may have moved the note
	var since []carryover.Note
	var ids []carryover.NoteID
	for _, n := range notes {
		if (n.Patient == d.Patient || n.Patient == end.ID) && !n.CreatedAt.Before(d.IntentAt.Add(-skew)) {
			since, ids = append(since, n), append(ids, n.ID)
		}
	}
	if len(since) == 0 {
		return false, nil
	}
	unknown := false
	err := p.view(ctx, func(tx *ledger.Tx) error {
		known, err := tx.KnownNotes(ctx, author, d.Destination, ids)
		if err != nil {
			return err
		}
		for _, n := range since {
			if known[n.ID] != "" {
				continue
			}
			ours, err := bearsAnother(ctx, tx, n, d)
			if err != nil {
				return err
			}
			unknown = unknown || !ours
		}
		return nil
	})
	return unknown, err
}

// bearsAnother says whether a note bears the reference of a delivery other
// than d that is still waiting for its answer.
func bearsAnother(ctx context.Context, tx *ledger.Tx, n carryover.Note, d ledger.Delivery) (bool, error) {
	for _, ref := range render.References(n.Body) {
		found, err := tx.ByReference(ctx, ref)
		if err != nil {
			return false, err
		}
		for _, other := range found {
			if other.ID != d.ID && other.Note == "" && (other.State == carryover.InDoubt || other.State == carryover.Sending) {
				return true, nil
			}
		}
	}
	return false, nil
}

// settleAttempt corrects the outcome of a delivery's last attempt.
func (s *step) settleAttempt(ctx context.Context, d ledger.Delivery, o ledger.Outcome) error {
	all, err := s.Attempts(ctx, d.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	last := all[len(all)-1]
	last.AnsweredAt, last.Outcome = s.now, o
	return s.EndAttempt(ctx, last)
}

// doubts counts how often a delivery's answer was lost.
func (p *Pipeline) doubts(ctx context.Context, d ledger.Delivery) int {
	n := 0
	err := p.view(ctx, func(tx *ledger.Tx) error {
		all, err := tx.Attempts(ctx, d.ID)
		for _, a := range all {
			switch a.Outcome {
			case ledger.InDoubt, ledger.LostAtRestart, ledger.Absent:
				n++
			}
		}
		return err
	})
	if err != nil {
		return maxDoubts // unknown counts as too many: a person looks
	}
	return n
}

// adoptOrHold takes a note that bears our full reference as this delivery's,
// if it is exactly what was sent: one live note, by our author, on the
// intended patient, created after the intent, with our words.
func (p *Pipeline) adoptOrHold(ctx context.Context, v ledger.Version, d ledger.Delivery, notes []carryover.Note) error {
	found := bearing(notes, d.Reference)
	ok := len(found) == 1
	if ok {
		n := found[0]
		ok = n.Live() && n.Practitioner == v.Practitioner && p.samePerson(ctx, v.Practitioner, v.Patient, n.Patient) &&
			(d.IntentAt.IsZero() || !n.CreatedAt.Before(d.IntentAt.Add(-skew))) &&
			bytes.Equal(p.wordsDigest(n.Body), d.WordsDigest)
	}
	if !ok {
		if d.State == carryover.InDoubt {
			return p.holdDelivery(ctx, v, d, carryover.SettleConflict, ledger.NoOutcome)
		}
		return p.hold(ctx, v, carryover.EarlierNote)
	}
	return p.adopt(ctx, v, d, found[0])
}

// samePerson says whether a note's patient is the intended one, or the record
// that the intended one was merged into meanwhile.
func (p *Pipeline) samePerson(ctx context.Context, author carryover.PractitionerID, intended, found carryover.PatientID) bool {
	if intended == found {
		return true
	}
	l := newLookups(p.Sides[author].Chart, nil)
	if err := l.fetch(ctx, []carryover.PatientID{intended}); err != nil {
		return false // a person looks; nothing is guessed
	}
	end, ok := match.Survivor(l.byID[intended], l.byID)
	return ok && end.ID == found
}

// adopt records a note that was found as this delivery's own.
func (p *Pipeline) adopt(ctx context.Context, v ledger.Version, d ledger.Delivery, n carryover.Note) error {
	return p.update(ctx, func(s *step) error {
		switch {
		case d.State == carryover.InDoubt:
			if err := s.settleAttempt(ctx, d, ledger.Adopted); err != nil {
				return err
			}
		case d.ID == "": // found before anything was sent by this ledger
			d.IntentAt = n.CreatedAt
			id, err := s.AddDelivery(ctx, d)
			if err != nil {
				return err
			}
			d.ID = id
		}
		if err := s.MoveDelivery(ctx, d.ID, d.State, carryover.Filed, func(x *ledger.Delivery) {
			x.Note, x.FiledAt, x.WordsDigest = n.ID, s.now, d.WordsDigest
		}, s.now); err != nil {
			return err
		}
		return s.told(ctx, v, carryover.Filed, carryover.NoReason)
	})
}

// holdDelivery gives a delivery in doubt to a person, with what was found.
func (p *Pipeline) holdDelivery(ctx context.Context, v ledger.Version, d ledger.Delivery, why carryover.Reason, outcome ledger.Outcome) error {
	return p.update(ctx, func(s *step) error {
		if outcome != ledger.NoOutcome {
			if err := s.settleAttempt(ctx, d, outcome); err != nil {
				return err
			}
		}
		return s.move(ctx, v, carryover.Held, why, time.Time{})
	})
}
