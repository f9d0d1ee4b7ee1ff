package heidisim_test

import (
	"fmt"
	"strings"
	"testing"

	"carryover/sandbox/heidisim"
)

// §8, §19: both template paths in their wrappers; the older one lists note
// templates, the newer one both kinds.
func TestSheetTemplates(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	older := objects(t, c.get(token, "/templates/consult-note-templates").want(200).object()["templates"])
	newer := objects(t, c.get(token, "/templates/document-templates").want(200).object()["data"])
	find := func(list []map[string]any, id string) map[string]any {
		for _, item := range list {
			if item["id"] == id {
				return item
			}
		}
		return nil
	}
	for name, list := range map[string][]map[string]any{"older": older, "newer": newer} {
		for _, item := range list {
			for _, k := range []string{"id", "name", "structure_template", "template_category", "author_name"} {
				if _, ok := item[k].(string); !ok {
					t.Errorf("%s path: %s = %v, want a string", name, k, item[k])
				}
			}
			if !hex24.MatchString(fmt.Sprint(item["id"])) {
				t.Errorf("%s path: id = %v, want 24 hex digits", name, item["id"])
			}
			if kind := item["template_category"]; kind != "CONSULT_NOTE_TEMPLATE" && kind != "DOCUMENT_TEMPLATE" {
				t.Errorf("%s path: template_category = %v", name, kind)
			}
			if html, present := item["template_html"]; present && html != nil {
				if _, ok := html.(string); !ok {
					t.Errorf("template_html = %T, want a string, null or nothing", html)
				}
			}
		}
	}
	if find(older, "64b000000000000000000001") == nil || find(newer, "64b000000000000000000001") == nil {
		t.Error("the note template is not on both paths")
	}
	if find(older, "64b000000000000000000002") != nil {
		t.Error("the older path lists a document template")
	}
	letter := find(newer, "64b000000000000000000002")
	if letter == nil || !strings.Contains(fmt.Sprint(letter["name"]), "GP letter") || letter["template_category"] != "DOCUMENT_TEMPLATE" {
		t.Errorf("the letter's template = %v", letter)
	}
}

// §8, §19: the wrappers, a structure that is an object, and own templates that
// are not listed, though documents name them.
func TestSheetTemplateShapes(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	for _, path := range []string{"/templates/consult-note-templates", "/templates/document-templates"} {
		c.server.SetSwitches(heidisim.Switches{Templates: heidisim.TemplatesNamed})
		if len(objects(t, c.get(token, path).want(200).object()["templates"])) == 0 {
			t.Errorf("%s: templates is empty", path)
		}
		c.server.SetSwitches(heidisim.Switches{Templates: heidisim.TemplatesData})
		if len(objects(t, c.get(token, path).want(200).object()["data"])) == 0 {
			t.Errorf("%s: data is empty", path)
		}
		c.server.SetSwitches(heidisim.Switches{Templates: heidisim.TemplatesBare, StructureObject: true})
		for _, item := range objects(t, c.get(token, path).want(200).value()) {
			if _, ok := item["structure_template"].(map[string]any); !ok {
				t.Errorf("%s: structure_template = %T, want an object", path, item["structure_template"])
			}
		}
	}
	c.server.SetSwitches(heidisim.Switches{OwnHidden: true})
	for _, item := range objects(t, c.get(token, "/templates/document-templates").want(200).object()["data"]) {
		if item["id"] == "64b000000000000000000002" {
			t.Error("a clinic's own template is listed although own templates are hidden")
		}
	}
	if doc := c.documents(token, kneeID)[0]; doc["template_id"] != "64b000000000000000000002" {
		t.Errorf("template_id = %v, want the one that is not listed", doc["template_id"])
	}
}

// §8: a note is made with a note template and a posted document with the
// template that was asked for, whose name becomes its title.
func TestSheetTemplatesAreUsed(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	names, kinds := map[any]any{}, map[any]any{}
	for _, item := range objects(t, c.get(token, "/templates/document-templates").want(200).object()["data"]) {
		names[item["id"]], kinds[item["id"]] = item["name"], item["template_category"]
	}
	note, _ := c.session(token, kneeID)["consult_note"].(map[string]any)
	if kind := kinds[note["template_id"]]; note["template_id"] != nil && kind != "CONSULT_NOTE_TEMPLATE" {
		t.Errorf("the note's template %v is a %v, want a note template", note["template_id"], kind)
	}
	made := c.with(token, "POST", "/sessions/"+kneeID+"/documents",
		`{"document_tab_type":"DOCUMENT","generation_method":"TEMPLATE","template_id":"64b000000000000000000002","brain":"LEFT"}`).want(200).object()
	if want := names["64b000000000000000000002"]; made["name"] != want {
		t.Errorf("a posted document is called %v, want its template's name %v", made["name"], want)
	}
}
