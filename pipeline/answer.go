package pipeline

import (
	"bytes"
	"context"
	"errors"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// An answer is what came back from one POST.
type answer struct {
	v       ledger.Version
	d       ledger.Delivery
	attempt int
	cause   error
}

// answered is step 4: the answer, classified narrowly by the client, decides
// what is known. Only a clear "done" files and only a clear "not done" may be
// tried again; everything else is in doubt.
func (p *Pipeline) answered(ctx context.Context, v ledger.Version, d ledger.Delivery, attempt int, sent filing, cause error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	v.State = carryover.Sending
	a := answer{v, d, attempt, cause}
	switch {
	case cause == nil:
		p.accepted(v.Practitioner)
		return p.filed(ctx, a, sent)
	case errors.Is(cause, carryover.ErrUnauthorized) && p.firstRefusal(v.Practitioner):
		// The round ends here; the next one shows whether it was a single 401.
		return errors.Join(p.notDone(ctx, a, p.later(cause), nil, nil), errRoundOver)
	case errors.Is(cause, carryover.ErrUnauthorized):
		return p.notDone(ctx, a, time.Now(), nil, func(s *step) error {
			if err := s.Pause(ctx, v.Practitioner, ledger.PausedKeyRefused, s.now); err != nil {
				return err
			}
			return s.alarm(ctx, alarm.KeyRefused, string(v.Practitioner))
		})
	case errors.Is(cause, carryover.ErrTransient):
		return p.notDone(ctx, a, p.later(cause), nil, nil)
	case errors.Is(cause, carryover.ErrRefused) && d.Booking != "" && p.Sides[v.Practitioner].Chart.NamesBooking(cause):
		// The diary entry is the trouble: once more without it.
		return p.notDone(ctx, a, time.Now(), untie, nil)
	case errors.Is(cause, carryover.ErrRefused) && p.namesTemplate(d, cause):
		// So it may be the note template: once more as one paragraph.
		p.forgetForms()
		return p.notDone(ctx, a, time.Now(), plainly, nil)
	case errors.Is(cause, carryover.ErrRefused), errors.Is(cause, carryover.ErrInvalid):
		return p.refused(ctx, a)
	case errors.Is(cause, carryover.ErrNotHere): // no connection was opened
		return p.notDone(ctx, a, time.Now().Add(damagedWait), nil, nil)
	}
	return p.inDoubt(ctx, a)
}

// firstRefusal says that the answer before this one was not a refusal of the
// author's key as well. A single 401 in between happens; two in a row mean that
// a person must act.
func (p *Pipeline) firstRefusal(author carryover.PractitionerID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refusals == nil {
		p.refusals = map[carryover.PractitionerID]int{}
	}
	p.refusals[author]++
	delete(p.keyTaken, author) // reading may be allowed to a key that must not write
	return p.refusals[author] == 1
}

// accepted forgets refusals once a key was taken.
func (p *Pipeline) accepted(author carryover.PractitionerID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.refusals, author)
}

// errRoundOver ends a round without saying that anything is wrong.
var errRoundOver = errors.New("round over")

// untie takes a delivery off its diary entry.
func untie(d *ledger.Delivery) { d.Booking, d.Attendee = "", "" }

// end records the answer and takes the delivery from Sending to its next state.
func (s *step) end(ctx context.Context, a answer, o ledger.Outcome, to carryover.State, why carryover.Reason, change func(*ledger.Delivery)) error {
	status := statusOf(a.cause)
	if a.cause == nil {
		status = 201
	}
	if err := s.EndAttempt(ctx, ledger.Attempt{
		Delivery: a.d.ID, Number: a.attempt, AnsweredAt: s.now, Status: status, Outcome: o,
	}); err != nil {
		return err
	}
	if err := s.MoveDelivery(ctx, a.d.ID, carryover.Sending, to, change, s.now); err != nil {
		return err
	}
	return s.told(ctx, a.v, to, why)
}

