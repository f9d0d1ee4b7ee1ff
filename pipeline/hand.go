package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"carryover"
	"carryover/ledger"
	"carryover/match"
)

// handPrefix marks the sessions of documents that a person handed in, which
// Heidi knows nothing of.
const handPrefix = "hand-"

// ByHand says whether a session is one of a document handed in.
func ByHand(id carryover.SessionID) bool { return strings.HasPrefix(string(id), handPrefix) }

// handWords begins the session id of a document handed in: it follows from its
// words and its author, so that the same document is recognised the second time.
func handWords(text carryover.Text, author carryover.PractitionerID) string {
	sum := sha256.Sum256([]byte(string(author) + "\x00" + carryover.Normalise(text.Reveal())))
	return handPrefix + hex.EncodeToString(sum[:12]) + "-"
}

// handSession is the whole id: one for each patient as the person named them,
// since the same handout for another patient is another document. What was
// said is short and could be guessed from a plain digest, so this one is keyed.
func (p *Pipeline) handSession(s carryover.Session, d carryover.Document) carryover.SessionID {
	c := s.Claim
	said := p.Ledger.Keys().Digest("hand", strings.Join(match.Words(c.Name), " "), c.BirthDate.Reveal(), string(c.PatientID))
	return carryover.SessionID(handWords(d.Content, s.Practitioner) + hex.EncodeToString(said[:6]))
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
	s.ID = p.handSession(s, d)
	d.Session, d.ID = s.ID, handDocument
	err = p.update(ctx, func(st *step) error {
		if id, err = st.takenBefore(ctx, s, d); err != nil || id != "" {
			known = id != ""
			return err
		}
		evidence := p.Ledger.Keys().Digest("evidence", s.EvidenceParts()...)
		ref := carryover.SessionRef{ID: s.ID, CreatedAt: s.StartedAt}
		if _, err := st.NoteListed(ctx, s.Practitioner, []carryover.SessionRef{ref}, st.now); err != nil {
			return err
		}
		if err := st.SaveSession(ctx, s, evidence, st.now, never); err != nil {
			return err
		}
		r := reading{session: s, docs: []carryover.Document{d}}
		if err := st.changed(ctx, r, d, ledger.Version{}, false, p.Ledger.Keys().Digest("content", d.ContentParts()...), evidence); err != nil {
			return err
		}
		id, err = st.ripeAtOnce(ctx, s.ID, d.ID)
		return err
	})
	return id, known, err
}

// takenBefore finds the version of a document that was handed in before: for
// the same patient said in the same way, or for whom it was filed when the
// patient is named by id, or for anybody when nothing is said.
func (s *step) takenBefore(ctx context.Context, session carryover.Session, doc carryover.Document) (carryover.VersionID, error) {
	known, err := s.SessionsBeginning(ctx, handWords(doc.Content, session.Practitioner))
	if err != nil {
		return "", err
	}
	said := session.Claim
	said.Provider = ""
	for _, id := range known {
		versions, err := s.CurrentVersions(ctx, id)
		if err != nil {
			return "", err
		}
		for _, v := range versions {
			if id == session.ID || said == (carryover.PatientClaim{}) || (said.PatientID != "" && said.PatientID == v.Patient) {
				return v.ID, nil
			}
		}
	}
	return "", nil
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
