package pipeline

import (
	"context"
	"errors"
	"slices"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/render"
)

// A way is one version on its way through steps 1 to 4, with the listing that
// was made for it.
type way struct {
	v      ledger.Version
	doc    carryover.Document
	began  time.Time             // when the session began; zero: nobody knows
	to     carryover.Destination // where the rules send it
	d      ledger.Delivery
	list   listing
	digest []byte           // of what would be sent now
	waived carryover.Reason // what a person knew of when they released it
}

// sentDigest is the digest that a filing with our reference must have: of what
// was recorded when it was sent; where no record says so (a ledger that was
// restored), of what would be sent now.
func (w way) sentDigest() []byte {
	if !w.d.IntentAt.IsZero() {
		return w.d.WordsDigest
	}
	return w.digest
}

// waivedBy returns the reason that a person overruled by releasing a version.
// A release waives that one objection and no other.
func waivedBy(ctx context.Context, tx *ledger.Tx, v ledger.Version) (carryover.Reason, error) {
	if !v.ByPerson {
		return carryover.NoReason, nil
	}
	m, err := tx.Evidence(ctx, v.ID)
	if errors.Is(err, carryover.ErrGone) {
		return carryover.NoReason, nil
	}
	return m.Reason, err
}

// knowsOfNote says that the person who released knew of a note of the document
// in Cliniko and wants another one.
func (w way) knowsOfNote() bool {
	switch w.waived {
	case carryover.EarlierNote, carryover.LaterVersion, carryover.EvidenceChanged, carryover.SettleConflict, carryover.NotProven:
		return true
	}
	return false
}

// openDelivery returns the version's delivery that is not sent yet, or a new
// one whose reference is numbered after all deliveries of the document, so
// that no reference is ever used for two of them. A release by a person who
// knows of a note there begins a delivery of its own. Once a request may have
// taken effect, its delivery keeps its destination whatever the rules say now.
func openDelivery(ctx context.Context, tx *ledger.Tx, w way) (ledger.Delivery, error) {
	v := w.v
	all, err := tx.VersionsOf(ctx, v.Session, v.Document)
	if err != nil {
		return ledger.Delivery{}, err
	}
	number := 1
	for _, e := range all {
		ds, err := tx.DeliveriesOf(ctx, e.ID)
		if err != nil {
			return ledger.Delivery{}, err
		}
		for _, d := range ds {
			goesOn := d.ID == v.Delivery && d.State == v.State && d.Note == "" && d.Patient == v.Patient &&
				d.Practitioner == v.Practitioner && w.waived != carryover.SettleConflict
			if goesOn && d.Destination != w.to {
				if goesOn, err = mayHaveActed(ctx, tx, d); err != nil {
					return ledger.Delivery{}, err
				}
			}
			if goesOn {
				if d.Booking != "" { // else it was taken off its diary entry
					d.Booking, d.Attendee = v.Booking, v.Attendee
				}
				return d, nil
			}
			number++
		}
	}
	d := ledger.Delivery{
		Version: v.ID, State: v.State, Patient: v.Patient, Practitioner: v.Practitioner,
		Booking: v.Booking, Attendee: v.Attendee, Destination: w.to,
	}
	for {
		d.Reference = carryover.NewReference(v.Session, v.Document, w.doc.Content, w.to, number)
		if !w.knowsOfNote() || len(bearing(w.list.filings, d.Reference)) == 0 {
			return d, nil
		}
		number++
	}
}

// mayHaveActed says that some request of a delivery may have taken effect: not
// every one was surely refused.
func mayHaveActed(ctx context.Context, tx *ledger.Tx, d ledger.Delivery) (bool, error) {
	all, err := tx.Attempts(ctx, d.ID)
	return slices.ContainsFunc(all, func(a ledger.Attempt) bool { return a.Outcome != ledger.NotDone }), err
}

// lookFirst is step 1: it ends the road before a POST when what the author has
// filed says that the document is there already; done is true then.
func (p *Pipeline) lookFirst(ctx context.Context, w way) (done bool, err error) {
	mark := w.d.Reference.Mark()
	for _, f := range w.list.filings {
		refs := render.References(f.says)
		switch {
		case slices.Contains(refs, w.d.Reference) && f.to == w.d.Destination:
			// A restored database, or a second daemon: it is ours.
			w.d.WordsDigest = w.sentDigest()
			return true, p.adoptOrHold(ctx, w.v, w.d, w.list)
		case !f.live:
		case slices.ContainsFunc(refs, func(r carryover.Reference) bool { return r.Mark() == mark }):
			if !w.knowsOfNote() {
				return true, p.hold(ctx, w.v, carryover.EarlierNote)
			}
		case f.to != carryover.ToTreatmentNote: // what other files hold is not read
		case f.patient != w.v.Patient || w.waived == carryover.AlreadyPasted:
		case len(refs) == 0 && render.HoldsCopy(f.says, w.doc), len(refs) > 0 && render.IsCopy(f.says, w.doc):
			return true, p.hold(ctx, w.v, carryover.AlreadyPasted)
		}
	}
	return false, nil
}
