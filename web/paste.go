package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"carryover"
	"carryover/internal/desk"
)

// A pasteView is the form for a document that somebody has copied. What was
// typed stands in it again when something is missing.
type pasteView struct {
	staff
	Practitioner, Patient, Name, Born, On, Title, Text string
	Problem                                            string
}

// paste shows the form.
func (s *Server) paste(w http.ResponseWriter, r *http.Request) error {
	s.Render(w, r, http.StatusOK, "paste", pasteView{staff: s.staff(r), On: s.midnight(time.Now()).Format(time.DateOnly)})
	return nil
}

// takePaste takes a document onto the road, where it goes as every other does:
// the patient must agree with Cliniko, else it is held.
func (s *Server) takePaste(w http.ResponseWriter, r *http.Request) error {
	v := pasteView{
		staff: s.staff(r), Practitioner: r.PostFormValue("practitioner"), Patient: strings.TrimSpace(r.PostFormValue("patient")),
		Name: r.PostFormValue("name"), Born: r.PostFormValue("born"), On: r.PostFormValue("on"),
		Title: r.PostFormValue("title"), Text: r.PostFormValue("text"),
	}
	ask, problem := s.pasted(r, v)
	if problem == "" {
		item, err := s.Desk.File(r.Context(), ask)
		if err == nil {
			http.Redirect(w, r, after("/documents/"+item.ID, "pasted"), http.StatusSeeOther)
			return nil
		}
		if !errors.Is(err, carryover.ErrInvalid) {
			return err
		}
		problem = troubleOf(err).Sentence
	}
	v.Problem = problem
	s.Render(w, r, http.StatusUnprocessableEntity, "paste", v)
	return nil
}

// pasted reads the form; problem is what is missing, in a sentence.
func (s *Server) pasted(r *http.Request, v pasteView) (ask desk.FileRequest, problem string) {
	ask = desk.FileRequest{
		Text: carryover.NewText(strings.ReplaceAll(v.Text, "\r\n", "\n")), Name: carryover.NewText(v.Title),
		PatientName: carryover.NewText(v.Name), Patient: carryover.PatientID(v.Patient),
		Practitioner: carryover.PractitionerID(v.Practitioner), Actor: s.actor(r),
	}
	if own := s.own(r); own != "" {
		ask.Practitioner = own
	}
	var err error
	if ask.BirthDate, err = parseBirthDate(v.Born); err != nil {
		return ask, "The birth date cannot be read. Write it as day/month/year, such as 31/3/1980."
	}
	if v.On != "" {
		day, err := s.parseDay(v.On)
		if err != nil {
			return ask, "The day of the consultation cannot be read. Choose it from the calendar of the field."
		}
		ask.At = day.Add(12 * time.Hour) // noon: no zone makes it another day
	}
	switch {
	case !s.known(v.staff, ask.Practitioner):
		return ask, "Choose who wrote the document."
	case strings.TrimSpace(v.Text) == "":
		return ask, "Paste the document’s text."
	case v.Patient != "" && !allDigits(v.Patient):
		return ask, "The patient’s number is the row of digits at the end of the patient’s address in Cliniko."
	case strings.TrimSpace(v.Name) == "" && v.Patient == "":
		return ask, "Say who the patient is: name and birth date, or the number in Cliniko with one of them."
	case v.Born == "" && (v.Patient == "" || strings.TrimSpace(v.Name) == ""):
		return ask, "Two details are needed: add the birth date."
	}
	return ask, ""
}

// known says that a practitioner is one whose documents are carried.
func (*Server) known(all staff, id carryover.PractitionerID) bool {
	for _, p := range all.known {
		if p.ID == id {
			return true
		}
	}
	return false
}
