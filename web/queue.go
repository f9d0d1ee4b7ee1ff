package web

import (
	"net/http"
	"net/url"

	"carryover"
	"carryover/internal/desk"
)

// perPage is how many documents a list shows at a time.
const perPage = 50

// A queueView is the list of what waits for a person.
type queueView struct {
	staff
	Items    []desk.Item
	Total    int
	From, To int    // the places of the first and the last one shown
	Before   string // the address of the page before this one; empty: none
	Next     string // the address of the page after it
	Chosen   string // the practitioner whose documents are shown; empty: all
}

// queue shows what waits, the oldest first, without names.
func (s *Server) queue(w http.ResponseWriter, r *http.Request) error {
	who, chosen := s.own(r), carryover.PractitionerID("")
	if who == "" {
		chosen = carryover.PractitionerID(r.URL.Query().Get("practitioner"))
		who = chosen
	}
	stands, err := s.Desk.Standing(r.Context(), who)
	if err != nil {
		return err
	}
	after := carryover.VersionID(r.URL.Query().Get("after"))
	items, err := s.waiting(r, who, after, true)
	if err != nil {
		return err
	}
	if len(items) == 0 && after != "" { // they were decided about meanwhile
		http.Redirect(w, r, queueAddress(chosen, ""), http.StatusSeeOther)
		return nil
	}
	v := queueView{staff: s.staff(r), Total: stands.Held, Chosen: string(chosen)}
	if len(items) > perPage {
		items = items[:perPage]
		v.Next = queueAddress(chosen, items[perPage-1].ID)
	}
	v.Items = items
	if err := s.around(r, who, after, &v); err != nil {
		return err
	}
	s.Render(w, r, http.StatusOK, "queue", v)
	return nil
}

// around says where the page stands in the list, and what comes before it.
func (s *Server) around(r *http.Request, who carryover.PractitionerID, after carryover.VersionID, v *queueView) error {
	if len(v.Items) == 0 {
		return nil
	}
	first := carryover.VersionID(v.Items[0].ID)
	place, err := s.Desk.Place(r.Context(), first, who)
	if err != nil {
		return err
	}
	v.From, v.To = place.Number, place.Number+len(v.Items)-1
	if after == "" {
		return nil
	}
	earlier, err := s.waiting(r, who, first, false)
	if err != nil {
		return err
	}
	chosen := carryover.PractitionerID(v.Chosen)
	if v.Before = queueAddress(chosen, ""); len(earlier) > perPage {
		v.Before = queueAddress(chosen, earlier[perPage].ID)
	}
	return nil
}

// queueAddress is where a page of the list is: that of a practitioner, from the
// document after one on.
func queueAddress(chosen carryover.PractitionerID, after string) string {
	q := url.Values{}
	if chosen != "" {
		q.Set("practitioner", string(chosen))
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return "/held"
	}
	return "/held?" + q.Encode()
}

// waiting lists a page of what waits for a person, and one more when there is
// one.
func (s *Server) waiting(r *http.Request, who carryover.PractitionerID, after carryover.VersionID, oldestFirst bool) ([]desk.Item, error) {
	return s.Desk.List(r.Context(), desk.ListRequest{
		States: forPerson, Practitioner: who, After: after, OldestFirst: oldestFirst, Limit: perPage + 1, Actor: s.actor(r),
	})
}

// later leads to the document that comes after this one, and to the list when
// there is none. Nothing is decided.
func (s *Server) later(w http.ResponseWriter, r *http.Request) error {
	place, err := s.Desk.Place(r.Context(), carryover.VersionID(r.PathValue("id")), s.own(r))
	if err != nil {
		return err
	}
	if place.Number > 0 && place.Next != "" {
		http.Redirect(w, r, "/held/"+string(place.Next), http.StatusSeeOther)
		return nil
	}
	http.Redirect(w, r, after("/held", "all"), http.StatusSeeOther)
	return nil
}
