package heidisim

import (
	"fmt"
	"strings"

	"carryover/sandbox"
)

// What a person can do to the simulated clinic, through the control interface
// or from a test. Changes are stamped with the clock's Now and show at once.
// Each returns an error that names the record it did not find.

// AddSession adds a session to the region of the first API key. It appears when
// its share of the day has come, with its documents in their stages; At 0 is at
// once. The id must be new. The practitioner is made if the server has not
// heard of them.
func (s *Server) AddSession(added sandbox.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agenda.run(s.clock.Share())
	if err := s.load(s.home, &added); err != nil {
		return fmt.Errorf("add %w", err)
	}
	s.agenda.run(s.clock.Share())
	return nil
}

// EditSession changes the patient fields of a session, as a clinician who
// corrects them does. A field that is empty in c stays as it is; "-" empties
// it. The At of c is not used.
func (s *Server) EditSession(id string, c sandbox.Correction) error {
	return s.change("edit", id, func(sess *session) error {
		sess.correct(c)
		s.attachProfile(sess)
		sess.touch(s.clock.Now())
		return nil
	})
}

// DeleteSession makes a session answer 404 from now on, as its owner or the
// team's retention would.
func (s *Server) DeleteSession(id string) error {
	return s.change("delete", id, func(sess *session) error {
		sess.gone = true
		return nil
	})
}

// SetConsultNote gives a session's consult note the text, keeping its status.
func (s *Server) SetConsultNote(sessionID, text string) error {
	return s.change("set consult note", sessionID, func(sess *session) error {
		sess.note.made, sess.note.text = true, text
		sess.note.status = orElse(sess.note.status, "CREATED")
		sess.touch(s.clock.Now())
		return nil
	})
}

// AddDocument adds a document to a session. Its first stage shows at once,
// whatever its share; later stages follow with the day.
func (s *Server) AddDocument(sessionID string, added sandbox.Document) error {
	return s.change("add document", sessionID, func(sess *session) error {
		for _, doc := range sess.documents {
			if added.ID != "" && doc.id == added.ID {
				return fmt.Errorf("document %s: id is taken", added.ID)
			}
		}
		doc := s.newDocument(sess, &added)
		doc.created = s.clock.Now()
		first, rest := sandbox.Stage{}, []sandbox.Stage(nil)
		if len(added.Stages) > 0 {
			first, rest = added.Stages[0], added.Stages[1:]
		}
		s.stage(sess, doc, first, doc.created)
		for _, stage := range rest {
			s.agenda.add(stage.At, func() { s.stage(sess, doc, stage, s.clock.Now()) })
		}
		return nil
	})
}

// EditDocument gives a document a new text. One that is deleted, or that the
// day has not listed yet, is listed again.
func (s *Server) EditDocument(sessionID, documentID, text string) error {
	return s.changeDocument("edit", sessionID, documentID, func(doc *document) {
		doc.gone = false
		doc.show(text)
	})
}

// RenameDocument gives a document a new name; its text stays.
func (s *Server) RenameDocument(sessionID, documentID, name string) error {
	return s.changeDocument("rename", sessionID, documentID, func(doc *document) { doc.name = name })
}

// RemoveDocument deletes a document. The tabs after it keep their index.
func (s *Server) RemoveDocument(sessionID, documentID string) error {
	return s.changeDocument("remove", sessionID, documentID, func(doc *document) { doc.gone = true })
}

// change finds a session, brings the day up to date, and changes it.
func (s *Server) change(what, id string, apply func(*session) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agenda.run(s.clock.Share())
	sess := s.sessions[id]
	if sess == nil {
		return fmt.Errorf("%s session %s: not found", what, id)
	}
	if err := apply(sess); err != nil {
		return fmt.Errorf("%s: session %s: %w", what, id, err)
	}
	s.agenda.run(s.clock.Share())
	s.log.Info("session changed", "session", id, "change", what)
	return nil
}

func (s *Server) changeDocument(what, sessionID, documentID string, apply func(*document)) error {
	return s.change(what+" document", sessionID, func(sess *session) error {
		for _, doc := range sess.documents {
			if doc.id == documentID {
				apply(doc)
				s.edited(sess, doc, s.clock.Now())
				return nil
			}
		}
		return fmt.Errorf("document %s: not found", documentID)
	})
}

// Link links the API user (email, internalID) of the first key to the Heidi
// account with the same address, as the link page does, making either if need
// be. It fails when the user or the account is linked to another; an expired
// link is renewed.
func (s *Server) Link(email, internalID string) error {
	return s.LinkAs(email, internalID, email)
}

// LinkAs is Link for someone who signs in to Heidi with another address than
// the one the integration has for them, as happens when a link is opened by
// the wrong person.
func (s *Server) LinkAs(email, internalID, accountEmail string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.TrimSpace(accountEmail) == "" {
		return fmt.Errorf("link api user %s: no account named", internalID)
	}
	return s.signIn(s.home.user(email, internalID), accountEmail, false)
}

// Unlink ends the link of the API user (email, internalID) of the first key.
func (s *Server) Unlink(email, internalID string) error {
	return s.changeLink("unlink", email, internalID, (*apiUser).untie)
}

// ExpireLink makes that link invalid: the access check answers is_linked true
// and is_valid false until the account is linked again.
func (s *Server) ExpireLink(email, internalID string) error {
	return s.changeLink("expire link of", email, internalID, func(u *apiUser) {
		u.link.expired, u.link.updated = true, s.clock.Now()
	})
}

func (s *Server) changeLink(what, email, internalID string, apply func(*apiUser)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.home.user(email, internalID)
	if u.link == nil {
		return fmt.Errorf("%s api user %s: not linked", what, internalID)
	}
	apply(u)
	return nil
}

// RevokeTokens ends every token at once; the next call with one answers 401.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.grants)
}

// RevokeKey makes an API key and its tokens stop working; RestoreKey undoes it.
func (s *Server) RevokeKey(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked[key] = true
}

// RestoreKey makes a revoked API key work again.
func (s *Server) RestoreKey(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.revoked, key)
}
