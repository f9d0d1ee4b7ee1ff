package web

import (
	"net/http"
	"strconv"

	"carryover"
	"carryover/internal/desk"
)

// perPage is how many documents a list shows at a time.
const perPage = 50

// A queueView is the list of what waits for a person.
type queueView struct {
	staff
	Items       []desk.Item
	Total       int
	Page, Pages int
	Chosen      string // the practitioner whose documents are shown; empty: all
	Done        string // what was just done, in a sentence
}

// queue shows what waits, the oldest first, without names.
func (s *Server) queue(w http.ResponseWriter, r *http.Request) error {
	who := s.own(r)
	if who == "" {
		who = carryover.PractitionerID(r.URL.Query().Get("practitioner"))
	}
	items, err := s.waitingOf(r, who)
	if err != nil {
		return err
	}
	v := queueView{staff: s.staff(r), Total: len(items), Chosen: string(who), Done: dones[r.URL.Query().Get("done")]}
	v.Pages = max(1, (len(items)+perPage-1)/perPage)
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	v.Page = min(max(page, 1), v.Pages)
	v.Items = items[(v.Page-1)*perPage : min(v.Page*perPage, len(items))]
	s.Render(w, r, http.StatusOK, "queue", v)
	return nil
}

// Next and Before are the pages around this one; 0: none.
func (v queueView) Next() int { return (v.Page + 1) * btoi(v.Page < v.Pages) }

// Before is the page before this one; 0: none.
func (v queueView) Before() int { return v.Page - 1 }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// dones are the sentences about what was just done, by the word that the address
// carries.
var dones = map[string]string{
	"filed":     "It is on its way to Cliniko. Carryover reads it back when it is there.",
	"dismissed": "It stays out of Cliniko. For seven days this can be taken back under Activity.",
	"retried":   "It is on its way again.",
	"all":       "That was the last one for now.",
}

// waitingOf lists what waits for a person, the oldest first.
func (s *Server) waitingOf(r *http.Request, who carryover.PractitionerID) ([]desk.Item, error) {
	return s.Desk.List(r.Context(), desk.ListRequest{
		States: forPerson, Practitioner: who, OldestFirst: true, Actor: s.actor(r),
	})
}

// later leads to the document that comes after this one, and to the list when
// there is none. Nothing is decided.
func (s *Server) later(w http.ResponseWriter, r *http.Request) error {
	items, err := s.waitingOf(r, s.own(r))
	if err != nil {
		return err
	}
	for i, item := range items {
		if item.ID == r.PathValue("id") && i+1 < len(items) {
			http.Redirect(w, r, "/held/"+items[i+1].ID, http.StatusSeeOther)
			return nil
		}
	}
	http.Redirect(w, r, "/held?done=all", http.StatusSeeOther)
	return nil
}
