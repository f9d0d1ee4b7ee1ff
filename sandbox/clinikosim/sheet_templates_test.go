package clinikosim_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"carryover/sandbox/clinikosim"
)

// Section 13 and A.2: a template is made, changed in part, and archived; name
// and content may not be null; its content follows the rules of a note's.
func TestSheetTemplateWrites(t *testing.T) {
	d := openDesk(t)
	made := d.say("POST", "/treatment_note_templates", map[string]any{"name": "Made here", "content": paragraphs("<p>default</p>")}).is(201)
	path := "/treatment_note_templates/" + made.id()
	if made.str("name") != "Made here" || made.answer() != "<p>default</p>" || !blank(made.obj["archived_at"]) {
		t.Errorf("made template = %s", made.raw)
	}
	if got := d.say("PATCH", path, map[string]any{"name": "Renamed"}).is(200); got.str("name") != "Renamed" || got.answer() != "<p>default</p>" {
		t.Errorf("renamed template = %s", got.raw)
	}
	wrapped, _ := json.Marshal(dupContent)
	if got := d.say("PATCH", path, map[string]any{"content": json.RawMessage(wrapped)}).is(200); got.question(0)["name"] != "Same" || got.str("name") != "Renamed" {
		t.Errorf("template with content as a string = %s", got.raw)
	}
	for field, value := range map[string]any{"name": strings.Repeat("ü", 256), "content": nil} {
		if errors := d.say("PATCH", path, map[string]any{field: value}).errorsOf(); errors[field] == nil {
			t.Errorf("PATCH of %s: errors %v", field, errors)
		}
	}
	if errors := d.say("PATCH", path, map[string]any{"name": nil}).errorsOf(); errors["name"] == nil {
		t.Errorf("PATCH of name null: errors %v", errors)
	}
	if errors := d.say("PATCH", path, map[string]any{"content": map[string]any{"sections": []any{}}}).errorsOf(); errors["content"] == nil {
		t.Errorf("PATCH of empty sections: errors %v", errors)
	}
	d.say("POST", path+"/archive", nil).is(204)
	d.get(path).is(404)
	if got := d.get("/treatment_note_templates").list("treatment_note_templates"); slices.Contains(got, made.id()) {
		t.Errorf("archived template is listed: %v", got)
	}
}

// Section 14.6: defaults of a template pass the same sanitiser.
func TestSheetTemplateSanitised(t *testing.T) {
	d := openDesk(t)
	made := d.say("POST", "/treatment_note_templates", map[string]any{"name": "Tags", "content": paragraphs("<p>a</p>\n<strong>b</strong><script>c</script>")}).is(201)
	if got := made.answer(); got != "<p>a</p>b" {
		t.Errorf("default answer is stored as %q, want <p>a</p>b", got)
	}
}

// Section 12: an appointment's type names the template of its notes.
func TestSheetAppointmentTypeNamesATemplate(t *testing.T) {
	d := openDesk(t)
	kind := tail(d.get("/individual_appointments/" + soloVisit).is(200).obj["appointment_type"])
	got := d.get("/appointment_types/" + kind).is(200)
	template := tail(got.obj["treatment_note_template"])
	if !slices.Contains([]string{planTemplate, dupTemplat}, template) {
		t.Errorf("treatment_note_template of %s = %q, want a live template", got.raw, template)
	}
	note, err := d.server.OpenNote(soloVisit, "")
	if err != nil {
		t.Fatal(err)
	}
	if used := tail(d.get("/treatment_notes/" + note).is(200).obj["treatment_note_template"]); used != template {
		t.Errorf("a note opened from the appointment has template %s, want %s", used, template)
	}
}

// Section 6.5 and A.1: DELETE, deprecated, archives everything that has it.
func TestSheetDeleteArchives(t *testing.T) {
	for plural, id := range map[string]string{
		"patients": zacID, "individual_appointments": soloVisit, "group_appointments": classVisit, "attendees": classNora,
		"treatment_note_templates": dupTemplat, "businesses": southSheet,
	} {
		d := openDesk(t)
		path := "/" + plural + "/" + id
		if got := d.say("DELETE", path, nil).is(204); got.raw != "" {
			t.Errorf("DELETE %s answered %q", path, got.raw)
		}
		d.get(path).is(404)
		if got := d.get(path, "archived_at:*").is(200); blank(got.obj["archived_at"]) {
			t.Errorf("%s has no archived_at after DELETE", path)
		}
	}
}

