package desk

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"carryover"
	"carryover/ledger"
)

// A plan is what an undo or a move is about: which filing, of which version, and
// which version is filed instead.
type plan struct {
	v        ledger.Version  // the version of the filing
	of       ledger.Delivery // the filing
	target   carryover.VersionID
	underWay ledger.ReversalState // asked for before and not at an end; empty: not
}

func (p plan) op(r reversal) string { return r.op + " " + markOf(p.v) }

// planOf finds out what a request is about, and refuses what makes no sense.
func (d *Local) planOf(ctx context.Context, tx *ledger.Tx, r reversal) (plan, error) {
	v, err := find(ctx, tx, r.id)
	if err != nil {
		return plan{}, err
	}
	op := r.op + " " + markOf(v)
	m, err := evidence(ctx, tx, v.ID)
	if err != nil {
		return plan{}, err
	}
	if err := d.asShown(op, r.digest, v, m); err != nil {
		return plan{}, err
	}
	all, err := tx.VersionsOf(ctx, v.Session, v.Document)
	if err != nil {
		return plan{}, err
	}
	p := plan{v: v}
	if p.of, err = filingOf(ctx, tx, r.id, v, all); err != nil {
		return plan{}, err
	}
	if err := d.reversible(op, v, p.of, r); err != nil {
		return plan{}, err
	}
	if p.v, err = tx.Version(ctx, p.of.Version); err != nil {
		return plan{}, err
	}
	if p.underWay, err = underWay(ctx, tx, op, p.of, r); err != nil || p.underWay != "" || r.into == "" {
		return p, err
	}
	p.target, err = movable(op, p.v, all)
	return p, err
}

// inCliniko are the states of a delivery whose note is there.
var inCliniko = []carryover.State{carryover.Filed, carryover.Proven, carryover.Held}

// filingOf returns the filing that a person means: the very one whose reference
// or id they gave, else the document's latest in Cliniko, else the latest that
// was taken back. The zero Delivery: there is none.
func filingOf(ctx context.Context, tx *ledger.Tx, id string, v ledger.Version, all []ledger.Version) (ledger.Delivery, error) {
	id = strings.TrimSpace(id)
	var exact, latest, back ledger.Delivery
	for _, e := range all {
		ds, err := tx.DeliveriesOf(ctx, e.ID)
		if err != nil {
			return ledger.Delivery{}, err
		}
		for _, one := range ds {
			switch {
			case one.Note == "":
				continue
			case strings.EqualFold(string(one.ID), id), strings.EqualFold(string(one.Reference), id):
				exact = one
			}
			switch {
			case slices.Contains(inCliniko, one.State), one.State == carryover.Dismissed:
				latest = one
			case one.State == carryover.Undone:
				back = one
			}
		}
	}
	switch {
	case exact.ID != "":
		return exact, nil
	case latest.ID != "":
		return latest, nil
	}
	return back, nil
}

// reversible says whether a filing can be taken back, and what helps otherwise.
func (d *Local) reversible(op string, v ledger.Version, of ledger.Delivery, r reversal) error {
	onItsWay := v.State == carryover.Sending || v.State == carryover.InDoubt
	switch {
	case onItsWay && (of.ID == "" || of.Version == v.ID):
		return refused(op, "nobody can tell yet whether it is in Cliniko", "Carryover is finding out. Wait until `carryover show "+markOf(v)+"` says filed, or held.")
	case of.ID == "":
		return refused(op, "nothing of it is in Cliniko", "If it does not belong there: `carryover dismiss "+markOf(v)+" --reason not_for_cliniko`.")
	case of.State == carryover.Undone && r.into == "":
		return refused(op, "it was taken back already", "To file it again: `carryover retry "+markOf(v)+"`, or in another record: `carryover move "+markOf(v)+" --patient N`.")
	case of.State == carryover.Dismissed:
		return refused(op, "the matter of its note was ended with dismiss", "Take that back first: `carryover retry "+markOf(v)+"`.")
	case of.State != carryover.Undone && !slices.Contains(inCliniko, of.State):
		return refused(op, "it is "+string(of.State), "Wait until `carryover show "+markOf(v)+"` says filed, or held.")
	case of.State != carryover.Undone && of.Patient == r.into:
		return refused(op, "it is in that patient's record already", "Name the patient in whose record it belongs.")
	case d.Practitioners != nil && !slices.Contains(d.Practitioners, of.Practitioner):
		return refused(op, "its practitioner is not in the configuration any more", "Put practitioner "+string(of.Practitioner)+" back: only with their key can the note be taken out.")
	}
	return nil
}

// underWay says whether the same was asked for before and is not at an end. To
// ask again changes nothing; to ask for the other thing is refused.
func underWay(ctx context.Context, tx *ledger.Tx, op string, of ledger.Delivery, r reversal) (ledger.ReversalState, error) {
	rev, err := tx.Reversal(ctx, of.ID)
	if errors.Is(err, carryover.ErrGone) {
		return "", nil
	}
	if err != nil || !rev.State.Open() && !rev.Refiles() || rev.State == ledger.ReversalGivenUp || rev.State == ledger.ReversalAskAgain {
		return "", err
	}
	if rev.State == ledger.ReversalPutBack && r.into != "" && rev.Patient != r.into {
		return "", refused(op, "its note is in the archive with somebody's work in it",
			"If it may stay there, say so with `carryover undo "+string(of.Reference)+"`; then ask for the move again.")
	}
	if rev.Patient != r.into && rev.State != ledger.ReversalPutBack {
		return "", refused(op, "it is being taken back already, in another way", "Wait until `carryover show "+string(of.Reference)+"` says that it is done.")
	}
	return rev.State, nil
}

// movable returns the version that is filed in the other record: the newest,
// which must have the words of the one that is moved.
func movable(op string, of ledger.Version, all []ledger.Version) (carryover.VersionID, error) {
	newest := all[len(all)-1]
	switch {
	case newest.ID == of.ID:
		return newest.ID, nil
	case !bytes.Equal(newest.ContentDigest, of.ContentDigest):
		return "", refused(op, "a later version of the document has other words",
			"Take the filed one back with `carryover undo`, and let the later one go to the right record with `carryover release --patient N`.")
	case newest.State == carryover.Held, newest.State == carryover.Skipped, newest.State == carryover.Undone:
		return newest.ID, nil
	case newest.State == carryover.Dismissed:
		return "", refused(op, "its latest reading was dismissed", "Take that back first: `carryover retry "+markOf(of)+"`.")
	}
	return "", refused(op, "a later reading of the document is still "+string(newest.State), "Try again when `carryover show "+markOf(of)+"` says held.")
}
