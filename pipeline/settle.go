package pipeline

import (
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

// settle is step 5: a complete list of what the author has filed decides about
// a lost answer. Looking early is free: a note or file that is found settles the
// matter before the grace period ends. Found as it was sent: adopted. Surely
// absent after the grace period: one more attempt. Anything else: a person.
func (p *Pipeline) settle(ctx context.Context, author carryover.PractitionerID, d ledger.Delivery, list listing) error {
	var v ledger.Version
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		v, err = tx.Version(ctx, d.Version)
		return err
	}); err != nil {
		return fmt.Errorf("read version %s: %w", d.Version, err)
	}
	if len(bearing(list.of(d.Destination), d.Reference)) > 0 {
		return p.adoptOrHold(ctx, v, d, list)
	}
	if !list.tells(d.Destination) || !p.graceOver(d, list.began) {
		return nil
	}
	unexplained, err := p.unexplained(ctx, author, d, list.of(d.Destination))
	switch {
	case err != nil:
		return err
	case unexplained:
		return p.holdDelivery(ctx, v, d, carryover.SettleConflict, ledger.NoOutcome) // nobody knows yet
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

// bearing returns the filings that bear ref, archived ones too.
func bearing(filings []filing, ref carryover.Reference) []filing {
	var out []filing
	for _, f := range filings {
		if slices.Contains(render.References(f.says), ref) {
			out = append(out, f)
		}
	}
	return out
}

// unexplained says whether the author has a note (of a file's delivery: a file)
// for this patient since the intent that the ledger cannot account for: it may
// be ours, with its words or reference lost. It is accounted for when it is some
// delivery's, or bears the reference of another delivery, whose own settling
// will find it.
func (p *Pipeline) unexplained(ctx context.Context, author carryover.PractitionerID, d ledger.Delivery, filings []filing) (bool, error) {
	l := newLookups(p.Sides[author].Chart, nil)
	if err := l.fetch(ctx, []carryover.PatientID{d.Patient}); err != nil {
		return true, err
	}
	end, _ := match.Survivor(l.byID[d.Patient], l.byID) // a merge may have moved the note
	var since []filing
	var ids []carryover.NoteID
	for _, f := range filings {
		if (f.patient == d.Patient || f.patient == end.ID) && !f.created.Before(d.IntentAt.Add(-skew)) {
			since, ids = append(since, f), append(ids, f.id)
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
		for _, f := range since {
			if known[f.id] != "" {
				continue
			}
			ours, err := bearsAnother(ctx, tx, f, d)
			if err != nil {
				return err
			}
			unknown = unknown || !ours
		}
		return nil
	})
	return unknown, err
}

// bearsAnother says whether a filing bears the reference of a delivery other
// than d that is still waiting for its answer.
func bearsAnother(ctx context.Context, tx *ledger.Tx, f filing, d ledger.Delivery) (bool, error) {
	for _, ref := range render.References(f.says) {
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

// settleAttempt corrects the outcome of a delivery's last attempt to file.
func (s *step) settleAttempt(ctx context.Context, d ledger.Delivery, o ledger.Outcome) error {
	all, err := s.Attempts(ctx, d.ID)
	all = slices.DeleteFunc(all, func(a ledger.Attempt) bool { return !a.Files() })
	if err != nil || len(all) == 0 {
		return err
	}
	last := all[len(all)-1]
	last.AnsweredAt, last.Outcome = s.now, o
	return s.EndAttempt(ctx, last)
}

// doubts counts how often the answer to filing a delivery was lost.
func (p *Pipeline) doubts(ctx context.Context, d ledger.Delivery) int {
	n := 0
	err := p.view(ctx, func(tx *ledger.Tx) error {
		all, err := tx.Attempts(ctx, d.ID)
		for _, a := range all {
			if a.Files() && slices.Contains([]ledger.Outcome{ledger.InDoubt, ledger.LostAtRestart, ledger.Absent}, a.Outcome) {
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

// adoptOrHold takes what bears our full reference as this delivery's, if it is
// exactly what was sent: one live note or file, by our author, on the intended
// patient, created after the intent, with our words. A file that Cliniko has
// not processed yet is waited for.
func (p *Pipeline) adoptOrHold(ctx context.Context, v ledger.Version, d ledger.Delivery, list listing) error {
	found := bearing(list.of(d.Destination), d.Reference)
	like := differs
	if len(found) == 1 && p.isOurs(ctx, v, d, found[0]) {
		var err error
		if like, err = p.compare(ctx, found[0], d.WordsDigest); err != nil {
			return err
		}
	}
	switch {
	case like == same:
		return p.adopt(ctx, v, d, found[0])
	case like == unread && p.waitsFor(found[0].id):
		if d.State == carryover.InDoubt {
			return nil // every round looks at what is in doubt
		}
		return p.update(ctx, func(s *step) error {
			return s.Postpone(ctx, v.ID, v.State, s.now.Add(proofWait*p.Timing.Poll), s.now)
		})
	case d.State == carryover.InDoubt:
		return p.holdDelivery(ctx, v, d, carryover.SettleConflict, ledger.NoOutcome)
	}
	return p.hold(ctx, v, carryover.EarlierNote)
}

// isOurs says that a filing is where, whose and of when a delivery would have
// made it.
func (p *Pipeline) isOurs(ctx context.Context, v ledger.Version, d ledger.Delivery, f filing) bool {
	return f.live && f.author == v.Practitioner && p.samePerson(ctx, v.Practitioner, v.Patient, f.patient) &&
		(d.IntentAt.IsZero() || !f.created.Before(d.IntentAt.Add(-skew)))
}

// samePerson says whether a filing's patient is the intended one, or the record
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

// adopt records what was found as this delivery's own.
func (p *Pipeline) adopt(ctx context.Context, v ledger.Version, d ledger.Delivery, f filing) error {
	return p.update(ctx, func(s *step) error {
		switch {
		case d.State == carryover.InDoubt:
			if err := s.settleAttempt(ctx, d, ledger.Adopted); err != nil {
				return err
			}
		case d.ID == "": // found before anything was sent by this ledger
			d.IntentAt = f.created
			id, err := s.AddDelivery(ctx, d)
			if err != nil {
				return err
			}
			d.ID = id
		}
		if err := s.MoveDelivery(ctx, d.ID, d.State, carryover.Filed, func(x *ledger.Delivery) {
			x.Note, x.FiledAt, x.WordsDigest = f.id, s.now, d.WordsDigest
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
