package clinic

import (
	"fmt"
	"strings"
	"time"

	"carryover/sandbox"
)

// timeZone and shard place every generated clinic in Hobart, on Cliniko's
// third Australian shard.
const (
	timeZone = "Australia/Hobart"
	shard    = "au3"
)

// Businesses of the practice, in the order in which practitioners sit there.
func newBusinesses(d *dice) []sandbox.Business {
	return []sandbox.Business{
		{ID: d.clinikoID(), Name: "SANDBOX Physiotherapy, Battery Pointless"},
		{ID: d.clinikoID(), Name: "SANDBOX Physiotherapy, Kingstown Mock"},
	}
}

// newStaff returns four practitioners, each with a Cliniko key of their own
// and a linked Heidi account, and the front desk, whose key has no
// practitioner profile and so can neither write nor read treatment notes.
func newStaff(d *dice) []sandbox.Practitioner {
	people := []struct{ title, first, last, role string }{
		{"Ms", "Marigold", "Tanglewood", "practitioner"},
		{"Mr", "Crispin", "Bellbird", "practitioner"},
		{"Dr", "Odette", "Farthingale", "administrator"},
		{"Mr", "Ferdinand", "Wallabrook", "practitioner"},
		{"", "Primrose", "Frontdesk", "receptionist"},
	}
	staff := make([]sandbox.Practitioner, len(people))
	for i, p := range people {
		staff[i] = sandbox.Practitioner{
			UserID: d.clinikoID(), Key: "SANDBOX" + d.secret(26) + "-" + shard,
			Role: p.role, Title: p.title, FirstName: p.first, LastName: p.last,
			Email: fmt.Sprintf("%s.%s@example.com", strings.ToLower(p.first), strings.ToLower(p.last)),
		}
		if p.role == "receptionist" {
			continue
		}
		staff[i].ID = d.clinikoID()
		staff[i].InternalID = fmt.Sprintf("clinician-%s-%d", strings.ToLower(p.last), d.between(1000, 9999))
		staff[i].Linked = true
	}
	return staff
}

// assessmentForm is the name of the note template that the practice's
// assessments answer.
const assessmentForm = "Physiotherapy assessment"

// newNoteTemplates returns Cliniko's templates for treatment notes: default
// answers, a check box, two questions of one name, an archived one, and one that
// asks what the practice's assessments say, in another order and partly in other
// words.
func newNoteTemplates(d *dice, day time.Time) []sandbox.NoteTemplate {
	const standard = `{"sections":[{"name":"Visit","questions":[` +
		`{"name":"Subjective","type":"paragraph","answer":"<p>Since last visit: </p>"},` +
		`{"name":"Objective","type":"paragraph"},{"name":"Plan","type":"paragraph","answer":"<p>Review in </p>"}]},` +
		`{"name":"Consent","questions":[{"name":"Consent to treatment","type":"checkboxes","answers":[{"value":"Verbal"},{"value":"Written"}]}]}]}`
	const initial = `{"sections":[{"name":"History","questions":[{"name":"Comment","type":"paragraph"},{"name":"Onset","type":"date"}]},` +
		`{"name":"Examination","questions":[{"name":"Comment","type":"paragraph"},` +
		`{"name":"Side","type":"radiobuttons","answers":[{"value":"Left"},{"value":"Right"},{"value":"Both"}]}]}]}`
	const assessment = `{"sections":[{"name":"Consent","questions":[{"name":"Consent","type":"paragraph"}]},` +
		`{"name":"Subjective examination","questions":[{"name":"Subjective","type":"paragraph","answer":"<p>Presents with </p>"},` +
		`{"name":"Current medication","type":"paragraph"},{"name":"Special questions","type":"paragraph"}]},` +
		`{"name":"Objective examination","questions":[{"name":"Objective findings","type":"paragraph"}]},` +
		`{"name":"Reasoning","questions":[{"name":"Clinical impression","type":"paragraph"},{"name":"Management plan","type":"paragraph"},` +
		`{"name":"Urgency","type":"radiobuttons","answers":[{"value":"Routine"},{"value":"Urgent"}]}]}]}`
	return []sandbox.NoteTemplate{
		{ID: d.clinikoID(), Name: "Standard consultation", Content: standard},
		{ID: d.clinikoID(), Name: "Initial consultation", Content: initial},
		{ID: d.clinikoID(), Name: "Old standard", Content: standard, ArchivedAt: day.AddDate(0, -6, 0).UTC()},
		{ID: d.clinikoID(), Name: assessmentForm, Content: assessment},
	}
}

// kinds are the sorts of document a practice makes from its own templates in
// Heidi, with the name each document gets.
var kinds = []string{
	"Assessment", "Progress report", "GP letter", "WorkCover certificate",
	"Consent form", "Screening form", "Exercise programme", "NDIS report",
}

// newTemplates returns Heidi's document templates, one a kind and some for the
// note itself.
func newTemplates(d *dice) []sandbox.Template {
	templates := []sandbox.Template{{ID: d.hexID(), Name: "Physio SOAP", Category: "CONSULT_NOTE_TEMPLATE"}}
	for _, kind := range kinds {
		templates = append(templates, sandbox.Template{ID: d.hexID(), Name: kind, Category: "DOCUMENT_TEMPLATE"})
	}
	return templates
}