// filed: Cliniko answered with an id. Proof follows by reading back; but words
// that are missing in the answer itself were lost before anybody could touch
// the note, and are told at once. What a file holds is not echoed.
func (p *Pipeline) filed(ctx context.Context, a answer, sent filing) error {
	if err := p.recordFiled(ctx, a, sent); err != nil {
		return err
	}
	if sent.to == carryover.ToAttachment || sent.says.IsBlank() || bytes.Equal(p.wordsDigest(sent.says), a.d.WordsDigest) {
		return nil
	}
	return p.damagedOnTheWay(ctx, a.d, sent)
}

func (p *Pipeline) recordFiled(ctx context.Context, a answer, sent filing) error {
	return p.update(ctx, func(s *step) error {
		return s.end(ctx, a, ledger.Done, carryover.Filed, carryover.NoReason, func(x *ledger.Delivery) {
			x.Note, x.FiledAt = sent.id, s.now
		})
	})
}

// notDone: the note surely does not exist. The version is ready again at due.
func (p *Pipeline) notDone(ctx context.Context, a answer, due time.Time, change func(*ledger.Delivery), also func(*step) error) error {
	p.Log.Warn("not filed, will be tried again", "delivery", string(a.d.ID), "err", a.cause)
	return p.update(ctx, func(s *step) error {
		if also != nil {
			if err := also(s); err != nil {
				return err
			}
		}
		return s.end(ctx, a, ledger.NotDone, carryover.Ready, carryover.NoReason, func(x *ledger.Delivery) {
			if x.Due = due; change != nil {
				change(x)
			}
		})
	})
}

// refused: Cliniko understood and said no; a person or a changed rule must act.
func (p *Pipeline) refused(ctx context.Context, a answer) error {
	p.Log.Warn("refused by cliniko", "delivery", string(a.d.ID), "err", a.cause)
	return p.update(ctx, func(s *step) error {
		if err := s.alarm(ctx, alarm.Refused, string(a.d.ID)); err != nil {
			return err
		}
		return s.end(ctx, a, ledger.NotDone, carryover.Refused, carryover.ClinikoRefused, func(x *ledger.Delivery) {
			x.Reason = carryover.ClinikoRefused
		})
	})
}

// inDoubt: the request left and nobody knows. Cliniko is read before anything
// is sent again.
func (p *Pipeline) inDoubt(ctx context.Context, a answer) error {
	p.Log.Warn("answer lost, in doubt", "delivery", string(a.d.ID), "err", a.cause)
	return p.update(ctx, func(s *step) error {
		return s.end(ctx, a, ledger.InDoubt, carryover.InDoubt, carryover.NoReason, nil)
	})
}

// Recover treats every delivery that was being sent when the last process
// ended as in doubt, and takes up what that process knew of Heidi's templates.
// It runs before the first step.
func (p *Pipeline) Recover(ctx context.Context) error {
	if err := p.recallNames(ctx); err != nil {
		p.Log.Warn("names of templates not known until heidi is asked", "err", err)
	}
	return p.lost(ctx, func(ledger.Delivery) bool { return true })
}

// recover does the same for one author at the start of a round, when nothing
// of theirs can be on the wire: an answer that could not be recorded (a full
// disk) is as good as lost.
func (p *Pipeline) recover(ctx context.Context, author carryover.PractitionerID) error {
	sending, err := p.deliveriesIn(ctx, carryover.Sending, author)
	if err != nil || len(sending) == 0 {
		return err
	}
	return p.lost(ctx, func(d ledger.Delivery) bool { return d.Practitioner == author })
}

func (p *Pipeline) lost(ctx context.Context, is func(ledger.Delivery) bool) error {
	return p.update(ctx, func(s *step) error {
		sending, err := s.DeliveriesIn(ctx, carryover.Sending)
		if err != nil {
			return err
		}
		for _, d := range sending {
			if !is(d) {
				continue
			}
			v, err := s.Version(ctx, d.Version)
			if err != nil {
				return err
			}
			attempts, err := s.Attempts(ctx, d.ID)
			if err != nil {
				return err
			}
			if err := s.end(ctx, answer{v, d, len(attempts), errLostAtRestart}, ledger.LostAtRestart, carryover.InDoubt, carryover.NoReason, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

// errLostAtRestart is the cause of a doubt that a restart found.
var errLostAtRestart = errors.New("the process ended before the answer")

func statusOf(err error) int {
	if p, ok := errors.AsType[*carryover.Problem](err); ok {
		return p.Status
	}
	return 0
}
