package pipeline

import (
	"bytes"
	"context"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/route"
)

// A document that is changed in Heidi after it was filed is a later version. A
// note is never changed, so it is a further one or none: a person decides, or a
// rule does once for all. Where the patient's details changed along with the
// words, what was filed may be in the wrong record, and no rule decides that.

// afterFiled says whether an earlier version of a document, with other words, is
// in Cliniko; and whether a rule has this one follow it, which needs the very
// same evidence of who the patient is.
func (p *Pipeline) afterFiled(ctx context.Context, tx *ledger.Tx, v ledger.Version, doc carryover.Document) (updated, follows bool, err error) {
	all, err := tx.VersionsOf(ctx, v.Session, v.Document)
	if err != nil {
		return false, false, err
	}
	same := true
	for _, e := range all {
		if e.Number >= v.Number || bytes.Equal(e.ContentDigest, v.ContentDigest) {
			continue
		}
		in, err := inRecord(ctx, tx, e.ID)
		if err != nil {
			return false, false, err
		}
		if in {
			updated = true
			same = same && bytes.Equal(e.EvidenceDigest, v.EvidenceDigest) && (v.Patient == "" || v.Patient == e.Patient)
		}
	}
	return updated, updated && same && p.routed(doc, v.Practitioner).Later == route.FileLater, nil
}

// inRecord says that a note of a version is in a record, as far as the ledger
// knows.
func inRecord(ctx context.Context, tx *ledger.Tx, id carryover.VersionID) (bool, error) {
	ds, err := tx.DeliveriesOf(ctx, id)
	for _, d := range ds {
		if d.Note != "" && d.State != carryover.Undone {
			return true, nil
		}
	}
	return false, err
}

// titled is the title of what is filed: it says so where it comes after another.
func (w way) titled(title carryover.Text) carryover.Text {
	if w.updated {
		return route.Updated(title)
	}
	return title
}

// settledLater decides what a later version does next that has stopped changing.
func (s *step) settledLater(ctx context.Context, v ledger.Version, equalsNote bool) error {
	doc, err := s.Content(ctx, v.ID)
	if err != nil {
		return err
	}
	_, follows, err := s.p.afterFiled(ctx, s.Tx, v, doc)
	if err != nil {
		return err
	}
	leave, err := s.leftLater(ctx, v, doc)
	switch {
	case err != nil:
		return err
	case leave:
		return s.move(ctx, v, carryover.Skipped, carryover.LaterLeft, time.Time{})
	case follows && equalsNote:
		return s.move(ctx, v, carryover.Skipped, carryover.EqualsConsultNote, time.Time{})
	case follows:
		return s.move(ctx, v, carryover.Ripe, carryover.NoReason, s.now)
	}
	return s.move(ctx, v, carryover.Held, carryover.LaterVersion, time.Time{})
}

// leftLater says that a rule leaves later versions out, and that nothing but the
// words has changed since the one that was filed.
func (s *step) leftLater(ctx context.Context, v ledger.Version, doc carryover.Document) (bool, error) {
	if s.p.routed(doc, v.Practitioner).Later != route.LeaveLater {
		return false, nil
	}
	all, err := s.VersionsOf(ctx, v.Session, v.Document)
	for _, e := range all {
		if e.Number < v.Number && !bytes.Equal(e.EvidenceDigest, v.EvidenceDigest) {
			return false, err
		}
	}
	return true, err
}
