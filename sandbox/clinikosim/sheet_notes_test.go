package clinikosim_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox/clinikosim"
)

// Section 14.2: the shape of a record with every relation; GET shows what POST
// answered.
func TestSheetNoteRecord(t *testing.T) {
	d := openDesk(t)
	got := d.say("POST", "/treatment_notes", noteFor(zoeID,
		"booking_id", soloVisit, "attendee_id", soloAttendee, "treatment_note_template_id", planTemplate)).is(201)
	for _, field := range []string{"id", "title", "draft", "finalized_at", "pinned_at", "archived_at", "deleted_at", "created_at", "updated_at", "author_name", "content", "patient", "practitioner", "booking", "attendee", "treatment_note_template", "links"} {
		if _, ok := got.obj[field]; !ok {
			t.Errorf("a note has no %s", field)
		}
	}
	for relation, want := range map[string]string{
		"patient": "/patients/" + zoeID, "practitioner": "/practitioners/" + piaSheet, "booking": "/bookings/" + soloVisit,
		"attendee": "/attendees/" + soloAttendee, "treatment_note_template": "/treatment_note_templates/" + planTemplate,
	} {
		if self(got.obj[relation]) != d.root+"/v1"+want {
			t.Errorf("%s = %s, want …%s", relation, self(got.obj[relation]), want)
		}
	}
	if got.obj["draft"] != true || !blank(got.obj["finalized_at"]) || !blank(got.obj["archived_at"]) || got.str("title") != "Sheet note" || got.answer() != "<p>Walks well.</p>" {
		t.Errorf("note = %s", got.raw)
	}
	if name := got.str("author_name"); !strings.Contains(name, "Pia") || !strings.Contains(name, "Pretendova") {
		t.Errorf("author_name = %q, want Pia Pretendova", name)
	}
	if again := d.get("/treatment_notes/" + got.id()).is(200); fmt.Sprint(again.obj["content"]) != fmt.Sprint(got.obj["content"]) || again.str("updated_at") != got.str("updated_at") {
		t.Errorf("GET = %s, POST = %s", again.raw, got.raw)
	}
}

// Section 14.3: the one whole request that was verified, final at once.
func TestSheetVerifiedNote(t *testing.T) {
	d := openDesk(t)
	got := d.say("POST", "/treatment_notes", `{"patient_id":"`+zoeID+`","title":"Done","draft":false,
		"content":{"sections":[{"name":"Visit","questions":[{"name":"Line","type":"text","answer":"one line"}]}]}}`).is(201)
	if got.obj["draft"] != false || blank(got.obj["finalized_at"]) || got.answer() != "one line" {
		t.Errorf("note = %s", got.raw)
	}
	d.say("PATCH", "/treatment_notes/"+got.id(), map[string]any{"title": "No"}).is(403)
}

// Section 14.2: 422 without patient, draft or title; null for content is fine.
func TestSheetNoteNeeds(t *testing.T) {
	d := openDesk(t)
	for field, key := range map[string]string{"patient_id": "patient", "draft": "draft", "title": "title"} {
		errors := d.say("POST", "/treatment_notes", noteFor(zoeID, field, nil)).errorsOf()
		if len(errors) != 1 || errors[key] == nil {
			t.Errorf("without %s: errors = %v, want one for %s", field, errors, key)
		}
		if s, _ := errors[key].(string); key == "draft" && s != "is not included in the list" || key == "title" && s != "can’t be blank" {
			t.Errorf("without %s: %q", field, s)
		}
	}
	d.say("POST", "/treatment_notes", noteFor(zoeID, "title", "")).is(422)
	for _, body := range []string{
		`{"patient_id":"` + zoeID + `","title":"No content","draft":true}`,
		`{"patient_id":"` + zoeID + `","title":"No content","draft":true,"content":null}`,
	} {
		if got := d.say("POST", "/treatment_notes", body).is(201); got.obj["content"] != nil {
			t.Errorf("content = %v, want null", got.obj["content"])
		}
	}
	if n := len(d.server.Notes()); n != 2 {
		t.Errorf("%d notes, want 2: a refused POST stores nothing", n)
	}
}

