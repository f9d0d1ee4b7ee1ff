package clinikosim

// The rules for boxes and buttons (section 14.5): what may be offered, and what
// may be selected of it. A template offers and never selects (section 13).

// notInTemplate is what is wrong with a selection in a template.
const notInTemplate = "is not allowed in a template"

// choice reads one box or button.
func (p *contentParser) choice(v any, where string) choice {
	o := p.object(v, where)
	return choice{
		Value:    p.optional(o, "value", where, nameLimit),
		Selected: p.selected(o, where),
	}
}

// selected reads a selection: true, or left out. Null passes, and false by
// switch; both are the same as left out.
func (p *contentParser) selected(o map[string]any, where string) bool {
	v, given := o["selected"]
	if !given || v == nil {
		return false
	}
	b, is := v.(bool)
	switch {
	case !is:
		p.fail(where+".selected", "must be a boolean")
	case !b && !p.rules.selectedFalse:
		p.fail(where+".selected", "must be true or left out")
	case b && p.rules.template:
		p.fail(where+".selected", notInTemplate)
	}
	return b
}

// other reads the free choice. In a template it is enabled or not, and no more.
func (p *contentParser) other(o map[string]any, where string) *other {
	v, given := o["other"]
	if !given {
		return nil
	}
	where += ".other"
	m := p.object(v, where)
	parsed := &other{}
	if v, given := m["enabled"]; given {
		enabled, is := v.(bool)
		if !is {
			p.fail(where+".enabled", "must be a boolean")
		}
		parsed.Enabled = enabled
	}
	if v, given := m["selected"]; given {
		selected, is := v.(bool) // false is fine here
		switch {
		case !is:
			p.fail(where+".selected", "must be a boolean")
		case selected && p.rules.template:
			p.fail(where+".selected", notInTemplate)
		case selected && !parsed.Enabled:
			p.fail(where+".selected", "is only allowed if enabled")
		}
		parsed.Selected = selected
	}
	if v, given := m["value"]; given {
		switch {
		case p.rules.template:
			p.fail(where+".value", notInTemplate)
		case v == nil:
			p.fail(where+".value", "can’t be null")
		}
		parsed.Value = p.optional(m, "value", where, nameLimit)
		if !parsed.Selected {
			p.fail(where+".value", "is only allowed if selected")
		}
	}
	return parsed
}

// oneAtMost checks that radio buttons have at most one selection.
func (p *contentParser) oneAtMost(q question, where string) {
	selected := 0
	for _, a := range q.Answers {
		if a.Selected {
			selected++
		}
	}
	if q.Other != nil && q.Other.Selected {
		selected++
	}
	if selected > 1 {
		p.fail(where+".answers", "can’t have more than one selected")
	}
}
