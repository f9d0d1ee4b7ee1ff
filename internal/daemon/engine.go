package daemon

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"carryover"
	"carryover/cliniko"
	"carryover/internal/desk"
	"carryover/ledger"
)

// engine is what the desk needs of a running daemon.
type engine struct{ d *Daemon }

var (
	_ desk.Engine    = engine{}
	_ desk.Directory = engine{}
	_ desk.Diary     = engine{}
	_ desk.Router    = engine{}
	_ desk.Composer  = engine{}
	_ desk.Examiner  = engine{}
	_ desk.Memory    = engine{}
)

// SyncSession implements desk.Engine: the session is read through the link of
// everyone who can see it, because whose session it is depends on who can.
func (e engine) SyncSession(ctx context.Context, id carryover.SessionID, done bool) error {
	err := error(&carryover.Problem{
		Op: "read session " + string(id), Kind: carryover.ErrInvalid,
		Hint: "Heidi is not in the configuration, so there is no session to read. Use `carryover file` for a document on its own.",
	})
	var seenBy []carryover.PractitionerID
	for _, who := range slices.Sorted(maps.Keys(e.d.sides)) {
		if e.d.sides[who].heidi == nil {
			continue
		}
		if one := e.d.line.ReadNow(ctx, who, id); one == nil {
			seenBy = append(seenBy, who)
		} else {
			err = one
		}
	}
	if len(seenBy) > 0 { // whoever asks for it does not mean to wait for a backfill
		if err := e.d.ledger.Update(ctx, func(tx *ledger.Tx) error { return tx.LeaveBackfill(ctx, id, time.Now()) }); err != nil {
			return err
		}
	}
	switch {
	case len(seenBy) > 0 && done:
		err = e.d.line.ReadTwice(ctx, seenBy[0], id)
	case len(seenBy) > 0:
		err = nil
	case errors.Is(err, carryover.ErrGone):
		err = &carryover.Problem{
			Op: "read session " + string(id), Kind: carryover.ErrGone,
			Hint: "No linked practitioner can see this session in Heidi. Check the id, or the practitioner's link.",
		}
	}
	e.Wake()
	return err
}

// Take implements desk.Engine.
func (e engine) Take(ctx context.Context, r desk.FileRequest) (carryover.VersionID, error) {
	who := r.Practitioner
	if who == "" && len(e.d.sides) == 1 {
		for who = range e.d.sides { //nolint:revive // the only key
		}
	}
	if e.d.out.has(who) {
		return "", &carryover.Problem{
			Op: "file for practitioner " + string(who), Kind: carryover.ErrUnauthorized,
			Hint: "This practitioner is left out, because their Cliniko key is not in order. `carryover check` says what helps.",
		}
	}
	s := carryover.Session{
		Practitioner: who, StartedAt: r.At,
		Claim: carryover.PatientClaim{Name: r.PatientName, BirthDate: r.BirthDate, PatientID: r.Patient},
	}
	if r.Patient != "" {
		s.Claim.Provider = handProvider
	}
	id, _, err := e.d.line.Take(ctx, s, carryover.Document{Name: r.Name, Content: r.Text, Format: r.Format})
	if err == nil {
		e.Wake()
	}
	return id, err
}

// handProvider is what a person's own choice of a patient id counts as: one
// click in Cliniko, which needs a name or a birth date besides.
const handProvider = "cliniko"

// Preview implements desk.Engine.
func (e engine) Preview(ctx context.Context, id carryover.VersionID) (title, html carryover.Text, err error) {
	p, err := e.d.line.Preview(ctx, id)
	return p.Title, p.HTML, err
}

// PatientsByID implements desk.Register.
func (e engine) PatientsByID(ctx context.Context, ids []carryover.PatientID) ([]carryover.Patient, error) {
	for s := range e.d.well() {
		return s.cliniko.PatientsByID(cliniko.WithPriority(ctx, cliniko.Person), ids)
	}
	return nil, nil
}

// PatientsNamed implements desk.Directory.
func (e engine) PatientsNamed(ctx context.Context, lastName carryover.Text) ([]carryover.Patient, error) {
	for s := range e.d.well() {
		return s.cliniko.PatientsNamed(cliniko.WithPriority(ctx, cliniko.Person), lastName)
	}
	return nil, nil
}

// PatientsBornOn implements desk.Directory.
func (e engine) PatientsBornOn(ctx context.Context, d carryover.Date) ([]carryover.Patient, error) {
	for s := range e.d.well() {
		return s.cliniko.PatientsBornOn(cliniko.WithPriority(ctx, cliniko.Person), d)
	}
	return nil, nil
}

// Bookings implements desk.Diary. Any practitioner's key may read the diary.
func (e engine) Bookings(ctx context.Context, of []carryover.PractitionerID, from, to time.Time) ([]carryover.Booking, error) {
	for s := range e.d.well() {
		return s.cliniko.Bookings(cliniko.WithPriority(ctx, cliniko.Person), of, from, to)
	}
	return nil, nil
}

// Examine implements desk.Examiner.
func (e engine) Examine(ctx context.Context, id carryover.DeliveryID) (there bool, touch string, err error) {
	o, err := e.d.line.OutlookOf(cliniko.WithPriority(ctx, cliniko.Person), id)
	return o.There, o.Touch, err
}

// Wake implements desk.Engine.
func (e engine) Wake() { e.d.wakeAll() }

// Settled says that nothing moves by itself any more: every practitioner's
// sessions have been listed and read since this process began, and every
// document has reached an end or waits for a person or for text.
func (d *Daemon) Settled(ctx context.Context) (bool, error) {
	settled := true
	err := d.ledger.View(ctx, func(tx *ledger.Tx) error {
		for who, side := range d.sides {
			if side.heidi == nil || !settled || d.out.has(who) {
				continue
			}
			read, err := d.hasRead(ctx, tx, who)
			if err != nil {
				return err
			}
			settled = read
		}
		for _, state := range carryover.States {
			if !state.Waiting() {
				continue
			}
			rows, err := tx.Due(ctx, state, time.Now().Add(24*time.Hour), 1)
			if err != nil {
				return err
			}
			settled = settled && len(rows) == 0
		}
		open, err := tx.OpenReversals(ctx)
		settled = settled && !slices.ContainsFunc(open, func(r ledger.Reversal) bool {
			return r.State != ledger.ReversalByHand && r.State != ledger.ReversalPutBack && r.State != ledger.ReversalAskAgain
		})
		return err
	})
	return settled, err
}

// hasRead says that one practitioner's sessions have all been listed since the
// process began, and none of them is still to be read for the first time.
func (d *Daemon) hasRead(ctx context.Context, tx *ledger.Tx, who carryover.PractitionerID) (bool, error) {
	row, err := tx.Practitioner(ctx, who)
	switch {
	case errors.Is(err, carryover.ErrGone): // not even begun
		return false, nil
	case err != nil, row.LastFullPass.Before(d.line.Started):
		return false, err
	}
	due, err := tx.SessionsDue(ctx, who, time.Now(), 1000)
	for _, id := range due {
		s, rowErr := tx.SessionRow(ctx, id)
		if rowErr != nil || s.LastRead.IsZero() {
			return false, rowErr
		}
	}
	return true, err
}
