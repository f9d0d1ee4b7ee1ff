package clinikosim

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// What an administrator does with note templates in Cliniko's own pages. A
// client that read a template a moment ago then holds what is no longer so.

// EditTemplate changes a template's content; notes that began from it keep
// theirs. ContentJSON is a content object as the API shows it.
func (s *Server) EditTemplate(templateID, contentJSON string) error {
	return s.changeTemplate("edit template", templateID, func(t *template, now time.Time) error {
		parsed, problem := parseContent(jsonText(contentJSON), s.switches.contentRules(true))
		if problem != "" {
			return fmt.Errorf("content: %s", problem)
		}
		t.content = parsed
		t.touch(now)
		return nil
	})
}

// RenameTemplate gives a template another name.
func (s *Server) RenameTemplate(templateID, name string) error {
	return s.changeTemplate("rename template", templateID, func(t *template, now time.Time) error {
		if strings.TrimSpace(name) == "" || tooLong(name) {
			return errors.New("a name has 1 to 255 characters, not all of them spaces")
		}
		t.name = name
		t.touch(now)
		return nil
	})
}

// ArchiveTemplate puts a template out of use.
func (s *Server) ArchiveTemplate(templateID string) error {
	return s.changeTemplate("archive template", templateID, func(t *template, now time.Time) error {
		t.archive(now, s.switches.QuietStamps)
		return nil
	})
}

// UnarchiveTemplate brings an archived template back.
func (s *Server) UnarchiveTemplate(templateID string) error {
	return s.changeTemplate("unarchive template", templateID, func(t *template, now time.Time) error {
		t.unarchive(now, s.switches.QuietStamps)
		return nil
	})
}

// changeTemplate changes a template under the lock.
func (s *Server) changeTemplate(what, templateID string, change func(*template, time.Time) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, known := s.books.templates.get(templateID)
	if !known {
		return fmt.Errorf("%s: no template %q", what, templateID)
	}
	if err := change(t, s.clock.Now()); err != nil {
		return fmt.Errorf("%s %s: %w", what, templateID, err)
	}
	return nil
}
