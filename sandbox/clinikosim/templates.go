package clinikosim

import (
	"maps"
	"slices"
	"strings"
)

// Treatment note templates (section 13). They have no versions: a note keeps
// its own copy of what its template was when the note began.

func (s *Server) templateResource() *resource[*template] {
	return &resource[*template]{
		plural: "treatment_note_templates", table: func() *table[*template] { return s.books.templates },
		columns: append(headColumns[*template](), archivedColumn[*template](), deletedColumn[*template](s)),
		single:  []string{"archived_at", "deleted_at"},
		veils:   []veil[*template]{archiveVeil[*template]()},
		show:    s.showTemplate,
	}
}

func (s *Server) showTemplate(v view, t *template) map[string]any {
	shown := v.stamp(map[string]any{}, &t.record, "treatment_note_templates")
	v.archive(shown, &t.record, true)
	shown["name"] = t.name
	shown["content"] = t.content
	if t.content == nil {
		shown["content"] = map[string]any{} // never null for a template
	}
	settings := map[string]any{
		"title": t.name, "include_patient_address": false, "include_patient_dob": true,
		"include_patient_medicare": false, "include_patient_occupation": false, "include_patient_reference_number": true,
	}
	maps.Copy(settings, t.print)
	shown["print_settings"] = settings
	return shown
}

// printSettings are what a template's print_settings were set to: title, a
// string, and five choices, each a boolean; null in place of any of them.
type printSettings map[string]any

// printChoices are the names of the five.
var printChoices = []string{
	"include_patient_address", "include_patient_dob", "include_patient_medicare", "include_patient_occupation",
	"include_patient_reference_number",
}

// readPrintSettings changes the settings that the body names and keeps the
// others.
func (c *call) readPrintSettings(t *template, wrong problems) {
	value, given := c.body["print_settings"]
	if !given {
		return
	}
	sent, isObject := value.(map[string]any)
	if !isObject {
		wrong.add("print_settings", notValid)
		return
	}
	settings := printSettings{}
	maps.Copy(settings, t.print)
	for name, value := range sent {
		_, isText := value.(string)
		_, isBool := value.(bool)
		isChoice := slices.Contains(printChoices, name)
		switch {
		case name != "title" && !isChoice:
			c.log.Warn("field of print_settings ignored", "method", c.r.Method, "field", name)
		case value == nil, name == "title" && isText, isChoice && isBool:
			settings[name] = value
		default:
			wrong.add("print_settings", notValid)
		}
	}
	t.print = settings
}

// createTemplate answers POST.
func createTemplate(c *call) *reply {
	t := &template{}
	if refusal := c.readTemplate(t); refusal != nil {
		return refusal
	}
	t.record = c.newRecordLocked("", c.now)
	c.books.templates.add(t)
	return c.created(c.showTemplate(c.view, t), &t.record, "treatment_note_templates")
}

// updateTemplate answers PATCH.
func updateTemplate(c *call) *reply {
	t, refusal := fetch(c, c.res.templates)
	if refusal != nil {
		return refusal
	}
	changed := *t
	if refusal := c.readTemplate(&changed); refusal != nil {
		return refusal
	}
	*t = changed
	t.touch(c.now)
	return c.shown(c.showTemplate(c.view, t), &t.record)
}

// readTemplate copies name, content and print settings from the body.
func (c *call) readTemplate(t *template) *reply {
	wrong := problems{}
	if name, given := c.body["name"]; given {
		text, isText := name.(string)
		t.name = text
		if !isText || tooLong(text) {
			wrong.add("name", notValid)
		}
	}
	if strings.TrimSpace(t.name) == "" {
		wrong.add("name", isBlank)
	}
	if value, given := c.body["content"]; given {
		parsed, problem := parseContent(value, c.sw.contentRules(true))
		switch {
		case problem != "":
			wrong.add("content", problem)
		case parsed == nil:
			wrong.add("content", isBlank)
		}
		t.content = parsed
	}
	c.readPrintSettings(t, wrong)
	c.warnUnknown("name", "content", "print_settings")
	if len(wrong) > 0 {
		return c.invalid(wrong)
	}
	return nil
}
