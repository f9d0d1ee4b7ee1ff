package web

import (
	"errors"
	"html/template"
	"net/http"
	"slices"

	"carryover"
	"carryover/internal/desk"
	"carryover/web/paper"
)

// A heldView is one document that waits, with all a person decides by.
type heldView struct {
	staff
	opened
	Place, Total int    // where it stands among what waits
	Next         string // the one after it; empty: none
	Fields       []string
	Search       searchView
	Reasons      []string // for leaving it out
}

// An opened document has been looked into: its text and its names are here, and
// the audit chain has that they are.
type opened struct {
	D       desk.Detail
	Title   string        // of the note
	Paper   template.HTML // as Cliniko will show it; empty: it cannot be shown
	Preview desk.Preview
	Why     string            // why there is no preview
	Named   foundPerson       // whom a release files it to, where the evidence has no name for them
	Charts  map[string]string // where the patients' pages in Cliniko are, by id
}

// held shows one document that waits for a person.
func (s *Server) held(w http.ResponseWriter, r *http.Request) error {
	d, err := s.lookUp(r)
	if err != nil {
		return err
	}
	if !waits(d.State) {
		http.Redirect(w, r, "/documents/"+d.ID, http.StatusSeeOther)
		return nil
	}
	return s.showHeld(w, r, searchView{})
}

// showHeld shows the document with what a search found.
func (s *Server) showHeld(w http.ResponseWriter, r *http.Request, found searchView) error {
	o, err := s.open(r)
	if err != nil {
		return err
	}
	v := heldView{staff: s.staff(r), opened: o, Search: found, Reasons: desk.DismissReasons}
	v.Search.ID, v.Search.Digest = o.D.ID, o.D.Digest
	v.Fields = fieldsOf(o.D.Candidates)
	place, err := s.Desk.Place(r.Context(), carryover.VersionID(o.D.ID), s.own(r))
	if err != nil {
		return err
	}
	v.Place, v.Total, v.Next = place.Number, place.Of, string(place.Next)
	s.Render(w, r, http.StatusOK, "held", v)
	return nil
}

// open looks into the document that an address names. The caller has seen that
// whoever asks may.
func (s *Server) open(r *http.Request) (opened, error) {
	ask := desk.ShowRequest{ID: r.PathValue("id"), Text: true, Names: true, Diary: true, Actor: s.actor(r)}
	d, err := s.Desk.Show(r.Context(), ask)
	if err != nil {
		return opened{}, err
	}
	o := opened{D: d, Charts: map[string]string{}}
	for _, id := range append(candidatesOf(d), d.Patient, d.Evident) {
		if at := s.chart(r, id); at != "" {
			o.Charts[id] = at
		}
	}
	o.Named = s.evident(r, d)
	if d.Sealed != "kept" {
		o.Why = "The text is not kept any more."
		return o, nil
	}
	ask.ID = d.ID
	p, err := s.Desk.Preview(r.Context(), ask)
	if err == nil {
		o.Title, o.Preview = p.Title, p
		o.Paper, err = paper.Clean(paper.Form(p))
	}
	if err != nil {
		if r.Context().Err() != nil {
			return o, err
		}
		s.Log.Info("preview not made", "document", d.ID, "err", err)
		o.Paper, o.Why = "", "How Cliniko will show it cannot be said just now. These are the document’s own words."
		if errors.Is(err, carryover.ErrRefused) || errors.Is(err, carryover.ErrInvalid) {
			o.Why = "It cannot be laid out for Cliniko. These are the document’s own words."
		}
	}
	return o, nil
}

// evident finds the name of the patient to whom a release files, when none of the
// candidates is that one: nobody files to a number. Without an answer the number
// has to do, and the link to the record.
func (s *Server) evident(r *http.Request, d desk.Detail) foundPerson {
	if d.Evident == "" || slices.Contains(candidatesOf(d), d.Evident) {
		return foundPerson{}
	}
	p, err := s.patient(r, d, carryover.PatientID(d.Evident))
	if err != nil {
		s.Log.Info("patient not named", "document", d.ID, "err", err)
		return foundPerson{}
	}
	return s.foundPerson(r, p)
}

func candidatesOf(d desk.Detail) []string {
	var ids []string
	for _, c := range d.Candidates {
		ids = append(ids, c.Patient)
	}
	return ids
}

// fieldsOf lists the fields that any candidate was compared by: the three that
// people know first, the others in the order of the evidence.
func fieldsOf(all []desk.Candidate) []string {
	fields := []string{"name", "birth_date", "booking"}
	for _, c := range all {
		for _, f := range c.Findings {
			if !slices.Contains(fields, f.Field) {
				fields = append(fields, f.Field)
			}
		}
	}
	return fields
}

// Finding is what comparing one field of a candidate came to.
func (heldView) Finding(c desk.Candidate, field string) desk.Finding {
	for _, f := range c.Findings {
		if f.Field == field {
			return f
		}
	}
	return desk.Finding{Field: field, Outcome: string(carryover.Absent)}
}

// CanFile says that a release makes sense, so that the page offers it.
func (o opened) CanFile() bool {
	switch carryover.Reason(o.D.Reason) {
	case carryover.NotProven, carryover.CannotRender, carryover.TextGone, // there is a note, or there are no words
		carryover.RemoveByHand, carryover.CannotMove, carryover.NoSuchRecord:
		return false
	}
	return o.D.State == string(carryover.Held) && o.D.Sealed == "kept"
}

// CanRetry says that sending it along the road again makes sense.
func (o opened) CanRetry() bool {
	switch carryover.Reason(o.D.Reason) {
	case carryover.LaterVersion, carryover.EvidenceChanged, carryover.ReviewMode:
		return false
	case carryover.NotProven, carryover.RemoveByHand, carryover.NoSuchRecord:
		return true
	}
	return o.D.Sealed == "kept"
}

// AskPractitioner says that whose session it was is the question.
func (o opened) AskPractitioner() bool { return o.D.Reason == string(carryover.WhoseSession) }

// EvidentName names the patient whom the evidence leads to, when the register
// has told.
func (o opened) EvidentName() string {
	for _, c := range o.D.Candidates {
		if c.Patient == o.D.Evident {
			return c.Name
		}
	}
	return o.Named.Name
}

// EvidentBorn is that patient's birth date.
func (o opened) EvidentBorn() string {
	for _, c := range o.D.Candidates {
		if c.Patient == o.D.Evident {
			return c.BirthDate
		}
	}
	return o.Named.BirthDate
}

// Chart is where a patient's page in Cliniko is; empty when it is not known.
func (o opened) Chart(patient string) string { return o.Charts[patient] }
