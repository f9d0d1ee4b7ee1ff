package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// This file lets a held version go: what the person saw must still hold, the
// evidence or the person must name one patient, and the choice is stored as a
// person's.

// Release implements Desk.
func (d *Local) Release(ctx context.Context, r ReleaseRequest) (Item, error) {
	return d.decision(ctx, "release", r.ID, func(tx *ledger.Tx, v ledger.Version) error {
		op := "release " + markOf(v)
		m, err := evidence(ctx, tx, v.ID)
		if err != nil {
			return err
		}
		if err := d.asShown(op, r.Digest, v, m); err != nil {
			return err
		}
		if err := releasable(op, v); err != nil {
			return err
		}
		author, err := d.author(ctx, tx, op, v, r.Practitioner)
		if err != nil {
			return err
		}
		chosen, err := choose(ctx, tx, op, v, m, r)
		if err != nil {
			return err
		}
		if author != v.Practitioner {
			chosen.Booking, chosen.Attendee = "", "" // a booking says its practitioner's name
		}
		if _, err := tx.Content(ctx, v.ID); err != nil {
			if errors.Is(err, carryover.ErrGone) {
				return refused(op, "its text is not kept any more", "Read the session again with `carryover sync "+string(v.Session)+"`.")
			}
			return err
		}
		now := time.Now().UTC()
		if err := tx.Decide(ctx, v.ID, chosen, author, true, now); err != nil {
			return err
		}
		if err := tx.Move(ctx, v.ID, carryover.Held, carryover.Ready, carryover.NoReason, now, now); err != nil {
			return err
		}
		return d.enter(ctx, tx, v.Session, audit.Entry{
			Actor: r.Actor, Action: audit.Released, Subject: string(v.ID),
			From: v.State, To: carryover.Ready, Reason: v.Reason, Note: choiceNote(chosen.Patient, r.Practitioner),
		})
	})
}

// asShown refuses a decision about something other than what the person saw.
func (d *Local) asShown(op, digest string, v ledger.Version, m *carryover.Match) error {
	if digest == "" {
		return nil
	}
	now, err := d.digest(v, m)
	if err != nil {
		return err
	}
	if now != digest {
		return changed(op)
	}
	return nil
}

// releasable says whether a release of v makes sense, and what does otherwise.
func releasable(op string, v ledger.Version) error {
	switch {
	case v.State == carryover.Refused || v.State == carryover.Skipped || v.State == carryover.Dismissed:
		return refused(op, "it is "+string(v.State)+", not held", "Send it through the road again with `carryover retry`.")
	case v.State != carryover.Held:
		return refused(op, "it is "+string(v.State)+", not held", "There is nothing to decide; `carryover show` tells where it stands.")
	case reread(v):
		return refused(op, "its note is in Cliniko already",
			"Look at the note. `carryover undo` takes it out, `carryover move` files it in another record, `carryover retry` reads it again, and `carryover dismiss` ends the matter.")
	case !v.Newest:
		return refused(op, "a later version of the document exists", "Release the later one, or dismiss this one.")
	}
	return nil
}

// author returns in whose name a released document is filed. It is a person's to
// say only where that is the question, and there it must be said as soon as the
// practice has more than one practitioner.
func (d *Local) author(ctx context.Context, tx *ledger.Tx, op string, v ledger.Version, named carryover.PractitionerID) (carryover.PractitionerID, error) {
	if named == "" {
		switch {
		case v.Reason == carryover.WhoseSession && len(d.Practitioners) > 1:
			return "", refused(op, "nobody has said whose session it was", "Name the practitioner with --practitioner; `carryover show "+markOf(v)+"` has the diary.")
		case v.Practitioner == "":
			return "", refused(op, "nobody knows whose session it is", "Read the session again with `carryover sync "+string(v.Session)+"`.")
		}
		return v.Practitioner, nil
	}
	if v.Reason != carryover.WhoseSession {
		return "", refused(op, "its practitioner is not in doubt", "Leave --practitioner away: a note is filed in the name of whoever recorded the session.")
	}
	known, err := d.authors(ctx, tx)
	if err != nil {
		return "", err
	}
	if !slices.Contains(known, named) {
		return "", invalid(op, "no practitioner of the configuration has this id", "Use a practitioner_id of the configuration; `carryover status` lists them.")
	}
	return named, nil
}

// choiceNote is what the audit chain keeps of a person's choice.
func choiceNote(p carryover.PatientID, author carryover.PractitionerID) string {
	note := "patient:" + string(p)
	if author != "" {
		note += "/practitioner:" + string(author)
	}
	return note
}

// choose returns the match that a release stores: the patient a person named,
// or the only one who can be meant. A likely patient whom nobody was certain of
// is taken only by a person who has seen the evidence, as the digest shows. A
// booking stays only with the patient it was found for.
func choose(ctx context.Context, tx *ledger.Tx, op string, v ledger.Version, m *carryover.Match, r ReleaseRequest) (carryover.Match, error) {
	var chosen carryover.Match
	if m != nil {
		chosen = *m
	}
	evident, sure, err := evidentPatient(ctx, tx, v, m)
	if err != nil {
		return chosen, err
	}
	named := r.Patient
	switch {
	case named != "" && !isPatientID(named):
		return chosen, invalid(op, "that is not a patient's id", "It is the number at the end of the patient's address in Cliniko.")
	case named == "" && evident == "":
		return chosen, refused(op, "the evidence does not name one patient", "Choose one with --patient; `carryover show "+markOf(v)+" --names` has the candidates.")
	case named == "" && !sure && r.Digest == "":
		return chosen, refused(op, "the evidence is not enough to go by unseen", "Look with `carryover show "+markOf(v)+" --names`, then name the patient with --patient.")
	case named == "":
		named = evident
	}
	if named != evident {
		chosen.Booking, chosen.Attendee = "", ""
	} else if v.Patient == named {
		chosen.Booking, chosen.Attendee = v.Booking, v.Attendee
	}
	chosen.Patient = named
	chosen.Reason = v.Reason // what the person knew of; the release waives that alone
	return chosen, nil
}

// evidentPatient is the patient a release may take without being told: the one
// that was decided already, else the only certain or probable candidate, else
// the one in whose file an earlier version of the same document is. Sure is
// false for a candidate who is no more than probable. When the session's
// evidence changed after filing, nobody is evident.
func evidentPatient(ctx context.Context, tx *ledger.Tx, v ledger.Version, m *carryover.Match) (evident carryover.PatientID, sure bool, err error) {
	switch {
	case v.Reason == carryover.EvidenceChanged:
		return "", false, nil
	case v.Patient != "":
		return v.Patient, true, nil
	case m != nil:
		likely := slices.DeleteFunc(slices.Clone(m.Candidates), func(c carryover.Candidate) bool { return c.Grade < carryover.Probable })
		if len(likely) != 1 {
			return "", false, nil
		}
		return likely[0].Patient, likely[0].Grade == carryover.Certain, nil
	case v.Reason != carryover.LaterVersion:
		return "", false, nil
	}
	all, err := tx.VersionsOf(ctx, v.Session, v.Document)
	if err != nil {
		return "", false, err
	}
	for _, e := range slices.Backward(all) {
		if e.ID != v.ID && e.Patient != "" && e.Delivery != "" && e.State != carryover.Undone {
			return e.Patient, true, nil
		}
	}
	return "", false, nil
}

func isPatientID(id carryover.PatientID) bool {
	for _, r := range id {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(id) <= 20
}
