package web

import (
	"errors"
	"net/http"
	"strings"

	"carryover"
	"carryover/internal/desk"
)

// A searchView is a search for a patient and what it found. The words that were
// searched for travel in the body of a POST and stand in the form again; no
// address has them.
type searchView struct {
	ID, Digest string // of the document
	Name, Born string // what was typed
	Asked      bool
	People     []foundPerson
	More       bool
	Problem    string
}

// A foundPerson is a patient of Cliniko's register.
type foundPerson struct {
	ID, Name, BirthDate string
	Live                bool
	Chart               string
}

// search looks for another patient, in Cliniko, now.
func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	d, err := s.lookUp(r)
	if err != nil {
		return err
	}
	v, err := s.find(r, d)
	if err != nil {
		return err
	}
	if r.Header.Get("HX-Request") == "true" {
		return s.piece(w, "held", "results", v)
	}
	return s.showHeld(w, r, v)
}

func (s *Server) find(r *http.Request, d desk.Detail) (searchView, error) {
	v := searchView{ID: d.ID, Digest: r.PostFormValue("digest"), Asked: true, Name: r.PostFormValue("name"), Born: r.PostFormValue("born")}
	ask := desk.FindRequest{Name: carryover.NewText(v.Name), Subject: d.ID, Actor: s.actor(r)}
	if v.Born != "" {
		born, err := parseBirthDate(v.Born)
		if err != nil {
			v.Problem = "The birth date cannot be read. Write it as day/month/year, such as 31/3/1980."
			return v, nil
		}
		ask.BirthDate = born
	}
	if name := strings.TrimSpace(v.Name); allDigits(name) {
		ask.Name, ask.Patient = carryover.Text{}, carryover.PatientID(name)
	}
	found, more, err := s.Desk.FindPatients(r.Context(), ask)
	if errors.Is(err, carryover.ErrInvalid) {
		v.Problem = "Write at least two letters of the name, or a birth date."
		return v, nil
	}
	if away(err) && r.Context().Err() == nil {
		s.Log.Info("patients not searched", "document", d.ID, "err", err)
		v.Problem = "Cliniko does not answer just now, so nobody could be looked for. Wait a minute and search again."
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.More = more
	for _, p := range found {
		v.People = append(v.People, s.foundPerson(r, p))
	}
	return v, nil
}

func (s *Server) foundPerson(r *http.Request, p carryover.Patient) foundPerson {
	return foundPerson{
		ID: string(p.ID), Name: fullName(p), BirthDate: p.BirthDate.Reveal(), Live: p.Live(), Chart: s.chart(r, string(p.ID)),
	}
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