// Section 13 and A.2: print_settings are kept, each of them may be null, and a
// PATCH changes those that it names.
func TestSheetTemplatePrintSettings(t *testing.T) {
	d := openDesk(t)
	made := d.say("POST", "/treatment_note_templates", map[string]any{
		"name": "Printed", "content": paragraphs("<p>x</p>"), "print_settings": map[string]any{"title": "Letter", "include_patient_dob": false},
	}).is(201)
	path := "/treatment_note_templates/" + made.id()
	settings := func(h heard) map[string]any {
		s, _ := h.obj["print_settings"].(map[string]any)
		return s
	}
	for name, want := range map[string]any{"title": "Letter", "include_patient_dob": false} {
		if got := settings(made)[name]; got != want {
			t.Errorf("made: %s = %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"include_patient_address", "include_patient_medicare", "include_patient_occupation", "include_patient_reference_number"} {
		if _, isBool := settings(made)[name].(bool); !isBool {
			t.Errorf("made: %s = %v, want a boolean", name, settings(made)[name])
		}
	}
	got := settings(d.say("PATCH", path, map[string]any{"print_settings": map[string]any{"title": nil, "include_patient_address": true, "colour": 1}}).is(200))
	if got["title"] != nil || got["include_patient_address"] != true || got["include_patient_dob"] != false || got["colour"] != nil {
		t.Errorf("changed: %v", got)
	}
	for _, bad := range []any{nil, "x", map[string]any{"title": 1}, map[string]any{"include_patient_dob": "yes"}} {
		if errors := d.say("PATCH", path, map[string]any{"print_settings": bad}).errorsOf(); errors["print_settings"] == nil {
			t.Errorf("print_settings %v: errors %v", bad, errors)
		}
	}
	if again := settings(d.get(path)); again["include_patient_address"] != true {
		t.Errorf("a refused PATCH changed the settings: %v", again)
	}
}

// Section 13: a note may name a live template; an unknown one is refused, and so
// is one out of use but by switch.
func TestSheetNoteNamesATemplate(t *testing.T) {
	d := openDesk(t)
	made := d.say("POST", "/treatment_notes", noteFor(zoeID, "treatment_note_template_id", planTemplate)).is(201)
	if self(made.obj["treatment_note_template"]) != d.root+"/v1/treatment_note_templates/"+planTemplate || made.answer() != "<p>Walks well.</p>" {
		t.Errorf("made = %s, want the template's link and the content that was sent", made.raw)
	}
	for _, id := range []string{oldTemplate, "999", zoeID} {
		if errors := d.say("POST", "/treatment_notes", noteFor(zoeID, "treatment_note_template_id", id)).errorsOf(); errors["treatment_note_template"] == nil {
			t.Errorf("template %s: errors %v", id, errors)
		}
	}
	d = switched(t, func(s *clinikosim.Switches) { s.ArchivedTemplateNote = true })
	made = d.say("POST", "/treatment_notes", noteFor(zoeID, "treatment_note_template_id", oldTemplate)).is(201)
	if tail(made.obj["treatment_note_template"]) != oldTemplate {
		t.Errorf("archived_template_note: %s", made.raw)
	}
	d.say("POST", "/treatment_notes", noteFor(zoeID, "treatment_note_template_id", "999")).is(422)
	d = switched(t, func(s *clinikosim.Switches) { s.UnknownRelation404 = true })
	d.say("POST", "/treatment_notes", noteFor(zoeID, "treatment_note_template_id", "999")).is(404)
}

// Section 21: a template is edited, renamed or archived between a client's GET
// of it and its POST of a note.
func TestSheetTemplateChangesBetweenCalls(t *testing.T) {
	d := switched(t, func(s *clinikosim.Switches) { s.ContentFromTemplate, s.TitleFromTemplate = true, true })
	before := func(act func() error) {
		d.server.Hook(func(e clinikosim.Event) {
			if e.Before && e.Method == "POST" {
				if err := act(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	bare := noteFor(zoeID, "treatment_note_template_id", planTemplate, "content", nil, "title", nil)
	read := d.get("/treatment_note_templates/" + planTemplate).is(200)
	before(func() error { return d.server.EditTemplate(planTemplate, dupContent) })
	made := d.say("POST", "/treatment_notes", bare).is(201)
	if read.question(0)["name"] != "Subjective" || made.question(0)["name"] != "Same" || made.str("title") != "Plan of care" {
		t.Errorf("note of an edited template = %s", made.raw)
	}
	if now := d.get("/treatment_note_templates/" + planTemplate); now.str("updated_at") == read.str("updated_at") {
		t.Errorf("updated_at %s did not move with the edit", now.str("updated_at"))
	}
	before(func() error { return d.server.RenameTemplate(planTemplate, "Renamed") })
	if got := d.say("POST", "/treatment_notes", bare).is(201).str("title"); got != "Renamed" {
		t.Errorf("title = %q, want the new name", got)
	}
	before(func() error { return d.server.ArchiveTemplate(planTemplate) })
	if errors := d.say("POST", "/treatment_notes", bare).errorsOf(); errors["treatment_note_template"] == nil {
		t.Errorf("archived meanwhile: errors %v", errors)
	}
	before(func() error { return d.server.UnarchiveTemplate(planTemplate) })
	d.say("POST", "/treatment_notes", bare).is(201)
	for what, err := range map[string]error{
		"no such template": d.server.ArchiveTemplate("5"), "no name": d.server.RenameTemplate(planTemplate, ""),
		"no sections": d.server.EditTemplate(planTemplate, `{"sections":[]}`),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

// Section 13: in a template a text, date or bodycharts question has no further
// keys, and nothing is selected. Each breach is named in its own words, and the
// template stays as it was.
func TestSheetTemplateAnswersNothing(t *testing.T) {
	d := openDesk(t)
	path := "/treatment_note_templates/" + planTemplate
	before := d.get(path).is(200).raw
	const misplaced, never = "is not allowed for this type of question", "is not allowed in a template"
	for _, c := range []struct{ members, want string }{
		{`"type":"text","answer":"a line"`, "answer " + misplaced},
		{`"type":"date","answer":"2026-03-02"`, "answer " + misplaced},
		{`"type":"bodycharts","body_chart_ids":["1"]`, "body_chart_ids " + misplaced},
		{`"type":"bodycharts","body_chart_ids":[]`, "body_chart_ids " + misplaced},
		{`"type":"paragraph","answers":[{"value":"x"}]`, "answers " + misplaced},
		{`"type":"checkboxes","answers":[{"value":"Yes","selected":true}]`, "answers[0].selected " + never},
		{`"type":"checkboxes","other":{"enabled":true,"selected":true}`, "other.selected " + never},
		{`"type":"radiobuttons","other":{"enabled":true,"selected":true,"value":"x"}`, "other.selected " + never},
		{`"type":"radiobuttons","other":{"enabled":true,"value":"x"}`, "other.value " + never},
		{`"type":"radiobuttons","other":{"enabled":true,"value":null}`, "other.value " + never},
	} {
		content := json.RawMessage(oneQuestion(`"name":"Q",` + c.members))
		want := "sections[0].questions[0]." + c.want
		for _, got := range []heard{
			d.say("POST", "/treatment_note_templates", map[string]any{"name": "N", "content": content}),
			d.say("PATCH", path, map[string]any{"content": content}),
		} {
			if errors := got.errorsOf(); errors["content"] != want || len(errors) != 1 {
				t.Errorf("%s with %s: errors %v, want content: %s", got.what, c.members, errors, want)
			}
		}
	}
	if got := d.get(path).raw; got != before {
		t.Errorf("refused PATCHes changed the template: %s, was %s", got, before)
	}
	for _, members := range []string{
		`"type":"text"`, `"type":"date"`, `"type":"bodycharts"`, `"type":"paragraph","answer":"<p>default</p>"`,
		`"type":"checkboxes","answers":[{"value":"Yes"}],"other":{"enabled":true}`,
	} {
		content := oneQuestion(`"name":"Q",` + members)
		got := d.say("POST", "/treatment_note_templates", map[string]any{"name": "N", "content": json.RawMessage(content)}).is(201)
		sameJSON(t, content, got.obj["content"])
	}
}

// What the sheet leaves open about writing templates, as the page on divergences
// has it.
func TestSheetTemplateOpenQuestions(t *testing.T) {
	d := openDesk(t)
	const all = "/treatment_note_templates"
	for _, key := range []string{rheaKey, oscarKey, idaKey, adaKey} { // any user, practitioner or not
		made := d.sits(key).say("POST", all, map[string]any{"name": "Bare"}).is(201)
		if content, isObject := made.obj["content"].(map[string]any); !isObject || len(content) != 0 {
			t.Errorf("template without content: %s, want content {}", made.raw)
		}
		d.sits(key).say("PATCH", all+"/"+made.id(), map[string]any{"name": "Renamed"}).is(200)
		d.sits(key).say("POST", all+"/"+made.id()+"/archive", nil).is(204)
	}
	path := all + "/" + planTemplate
	for _, name := range []any{"", " ", " \t\u00a0\n"} {
		for _, got := range []heard{d.say("POST", all, map[string]any{"name": name}), d.say("PATCH", path, map[string]any{"name": name})} {
			if errors := got.errorsOf(); errors["name"] != "can’t be blank" || len(errors) != 1 {
				t.Errorf("%s with name %q: errors %v, want name can’t be blank", got.what, name, errors)
			}
		}
	}
	if err := d.server.RenameTemplate(planTemplate, "  "); err == nil {
		t.Error("a person named a template with spaces alone")
	}
	plain := map[string]any{"name": "N", "content": "just words"} // in a note: 500
	if errors := d.say("POST", all, plain).errorsOf(); errors["content"] == nil || len(errors) != 1 {
		t.Errorf("plain content: errors %v, want content alone", errors)
	}
	if got := d.get(path); got.str("name") != "Plan of care" {
		t.Errorf("name = %q after refused PATCHes", got.str("name"))
	}
	nulls := map[string]any{"title": nil, "include_patient_dob": nil}
	got := d.say("PATCH", path, map[string]any{"print_settings": nulls}).is(200)
	settings, _ := got.obj["print_settings"].(map[string]any)
	for name := range nulls {
		if value, has := settings[name]; !has || value != nil {
			t.Errorf("print_settings = %v, want %s null", settings, name)
		}
	}
}
