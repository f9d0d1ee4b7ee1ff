package clinikosim

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"carryover/sandbox"
)

// emailPattern is the API's own, read case-insensitively.
var emailPattern = regexp.MustCompile("(?i)^[A-Z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Z0-9.-]+\\.[A-Z]{2,63}$")

// textLimit is the length of most of the API's short texts, in characters.
const textLimit = 255

// createPatient answers POST /patients. Only the fields that the sandbox keeps
// are read; the rest is logged by name and ignored.
func createPatient(c *call) *reply {
	p := problems{}
	entry := sandbox.Patient{}
	c.readPatient(&entry, p)
	needNames(&entry, p)
	if len(p) > 0 {
		return c.invalid(p)
	}
	stored := c.newPatientLocked(entry, c.now)
	c.books.patients.add(stored)
	return c.created(c.showPatient(c.view, stored), &stored.record, "patients")
}

// created answers 201 with the record and where it is.
func (c *call) created(body map[string]any, r *record, plural string) *reply {
	return &reply{status: http.StatusCreated, body: body, id: r.id, location: "/" + plural + "/" + r.id}
}

// updatePatient answers PATCH: fields that are not sent stay.
func updatePatient(c *call) *reply {
	stored, refusal := fetch(c, c.res.patients)
	if refusal != nil {
		return refusal
	}
	p := problems{}
	changed := stored.Patient
	c.readPatient(&changed, p)
	needNames(&changed, p)
	if len(p) > 0 {
		return c.invalid(p)
	}
	stored.Patient = changed
	stored.touch(c.now)
	return c.shown(c.showPatient(c.view, stored), &stored.record)
}

// needNames refuses a patient without first or last name.
func needNames(p *sandbox.Patient, wrong problems) {
	if strings.TrimSpace(p.FirstName) == "" {
		wrong.add("first_name", isBlank)
	}
	if strings.TrimSpace(p.LastName) == "" {
		wrong.add("last_name", isBlank)
	}
}

// readPatient copies the body's fields into p and collects what is wrong.
func (c *call) readPatient(p *sandbox.Patient, wrong problems) {
	fields := map[string]*string{
		"first_name": &p.FirstName, "last_name": &p.LastName, "preferred_first_name": &p.PreferredName,
		"date_of_birth": &p.BirthDate, "sex": &p.Sex, "email": &p.Email,
	}
	known := []string{"patient_phone_numbers"}
	for name, into := range fields {
		known = append(known, name)
		value, given := c.body[name]
		if !given {
			continue
		}
		text, isText := value.(string)
		switch {
		case value == nil && (name == "first_name" || name == "last_name"):
			wrong.add(name, isBlank)
		case value != nil && !isText:
			wrong.add(name, notValid)
		case utf8.RuneCountInString(text) > textLimit:
			wrong.add(name, isTooLong)
		default:
			*into = text
		}
	}
	if _, err := time.Parse(time.DateOnly, p.BirthDate); p.BirthDate != "" && err != nil {
		wrong.add("date_of_birth", notValid)
	}
	if p.Email != "" && !emailPattern.MatchString(p.Email) {
		wrong.add("email", notValid)
	}
	c.readPhone(p, wrong)
	c.warnUnknown(known...)
}

// readPhone keeps the first number; the sandbox knows one per patient.
func (c *call) readPhone(p *sandbox.Patient, wrong problems) {
	value, given := c.body["patient_phone_numbers"]
	if !given {
		return
	}
	numbers, isList := value.([]any)
	if !isList {
		wrong.add("patient_phone_numbers", notValid)
		return
	}
	p.Phone = ""
	for _, one := range numbers {
		entry, isObject := one.(map[string]any)
		if !isObject {
			wrong.add("patient_phone_numbers", notValid)
			return
		}
		switch number := entry["number"].(type) {
		case string:
			p.Phone = number
		case json.Number:
			p.Phone = number.String()
		}
		if p.Phone != "" {
			return
		}
	}
}

// archivePatient answers POST …/archive and DELETE.
func archivePatient(c *call) *reply {
	stored, refusal := fetch(c, c.res.patients)
	if refusal != nil {
		return refusal
	}
	stored.archive(c.now, c.sw.QuietStamps)
	stored.ArchivedAt = stored.archivedAt
	return noContent()
}

// unarchivePatient answers POST …/unarchive with the record. A merged record
// stays where it is.
func unarchivePatient(c *call) *reply {
	stored, known := c.books.patients.get(c.r.PathValue("id"))
	if !known || stored.MergedInto != "" {
		return c.notFound()
	}
	stored.unarchive(c.now, c.sw.QuietStamps)
	stored.ArchivedAt = time.Time{}
	return c.shown(c.showPatient(c.view, stored), &stored.record)
}