// Sections 14.2, 22: the unclear parts of creating, each under its switch.
func TestSheetNoteSwitches(t *testing.T) {
	withTemplate := func(more ...any) map[string]any {
		return noteFor(zoeID, append([]any{"treatment_note_template_id", planTemplate}, more...)...)
	}
	for _, c := range []struct {
		name     string
		set      func(*clinikosim.Switches)
		body     map[string]any
		off, on  int
		whenOpen func(heard) bool
	}{
		{"title from template", func(s *clinikosim.Switches) { s.TitleFromTemplate = true }, withTemplate("title", nil), 422, 201, func(h heard) bool { return h.str("title") == "Plan of care" }},
		{"title without template", func(s *clinikosim.Switches) { s.TitleFromTemplate = true }, noteFor(zoeID, "title", nil), 422, 422, nil},
		{"draft optional", func(s *clinikosim.Switches) { s.DraftOptional = true }, noteFor(zoeID, "draft", nil), 422, 201, func(h heard) bool { return h.obj["draft"] == true }},
		{"content from template", func(s *clinikosim.Switches) { s.ContentFromTemplate = true }, withTemplate("content", nil), 201, 201, func(h heard) bool { return h.answer() == "<p>Reports:</p>" }},
		{"own content with template", func(s *clinikosim.Switches) { s.ContentFromTemplate = true }, withTemplate(), 201, 201, func(h heard) bool { return h.answer() == "<p>Walks well.</p>" }},
		{"plain string", func(s *clinikosim.Switches) { s.PlainContent422 = true }, noteFor(zoeID, "content", "Walks well."), 500, 422, nil},
		{"unknown patient", func(s *clinikosim.Switches) { s.UnknownRelation404 = true }, noteFor("1234567890123456789"), 422, 404, nil},
		{"unknown booking", func(s *clinikosim.Switches) { s.UnknownRelation404 = true }, noteFor(zoeID, "booking_id", "1234567890123456789"), 422, 404, nil},
		{"archived patient", func(s *clinikosim.Switches) { s.ArchivedPatientNote = true }, noteFor(oldPatient), 422, 201, nil},
		{"booking of another", func(s *clinikosim.Switches) { s.AnyBooking = true }, noteFor(zacID, "booking_id", soloVisit), 422, 201, nil},
		{"group without the patient", func(s *clinikosim.Switches) { s.AnyBooking = true }, noteFor(zacID, "booking_id", classVisit), 422, 201, nil},
		{"cancelled booking", func(s *clinikosim.Switches) { s.NoCancelledBooking = true }, noteFor(zacID, "booking_id", goneVisit), 201, 422, nil},
		{"attendee alone", func(s *clinikosim.Switches) { s.FillLinks = true }, noteFor(noraID, "attendee_id", classNora), 201, 201, func(h heard) bool { return tail(h.obj["booking"]) == classVisit }},
		{"booking alone", func(s *clinikosim.Switches) { s.FillLinks = true }, noteFor(zoeID, "booking_id", soloVisit), 201, 201, func(h heard) bool { return tail(h.obj["attendee"]) == soloAttendee }},
		{"group booking", func(s *clinikosim.Switches) { s.FillLinks = true }, noteFor(zoeID, "booking_id", classVisit), 201, 201, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			openDeskFor(t).say("POST", "/treatment_notes", c.body).is(c.off)
			got := switched(t, c.set).say("POST", "/treatment_notes", c.body).is(c.on)
			if c.whenOpen != nil && !c.whenOpen(got) {
				t.Errorf("with the switch: %s", got.raw)
			}
		})
	}
	closed := openDesk(t)
	if got := closed.say("POST", "/treatment_notes", withTemplate("content", nil)).is(201); got.obj["content"] != nil {
		t.Errorf("content without ContentFromTemplate = %v, want null", got.obj["content"])
	}
	if got := closed.say("POST", "/treatment_notes", noteFor(noraID, "attendee_id", classNora)).is(201); got.obj["booking"] != nil {
		t.Errorf("booking without FillLinks = %v, want none", got.obj["booking"])
	}
}

