package desk

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// Show implements Desk.
func (d *Local) Show(ctx context.Context, r ShowRequest) (Detail, error) {
	var out Detail
	var of []carryover.PractitionerID
	within := d.Ledger.View
	if r.Text || r.Names { // looking is an entry
		within = d.Ledger.Update
	}
	err := within(ctx, func(tx *ledger.Tx) error {
		v, err := find(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		if out, err = d.detail(ctx, tx, v); err != nil {
			return err
		}
		if of, err = d.whoseDiary(ctx, tx, v); err != nil {
			return err
		}
		return d.reveal(ctx, tx, v, r, &out)
	})
	if err != nil {
		return Detail{}, err
	}
	if r.Diary {
		d.diaryAround(ctx, of, &out)
	}
	if r.Names {
		d.namePatients(ctx, &out)
	}
	return out, nil
}

// detail is what the ledger knows of v without opening anything sealed.
func (d *Local) detail(ctx context.Context, tx *ledger.Tx, v ledger.Version) (Detail, error) {
	item, err := itemOf(ctx, tx, v)
	if err != nil {
		return Detail{}, err
	}
	out := Detail{Item: item}
	m, err := evidence(ctx, tx, v.ID)
	if err != nil {
		return out, err
	}
	if out.Digest, err = d.digest(v, m); err != nil {
		return out, err
	}
	if m != nil {
		out.Grade, out.Candidates = m.Grade.String(), candidatesOf(*m)
	}
	if v.State == carryover.Held {
		evident, _, err := evidentPatient(ctx, tx, v, m)
		if err != nil {
			return out, err
		}
		out.Evident = string(evident)
	}
	if out.Versions, err = others(ctx, tx, v); err != nil {
		return out, err
	}
	if out.Deliveries, err = deliveriesOf(ctx, tx, v.ID); err != nil {
		return out, err
	}
	out.History, err = d.history(ctx, tx, v.ID)
	return out, err
}

// evidence returns the latest match of a version; nil when none was made.
func evidence(ctx context.Context, tx *ledger.Tx, id carryover.VersionID) (*carryover.Match, error) {
	m, err := tx.Evidence(ctx, id)
	if errors.Is(err, carryover.ErrGone) {
		return nil, nil
	}
	return &m, err
}

// digest identifies what a person sees of v: its words, its evidence, where it
// stands and why, and who may be meant. Readings that change none of that leave
// it alone.
func (d *Local) digest(v ledger.Version, m *carryover.Match) (string, error) {
	seen, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("digest version %s: %w", v.ID, err)
	}
	sum := d.Ledger.Keys().Digest("shown", string(v.ID), string(v.State), string(v.Reason),
		string(v.ContentDigest), string(v.EvidenceDigest), string(v.Patient), string(v.Practitioner), string(v.Delivery), string(seen))
	return hex.EncodeToString(sum[:digestBytes]), nil
}

// digestBytes is enough to notice a change, and short enough to paste.
const digestBytes = 8

func candidatesOf(m carryover.Match) []Candidate {
	var out []Candidate
	for _, c := range m.Candidates {
		w := Candidate{Patient: string(c.Patient), Grade: c.Grade.String()}
		for _, f := range c.Findings {
			w.Findings = append(w.Findings, Finding{Field: f.Field, Outcome: string(f.Outcome), Note: f.Note})
		}
		out = append(out, w)
	}
	return out
}

