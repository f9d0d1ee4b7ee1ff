package heidisim

import (
	"carryover/sandbox"
)

const (
	categoryNote     = "CONSULT_NOTE_TEMPLATE"
	categoryDocument = "DOCUMENT_TEMPLATE"
)

// A templateView is a template as the API lists it (§8).
type templateView struct {
	ID        string  `json:"id"` // 24 hex digits
	Name      string  `json:"name"`
	Structure any     `json:"structure_template"` // a string; switched: an object
	Category  string  `json:"template_category"`
	HTML      *string `json:"template_html"` // null
	Author    string  `json:"author_name"`
}

// globalTemplates are those that every Heidi account sees.
func (s *Server) globalTemplates() []sandbox.Template {
	return []sandbox.Template{
		{ID: s.seed.hexID("template", "global note"), Name: "SANDBOX global note", Category: categoryNote},
		{ID: s.seed.hexID("template", "global letter"), Name: "SANDBOX global letter", Category: categoryDocument},
	}
}

// noteTemplate is the id of the template that consult notes are made with: the
// practice's own first one, else the global one.
func (r *realm) noteTemplate() string {
	var id string
	for i := len(r.templates) - 1; i >= 0; i-- {
		if r.templates[i].Category == categoryNote {
			id = r.templates[i].ID
		}
	}
	return id
}

func (r *realm) templateName(id string) string {
	for _, t := range r.templates {
		if t.ID == id {
			return t.Name
		}
	}
	return "Document"
}

// documentTemplates serves GET /templates/document-templates, the newer path,
// which lists templates of both kinds (§8, observed).
func (s *Server) documentTemplates(c *call) answer {
	wrapper := s.switches.Templates
	if wrapper == TemplatesAsSheet {
		wrapper = TemplatesData
	}
	return s.templateList(c, wrapper, "")
}

// noteTemplates serves GET /templates/consult-note-templates, the older path
// (§8, official).
func (s *Server) noteTemplates(c *call) answer {
	wrapper := s.switches.Templates
	if wrapper == TemplatesAsSheet {
		wrapper = TemplatesNamed
	}
	return s.templateList(c, wrapper, categoryNote)
}

// templateList lists one category, or all when it is empty.
func (s *Server) templateList(c *call, wrapper, category string) answer {
	templates := c.user.realm.templates
	if s.switches.OwnHidden {
		templates = templates[:len(s.globalTemplates())]
	}
	views := []templateView{}
	for _, t := range templates {
		if category == "" || t.Category == category {
			views = append(views, s.templateView(t))
		}
	}
	if wrapper == TemplatesBare {
		return ok(views)
	}
	return ok(map[string]any{wrapper: views})
}

func (s *Server) templateView(t sandbox.Template) templateView {
	v := templateView{ID: t.ID, Name: t.Name, Category: orElse(t.Category, categoryDocument), Author: "SANDBOX"}
	v.Structure = "## " + t.Name
	if s.switches.StructureObject {
		v.Structure = map[string]any{"sections": []any{map[string]any{"heading": t.Name}}}
	}
	return v
}
