package clinikosim_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
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
