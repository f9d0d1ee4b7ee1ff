package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/match"
)

// Step 0 of a delivery: just before a note is sent, what it says and whom it is
// about are read once more at both ends.

// readAgain is step 0: session and documents are read once more just before a
// note is sent. What changed is no longer ready, and nil comes back. A crash
// here loses nothing: the version is still ready.
func (p *Pipeline) readAgain(ctx context.Context, v ledger.Version) (*ledger.Version, error) {
	if !ByHand(v.Session) {
		who, err := p.readerOf(ctx, v)
		if err != nil {
			return nil, err
		}
		if err := p.Read(ctx, who, v.Session); err != nil {
			return nil, p.postponeAll(ctx, []ledger.Version{v}, err)
		}
	}
	var now ledger.Version
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		now, err = tx.Version(ctx, v.ID)
		return err
	}); err != nil {
		return nil, fmt.Errorf("read version %s: %w", v.ID, err)
	}
	if now.State != carryover.Ready || !now.Newest {
		return nil, nil
	}
	return &now, nil
}

// readerOf returns through whose link a version's session is read. Where a
// person chose the author, that one's link need not show the session: read
// there, it would look as if Heidi had lost it.
func (p *Pipeline) readerOf(ctx context.Context, v ledger.Version) (carryover.PractitionerID, error) {
	var row ledger.SessionRow
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		row, err = tx.SessionRow(ctx, v.Session)
		return err
	}); err != nil {
		return "", fmt.Errorf("read session %s: %w", v.Session, err)
	}
	if slices.Contains(row.Links, v.Practitioner) {
		return v.Practitioner, nil
	}
	for _, who := range row.Links {
		if p.Sides[who].Scribe != nil {
			return who, nil
		}
	}
	return v.Practitioner, nil
}

// defaultFresh is how old may be what a note is sent on the strength of. Rounds
// are quicker; but a wait for Cliniko's limit may last minutes, and a machine
// may sleep.
const defaultFresh = 2 * time.Minute

// tooOld says that what was read at t may no longer be so. Two clocks are
// asked: one stands still while the machine sleeps, the other may be set.
func (p *Pipeline) tooOld(t time.Time) bool {
	wall := time.Now().Round(0).Sub(t.Round(0))
	return max(time.Since(t), wall.Abs()) > cmp.Or(p.Timing.Fresh, defaultFresh)
}

// nextRound leaves a version to the next round, behind all others that are due,
// because what this one has read is too old. Nothing was sent.
func (p *Pipeline) nextRound(ctx context.Context, v ledger.Version) error {
	p.Log.Info("read again before sending", "version", string(v.ID))
	err := p.update(ctx, func(s *step) error { return s.Postpone(ctx, v.ID, v.State, s.now, s.now) })
	if err != nil && !lostRace(err) {
		return err
	}
	return errRoundOver
}

// patientsAgain reads every patient of the ready versions in one request, those
// excepted whom this very round has just read, and sends versions back whose
// record was merged, archived or altered since it was chosen.
func (p *Pipeline) patientsAgain(ctx context.Context, c *Cycle, ready []ledger.Version) ([]ledger.Version, error) {
	if len(ready) == 0 {
		return nil, nil
	}
	if c.past || p.tooOld(c.began) { // a backfill's round takes its time before it comes to this
		c.lookups = newLookups(c.chart, c.authors)
	}
	ids := make([]carryover.PatientID, 0, len(ready))
	for _, v := range ready {
		ids = append(ids, v.Patient)
	}
	if err := c.fetch(forReadAgain.reading(ctx), ids); err != nil {
		return nil, errors.Join(p.keyTrouble(ctx, c.author, err), p.postponeAll(ctx, ready, err))
	}
	var same []ledger.Version
	for _, v := range ready {
		record, known := c.byID[v.Patient]
		unchanged, err := p.asChosen(ctx, v, record)
		if err != nil {
			if err := p.damaged(ctx, v, err); err != nil {
				return nil, err
			}
			continue
		}
		if known && record.Live() && unchanged {
			same = append(same, v)
			continue
		}
		if err := p.patientChanged(ctx, v, record, c.mergedElsewhere(record)); err != nil && !lostRace(err) {
			return nil, err
		}
	}
	return same, nil
}

// mergedElsewhere says that a record was merged into one of another name or birth
// date, or that nobody can tell. The matcher knows people by the names of all
// their records; but a merge on the last yards of a document's road is as likely
// a slip, and a person is asked.
func (l *lookups) mergedElsewhere(r carryover.Patient) bool {
	if r.MergedInto == "" {
		return false
	}
	end, known := match.Survivor(r, l.byID)
	called := func(p carryover.Patient) []string {
		return append(append(match.Words(p.FirstName), "/"), match.Words(p.LastName)...)
	}
	return !known || r.LastName.IsBlank() || r.BirthDate != end.BirthDate || !slices.Equal(called(r), called(end))
}

// asChosen says whether a record is as it was when it was chosen. What was
// sealed about another patient says nothing about this one.
func (p *Pipeline) asChosen(ctx context.Context, v ledger.Version, record carryover.Patient) (same bool, err error) {
	err = p.view(ctx, func(tx *ledger.Tx) error {
		then, err := tx.OpenText(ctx, string(v.ID), identityKind)
		switch {
		case errors.Is(err, carryover.ErrGone):
			same = v.ByPerson
			return nil
		case err != nil:
			return err
		}
		about, _, _ := strings.Cut(then.Reveal(), " ")
		same = then.Reveal() == p.identity(record) || (v.ByPerson && about != string(record.ID))
		return nil
	})
	return same, err
}

// patientChanged sends a version back: to be matched again, or to the person
// whose choice no longer stands, or to anybody when the record is now part of
// somebody else's. What the record says now is sealed for the
// next time the person is asked.
func (p *Pipeline) patientChanged(ctx context.Context, v ledger.Version, record carryover.Patient, elsewhere bool) error {
	return p.update(ctx, func(s *step) error {
		if v.ByPerson {
			if err := s.SealText(ctx, string(v.ID), identityKind, carryover.NewText(p.identity(record))); err != nil {
				return err
			}
		}
		if v.ByPerson || elsewhere {
			return s.move(ctx, v, carryover.Held, carryover.PatientChanged, time.Time{})
		}
		return s.move(ctx, v, carryover.Ripe, carryover.NoReason, s.now)
	})
}
