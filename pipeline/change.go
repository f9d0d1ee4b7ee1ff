package pipeline

import (
	"bytes"
	"context"
	"strings"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// compare goes through a reading's documents and the newest versions known.
func (s *step) compare(ctx context.Context, r reading, known []ledger.Version, evidence []byte) error {
	newest := make(map[carryover.DocumentID]ledger.Version, len(known))
	for _, v := range known {
		newest[v.Document] = v
	}
	for _, d := range r.docs {
		content := s.p.Ledger.Keys().Digest("content", d.ContentParts()...)
		v, old := newest[d.ID]
		var err error
		switch {
		case old && d.Content.IsBlank() && !v.Empty:
			continue // a text that is not there now takes nothing away; see vanished
		case old && bytes.Equal(v.ContentDigest, content) && bytes.Equal(v.EvidenceDigest, evidence):
			err = s.same(ctx, v, d, r.equals[d.ID])
		default:
			err = s.changed(ctx, r, d, v, old, content, evidence)
		}
		if err != nil {
			return err
		}
		delete(newest, d.ID)
	}
	for _, v := range newest {
		if v.Document != noteDocument || s.p.WithNotes {
			if err := s.vanished(ctx, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// apart is how far apart two readings must be to count as two: a session that two
// practitioners share is listed for both, and read for both at the same moment.
func (p *Pipeline) apart() time.Duration { return min(between, p.Timing.Quiet) / 2 }

// same counts a reading that showed the same words and evidence. What is not
// filed yet takes the document's present name; one that had vanished and is
// back starts waiting again.
func (s *step) same(ctx context.Context, v ledger.Version, d carryover.Document, equals bool) error {
	if s.now.Sub(v.LastRead) >= s.p.apart() {
		if err := s.TouchVersion(ctx, v.ID, s.now); err != nil {
			return err
		}
	} else if err := s.DocumentBack(ctx, v.ID); err != nil {
		return err
	}
	switch v.State {
	case carryover.Seen, carryover.Ripe, carryover.Ready, carryover.Held, carryover.Skipped:
	default:
		return nil
	}
	if v.State != carryover.Skipped { // whose text is needed no more
		if err := s.KeepText(ctx, v.ID, d); err != nil { // after a restore without text
			return err
		}
	}
	if err := s.SealText(ctx, string(v.ID), "name", d.Name); err != nil {
		return err
	}
	if err := s.MarkEqual(ctx, v.ID, equals); err != nil {
		return err
	}
	switch {
	case v.State == carryover.Held && (v.Reason == carryover.DeletedInHeidi || v.Reason == carryover.TextGone):
		return s.move(ctx, v, carryover.Seen, carryover.NoReason, s.now)
	case v.State == carryover.Skipped && v.Reason == carryover.EqualsConsultNote && !equals:
		return s.move(ctx, v, carryover.Ripe, carryover.NoReason, s.now)
	case equals && !v.ByPerson && (v.State == carryover.Ripe || v.State == carryover.Ready):
		return s.move(ctx, v, carryover.Skipped, carryover.EqualsConsultNote, time.Time{})
	}
	return nil
}

// changed begins a new version. The one before is superseded unless something
// of it may be in Cliniko or a person has decided about it.
func (s *step) changed(ctx context.Context, r reading, d carryover.Document, v ledger.Version, old bool, content, evidence []byte) error {
	if old {
		replaceable, err := s.replaceable(ctx, v)
		if err != nil {
			return err
		}
		if replaceable {
			if err := s.supersede(ctx, v); err != nil {
				return err
			}
		}
	}
	empty := d.Content.IsBlank()
	due := s.now.Add(s.p.Timing.Quiet)
	if empty {
		due = never // the text that comes will be a version of its own
	}
	fresh := ledger.Version{
		Session: r.session.ID, Document: d.ID, Template: d.Template, Format: d.Format,
		Due: due, Empty: empty, ContentDigest: content, EvidenceDigest: evidence,
		Practitioner: r.session.Practitioner, FirstSeen: s.now, Reads: 1,
	}
	id, err := s.AddVersion(ctx, d, fresh)
	if err != nil {
		return err
	}
	if err := s.MarkEqual(ctx, id, r.equals[d.ID]); err != nil {
		return err
	}
	fresh.ID, fresh.State = id, ""
	return s.told(ctx, fresh, carryover.Seen, carryover.NoReason)
}

// replaceable says whether a version may be superseded: nothing of it can be
// in Cliniko, and no person has decided about it.
func (s *step) replaceable(ctx context.Context, v ledger.Version) (bool, error) {
	switch v.State {
	case carryover.Seen, carryover.Ripe, carryover.Ready, carryover.Held, carryover.Skipped, carryover.Refused:
	default:
		return false, nil
	}
	if v.State == carryover.Skipped && v.Reason == carryover.AlreadyFiled {
		return true, nil
	}
	if v.Delivery == "" && (v.State == carryover.Seen || v.State == carryover.Ripe || v.State == carryover.Ready) {
		return true, nil // what it filed before is a delivery of its own
	}
	sent, err := maybeSent(ctx, s.Tx, v.ID)
	return !sent, err
}

// maybeSent says whether a note of this version is, or may be, in Cliniko.
func maybeSent(ctx context.Context, tx *ledger.Tx, id carryover.VersionID) (bool, error) {
	deliveries, err := tx.DeliveriesOf(ctx, id)
	if err != nil {
		return false, err
	}
	for _, d := range deliveries {
		if d.Note != "" {
			return true, nil
		}
		attempts, err := tx.Attempts(ctx, d.ID)
		if err != nil {
			return false, err
		}
		for _, a := range attempts {
			if a.Outcome != ledger.NotDone && a.Outcome != ledger.Absent {
				return true, nil
			}
		}
	}
	return false, nil
}

func (s *step) supersede(ctx context.Context, v ledger.Version) error {
	if err := s.move(ctx, v, carryover.Superseded, carryover.NoReason, time.Time{}); err != nil {
		return err
	}
	if err := s.calmRefused(ctx, v.ID); err != nil {
		return err
	}
	return s.Destroy(ctx, string(v.ID))
}

// calmRefused clears the alarm about a version that Cliniko would not take, or
// one of its deliveries: nobody has to decide about it any more.
func (s *step) calmRefused(ctx context.Context, id carryover.VersionID) error {
	all, err := s.DeliveriesOf(ctx, id)
	if err != nil {
		return err
	}
	for _, d := range all {
		if err := s.calm(ctx, alarm.Refused, string(d.ID)); err != nil {
			return err
		}
	}
	return s.calm(ctx, alarm.Refused, string(id))
}

// never is a time that does not come.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// vanished deals with a document that its session no longer shows, or shows
// without its text. What was filed stays filed; what was not is held, unless
// there was no text to lose.
func (s *step) vanished(ctx context.Context, v ledger.Version) error {
	if err := s.MarkDocumentGone(ctx, v.Session, v.Document, s.now); err != nil {
		return err
	}
	v.GoneAt = s.now
	if lost, err := s.isLost(ctx, v); err != nil {
		return err
	} else if lost {
		return s.holdLost(ctx, v)
	}
	switch v.State {
	case carryover.Seen, carryover.Ripe, carryover.Ready:
	default:
		return nil
	}
	if v.Empty {
		return s.move(ctx, v, carryover.Skipped, carryover.EmptyText, time.Time{})
	}
	if v.ByPerson { // a person decided on the text that was kept
		return nil
	}
	return s.move(ctx, v, carryover.Held, carryover.DeletedInHeidi, time.Time{})
}

// vanishedSession deals with a session that Heidi no longer has, as happens
// after a practice's retention (reference sheet §18). What is on its way goes
// on from the sealed text; somebody is told when something waits in it.
func (s *step) vanishedSession(ctx context.Context, id carryover.SessionID) error {
	if err := s.MarkGone(ctx, id, s.now); err != nil {
		return err
	}
	current, err := s.CurrentVersions(ctx, id)
	if err != nil {
		return err
	}
	for _, v := range current {
		switch {
		case v.State == carryover.Seen && v.Empty:
			err = s.move(ctx, v, carryover.Skipped, carryover.EmptyText, time.Time{})
		case v.State == carryover.Held, v.State == carryover.Refused:
			err = s.alarm(ctx, alarm.SessionVanished, string(id))
		}
		if err == nil {
			err = s.holdLost(ctx, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func equalFold(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}
