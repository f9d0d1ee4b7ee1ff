package clinikosim

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
	shown["print_settings"] = map[string]any{
		"title": t.name, "include_patient_address": false, "include_patient_dob": true,
		"include_patient_medicare": false, "include_patient_occupation": false, "include_patient_reference_number": true,
	}
	return shown
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

// readTemplate copies name and content from the body.
func (c *call) readTemplate(t *template) *reply {
	wrong := problems{}
	if name, given := c.body["name"]; given {
		text, isText := name.(string)
		t.name = text
		if !isText || tooLong(text) {
			wrong.add("name", notValid)
		}
	}
	if t.name == "" {
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
	c.warnUnknown("name", "content", "print_settings")
	if len(wrong) > 0 {
		return c.invalid(wrong)
	}
	return nil
}