// openDeskFor is openDesk with no options, for tables.
func openDeskFor(t *testing.T) desk { t.Helper(); return openDesk(t) }

// Section 9 and 14.3: the author comes from the key, whatever the request says.
func TestSheetAuthorship(t *testing.T) {
	d := openDesk(t)
	got := d.say("POST", "/treatment_notes", noteFor(zoeID, "practitioner_id", paulSheet, "author_name", "Nobody", "finalized_at", "2020-01-01T00:00:00Z", "pinned_at", "2020-01-01T00:00:00Z", "created_at", "2020-01-01T00:00:00Z")).is(201)
	if tail(got.obj["practitioner"]) != piaSheet || got.str("author_name") == "Nobody" || !blank(got.obj["finalized_at"]) || !blank(got.obj["pinned_at"]) || strings.HasPrefix(got.str("created_at"), "2020") {
		t.Errorf("read-only fields were written: %s", got.raw)
	}
	for key, practitioner := range map[string]string{paulKey: paulSheet, adaKey: adaSheet} {
		if got := d.sits(key).say("POST", "/treatment_notes", noteFor(zoeID)).is(201); tail(got.obj["practitioner"]) != practitioner {
			t.Errorf("author = %s, want %s", tail(got.obj["practitioner"]), practitioner)
		}
	}
}

// Sections 5, 9, 14.3: no practitioner profile, no note: 403 with an empty body.
func TestSheetNotesNeedAPractitioner(t *testing.T) {
	d := openDesk(t)
	id := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	for _, key := range []string{rheaKey, oscarKey, idaKey} {
		if got := d.sits(key).say("POST", "/treatment_notes", noteFor(zoeID)).is(403); got.raw != "" {
			t.Errorf("403 has a body %q", got.raw)
		}
		d.sits(key).say("PATCH", "/treatment_notes/"+id, map[string]any{"title": "No"}).is(403)
	}
	for _, path := range []string{"/treatment_notes", "/treatment_notes/" + id, "/patients/" + zoeID + "/treatment_notes"} {
		d.sits(rheaKey).get(path).is(403)
	}
	if err := d.server.SetPractitionerActive(piaSheet, false); err != nil { // the key stays, what it may do changes
		t.Fatal(err)
	}
	d.get("/user").is(200)
	d.say("POST", "/treatment_notes", noteFor(zoeID)).is(403)
	if err := d.server.SetPractitionerActive(piaSheet, true); err != nil {
		t.Fatal(err)
	}
	d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201)
}

// Section 9: only the author can change a draft; what others may do besides is
// unknown (22, 10).
func TestSheetOnlyTheAuthorChangesADraft(t *testing.T) {
	d := openDesk(t)
	id := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	path, change := "/treatment_notes/"+id, map[string]any{"title": "Other hand"}
	for _, key := range []string{paulKey, adaKey} {
		d.sits(key).say("PATCH", path, change).is(403)
		d.sits(key).say("POST", path+"/archive", nil).is(403)
		d.sits(key).get(path).is(200)
	}
	if got := d.get(path).is(200).str("title"); got != "Sheet note" {
		t.Errorf("title = %s after refused changes", got)
	}
	d.server.SetSwitches(clinikosim.Switches{AdminEditsDrafts: true, OwnNotesOnly: true, ArchiveByAnyone: true})
	if got := d.sits(adaKey).say("PATCH", path, change).is(200); tail(got.obj["practitioner"]) != piaSheet {
		t.Errorf("the author changed to %s", tail(got.obj["practitioner"]))
	}
	d.sits(paulKey).say("PATCH", path, change).is(403)
	if got := d.sits(paulKey).get(path); got.code != 403 && got.code != 404 {
		t.Errorf("another's note with OwnNotesOnly = %d, want 403 or 404", got.code)
	}
	if got := d.sits(paulKey).get("/treatment_notes").list("treatment_notes"); len(got) != 0 {
		t.Errorf("Paul's list with OwnNotesOnly = %v, want none", got)
	}
	d.sits(paulKey).say("POST", path+"/archive", nil).is(204)
}

