package web

import (
	"net/http"
	"slices"

	"carryover"
	"carryover/internal/desk"
)

// A documentView is a document's whole life, opened or not.
type documentView struct {
	staff
	opened
	Open bool // its names and text are shown
}

// document shows a document's life without opening it: ids, times, states.
func (s *Server) document(w http.ResponseWriter, r *http.Request) error {
	d, err := s.lookUp(r)
	if err != nil {
		return err
	}
	o := opened{D: d, Charts: map[string]string{}}
	for _, one := range d.Deliveries {
		if at := s.chart(r, one.Patient); at != "" {
			o.Charts[one.Patient] = at
		}
	}
	s.Render(w, r, http.StatusOK, "document", documentView{staff: s.staff(r), opened: o})
	return nil
}

// openDocument shows it with names and, while it is kept, its text.
func (s *Server) openDocument(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.lookUp(r); err != nil {
		return err
	}
	o, err := s.open(r)
	if err != nil {
		return err
	}
	s.Render(w, r, http.StatusOK, "document", documentView{staff: s.staff(r), opened: o, Open: true})
	return nil
}

// CanReopen says that a person can take this back onto the road from here.
func (v documentView) CanReopen() bool {
	return slices.Contains([]carryover.State{carryover.Skipped, carryover.Dismissed}, carryover.State(v.D.State)) && v.D.Sealed == "kept"
}

// Story is the history, the newest first.
func (v documentView) Story() []desk.Event {
	story := slices.Clone(v.D.History)
	slices.Reverse(story)
	return story
}
