package web

import (
	"errors"
	"net/http"
	"slices"

	"carryover"
	"carryover/internal/desk"
)

// This file takes the decisions about a document that waits. Each carries the
// digest of what the person saw; when anything of that has changed, nothing is
// done and the person looks again.

// decided finds the document and what the form says was seen of it.
func (s *Server) decided(r *http.Request) (desk.Detail, string, error) {
	d, err := s.lookUp(r)
	if err != nil {
		return d, "", err
	}
	digest := r.PostFormValue("digest")
	switch {
	case digest == "":
		return d, "", badRequest("The form is not complete.", "Open the document again and decide there.")
	case digest != d.Digest:
		return d, "", desk.ErrChanged
	}
	return d, digest, nil
}

// file lets a document go. The patient whom the evidence names needs no more
// than the click; one that a person picked needs initials and birth date, which
// a wrong pick does not survive.
func (s *Server) file(w http.ResponseWriter, r *http.Request) error {
	d, digest, err := s.decided(r)
	if err != nil {
		return err
	}
	patient := carryover.PatientID(r.PostFormValue("patient"))
	switch {
	case patient == "" && d.Evident == "":
		return badRequest("No patient is chosen.", "Choose the patient on the document’s page, then file it.")
	case patient != "" && string(patient) != d.Evident:
		again, err := s.reentered(w, r, d, patient)
		if again || err != nil {
			return err
		}
	}
	_, err = s.Desk.Release(r.Context(), desk.ReleaseRequest{
		ID: d.ID, Patient: patient, Practitioner: s.author(r, d), Digest: digest, Actor: s.actor(r),
	})
	if err != nil {
		return err
	}
	return s.decidedAbout(w, r, "filed")
}

// author is whose session a person says it was, where that is the question.
func (s *Server) author(r *http.Request, d desk.Detail) carryover.PractitionerID {
	if d.Reason != string(carryover.WhoseSession) {
		return ""
	}
	return carryover.PractitionerID(r.PostFormValue("practitioner"))
}

// authorOpen says that nobody has said yet whose session it was.
func (s *Server) authorOpen(r *http.Request, d desk.Detail) bool {
	return d.Reason == string(carryover.WhoseSession) && s.author(r, d) == "" && len(s.staff(r).known) > 1
}

// dismiss leaves a document out of Cliniko.
func (s *Server) dismiss(w http.ResponseWriter, r *http.Request) error {
	d, _, err := s.decided(r)
	if err != nil {
		return err
	}
	reason := r.PostFormValue("reason")
	if !slices.Contains(desk.DismissReasons, reason) {
		return badRequest("No reason is chosen.", "Choose one of the four reasons, then leave it out.")
	}
	_, err = s.Desk.Dismiss(r.Context(), desk.DismissRequest{
		ID: d.ID, Reason: reason, Remark: carryover.NewText(r.PostFormValue("remark")), Actor: s.actor(r),
	})
	if err != nil {
		return err
	}
	return s.decidedAbout(w, r, "dismissed")
}

// retry sends a document along the road again.
func (s *Server) retry(w http.ResponseWriter, r *http.Request) error {
	d, _, err := s.decided(r)
	if err != nil {
		return err
	}
	if _, err := s.Desk.Retry(r.Context(), desk.RetryRequest{ID: d.ID, Actor: s.actor(r)}); err != nil {
		return err
	}
	return s.decidedAbout(w, r, "retried")
}

// decidedAbout leads on after a decision: to the list, where the next one waits.
func (s *Server) decidedAbout(w http.ResponseWriter, r *http.Request, what string) error {
	http.Redirect(w, r, after("/held", what), http.StatusSeeOther)
	return nil
}

// pause stops all writes to Cliniko, or lets them go on.
func (s *Server) pause(w http.ResponseWriter, r *http.Request) error {
	on := r.PostFormValue("on")
	if on != "yes" && on != "no" {
		return badRequest("The form is not complete.", "Use the switch on the page.")
	}
	_, err := s.Desk.Pause(r.Context(), desk.PauseRequest{
		On: on == "yes", Practitioner: carryover.PractitionerID(r.PostFormValue("practitioner")), Actor: s.actor(r),
	})
	if errors.Is(err, carryover.ErrRefused) {
		return badRequest("There is no such practitioner.", "Open Connections again and use the switch there.")
	}
	if err != nil {
		return err
	}
	back, what := "/", "resumed"
	if r.PostFormValue("practitioner") != "" {
		back = "/connections"
	}
	if on == "yes" {
		what = "paused"
	}
	http.Redirect(w, r, after(back, what), http.StatusSeeOther)
	return nil
}
