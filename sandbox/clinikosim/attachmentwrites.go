package clinikosim

import (
	"net/url"
	"slices"
	"strings"
)

// attachmentFields are the fields that an attachment's body may have (Appendix
// A.2). The user is not among them: it comes from the key.
var attachmentFields = []string{"patient_id", "upload_url", "description", "filename"}

// createAttachment answers POST /patient_attachments. There is no idempotency
// beyond this: an upload whose temporary place is empty makes no attachment.
func createAttachment(c *call) *reply {
	if c.sw.PractitionerFiles && !c.user.mayWriteNotes() {
		return c.forbidden()
	}
	c.warnUnknown(attachmentFields...)
	wrong := problems{}
	a := &attachment{userID: c.user.id, byAPI: true, begun: c.clock.Now()}
	if known := c.readAttachedPatient(a, wrong); !known && c.sw.UnknownRelation404 {
		return c.notFound()
	}
	c.readUpload(a, wrong)
	c.readDescription(a, wrong)
	c.readFilename(a, wrong)
	if len(wrong) > 0 {
		return c.invalid(wrong)
	}
	a.record = c.newRecordLocked("", c.now)
	a.edited(c.now, c.user.id, "create", "API")
	c.books.attachments.add(a)
	c.books.unprocessed = append(c.books.unprocessed, a)
	return c.created(c.showAttachment(c.view, a), &a.record, "patient_attachments")
}

// readAttachedPatient reads the patient; false says that the id names nobody.
func (c *call) readAttachedPatient(a *attachment, wrong problems) (known bool) {
	id, given := c.idField("patient_id")
	if !given {
		wrong.add("patient", isBlank)
		return true
	}
	a.patientID = id
	p, known := c.books.patients.get(id)
	switch {
	case !known:
		wrong.add("patient", mustExist)
	case p.isArchived() && !c.sw.ArchivedPatientFile:
		wrong.add("patient", isArchived)
	}
	return known
}

// readUpload finds the uploaded file that upload_url speaks of. It must have
// been uploaded for the same patient and not have become an attachment yet.
func (c *call) readUpload(a *attachment, wrong problems) {
	field := "upload_url"
	if c.sw.OldUploadKey {
		field = "temp_attachment_url"
	}
	address, _ := c.body["upload_url"].(string)
	if address == "" {
		wrong.add(field, isBlank)
		return
	}
	file := c.uploadAt(address)
	switch {
	case file == nil || file.name == "" || patientOfUpload(file.key) != a.patientID:
		wrong.add(field, notValid)
	case c.isConsumedLocked(file) && !c.sw.ReuseUploads:
		wrong.add(field, notValid)
	case c.sw.StorageLimit > 0 && c.storedLocked()+int64(len(file.data)) > c.sw.StorageLimit:
		wrong.add(field, "exceeds the storage of this account")
	}
	a.file = file
}

// uploadAt returns the file in its temporary place at an address, nil when there
// is none. The address is the presigned url and the key as the bucket told it,
// joined with exactly one slash; nothing is percent-encoded.
func (c *call) uploadAt(address string) *object {
	key, found := strings.CutPrefix(address, c.bucketBase(c.r)+"/")
	if !found {
		return nil
	}
	file := c.files.get(key)
	if file == nil && c.sw.AcceptLocation {
		if plain, err := url.PathUnescape(key); err == nil {
			file = c.files.get(plain)
		}
	}
	if file == nil || patientOfUpload(file.key) == "" {
		return nil
	}
	return file
}

// isConsumedLocked reports whether an attachment was made of the file already.
func (c *call) isConsumedLocked(file *object) bool {
	return slices.ContainsFunc(c.books.unprocessed, func(a *attachment) bool { return a.file.key == file.key })
}

// storedLocked is the size of all attachments together, in bytes.
func (c *call) storedLocked() int64 {
	sum := int64(0)
	for _, a := range c.books.attachments.rows {
		sum += int64(len(a.file.data))
	}
	return sum
}

// readDescription reads the description, which may be null.
func (c *call) readDescription(a *attachment, wrong problems) {
	value, given := c.body["description"]
	if !given {
		return
	}
	description, isText := value.(string)
	switch {
	case value != nil && !isText:
		wrong.add("description", notValid)
	case tooLong(description):
		wrong.add("description", isTooLong)
	}
	a.description = description
}

// readFilename reads the name that the attachment is to have.
func (c *call) readFilename(a *attachment, wrong problems) {
	value := c.body["filename"]
	name, isText := value.(string)
	if value != nil && !isText {
		wrong.add("filename", notValid)
	}
	if !c.sw.IgnoreFilename {
		a.filename = name
	}
}

// updateAttachment answers PATCH, which changes the description and nothing
// else: a file is never replaced.
func updateAttachment(c *call) *reply {
	a, refusal := c.attachmentToChange()
	if refusal != nil {
		return refusal
	}
	c.warnUnknown("description")
	wrong := problems{}
	changed := *a
	c.readDescription(&changed, wrong)
	if c.sw.FixedFile422 {
		for name := range c.body {
			if name != "description" {
				wrong.add(name, "can’t be changed")
			}
		}
	}
	if len(wrong) > 0 {
		return c.invalid(wrong)
	}
	*a = changed
	a.touch(c.now)
	a.edited(c.now, c.user.id, "describe", "API")
	return c.shown(c.showAttachment(c.view, a), &a.record)
}

// attachmentToChange finds the attachment that the path names for a caller who
// may change it.
func (c *call) attachmentToChange() (*attachment, *reply) {
	if c.sw.PractitionerFiles && !c.user.mayWriteNotes() {
		return nil, c.forbidden()
	}
	a, refusal := fetch(c, c.res.attachments)
	if refusal != nil {
		return nil, refusal
	}
	if c.sw.OwnFilesOnly && a.userID != c.user.id {
		return nil, c.forbidden()
	}
	return a, nil
}