// Section 14.4: PATCH leaves what was not sent, replaces content whole, moves
// updated_at; PUT works the same unless switched.
func TestSheetPatchNote(t *testing.T) {
	clock := sheetClock()
	d := openDesk(t, func(o *clinikosim.Options) { o.Clock = clock })
	made := d.say("POST", "/treatment_notes", noteFor(zoeID, "booking_id", soloVisit, "attendee_id", soloAttendee,
		"treatment_note_template_id", planTemplate, "content", paragraphs("<p>one</p>", "<p>two</p>"))).is(201)
	path := "/treatment_notes/" + made.id()
	clock.Advance(5 * time.Second)
	got := d.say("PATCH", path, map[string]any{"content": paragraphs("<p>only</p>")}).is(200)
	for _, relation := range []string{"patient", "booking", "attendee", "treatment_note_template", "practitioner"} {
		if self(got.obj[relation]) != self(made.obj[relation]) {
			t.Errorf("%s changed from %s to %s", relation, self(made.obj[relation]), self(got.obj[relation]))
		}
	}
	if got.str("title") != "Sheet note" || got.obj["draft"] != true || got.str("updated_at") <= made.str("updated_at") || got.str("created_at") != made.str("created_at") {
		t.Errorf("after PATCH of content: %s", got.raw)
	}
	if strings.Contains(got.raw, "two") || got.answer() != "<p>only</p>" {
		t.Errorf("content was merged, not replaced: %s", got.raw)
	}
	if got := d.say("PATCH", path, map[string]any{"title": "New title"}).is(200); got.answer() != "<p>only</p>" || got.str("title") != "New title" {
		t.Errorf("after PATCH of title: %s", got.raw)
	}
	if got := d.say("PUT", path, map[string]any{"title": "By PUT"}).is(200); got.answer() != "<p>only</p>" || got.str("title") != "By PUT" {
		t.Errorf("after PUT of title: %s", got.raw)
	}
	d.server.SetSwitches(clinikosim.Switches{RefusePut: true})
	d.say("PUT", path, map[string]any{"title": "Refused"}).is(404)
	if got := d.get(path).str("title"); got != "By PUT" {
		t.Errorf("title = %s after a refused PUT", got)
	}
}

// Section 14.4: questions sent back untouched come back byte-identical.
func TestSheetReadChangeSendBack(t *testing.T) {
	d := openDesk(t)
	id, err := d.server.OpenNote(soloVisit, soloAttendee)
	if err != nil {
		t.Fatal(err)
	}
	before := d.get("/treatment_notes/" + id).is(200)
	raw := func(h heard) string {
		var note struct{ Content json.RawMessage }
		if err := json.Unmarshal([]byte(h.raw), &note); err != nil {
			t.Fatal(err)
		}
		return string(note.Content)
	}
	after := d.say("PATCH", "/treatment_notes/"+id, `{"content":`+raw(before)+`}`).is(200)
	if raw(after) != raw(before) {
		t.Errorf("content came back as %s, was %s", raw(after), raw(before))
	}
}

// Section 14.4: draft:false finalises; then nothing can be changed, not even by
// an empty PATCH or by draft:true, with the key that wrote it.
func TestSheetFinalIsFinal(t *testing.T) {
	d := openDesk(t)
	id := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	path := "/treatment_notes/" + id
	final := d.say("PATCH", path, map[string]any{"draft": false}).is(200)
	if final.obj["draft"] != false || blank(final.obj["finalized_at"]) {
		t.Errorf("finalised note = %s", final.raw)
	}
	for _, body := range []map[string]any{{"title": "Late"}, {"draft": true}, {"draft": false}, {"content": paragraphs("<p>late</p>")}, {}} {
		if got := d.say("PATCH", path, body); got.code != 403 {
			t.Errorf("PATCH of a final note with %v = %d, want 403", body, got.code)
		}
	}
	d.say("PUT", path, map[string]any{"title": "Late"}).is(403)
	now := d.get(path).is(200)
	if now.str("title") != "Sheet note" || now.str("updated_at") != final.str("updated_at") {
		t.Errorf("a final note changed: %s", now.raw)
	}
	d.server.SetSwitches(clinikosim.Switches{FinalStaysPut: true})
	d.say("POST", path+"/archive", nil).is(403)
	d.server.SetSwitches(clinikosim.Switches{})
	d.say("POST", path+"/archive", nil).is(204)
	d.say("PATCH", path, map[string]any{"title": "Gone"}).is(404)
	if got := d.say("POST", path+"/unarchive", nil).is(200); got.obj["draft"] != false {
		t.Errorf("unarchived final note is a draft: %s", got.raw)
	}
}

