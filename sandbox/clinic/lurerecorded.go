package clinic

import (
	"carryover/sandbox"
)

// recordedLures are sessions in a colleague's account, and documents whose own
// patient line says something else than their session.
var recordedLures = []lure{
	{
		name: "colleagues_link", expect: expectHeld, reasons: []string{whoseSession}, why: "recorded in a colleague's account, in the patient's booking with another",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			if a.seat(s, p) == "" {
				return false
			}
			s.PractitionerID = a.colleagueOf(s)
			return true
		},
	},
	{
		name: "two_links_booked", expect: expectProven, // listed by two; the booking says whose it is
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			booking := a.seat(s, p)
			says(s, name(p), p.BirthDate)
			tied(s, "", booking)
			s.Belongs = p.ID
			s.SharedWith = []string{a.colleagueOf(s)}
			return booking != ""
		},
	},
	{
		name: "two_links_unclear", expect: expectHeld, reasons: []string{whoseSession}, why: "listed by two, and no booking says whose it is",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			a.alone(s)
			says(s, name(p), p.BirthDate)
			s.SharedWith = []string{a.colleagueOf(s)}
			return true
		},
	},
	{
		name: "line_names_another", expect: expectHeld, reasons: []string{contentClash}, why: "the document's own patient line is another patient's",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), p.BirthDate)
			a.line = label(a.somebody())
			return a.alone(s)
		},
	},
	{
		name: "line_names_a_stranger", expect: expectHeld, reasons: []string{contentClash}, why: "the document's own patient line is nobody's",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			booking := a.seat(s, p)
			says(s, name(p), p.BirthDate)
			tied(s, p.ID, booking)
			a.line = label(sandbox.Patient{FirstName: a.first(), LastName: a.surname()})
			return booking != ""
		},
	},
	{
		name: "line_has_another_birth_date", expect: expectHeld, reasons: []string{contentClash}, why: "the document's own birth date is another",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), p.BirthDate)
			a.line = label(sandbox.Patient{FirstName: p.FirstName, LastName: p.LastName, BirthDate: a.born()})
			return a.alone(s)
		},
	},
	{
		name: "line_agrees", expect: expectProven,
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			a.line = label(p)
			return a.alone(s)
		},
	},
}

// colleagueOf returns another practitioner than the session's.
func (a *adversary) colleagueOf(s *sandbox.Session) string {
	for {
		if p := a.diary.staff[a.IntN(clinicians)]; p.ID != s.PractitionerID {
			return p.ID
		}
	}
}
