package clinikosim

import (
	"errors"
	"fmt"
	"time"
)

// What a person does in Cliniko's own pages. Tests and the control interface
// act through these; each has its effect at once and obeys the pages' own
// rules, not the API's: nothing is rate-limited and no key is needed. The
// person is the practitioner that the record belongs to.

// errFinal and errArchived refuse what the pages do not offer.
var (
	errFinal    = errors.New("the note is final")
	errArchived = errors.New("the note is archived")
)

// OpenNote opens the treatment note of an appointment, which makes a draft at
// once: with patient, practitioner, booking, attendee, template, title and the
// template's default answers filled in (14.4). AttendeeID says which patient of
// a group; it may be empty for an individual appointment.
func (s *Server) OpenNote(bookingID, attendeeID string) (noteID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, known := s.books.bookings.get(bookingID)
	if !known || b.kind == block {
		return "", fmt.Errorf("open note: no appointment %q", bookingID)
	}
	if attendeeID == "" && b.kind == individual {
		attendeeID = s.attendeeOfLocked(b.id, b.patientID)
	}
	t, known := s.books.attendees.get(attendeeID)
	if !known || t.bookingID != bookingID {
		return "", fmt.Errorf("open note: appointment %s has no attendee %q", bookingID, attendeeID)
	}
	n := &note{
		patientID: t.patientID, practitionerID: b.practitionerID, bookingID: b.id, attendeeID: t.id,
		title: "Treatment note", draft: true, byUI: true,
	}
	if kind, known := s.books.types.get(b.typeID); known {
		if base, known := s.books.templates.get(kind.templateID); known {
			n.templateID, n.title, n.content = base.id, base.name, base.content.clone()
		}
	}
	return s.keepNoteLocked(n), nil
}

// keepNoteLocked stores a note that a person began.
func (s *Server) keepNoteLocked(n *note) string {
	now := s.clock.Now()
	n.record = s.newRecordLocked("", now)
	n.byUI = true
	author, _ := s.books.practitioners.get(n.practitionerID)
	n.edited(now, author, "create", "UI")
	s.addNoteLocked(n)
	return n.id
}

// AddNote writes a draft for a patient without an appointment, one paragraph
// for each line.
func (s *Server) AddNote(patientID, practitionerID, title string, paragraphs []string) (noteID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.books.patients.get(patientID); !known {
		return "", fmt.Errorf("add note: no patient %q", patientID)
	}
	if _, known := s.books.practitioners.get(practitionerID); !known {
		return "", fmt.Errorf("add note: no practitioner %q", practitionerID)
	}
	return s.keepNoteLocked(&note{
		patientID: patientID, practitionerID: practitionerID, title: title, draft: true, content: typedContent(paragraphs),
	}), nil
}

// EditNote puts paragraphs in place of the first paragraph answer of a draft,
// as an editor does when it saves.
func (s *Server) EditNote(noteID string, paragraphs []string) error {
	return s.editNote("edit note", noteID, func(n *note) error {
		n.content = n.content.clone()
		if q := n.content.firstParagraph(); q != nil {
			q.Answer = paragraphsHTML(paragraphs)
			return nil
		}
		typed := typedContent(paragraphs)
		if n.content != nil {
			typed.Sections = append(n.content.Sections, typed.Sections...)
		}
		n.content = typed
		return nil
	})
}

// ReplaceNoteContent saves over a draft with the content of an editor that was
// open all along; contentJSON is a content object as the API shows it.
func (s *Server) ReplaceNoteContent(noteID, contentJSON string) error {
	return s.editNote("replace note content", noteID, func(n *note) error {
		parsed, problem := parseContent(jsonText(contentJSON), s.switches.contentRules(false))
		if problem != "" {
			return fmt.Errorf("content: %s", problem)
		}
		n.content = parsed
		return nil
	})
}

// MoveNote gives a draft to another patient, without its appointment.
func (s *Server) MoveNote(noteID, patientID string) error {
	return s.editNote("move note", noteID, func(n *note) error {
		if _, known := s.books.patients.get(patientID); !known {
			return fmt.Errorf("no patient %q", patientID)
		}
		s.moveNoteLocked(n, "")
		n.patientID, n.attendeeID = patientID, ""
		return nil
	})
}

// FinaliseNote makes a draft final; nobody can change it from then on.
func (s *Server) FinaliseNote(noteID string) error {
	return s.editNote("finalise note", noteID, func(n *note) error {
		n.draft, n.finalizedAt = false, s.clock.Now().Truncate(time.Second)
		return nil
	})
}

// editNote changes a live draft under the lock and writes its history.
func (s *Server) editNote(what, noteID string, change func(*note) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, known := s.books.notes.get(noteID)
	switch {
	case !known:
		return fmt.Errorf("%s: no note %q", what, noteID)
	case n.isArchived():
		return fmt.Errorf("%s %s: %w", what, noteID, errArchived)
	case !n.draft:
		return fmt.Errorf("%s %s: %w", what, noteID, errFinal)
	}
	if err := change(n); err != nil {
		return fmt.Errorf("%s %s: %w", what, noteID, err)
	}
	s.savedLocked(n, what)
	return nil
}

func (s *Server) savedLocked(n *note, what string) {
	author, _ := s.books.practitioners.get(n.practitionerID)
	now := s.clock.Now()
	n.touch(now)
	n.edited(now, author, what, "UI")
}

// ArchiveNote archives a note, draft or final.
func (s *Server) ArchiveNote(noteID string) error {
	return s.shelveNote("archive note", noteID, true)
}

// UnarchiveNote brings an archived note back.
func (s *Server) UnarchiveNote(noteID string) error {
	return s.shelveNote("unarchive note", noteID, false)
}

func (s *Server) shelveNote(what, noteID string, away bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, known := s.books.notes.get(noteID)
	if !known {
		return fmt.Errorf("%s: no note %q", what, noteID)
	}
	now := s.clock.Now()
	if away {
		n.archive(now, s.switches.QuietStamps)
	} else {
		n.unarchive(now, s.switches.QuietStamps)
	}
	author, _ := s.books.practitioners.get(n.practitionerID)
	n.edited(now, author, what, "UI")
	return nil
}

// RevokeKey makes a key useless at once; RestoreKey undoes it.
func (s *Server) RevokeKey(key string) error { return s.setRevoked(key, true) }

// RestoreKey makes a revoked key good again.
func (s *Server) RestoreKey(key string) error { return s.setRevoked(key, false) }

func (s *Server) setRevoked(key string, revoked bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := keyBody(key)
	k, known := s.books.keys[body]
	if !known {
		return errors.New("revoke or restore key: no such key") // a key is never repeated in an error
	}
	k.revoked = revoked
	return nil
}

// AddKey gives a user one more key, which must begin with SANDBOX.
func (s *Server) AddKey(userID, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, known := s.books.users.get(userID)
	if !known {
		return fmt.Errorf("add key: no user %q", userID)
	}
	if !s.addKeyLocked(u, key) {
		return fmt.Errorf("add key for user %s: it must begin with %s, fit shard %s, and be new", userID, keyPrefix, s.shard)
	}
	return nil
}

// SetPractitionerActive puts a practitioner profile out of use, or back: the
// same key then may or may not write notes.
func (s *Server) SetPractitionerActive(practitionerID string, active bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.books.practitioners.get(practitionerID)
	if !known {
		return fmt.Errorf("set practitioner active: no practitioner %q", practitionerID)
	}
	p.active = active
	p.touch(s.clock.Now())
	return nil
}