// others are the document's other versions, oldest first.
func others(ctx context.Context, tx *ledger.Tx, v ledger.Version) ([]Item, error) {
	all, err := tx.VersionsOf(ctx, v.Session, v.Document)
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, o := range all {
		if o.ID == v.ID {
			continue
		}
		i, err := itemOf(ctx, tx, o)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, nil
}

func deliveriesOf(ctx context.Context, tx *ledger.Tx, id carryover.VersionID) ([]Delivery, error) {
	ds, err := tx.DeliveriesOf(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []Delivery
	for _, d := range ds {
		w := Delivery{
			ID: string(d.ID), Number: d.Number, State: string(d.State), Reference: string(d.Reference), Patient: string(d.Patient),
			Note: string(d.Note), Destination: string(d.Destination), Fallback: ledger.FallbackSentence(d.Fallback()), Intent: d.IntentAt, Filed: d.FiledAt, Proven: d.ProvenAt,
			Archived: d.ArchivedAt, Practitioner: string(d.Practitioner),
		}
		if w.TakenBack, err = takenBack(ctx, tx, d); err != nil {
			return nil, err
		}
		attempts, err := tx.Attempts(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		for _, a := range attempts {
			w.Attempts = append(w.Attempts, Attempt{
				Number: a.Number, Kind: a.RequestKind, Started: a.StartedAt, Answered: a.AnsweredAt, Status: a.Status, Outcome: string(a.Outcome),
			})
		}
		out = append(out, w)
	}
	return out, nil
}

// takenBack are the facts of a filing that was reversed; nil when nobody asked
// for it.
func takenBack(ctx context.Context, tx *ledger.Tx, d ledger.Delivery) (*TakenBack, error) {
	r, err := tx.Reversal(ctx, d.ID)
	if errors.Is(err, carryover.ErrGone) {
		return nil, nil
	}
	from := d.IntentAt
	if from.IsZero() || !d.FiledAt.IsZero() && d.FiledAt.Before(from) {
		from = d.FiledAt
	}
	return &TakenBack{
		State: string(r.State), Asked: r.AskedAt, Touched: r.Why, Says: whySentence(r.Why), Read: r.ReadAt, Ended: r.EndedAt,
		Into: string(r.Patient), Refiled: r.RefiledAt, VisibleFrom: from, VisibleTo: d.ArchivedAt,
	}, err
}

// reveal opens what was asked for, and notes who looked at what.
func (d *Local) reveal(ctx context.Context, tx *ledger.Tx, v ledger.Version, r ShowRequest, out *Detail) error {
	doc, err := tx.Content(ctx, v.ID)
	switch {
	case errors.Is(err, carryover.ErrGone):
		out.Sealed = "destroyed"
	case err != nil:
		return err
	default:
		out.Sealed = "kept"
	}
	if !r.Text && !r.Names {
		return nil
	}
	if r.Text {
		out.Text = doc.Content.Reveal()
		if out.Difference, err = differenceOf(ctx, tx, v.ID); err != nil {
			return err
		}
	}
	if r.Names {
		out.Name = doc.Name.Reveal()
		if out.Claim, err = claimOf(ctx, tx, v.Session); err != nil {
			return err
		}
	}
	// Opening a text is one thing that the chain tells, names are another.
	if r.Text {
		if err := d.enter(ctx, tx, v.Session, audit.Entry{Actor: r.Actor, Action: audit.Viewed, Subject: string(v.ID)}); err != nil {
			return err
		}
	}
	if r.Names {
		return d.enter(ctx, tx, v.Session, audit.Entry{Actor: r.Actor, Action: audit.ShownNames, Subject: string(v.ID)})
	}
	return nil
}

// differenceOf says in which words Cliniko's note differs from what was sent,
// where a note could not be proven; empty where nothing is known of it.
func differenceOf(ctx context.Context, tx *ledger.Tx, id carryover.VersionID) (string, error) {
	t, err := tx.OpenText(ctx, string(id), ledger.SealedDifference)
	if errors.Is(err, carryover.ErrGone) {
		return "", nil
	}
	return t.Reveal(), err
}

func claimOf(ctx context.Context, tx *ledger.Tx, id carryover.SessionID) (*Claim, error) {
	s, err := tx.Claim(ctx, id)
	if errors.Is(err, carryover.ErrGone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &Claim{
		Title: s.Title.Reveal(), Name: s.Claim.Name.Reveal(), BirthDate: s.Claim.BirthDate.Reveal(),
		Provider: s.Claim.Provider, Patient: string(s.Claim.PatientID), Booking: string(s.Claim.BookingID),
	}, nil
}

// namePatients asks the register, when there is one, who the candidates are and
// who was booked. Their ids alone are shown when it cannot be asked: the rest of
// the answer is worth having.
func (d *Local) namePatients(ctx context.Context, out *Detail) {
	reg, ok := d.Engine.(Register)
	ids := patientsIn(*out)
	if !ok || len(ids) == 0 {
		return
	}
	patients, err := reg.PatientsByID(ctx, ids)
	if err != nil {
		return
	}
	for _, p := range patients {
		name := p.FirstName.Reveal() + " " + p.LastName.Reveal()
		for i := range out.Candidates {
			if c := &out.Candidates[i]; c.Patient == string(p.ID) {
				c.Name, c.BirthDate, c.Archived = name, p.BirthDate.Reveal(), !p.Live()
			}
		}
		for i := range out.Bookings {
			for j := range out.Bookings[i].Patients {
				if a := &out.Bookings[i].Patients[j]; a.Patient == string(p.ID) {
					a.Name = name
				}
			}
		}
	}
}

// patientsIn lists whom a detail is about, each once.
func patientsIn(d Detail) []carryover.PatientID {
	var ids []carryover.PatientID
	for _, c := range d.Candidates {
		ids = append(ids, carryover.PatientID(c.Patient))
	}
	for _, b := range d.Bookings {
		for _, a := range b.Patients {
			ids = append(ids, carryover.PatientID(a.Patient))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
