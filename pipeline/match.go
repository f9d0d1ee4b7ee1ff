package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// Match finds the patients of everything ripe that one author recorded. What
// is certain goes on to Ready; the rest is held with its evidence.
func (p *Pipeline) Match(ctx context.Context, c *Cycle) error {
	ripe, err := p.due(ctx, carryover.Ripe, c)
	if err != nil || len(ripe) == 0 {
		return err
	}
	ripe, sessions, err := p.claims(ctx, ripe)
	if err != nil {
		return err
	}
	if err := p.prepare(ctx, c.lookups, sessions); err != nil {
		return p.notPrepared(ctx, c.author, ripe, err)
	}
	for _, v := range ripe {
		err := p.matchOne(ctx, c.lookups, v, sessions[v.Session])
		if err := p.matchFailed(ctx, c.author, v, err); err != nil {
			return err
		}
	}
	return nil
}

// notPrepared puts versions off for which Cliniko could not be asked.
func (p *Pipeline) notPrepared(ctx context.Context, author carryover.PractitionerID, vs []ledger.Version, cause error) error {
	if errors.Is(cause, carryover.ErrNotHere) {
		return p.ledElsewhere(ctx, author, vs, cause)
	}
	return errors.Join(p.keyTrouble(ctx, author, cause), p.postponeAll(ctx, vs, cause))
}

// matchFailed deals with one version that could not be matched; the error that
// it gives back ends the round.
func (p *Pipeline) matchFailed(ctx context.Context, author carryover.PractitionerID, v ledger.Version, cause error) error {
	switch {
	case cause == nil:
		return p.backHere(ctx, author)
	case lostRace(cause):
		return nil
	case errors.Is(cause, ErrSwapped):
		return cause
	case ctx.Err() != nil, errors.Is(cause, carryover.ErrUnauthorized):
		return p.keyTrouble(ctx, author, cause)
	case errors.Is(cause, carryover.ErrTransient):
		return p.postponeAll(ctx, []ledger.Version{v}, cause)
	}
	return p.wordless(ctx, v, cause)
}

// due returns the versions of a round in a state whose time has come. Where
// Heidi is left out, only documents handed in are anybody's business.
func (p *Pipeline) due(ctx context.Context, state carryover.State, c *Cycle) ([]ledger.Version, error) {
	var mine []ledger.Version
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		if c.past {
			mine, err = tx.DueOfBackfill(ctx, state, c.author, time.Now(), perPast)
		} else {
			mine, err = tx.DueOf(ctx, state, c.author, time.Now(), batch)
		}
		return err
	}); err != nil {
		return nil, fmt.Errorf("find what is due in %s: %w", state, err)
	}
	if p.Sides[c.author].Scribe == nil {
		mine = slices.DeleteFunc(mine, func(v ledger.Version) bool { return !ByHand(v.Session) })
	}
	return mine, nil
}

// claims unseals the sessions' evidence. A version whose evidence cannot be
// read is put aside; the others go on.
func (p *Pipeline) claims(ctx context.Context, vs []ledger.Version) ([]ledger.Version, map[carryover.SessionID]carryover.Session, error) {
	out := map[carryover.SessionID]carryover.Session{}
	var good []ledger.Version
	for _, v := range vs {
		err := p.view(ctx, func(tx *ledger.Tx) error {
			if _, ok := out[v.Session]; ok {
				return nil
			}
			s, err := tx.Claim(ctx, v.Session)
			if err == nil {
				out[v.Session] = s
			}
			return err
		})
		if err != nil {
			if err := p.wordless(ctx, v, err); err != nil {
				return nil, nil, fmt.Errorf("read evidence of session %s: %w", v.Session, err)
			}
			continue
		}
		good = append(good, v)
	}
	return good, out, nil
}

// prepare asks what all sessions of the cycle can share: the diary, and every
// patient that an id or a booking names.
func (p *Pipeline) prepare(ctx context.Context, l *lookups, sessions map[carryover.SessionID]carryover.Session) error {
	var starts []time.Time
	for _, s := range sessions {
		starts = append(starts, s.StartedAt)
	}
	if err := l.prepareDiary(ctx, starts); err != nil {
		return err
	}
	var ids []carryover.PatientID
	for _, s := range sessions {
		if p.trusts(s) {
			ids = append(ids, s.Claim.PatientID)
		}
		for _, b := range l.around(s) {
			ids = append(ids, b.Patients...)
		}
	}
	return l.fetch(ctx, ids)
}

func (p *Pipeline) matchOne(ctx context.Context, l *lookups, v ledger.Version, s carryover.Session) error {
	if v.ByPerson && v.Patient != "" {
		return p.update(ctx, func(s *step) error { return s.move(ctx, v, carryover.Ready, carryover.NoReason, s.now) })
	}
	f, err := p.judge(ctx, l, v, s)
	if err != nil {
		return err
	}
	swapped := p.compareDiary(ctx, s, f.booked)
	return errors.Join(p.record(ctx, v, f), swapped)
}

// postponeAll leaves versions where they are until the cause may have passed.
func (p *Pipeline) postponeAll(ctx context.Context, vs []ledger.Version, cause error) error {
	due := p.later(cause)
	p.Log.Warn("step put off", "versions", len(vs), "until", due.UTC().Format(time.RFC3339), "err", cause)
	err := p.update(ctx, func(s *step) error {
		for _, v := range vs {
			if err := s.Postpone(ctx, v.ID, v.State, due, s.now); err != nil && !lostRace(err) {
				return err
			}
		}
		return nil
	})
	return err
}

// keyTrouble tells a person when Cliniko does not take a practitioner's key,
// and gives the error back.
func (p *Pipeline) keyTrouble(ctx context.Context, author carryover.PractitionerID, cause error) error {
	if !errors.Is(cause, carryover.ErrUnauthorized) || ctx.Err() != nil {
		return cause
	}
	p.mu.Lock()
	delete(p.keyTaken, author)
	p.mu.Unlock()
	return errors.Join(cause, p.Alarm(ctx, alarm.KeyRefused, string(author)))
}

// KeyWorks is keyWorks for who has asked Cliniko something else with the key.
func (p *Pipeline) KeyWorks(ctx context.Context, author carryover.PractitionerID) error {
	return p.keyWorks(ctx, author)
}

// keyWorks clears the alarm about an author's key once Cliniko takes it again.
// While a refused POST has them paused, the alarm stands until a person acts.
func (p *Pipeline) keyWorks(ctx context.Context, author carryover.PractitionerID) error {
	p.mu.Lock()
	known := p.keyTaken[author]
	p.mu.Unlock()
	if known {
		return nil
	}
	if stop, err := p.stopped(ctx, author); stop || err != nil {
		return err
	}
	if err := p.update(ctx, func(s *step) error { return s.calm(ctx, alarm.KeyRefused, string(author)) }); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keyTaken == nil {
		p.keyTaken = map[carryover.PractitionerID]bool{}
	}
	p.keyTaken[author] = true
	return nil
}

// lostRace says that a row had moved on meanwhile: nothing was done, and
// whoever moved it has taken care.
func lostRace(err error) bool { return errors.Is(err, ledger.ErrConflict) }
