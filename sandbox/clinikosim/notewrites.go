package clinikosim

import "strings"

// noteFields are the fields that a note's body may have (Appendix A.2). Author
// and practitioner are not among them: they come from the key.
var noteFields = []string{
	"patient_id", "booking_id", "attendee_id", "treatment_note_template_id", "title", "draft", "content",
}

// createNote answers POST /treatment_notes. There is no idempotency: the same
// request twice makes two notes.
func createNote(c *call) *reply {
	if !c.user.mayWriteNotes() {
		return c.forbidden()
	}
	if isPlainString(c.body["content"]) && !c.sw.PlainContent422 {
		return broken()
	}
	c.warnUnknown(noteFields...)
	wrong := problems{}
	n := &note{practitionerID: c.user.practitioner.id, draft: true, byAPI: true}
	if refusal := c.readRelations(n, wrong, true); refusal != nil {
		return refusal
	}
	c.readTitle(n, wrong, true)
	c.readDraft(n, wrong, true)
	c.readContent(n, wrong)
	if n.content == nil && c.sw.ContentFromTemplate {
		if t, known := c.books.templates.get(n.templateID); known {
			n.content = t.content.clone()
		}
	}
	if len(wrong) > 0 {
		return c.invalid(wrong)
	}
	n.record = c.newRecordLocked("", c.now)
	if !n.draft {
		n.finalizedAt = c.now
	}
	n.edited(c.now, c.user.practitioner, "create", "API")
	c.addNoteLocked(n)
	return c.created(c.showNote(c.view, n), &n.record, "treatment_notes")
}

// updateNote answers PATCH. Only the fields that are sent change, but content
// is replaced whole. A final note is read-only, even to its author.
func updateNote(c *call) *reply {
	if !c.user.mayWriteNotes() {
		return c.forbidden()
	}
	n, refusal := fetch(c, c.res.notes)
	if refusal != nil {
		return refusal
	}
	mayEdit := c.isAuthor(n) || (c.sw.AdminEditsDrafts && c.user.role == roleAdministrator)
	if !mayEdit || !n.draft {
		return c.forbidden()
	}
	if isPlainString(c.body["content"]) && !c.sw.PlainContent422 {
		return broken()
	}
	c.warnUnknown(noteFields...)
	wrong := problems{}
	changed := *n
	if refusal := c.readRelations(&changed, wrong, false); refusal != nil {
		return refusal
	}
	c.readTitle(&changed, wrong, false)
	c.readDraft(&changed, wrong, false)
	c.readContent(&changed, wrong)
	if len(wrong) > 0 {
		return c.invalid(wrong)
	}
	bookingID := changed.bookingID
	changed.bookingID = n.bookingID
	*n = changed
	c.moveNoteLocked(n, bookingID)
	if !n.draft {
		n.finalizedAt = c.now
	}
	n.touch(c.now)
	n.edited(c.now, c.user.practitioner, "edit", "API")
	return c.shown(c.showNote(c.view, n), &n.record)
}

// readTitle reads the title; without one a new note is refused or, by switch,
// named after its template.
func (c *call) readTitle(n *note, wrong problems, isNew bool) {
	value, given := c.body["title"]
	if !given && !isNew {
		return
	}
	title, isText := value.(string)
	if given && value != nil && !isText {
		wrong.add("title", notValid)
		return
	}
	title = newSanitiser(c.sw).line(title, c.sw.StripPlainText)
	if t, known := c.books.templates.get(n.templateID); title == "" && known && c.sw.TitleFromTemplate {
		title = t.name
	}
	if strings.TrimSpace(title) == "" {
		wrong.add("title", isBlank)
	}
	n.title = title
}

// readDraft reads draft. The schema calls it optional; the server was seen to
// refuse a note without it.
func (c *call) readDraft(n *note, wrong problems, isNew bool) {
	value, given := c.body["draft"]
	if !given && !isNew {
		return
	}
	draft, isBool := value.(bool)
	switch {
	case isBool:
		n.draft = draft
	case value == nil && c.sw.DraftOptional:
		n.draft = true
	default:
		wrong.add("draft", notInList)
	}
}

