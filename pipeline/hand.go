package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// handPrefix marks the sessions of documents that a person handed in, which
// Heidi knows nothing of.
const handPrefix = "hand-"

// ByHand says whether a session is one of a document handed in.
func ByHand(id carryover.SessionID) bool { return strings.HasPrefix(string(id), handPrefix) }

// HandSession is the session id of a document handed in: it follows from the
// words alone, so that the same document is recognised the second time, even
// by an empty ledger (the reference in the note is made from it).
func HandSession(text carryover.Text) carryover.SessionID {
	sum := sha256.Sum256([]byte(carryover.Normalise(text.Reveal())))
	return carryover.SessionID(handPrefix + hex.EncodeToString(sum[:12]))
}

// handDocument is the id of the one document in such a session.
const handDocument carryover.DocumentID = "1"

// ErrEmptyDocument says that a document handed in has no words.
var ErrEmptyDocument = fmt.Errorf("document has no words: %w", carryover.ErrInvalid)

// Take accepts a document that a person hands in, with what they say about
// the patient, and puts it on the same road as every other. It returns the
// version that carries it; known is true when the very same document was
// handed in before, and nothing changed.
func (p *Pipeline) Take(ctx context.Context, s carryover.Session, d carryover.Document) (id carryover.VersionID, known bool, err error) {
	if d.Content.IsBlank() {
		return "", false, ErrEmptyDocument
	}
	if _, ok := p.Sides[s.Practitioner]; !ok {
		return "", false, fmt.Errorf("practitioner %q has no key here: %w", s.Practitioner, carryover.ErrInvalid)
	}
	s.ID = HandSession(d.Content)
	d.Session, d.ID = s.ID, handDocument
	err = p.update(ctx, func(st *step) error {
		evidence := p.Ledger.Keys().Digest("evidence", s.EvidenceParts()...)
		versions, err := st.VersionsOf(ctx, s.ID, d.ID)
		if err != nil && !errors.Is(err, carryover.ErrGone) {
			return err
		}
		if n := len(versions); n > 0 {
			last := versions[n-1]
			if string(last.EvidenceDigest) == string(evidence) || s.Claim == (carryover.PatientClaim{}) {
				id, known = last.ID, true
				return nil
			}
		}
		if _, err := st.NoteListed(ctx, s.Practitioner, []carryover.SessionRef{{ID: s.ID, CreatedAt: s.StartedAt}}, st.now); err != nil {
			return err
		}
		if err := st.SaveSession(ctx, s, evidence, st.now, never); err != nil {
			return err
		}
		current, err := st.CurrentVersions(ctx, s.ID)
		if err != nil {
			return err
		}
		if err := st.compare(ctx, s, []carryover.Document{d}, current, evidence); err != nil {
			return err
		}
		id, err = st.ripeAtOnce(ctx, s.ID, d.ID)
		return err
	})
	return id, known, err
}

// ripeAtOnce skips the quiet period: a person handed the document in finished.
func (s *step) ripeAtOnce(ctx context.Context, session carryover.SessionID, doc carryover.DocumentID) (carryover.VersionID, error) {
	current, err := s.CurrentVersions(ctx, session)
	if err != nil {
		return "", err
	}
	for _, v := range current {
		if v.Document == doc && v.State == carryover.Seen {
			return v.ID, s.settled(ctx, v)
		}
	}
	return "", fmt.Errorf("document handed in was not recorded: %w", ledger.ErrConflict)
}

// settled decides what a text that has stopped changing does next.
func (s *step) settled(ctx context.Context, v ledger.Version) error {
	why, err := s.afterEarlier(ctx, v)
	if err != nil {
		return err
	}
	_, err = s.OpenText(ctx, string(v.ID), equalsNote)
	if err != nil && !errors.Is(err, carryover.ErrGone) {
		return err
	}
	switch {
	case why == carryover.EvidenceChanged:
		// Somebody corrected the patient after the note was filed.
		if err := s.alarm(ctx, alarm.MaybeWrongFile, string(v.ID)); err != nil {
			return err
		}
		return s.move(ctx, v, carryover.Held, why, time.Time{})
	case why != carryover.NoReason:
		return s.move(ctx, v, carryover.Held, why, time.Time{})
	case err == nil:
		return s.move(ctx, v, carryover.Skipped, carryover.EqualsConsultNote, time.Time{})
	}
	return s.move(ctx, v, carryover.Ripe, carryover.NoReason, s.now)
}
