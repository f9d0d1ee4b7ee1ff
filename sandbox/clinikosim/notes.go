package clinikosim

import (
	"slices"
	"time"
)

func (s *Server) noteResource() *resource[*note] {
	return &resource[*note]{
		plural: "treatment_notes", table: func() *table[*note] { return s.books.notes },
		columns: append(headColumns[*note](),
			archivedColumn[*note](), deletedColumn[*note](s),
			column[*note]{"attendee_id", numeric, func(n *note) any { return idOrNil(n.attendeeID) }},
			column[*note]{"booking_id", numeric, func(n *note) any { return idOrNil(n.bookingID) }},
			column[*note]{"draft", boolean, func(n *note) any { return n.draft }},
			column[*note]{"patient_id", numeric, func(n *note) any { return idOrNil(n.patientID) }},
			column[*note]{"practitioner_id", numeric, func(n *note) any { return idOrNil(n.practitionerID) }},
			column[*note]{"treatment_note_template_id", numeric, func(n *note) any { return idOrNil(n.templateID) }},
		),
		single: []string{"archived_at", "deleted_at"},
		veils:  []veil[*note]{archiveVeil[*note]()},
		show:   s.showNote,
	}
}

func (s *Server) showNote(v view, n *note) map[string]any {
	shown := v.stamp(map[string]any{}, &n.record, "treatment_notes")
	v.archive(shown, &n.record, true)
	shown["title"] = n.title
	shown["draft"] = n.draft
	shown["content"] = nil
	if n.content != nil {
		shown["content"] = n.content
	}
	shown["finalized_at"] = v.at(n.finalizedAt)
	shown["pinned_at"] = nil
	shown["author_name"] = nil
	if author, known := s.books.practitioners.get(n.practitionerID); known {
		shown["author_name"] = author.name()
	}
	v.relate(shown, "patient", "patients", n.patientID)
	v.relate(shown, "practitioner", "practitioners", n.practitionerID)
	v.relate(shown, "booking", "bookings", n.bookingID)
	v.relate(shown, "attendee", "attendees", n.attendeeID)
	v.relate(shown, "treatment_note_template", "treatment_note_templates", n.templateID)
	return shown
}

// visible says which notes the caller sees in lists: those that are listed
// already and, by switch, only the own ones.
func (c *call) visible(n *note) bool {
	if c.sw.OwnNotesOnly && !c.isAuthor(n) {
		return false
	}
	return c.caughtUp(&n.record)
}

// caughtUp reports whether lists have caught up with a record's creation.
func (c *call) caughtUp(r *record) bool {
	lag := time.Duration(c.sw.ListLag)
	return lag == 0 || !r.createdAt.Add(lag).After(c.clock.Now())
}

// isAuthor reports whether the caller's key is the note's author's.
func (c *call) isAuthor(n *note) bool {
	return c.user.practitioner != nil && c.user.practitioner.id == n.practitionerID
}

// listNotes answers /treatment_notes.
func listNotes(c *call) *reply {
	if !c.user.mayReadNotes() {
		return c.forbidden()
	}
	return list(c, c.res.notes, c.visible)
}

// listNotesOfPatient answers /patients/{id}/treatment_notes, which takes the
// same filters but the one that the path gives.
func listNotesOfPatient(c *call) *reply {
	if !c.user.mayReadNotes() {
		return c.forbidden()
	}
	id := c.r.PathValue("patient")
	if p, known := c.books.patients.get(id); !known || p.isArchived() {
		return c.notFound()
	}
	return list(c, c.res.notes, func(n *note) bool { return n.patientID == id && c.visible(n) }, "patient_id")
}

// getNote answers GET by id.
func getNote(c *call) *reply {
	if !c.user.mayReadNotes() {
		return c.forbidden()
	}
	n, refusal := fetch(c, c.res.notes)
	if refusal != nil {
		return refusal
	}
	if c.sw.OwnNotesOnly && !c.isAuthor(n) {
		return c.forbidden()
	}
	return c.shown(c.showNote(c.view, n), &n.record)
}

// archiveNote answers POST …/archive and DELETE.
func archiveNote(c *call) *reply {
	n, refusal := c.noteToChange()
	if refusal != nil {
		return refusal
	}
	if !n.draft && c.sw.FinalStaysPut {
		return c.forbidden()
	}
	n.archive(c.now, c.sw.QuietStamps)
	n.edited(c.now, c.user.practitioner, "archive", "API")
	return noContent()
}

// unarchiveNote answers POST …/unarchive with the note.
func unarchiveNote(c *call) *reply {
	if !c.user.mayWriteNotes() {
		return c.forbidden()
	}
	n, known := c.books.notes.get(c.r.PathValue("id"))
	if !known {
		return c.notFound()
	}
	if !c.isAuthor(n) && !c.sw.ArchiveByAnyone {
		return c.forbidden()
	}
	n.unarchive(c.now, c.sw.QuietStamps)
	n.edited(c.now, c.user.practitioner, "unarchive", "API")
	return c.shown(c.showNote(c.view, n), &n.record)
}

// noteToChange finds the note that the path names for a caller who may archive
// it: its author, or others by switch.
func (c *call) noteToChange() (*note, *reply) {
	if !c.user.mayWriteNotes() {
		return nil, c.forbidden()
	}
	n, refusal := fetch(c, c.res.notes)
	if refusal != nil {
		return nil, refusal
	}
	if !c.isAuthor(n) && !c.sw.ArchiveByAnyone {
		return nil, c.forbidden()
	}
	return n, nil
}

// edited adds to the note's history.
func (n *note) edited(at time.Time, by *practitioner, what, where string) {
	e := Edit{At: at.UTC().Truncate(time.Second), What: what, Through: where}
	if by != nil {
		e.PractitionerID = by.id
	}
	n.edits = append(slices.Clip(n.edits), e)
}
