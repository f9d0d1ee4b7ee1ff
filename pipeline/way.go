package pipeline

import (
	"context"
	"errors"
	"slices"
	"time"

	"carryover"
	"carryover/ledger"
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
	// An earlier version of the document, with other words, is in Cliniko; follows:
	// a rule says once for all that a later one is filed as well.
	updated, follows bool
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
// in Cliniko and wants another one, or that a rule does.
func (w way) knowsOfNote() bool {
	if w.follows {
		return true
	}
	switch w.waived {
	case carryover.EarlierNote, carryover.LaterVersion, carryover.EvidenceChanged, carryover.SettleConflict, carryover.NotProven, carryover.TakenBack:
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
	if !w.knowsOfNote() {
		d.Reference, err = recomputed(ctx, tx, w, number)
		return d, err
	}
	if d.Reference, err = unremembered(ctx, tx, w, number); err != nil || d.Reference != "" {
		return d, err
	}
	for {
		d.Reference = w.numbered(number)
		if len(bearing(w.list.filings, d.Reference)) == 0 {
			return d, nil
		}
		number++
	}
}

// numbered is the reference of the document's delivery of a number.
func (w way) numbered(n int) carryover.Reference {
	return carryover.NewReference(w.v.Session, w.v.Document, w.doc.Content, w.to, n)
}

// unremembered returns the reference of a live filing of this very text that the
// ledger does not know: a ledger that was put back as it was before this filing
// finds it done, rather than file it once more. None where a person released in
// the knowledge of such a filing, and wants another one.
func unremembered(ctx context.Context, tx *ledger.Tx, w way, number int) (carryover.Reference, error) {
	if w.waived == carryover.EarlierNote || w.waived == carryover.SettleConflict {
		return "", nil
	}
	for n := 1; n < number+forgotten; n++ {
		ref := w.numbered(n)
		if !slices.ContainsFunc(bearing(w.list.filings, ref), func(f filing) bool { return f.live }) {
			continue
		}
		if known, err := tx.ByReference(ctx, ref); err != nil || len(known) == 0 {
			return ref, err
		}
	}
	return "", nil
}

// forgotten is how many deliveries a restored ledger may have forgotten and
// still recognise what they filed.
const forgotten = 8

// recomputed returns the reference of a new delivery: the one of its number, or
// that of another number which Cliniko has for this very text and the ledger
// does not know. A restored or empty ledger has forgotten which delivery it was.
func recomputed(ctx context.Context, tx *ledger.Tx, w way, number int) (carryover.Reference, error) {
	for n := 1; n < number+forgotten; n++ {
		if n == number || len(bearing(w.list.filings, w.numbered(n))) == 0 {
			continue
		}
		known, err := tx.ByReference(ctx, w.numbered(n))
		if err != nil || len(known) == 0 {
			return w.numbered(n), err
		}
	}
	return w.numbered(number), nil
}

// mayHaveActed says that some request of a delivery may have taken effect: not
// every one was surely refused.
func mayHaveActed(ctx context.Context, tx *ledger.Tx, d ledger.Delivery) (bool, error) {
	all, err := tx.Attempts(ctx, d.ID)
	return slices.ContainsFunc(all, func(a ledger.Attempt) bool { return a.Files() && a.Outcome != ledger.NotDone }), err
}

// wayOf reads what a version that is ready needs for its way.
func (p *Pipeline) wayOf(ctx context.Context, v ledger.Version, list listing) (way, error) {
	w := way{v: v, list: list}
	err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		if w.doc, err = tx.Content(ctx, v.ID); err != nil {
			return err
		}
		row, err := tx.SessionRow(ctx, v.Session)
		if err != nil {
			return err
		}
		w.began = row.StartedAt
		if w.waived, err = waivedBy(ctx, tx, v); err != nil {
			return err
		}
		w.to = p.destination(w.doc, v.Practitioner)
		if w.updated, w.follows, err = p.afterFiled(ctx, tx, v, w.doc); err != nil {
			return err
		}
		w.d, err = openDelivery(ctx, tx, w)
		return err
	})
	return w, err
}
