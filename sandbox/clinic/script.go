package clinic

import (
	"maps"
	"slices"
	"sync"

	"carryover/sandbox"
)

// A script is the sessions as they were meant, with those that were added
// since: the truth's knowledge of whom each belongs to. It is safe for
// concurrent use.
type script struct {
	mu       sync.Mutex // guards sessions
	sessions map[string]sandbox.Session
}

func newScript(p *sandbox.Practice) *script {
	s := &script{sessions: make(map[string]sandbox.Session, len(p.Sessions))}
	for _, session := range p.Sessions {
		s.sessions[session.ID] = session
	}
	return s
}

// all returns the sessions by id. Their documents must only be read.
func (s *script) all() map[string]sandbox.Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.sessions)
}

// add puts a session in, or in the place of the one with its id.
func (s *script) add(session sandbox.Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[session.ID] = session
}

// addDocument adds a document to a session of the script, if it is of it.
func (s *script) addDocument(sessionID string, d sandbox.Document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, known := s.sessions[sessionID]
	if !known { // made through the API; nobody said whose it is
		return
	}
	session.Documents = append(slices.Clip(session.Documents), d)
	s.sessions[sessionID] = session
}

// expect changes what a document should end as.
func (s *script) expect(sessionID, documentID, expect, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, known := s.sessions[sessionID]
	if !known {
		return
	}
	session.Documents = slices.Clone(session.Documents) // the practice's own are only read
	for i := range session.Documents {
		if d := &session.Documents[i]; d.ID == documentID {
			d.Expect, d.Why = expect, why
		}
	}
	s.sessions[sessionID] = session
}

// removeDocument takes a document out of the script.
func (s *script) removeDocument(sessionID, documentID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, known := s.sessions[sessionID]
	if !known {
		return
	}
	session.Documents = slices.DeleteFunc(slices.Clone(session.Documents), func(d sandbox.Document) bool { return d.ID == documentID })
	s.sessions[sessionID] = session
}

// belongs changes whose a session is.
func (s *script) belongs(sessionID, patientID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, known := s.sessions[sessionID]
	if !known {
		return
	}
	session.Belongs = patientID
	s.sessions[sessionID] = session
}
