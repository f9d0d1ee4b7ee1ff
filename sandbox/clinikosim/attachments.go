package clinikosim

import (
	"net/http"
	"slices"
	"time"
)

// Attachments are files in a patient's chart (section 15 of the sheet). A
// client uploads a file to a bucket first and then makes the record, which is
// processed for a while: until then nobody knows the file's name, type and
// size.

// defaultProcessingTime is how long processing takes unless a switch says
// otherwise. The documents say only that it depends on size and queue.
const defaultProcessingTime = time.Second

func (s *Server) attachmentResource() *resource[*attachment] {
	textOf := func(value func(*attachment) string) func(*attachment) any {
		return func(a *attachment) any { return idOrNil(value(a)) }
	}
	return &resource[*attachment]{
		plural: "patient_attachments", table: func() *table[*attachment] { return s.books.attachments },
		columns: append(headColumns[*attachment](),
			archivedColumn[*attachment](),
			column[*attachment]{"content_type", text, textOf((*attachment).contentType)},
			column[*attachment]{"description", text, textOf(func(a *attachment) string { return a.description })},
			column[*attachment]{"filename", text, textOf((*attachment).name)},
			column[*attachment]{"patient_id", numeric, func(a *attachment) any { return idOrNil(a.patientID) }},
			column[*attachment]{"processed_at", datetime, func(a *attachment) any { return atOrNil(a.processedAt) }},
			column[*attachment]{"size", numeric, (*attachment).size},
			column[*attachment]{"user_id", numeric, func(a *attachment) any { return idOrNil(a.userID) }},
		),
		single: []string{"archived_at"},
		veils:  []veil[*attachment]{archiveVeil[*attachment]()},
		show:   s.showAttachment,
	}
}

// isProcessed reports whether name, type, size and content are known.
func (a *attachment) isProcessed() bool { return !a.processedAt.IsZero() }

// name is the file's name, "" until it is known.
func (a *attachment) name() string {
	switch {
	case !a.isProcessed():
		return ""
	case a.filename != "":
		return a.filename
	}
	return a.file.name
}

// contentType is the file's type, "" until it is known.
func (a *attachment) contentType() string {
	if !a.isProcessed() {
		return ""
	}
	return a.file.kind()
}

// size is the file's size in bytes as a column's value.
func (a *attachment) size() any {
	if !a.isProcessed() {
		return nil
	}
	return int64(len(a.file.data))
}

// showAttachment shows an upload or a full patient export: the two have the
// same fields, but nobody's key made an export, so it has no user.
func (s *Server) showAttachment(v view, a *attachment) map[string]any {
	shown := v.stamp(map[string]any{}, &a.record, "patient_attachments")
	v.archive(shown, &a.record, false)
	v.relate(shown, "patient", "patients", a.patientID)
	shown["description"] = v.blank(a.id, "description", a.description)
	shown["filename"] = orNull(a.name())
	shown["content_type"] = orNull(a.contentType())
	shown["content"] = nil
	if a.isProcessed() || v.sw.ContentEarly {
		link := []string{"patient_attachments", a.id, "content"}
		if v.sw.BareContentLink {
			link = link[:2]
		}
		shown["content"] = v.to(link...)
	}
	v.relate(shown, "user", "users", a.userID)
	shown["size"] = a.size()
	shown["processing_completed"] = a.isProcessed()
	shown["processed_at"] = v.at(a.processedAt)
	shown["pinned_at"] = nil
	return shown
}

// listsAttachment says which attachments the caller sees in lists.
func (c *call) listsAttachment(a *attachment) bool {
	return c.caughtUp(&a.record) && !(a.isExport && c.sw.ExportsUnlisted)
}

// listAttachmentsOfPatient answers the deprecated /patients/{id}/patient_attachments.
func listAttachmentsOfPatient(c *call) *reply {
	id := c.r.PathValue("patient")
	if p, known := c.books.patients.get(id); !known || p.isArchived() {
		return c.notFound()
	}
	return list(c, c.res.attachments, func(a *attachment) bool {
		return a.patientID == id && c.listsAttachment(a)
	}, "patient_id")
}

// archiveAttachment answers POST …/archive and DELETE.
func archiveAttachment(c *call) *reply {
	a, refusal := c.attachmentToChange()
	if refusal != nil {
		return refusal
	}
	a.archive(c.now, c.sw.QuietStamps)
	a.edited(c.now, c.user.id, "archive", "API")
	return noContent()
}

// getContent answers …/content with the way to the file, which is at the bucket
// for a few minutes, or by switch with the file.
func getContent(c *call) *reply {
	a, refusal := fetch(c, c.res.attachments)
	if refusal != nil {
		return refusal
	}
	if !a.isProcessed() {
		return c.notFound()
	}
	if c.sw.ContentDirect {
		rep := ok(a.file)
		rep.id = a.id
		return rep
	}
	now := c.clock.Now()
	address := c.bucketBase(c.r) + "/" + c.files.signedPath(a.file.key, now, c.sw.linkLife())
	return &reply{status: http.StatusFound, id: a.id, header: http.Header{"Location": {address}}}
}

// process ends the processing of every attachment that is due by now: the file
// moves from its temporary place to the attachment's own. The server calls it
// ahead of whatever could see the difference.
func (s *Server) process() {
	now := s.clock.Now()
	s.mu.RLock()
	waiting := slices.ContainsFunc(s.books.unprocessed, func(a *attachment) bool { return s.isDueLocked(a, now) })
	s.mu.RUnlock()
	if !waiting {
		return // as nearly always: reads need not wait for each other
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.books.unprocessed = slices.DeleteFunc(s.books.unprocessed, func(a *attachment) bool {
		if !s.isDueLocked(a, now) {
			return false
		}
		s.finishLocked(a)
		return true
	})
}

func (s *Server) isDueLocked(a *attachment, now time.Time) bool {
	return !s.switches.NeverProcessed && !a.begun.Add(s.switches.processingTime()).After(now)
}

// finishLocked stores what processing finds out.
func (s *Server) finishLocked(a *attachment) {
	done := a.begun.Add(s.switches.processingTime()).UTC().Truncate(time.Second)
	a.processedAt = done
	if done.After(a.updatedAt) && !s.switches.QuietProcessing {
		a.updatedAt = done
	}
	a.file = s.files.settle(a.file, s.files.ownPlace(a))
}

// processingTime is how long processing takes.
func (sw *Switches) processingTime() time.Duration {
	if sw.ProcessingTime == 0 {
		return defaultProcessingTime
	}
	return time.Duration(sw.ProcessingTime)
}

// edited adds to the attachment's history.
func (a *attachment) edited(at time.Time, userID, what, where string) {
	a.edits = append(slices.Clip(a.edits), Edit{At: at.UTC().Truncate(time.Second), UserID: userID, What: what, Through: where})
}
