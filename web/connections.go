package web

import (
	"net/http"
	"slices"

	"carryover/internal/desk"
)

// A connectionsView is what the practice is connected to, and how well.
type connectionsView struct {
	staff
	Status desk.Status
	Hosts  []Host
}

// Counted says that somebody's requests are.
func (v connectionsView) Counted() bool {
	return slices.ContainsFunc(v.Status.Practitioners, func(p desk.PractitionerStatus) bool { return p.Budget != nil })
}

// connections shows practitioners, their requests, hosts and alarms.
func (s *Server) connections(w http.ResponseWriter, r *http.Request) error {
	status, err := s.Desk.Status(r.Context())
	if err != nil {
		return err
	}
	s.Render(w, r, http.StatusOK, "connections", connectionsView{staff: s.staff(r), Status: status, Hosts: s.Practice.Hosts()})
	return nil
}

// A routesView is the practice's rules.
type routesView struct {
	staff
	Rules desk.Rules
}

// routes shows which document goes where.
func (s *Server) routes(w http.ResponseWriter, r *http.Request) error {
	rules, err := s.Desk.Rules(r.Context())
	if err != nil {
		return err
	}
	s.Render(w, r, http.StatusOK, "routes", routesView{staff: s.staff(r), Rules: rules})
	return nil
}

// Fits says in words which documents a rule fits.
func (v routesView) Fits(r desk.Rule) []string {
	var all []string
	for _, c := range []struct{ words, value string }{
		{"made with the template “%”", r.TemplateName},
		{"made with template number %", r.Template},
		{"called “%”", r.Name},
		{"of %", r.Practitioner},
	} {
		if c.value == "" {
			continue
		}
		if c.value == r.Practitioner {
			c.value = v.Who(r.Practitioner)
		}
		all = append(all, filled(c.words, c.value))
	}
	return all
}

func filled(words, value string) string {
	for i, r := range words {
		if r == '%' {
			return words[:i] + value + words[i+1:]
		}
	}
	return words
}

// Mode says how far a rule goes without a person.
func (routesView) Mode(r desk.Rule) string {
	switch {
	case r.To == "skip":
		return "nothing is filed"
	case r.Mode == "auto":
		return "filed by itself once everything is certain"
	case r.Mode == "review":
		return "waits for one click"
	case r.Mode == "shadow":
		return "only watched, never filed"
	}
	return r.Mode
}