// readContent reads, checks and cleans the content.
func (c *call) readContent(n *note, wrong problems) {
	value, given := c.body["content"]
	if !given {
		return
	}
	parsed, problem := parseContent(value, c.sw.contentRules(false))
	if problem != "" {
		wrong.add("content", problem)
		return
	}
	n.content = parsed
}

// readRelations reads the ids and checks that they fit together. Only an id
// that names nothing, with the switch for it, refuses at once.
func (c *call) readRelations(n *note, wrong problems, isNew bool) *reply {
	if !isNew && c.sw.FixedRelations {
		return nil
	}
	missing := false
	patientID, given := c.idField("patient_id")
	switch {
	case given:
		n.patientID = patientID
		missing = !c.checkPatient(n, wrong)
	case isNew:
		wrong.add("patient", isBlank) // the key names the relation, not the parameter
	}
	if id, given := c.idField("treatment_note_template_id"); given {
		n.templateID = id
		if t, known := c.books.templates.get(id); !known || (t.isArchived() && !c.sw.ArchivedTemplateNote) {
			wrong.add("treatment_note_template", mustExist)
			missing = true
		}
	}
	if c.readVisit(n, wrong) {
		missing = true
	}
	if !isNew && !c.sw.AnyBooking {
		c.checkKeptVisit(n, wrong)
	}
	if missing && c.sw.UnknownRelation404 {
		return c.notFound()
	}
	return nil
}

// checkPatient reports whether the note's patient exists; an archived one is
// refused but by switch.
func (c *call) checkPatient(n *note, wrong problems) bool {
	p, known := c.books.patients.get(n.patientID)
	switch {
	case !known:
		wrong.add("patient", mustExist)
	case p.isArchived() && !c.sw.ArchivedPatientNote:
		wrong.add("patient", isArchived)
	}
	return known
}

// readVisit reads booking and attendee and reports whether one names nothing.
func (c *call) readVisit(n *note, wrong problems) (missing bool) {
	attendeeID, withAttendee := c.idField("attendee_id")
	bookingID, withBooking := c.idField("booking_id")
	if withAttendee {
		n.attendeeID = attendeeID
		t, known := c.books.attendees.get(attendeeID)
		switch {
		case !known || t.isArchived():
			wrong.add("attendee", mustExist)
			missing = true
		case t.patientID != n.patientID && !c.sw.AnyBooking:
			wrong.add("attendee", notValid)
		case withBooking && t.bookingID != bookingID && !c.sw.AnyBooking:
			wrong.add("attendee", notValid)
		case !withBooking && c.sw.FillLinks:
			n.bookingID = t.bookingID
		}
	}
	if withBooking {
		n.bookingID = bookingID
		missing = !c.checkBooking(n, wrong) || missing
		if !withAttendee && c.sw.FillLinks {
			n.attendeeID = c.attendeeOfLocked(bookingID, n.patientID)
		}
	}
	return missing
}

// checkBooking reports whether the note's booking exists, and checks that it is
// an appointment of the note's patient.
func (c *call) checkBooking(n *note, wrong problems) bool {
	b, known := c.books.bookings.get(n.bookingID)
	switch {
	case !known || b.isArchived() || b.kind == block:
		wrong.add("booking", mustExist)
		return false
	case !b.cancelledAt.IsZero() && c.sw.NoCancelledBooking:
		wrong.add("booking", notValid)
	case c.attendeeOfLocked(b.id, n.patientID) == "" && !c.sw.AnyBooking:
		wrong.add("booking", notValid)
	}
	return true
}

// checkKeptVisit checks what a PATCH leaves in place against what it sends: a
// note that gets another patient must not keep a booking the patient never had,
// nor an attendee of another booking.
func (c *call) checkKeptVisit(n *note, wrong problems) {
	_, newPatient := c.idField("patient_id")
	_, newBooking := c.idField("booking_id")
	_, newAttendee := c.idField("attendee_id")
	if newPatient && !newBooking && n.bookingID != "" && c.attendeeOfLocked(n.bookingID, n.patientID) == "" {
		wrong.add("booking", notValid)
	}
	t, known := c.books.attendees.get(n.attendeeID)
	if !known {
		return
	}
	otherBooking := n.bookingID != "" && t.bookingID != n.bookingID
	if (newPatient && t.patientID != n.patientID) || ((newBooking || newAttendee) && otherBooking) {
		wrong.add("attendee", notValid)
	}
}
