package web

import (
	"net/http"
	"slices"
	"strings"

	"carryover"
	"carryover/internal/desk"
)

// A filing is taken back, or moved to another record, in two steps: first the
// page says what will happen to which note, then a button does it. Only the
// daemon touches Cliniko, and it leaves alone what somebody has worked on.

// A reversalView says what an undo or a move will do.
type reversalView struct {
	staff
	opened
	Says   []string
	Target foundPerson // of a move, once it is chosen
	Chosen bool
	Search searchView
	Wrong  string // what of the re-entry did not fit
}

// undo says what taking the filing back will do, and does it when told.
func (s *Server) undo(w http.ResponseWriter, r *http.Request) error {
	d, err := s.lookUp(r)
	if err != nil {
		return err
	}
	ask := desk.UndoRequest{ID: d.ID, DryRun: true, Actor: s.actor(r)}
	if do := r.PostFormValue("do"); do == "yes" || do == "call_off" {
		if _, ask.Digest, err = s.decided(r); err != nil {
			return err
		}
		ask.DryRun, ask.CallOff = false, do == "call_off"
	}
	what, err := s.Desk.Undo(r.Context(), ask)
	if err != nil {
		return err
	}
	if !ask.DryRun {
		http.Redirect(w, r, after("/documents/"+d.ID, "undone"), http.StatusSeeOther)
		return nil
	}
	s.Render(w, r, http.StatusOK, "undo", reversalView{staff: s.staff(r), opened: opened{D: d}, Says: spoken(what.Says)})
	return nil
}

// move asks for the record to move to, says what will happen, and does it when
// the person has typed whom the document is about.
func (s *Server) move(w http.ResponseWriter, r *http.Request) error {
	d, err := s.lookUp(r)
	if err != nil {
		return err
	}
	v := reversalView{staff: s.staff(r), opened: opened{D: d}}
	id := carryover.PatientID(r.PostFormValue("patient"))
	if id == "" {
		if r.PostFormValue("search") != "" {
			if v.Search, err = s.find(r, d); err != nil {
				return err
			}
		}
		s.Render(w, r, http.StatusOK, "move", v)
		return nil
	}
	p, err := s.patient(r, d, id)
	if err != nil {
		return err
	}
	ask := desk.MoveRequest{ID: d.ID, Patient: id, DryRun: true, Actor: s.actor(r)}
	if r.PostFormValue("do") == "yes" {
		if _, ask.Digest, err = s.decided(r); err != nil {
			return err
		}
		v.Wrong = mismatch(p, r.PostFormValue("initials"), r.PostFormValue("born"))
		ask.DryRun = v.Wrong != ""
	}
	what, err := s.Desk.Move(r.Context(), ask)
	if err != nil {
		return err
	}
	if !ask.DryRun {
		http.Redirect(w, r, after("/documents/"+d.ID, "moved"), http.StatusSeeOther)
		return nil
	}
	v.Says, v.Target, v.Chosen = spoken(what.Says), s.foundPerson(r, p), true
	status := http.StatusOK
	if v.Wrong != "" {
		status = http.StatusUnprocessableEntity
	}
	s.Render(w, r, status, "move", v)
	return nil
}

// spoken leaves out what is about commands.
func spoken(says []string) []string {
	return slices.DeleteFunc(slices.Clone(says), func(s string) bool { return strings.Contains(s, "`") })
}

// CanUndo says that something of the document may be in Cliniko, so that taking
// it back makes sense.
func (o opened) CanUndo() bool {
	switch carryover.State(o.D.State) {
	case carryover.Filed, carryover.Proven:
		return true
	case carryover.Held:
		return o.D.Note != "" || slices.Contains([]carryover.Reason{carryover.EvidenceChanged, carryover.LaterVersion}, carryover.Reason(o.D.Reason))
	}
	return false
}

// CanMove says the same of moving it; what was taken back can be moved too.
func (o opened) CanMove() bool {
	return o.CanUndo() || o.D.State == string(carryover.Undone)
}
