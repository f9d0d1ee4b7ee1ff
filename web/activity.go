package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"carryover"
	"carryover/internal/desk"
)

// An activityView is a search of the ledger and what it found. The reference and
// the days that were searched for are in the body of a POST.
type activityView struct {
	staff
	Items     []desk.Item
	Groups    []group
	Group     string
	Chosen    string // the practitioner
	From, To  string
	Reference string
	After     string // the last one shown, when there are more
	Problem   string
	Asked     bool
}

// A group is several states under one word.
type group struct {
	Name, Words string
	states      []carryover.State
}

var groups = []group{
	{"filed", "In Cliniko", []carryover.State{carryover.Proven, carryover.Filed}},
	{"waiting", "Waiting for someone", forPerson},
	{"moving", "On the way", []carryover.State{carryover.Seen, carryover.Ripe, carryover.Ready, carryover.Sending, carryover.InDoubt}},
	{"out", "Left out or taken back", []carryover.State{carryover.Skipped, carryover.Dismissed, carryover.Superseded, carryover.Undone}},
}

// activity lists documents, the latest first, without names.
func (s *Server) activity(w http.ResponseWriter, r *http.Request) error {
	v := activityView{staff: s.staff(r), Groups: groups, Asked: r.Method == http.MethodPost}
	if v.Asked {
		v.Group, v.Chosen = r.PostFormValue("group"), r.PostFormValue("practitioner")
		v.From, v.To, v.Reference = r.PostFormValue("from"), r.PostFormValue("to"), r.PostFormValue("reference")
	}
	if v.Reference != "" {
		if id := s.referred(r, v.Reference); id != "" {
			http.Redirect(w, r, "/documents/"+id, http.StatusSeeOther)
			return nil
		}
		v.Problem = "No document of yours has this reference. It stands in the last line of a note and begins with HD-."
		s.Render(w, r, http.StatusOK, "activity", v)
		return nil
	}
	ask, err := s.sought(r, v)
	if err != nil {
		return err
	}
	items, err := s.Desk.List(r.Context(), ask)
	if err != nil {
		return err
	}
	if len(items) > perPage {
		items = items[:perPage]
		v.After = items[perPage-1].ID
	}
	v.Items = items
	s.Render(w, r, http.StatusOK, "activity", v)
	return nil
}

// sought turns the form into a question; one more is asked for than is shown, to
// know whether there are more.
func (s *Server) sought(r *http.Request, v activityView) (desk.ListRequest, error) {
	ask := desk.ListRequest{Practitioner: s.own(r), Limit: perPage + 1, Actor: s.actor(r)}
	if ask.Practitioner == "" {
		ask.Practitioner = carryover.PractitionerID(v.Chosen)
	}
	if v.Asked {
		ask.After = carryover.VersionID(r.PostFormValue("after"))
	}
	for _, g := range groups {
		if g.Name == v.Group {
			ask.States = g.states
		}
	}
	for _, one := range []struct {
		text string
		into *time.Time
		on   int
	}{{v.From, &ask.Since, 0}, {v.To, &ask.Before, 1}} {
		if one.text == "" {
			continue
		}
		day, err := s.parseDay(one.text)
		if err != nil {
			return ask, badRequest("That is not a day.", "Choose it from the calendar of the field.")
		}
		*one.into = s.daysOn(day, one.on)
	}
	return ask, nil
}

// leastReference is the length of the part of a reference that names a document,
// HD-XXXXXXXX. What is shorter would be looked for among all of them.
const leastReference = 11

// referred returns the version that a reference names, if whoever asks may see
// it; empty when there is none.
func (s *Server) referred(r *http.Request, reference string) string {
	if len(strings.TrimSpace(reference)) < leastReference {
		return ""
	}
	d, err := s.Desk.Show(r.Context(), desk.ShowRequest{ID: reference, Actor: s.actor(r)})
	if err != nil {
		if !errors.Is(err, carryover.ErrGone) {
			s.Log.Error("document not found", "err", err)
		}
		return ""
	}
	if !s.mine(r, d.Item) {
		return ""
	}
	return d.ID
}
