package heidisim

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A DocumentRecord is the server's own account of one document, for the truth
// that a run is measured against.
type DocumentRecord struct {
	SessionID      string
	DocumentID     string
	Name           string // as it is now
	TemplateID     string // empty: none
	Content        string // as it is now, or was last
	Gone           bool   // deleted, or its session is
	Versions       []string
	PractitionerID string // whose account recorded the session; empty: nobody's
}

// Documents returns every document that has ever been visible, deleted ones
// too, as of now: by the start of the session, then by tab. Versions holds
// every text a document showed, in order, an empty first one included.
func (s *Server) Documents() []DocumentRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agenda.run(s.clock.Share())
	sessions := make([]*session, 0, len(s.sessions))
	for _, sess := range s.sessions {
		sessions = append(sessions, sess)
	}
	slices.SortFunc(sessions, func(a, b *session) int {
		return cmp.Or(a.created.Compare(b.created), strings.Compare(a.id, b.id))
	})
	var records []DocumentRecord
	for _, sess := range sessions {
		if sess.visible {
			records = append(records, s.recordsOf(sess)...)
		}
	}
	return records
}

func (s *Server) recordsOf(sess *session) []DocumentRecord {
	s.settlePosted(sess)
	var records []DocumentRecord
	for _, doc := range sess.documents {
		if !doc.listed {
			continue
		}
		record := DocumentRecord{
			SessionID: sess.id, DocumentID: doc.id, Name: doc.name, TemplateID: doc.templateID,
			Content: doc.text, Gone: doc.gone || !s.exists(sess), Versions: slices.Clone(doc.versions),
		}
		if sess.owner != nil {
			record.PractitionerID = sess.owner.practitionerID
		}
		records = append(records, record)
	}
	return records
}

// HeidiUserID returns the internal id (kp_…) of the account with the address
// under the first key, as POST /users/linked-account wants it; empty when there
// is none.
func (s *Server) HeidiUserID(email string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.home.account(email); c != nil {
		return c.userID
	}
	return ""
}

// SetTokenLife sets how long tokens issued from now on are good for.
func (s *Server) SetTokenLife(life time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokenLife = life
}