// Section 14.2: PATCH may name another patient or booking, unless switched.
func TestSheetPatchRelations(t *testing.T) {
	d := openDesk(t)
	id := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	path := "/treatment_notes/" + id
	if got := d.say("PATCH", path, map[string]any{"booking_id": soloVisit}).is(200); tail(got.obj["booking"]) != soloVisit {
		t.Errorf("booking = %s", self(got.obj["booking"]))
	}
	d.say("PATCH", path, map[string]any{"booking_id": "1234567890123456789"}).is(422)
	d.server.SetSwitches(clinikosim.Switches{FixedRelations: true})
	if got := d.say("PATCH", path, map[string]any{"booking_id": classVisit, "title": "Fixed"}).is(200); tail(got.obj["booking"]) != soloVisit || got.str("title") != "Fixed" {
		t.Errorf("with FixedRelations: %s", got.raw)
	}
}

// Section 5, 14.5: a refused PATCH changes nothing.
func TestSheetRefusedPatch(t *testing.T) {
	d := openDesk(t)
	made := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201)
	path := "/treatment_notes/" + made.id()
	d.say("PATCH", path, map[string]any{"title": "Half", "content": map[string]any{"sections": []any{}}}).is(422)
	if got := d.get(path).is(200); got.str("title") != "Sheet note" || got.str("updated_at") != made.str("updated_at") || got.answer() != made.answer() {
		t.Errorf("after a refused PATCH: %s", got.raw)
	}
}

// Section 13: templates are listed without the archived ones; questions may
// share a name; a change leaves existing notes as they are.
func TestSheetTemplates(t *testing.T) {
	d := openDesk(t)
	if got := d.get("/treatment_note_templates").sorted("treatment_note_templates"); !slices.Equal(got, []string{planTemplate, dupTemplat}) {
		t.Errorf("templates = %v", got)
	}
	d.get("/treatment_note_templates/" + oldTemplate).is(404)
	d.get("/treatment_note_templates/"+oldTemplate, "archived_at:*").is(200)
	plan := d.get("/treatment_note_templates/" + planTemplate).is(200)
	if plan.str("name") != "Plan of care" || plan.answer() != "<p>Reports:</p>" {
		t.Errorf("template = %s", plan.raw)
	}
	settings, _ := plan.obj["print_settings"].(map[string]any)
	for _, key := range []string{"title", "include_patient_address", "include_patient_dob", "include_patient_medicare", "include_patient_occupation", "include_patient_reference_number"} {
		if _, ok := settings[key]; !ok {
			t.Errorf("print_settings has no %s", key)
		}
	}
	dup := d.get("/treatment_note_templates/" + dupTemplat).is(200)
	if dup.question(0)["name"] != dup.question(1)["name"] {
		t.Errorf("template = %s, want two questions of one name", dup.raw)
	}
	note, err := d.server.OpenNote(soloVisit, "")
	if err != nil {
		t.Fatal(err)
	}
	template := tail(d.get("/treatment_notes/" + note).is(200).obj["treatment_note_template"])
	if template == "" {
		t.Fatal("a note opened from an appointment has no template")
	}
	was := fmt.Sprint(d.get("/treatment_notes/" + note).obj["content"])
	if err := d.server.EditTemplate(template, dupContent); err != nil {
		t.Fatal(err)
	}
	if got := d.get("/treatment_note_templates/" + template).is(200); got.question(0)["name"] != "Same" {
		t.Errorf("edited template = %s", got.raw)
	}
	if got := fmt.Sprint(d.get("/treatment_notes/" + note).obj["content"]); got != was {
		t.Errorf("the note changed with its template: %s", got)
	}
}
