package clinic

import (
	"time"

	"carryover/sandbox"
)

// neighbourLures need two places in a row: whoever was in the first is easily
// taken for whoever is in the second.
var neighbourLures = []lure{
	{
		name: "siblings_following", expect: expectProven,
		set: func(a *adversary, s *sandbox.Session) bool {
			_, q, _, two := a.siblingsFollowing()
			if two == nil {
				return false
			}
			a.record(s, two)
			s.Belongs = q.ID
			says(s, name(q), q.BirthDate)
			return true
		},
	},
	{
		name: "siblings_slip", expect: expectHeld, reasons: []string{nextPatient, rivals},
		why: "recorded in the second one's slot under the first one's name, birth date and booking",
		set: func(a *adversary, s *sandbox.Session) bool {
			p, q, one, two := a.siblingsFollowing()
			if two == nil {
				return false
			}
			a.record(s, two)
			s.Belongs = q.ID
			says(s, name(p), p.BirthDate)
			tied(s, p.ID, one.booking)
			return true
		},
	},
	{
		name: "siblings_name_alone", expect: expectHeld, reasons: []string{nextPatient, rivals, oneClue},
		why: "the first one's name, minutes after the first one's booking, in the second one's",
		set: func(a *adversary, s *sandbox.Session) bool {
			p, _, _, two := a.siblingsFollowing()
			if two == nil {
				return false
			}
			a.record(s, two)
			says(s, name(p), "")
			return true
		},
	},
	{
		name: "wrong_recording", expect: expectHeld, reasons: []string{nextPatient},
		why: "everything says the patient before, whose booking was over",
		set: func(a *adversary, s *sandbox.Session) bool {
			return a.under(s, func(p, _ *sandbox.Appointment) {}, tieAll, "")
		},
	},
	{
		name: "wrong_recording_no_show", expect: expectHeld, reasons: []string{nextPatient, oneClue, contradiction},
		why: "recorded under a patient who had not come, in the next one's booking",
		set: func(a *adversary, s *sandbox.Session) bool {
			return a.under(s, func(p, _ *sandbox.Appointment) { p.DidNotArrive = true }, tieNone, "")
		},
	},
	{
		name: "wrong_recording_name_and_birth", expect: expectHeld, reasons: []string{nextPatient},
		why: "name and birth date of the patient before, typed before the next one came in",
		set: func(a *adversary, s *sandbox.Session) bool {
			return a.under(s, func(p, _ *sandbox.Appointment) {}, tieNone, "")
		},
	},
	{
		name: "wrong_recording_two_visits", expect: expectHeld, reasons: []string{nextPatient},
		why: "recorded under the patient before, who had gone on to a colleague",
		set: func(a *adversary, s *sandbox.Session) bool {
			if !a.under(s, func(p, _ *sandbox.Appointment) {}, tieNone, "") {
				return false
			}
			return a.gone(s)
		},
	},
	{
		name: "wrong_recording_labelled_next", expect: expectHeld, reasons: []string{contentClash, nextPatient},
		why: "the session is the patient's before, the document's own line the next one's",
		set: func(a *adversary, s *sandbox.Session) bool {
			return a.under(s, func(p, _ *sandbox.Appointment) {}, tieAll, "next")
		},
	},
	{
		name: "late_note_labelled", expect: expectEither, reasons: []string{nextPatient},
		why: "the patient before, finished in the next one's slot; the document's own line says so",
		set: func(a *adversary, s *sandbox.Session) bool {
			return a.under(s, func(p, _ *sandbox.Appointment) {}, tieAll, "before")
		},
	},
}

// siblingsFollowing books two of a family one after the other.
func (a *adversary) siblingsFollowing() (p, q sandbox.Patient, one, two *slot) {
	first, second := a.siblings()
	last := a.surname()
	p, q = a.person(first, last, a.born()), a.person(second, last, a.born())
	one, two = a.following(sandbox.Appointment{PatientID: p.ID}, sandbox.Appointment{PatientID: q.ID})
	return p, q, one, two
}

// tieAll and tieNone say whether a session carries ids besides what was typed.
const (
	tieAll  = true
	tieNone = false
)

// under books two strangers to each other in a row and makes s a recording in
// the second one's booking under the first one's name. labelled says whom the
// document's own line names: next, before, or nobody.
func (a *adversary) under(s *sandbox.Session, change func(p, q *sandbox.Appointment), tie bool, labelled string) bool {
	p, q := a.somebody(), a.somebody()
	first, second := sandbox.Appointment{PatientID: p.ID}, sandbox.Appointment{PatientID: q.ID}
	change(&first, &second)
	one, two := a.following(first, second)
	if two == nil {
		return false
	}
	a.record(s, two)
	s.Belongs = q.ID
	says(s, name(p), p.BirthDate)
	if tie {
		tied(s, p.ID, one.booking)
	}
	switch labelled {
	case "next":
		a.line = label(q)
	case "before":
		a.line, s.Belongs = label(p), p.ID
	}
	return true
}

// gone books the patient whom s names with a colleague at the time of s.
func (a *adversary) gone(s *sandbox.Session) bool {
	for _, p := range a.registrar.register.all {
		if name(p) != s.PatientName {
			continue
		}
		start := s.StartedAt.Truncate(5 * time.Minute)
		a.diary.booked = append(a.diary.booked, sandbox.Appointment{
			ID: a.clinikoID(), PractitionerID: a.colleagueOf(s), BusinessID: a.diary.business[0].ID, PatientID: p.ID,
			StartsAt: start, EndsAt: start.Add(30 * time.Minute),
		})
		return true
	}
	return false
}
