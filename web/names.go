package web

import (
	"context"
	"net/http"
	"time"

	"carryover"
)

// A staff knows what practitioners are called. Pages embed it.
type staff struct{ known []Practitioner }

// Who names a practitioner; their number while Cliniko has not told the name.
func (s staff) Who(id string) string {
	for _, p := range s.known {
		if string(p.ID) == id && !p.Name.IsBlank() {
			return p.Name.Reveal()
		}
	}
	if id == "" {
		return "not known"
	}
	return "practitioner " + short(id)
}

// Practitioners lists them all.
func (s staff) Practitioners() []Practitioner { return s.known }

// staff asks who works here, for no longer than a page can wait. Whoever may see
// one practitioner's documents has no other to choose.
func (s *Server) staff(r *http.Request) staff {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	all := s.Practice.Practitioners(ctx)
	own := s.own(r)
	if own == "" {
		return staff{all}
	}
	for _, p := range all {
		if p.ID == own {
			return staff{[]Practitioner{p}}
		}
	}
	return staff{[]Practitioner{{ID: own}}}
}

// chart is the address of a patient's page in Cliniko; empty when it is not
// known. UI addresses are no interface: the patient's page is the one that is
// safe to link to (reference sheet §19).
func (s *Server) chart(r *http.Request, patient string) string {
	if patient == "" {
		return ""
	}
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	base := s.Practice.Address(ctx)
	if base == "" {
		return ""
	}
	return base + "/patients/" + patient
}

// fullName writes a patient's name as the register has it.
func fullName(p carryover.Patient) string {
	name := p.FirstName.Reveal() + " " + p.LastName.Reveal()
	if !p.PreferredName.IsBlank() && p.PreferredName.Reveal() != p.FirstName.Reveal() {
		name += " (called " + p.PreferredName.Reveal() + ")"
	}
	return name
}
