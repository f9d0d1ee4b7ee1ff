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

// familyLures are twins, parents and children.
var familyLures = []lure{
	{
		name: "twin_in_the_others_slot", expect: expectHeld, reasons: []string{rivals, contradiction},
		why: "one twin's name and birth date, the other twin's booking",
		set: func(a *adversary, s *sandbox.Session) bool {
			p, q := a.twins(a.siblings())
			says(s, name(p), p.BirthDate)
			return a.seat(s, q) != ""
		},
	},
	{
		name: "twin_in_their_slot", expect: expectEither, reasons: []string{rivals},
		set: func(a *adversary, s *sandbox.Session) bool {
			p, _ := a.twins(a.siblings())
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			return a.seat(s, p) != ""
		},
	},
	{
		name: "twin_unregistered", expect: expectHeld, reasons: []string{contradiction, noCandidate, oneClue, rivals},
		why: "a twin who is no patient, in the patient's slot",
		set: func(a *adversary, s *sandbox.Session) bool {
			first, second := a.siblings()
			p := a.person(first, a.surname(), a.born())
			says(s, second+" "+p.LastName, p.BirthDate)
			return a.seat(s, p) != ""
		},
	},
	{
		name: "twin_rhyming_unregistered", expect: expectHeld, reasons: []string{contradiction, noCandidate, oneClue, rivals},
		why: "Hayden is no slip for Jayden, in whosever slot",
		set: func(a *adversary, s *sandbox.Session) bool {
			first, second := a.either(pick(a.dice, rhyming))
			p := a.person(first, a.surname(), a.born())
			says(s, second+" "+p.LastName, p.BirthDate)
			return a.seat(s, p) != ""
		},
	},
	{
		name: "twin_rhyming_id", expect: expectHeld, reasons: []string{contradiction, rivals},
		why: "one twin's name, the other's patient id",
		set: func(a *adversary, s *sandbox.Session) bool {
			p, q := a.twins(a.either(pick(a.dice, rhyming)))
			says(s, name(p), p.BirthDate)
			tied(s, q.ID, "")
			return a.alone(s)
		},
	},
	{
		name: "twins_short_name", expect: expectHeld, reasons: []string{rivals, oneClue},
		why: "a short form of both twins' names",
		set: func(a *adversary, s *sandbox.Session) bool {
			short := pick(a.dice, [][3]string{
				{"Samuel", "Samantha", "Sam"}, {"Alexander", "Alexandra", "Alex"}, {"Christina", "Christopher", "Chris"}, {"Joseph", "Josephine", "Jo"},
			})
			p, _ := a.twins(short[0], short[1])
			says(s, short[2]+" "+p.LastName, p.BirthDate)
			return a.seat(s, p) != ""
		},
	},
	{
		name: "twins_last_name", expect: expectHeld, reasons: []string{rivals, oneClue},
		why: "a last name and a birth date, which twins have in common",
		set: func(a *adversary, s *sandbox.Session) bool {
			p, _ := a.twins(a.siblings())
			says(s, "Ms "+p.LastName, p.BirthDate)
			return a.seat(s, p) != ""
		},
	},
	{
		name: "child_in_parents_slot", expect: expectEither, reasons: []string{rivals, contradiction},
		set: func(a *adversary, s *sandbox.Session) bool {
			parent, child := a.sameName()
			says(s, name(child), child.BirthDate)
			s.Belongs = child.ID
			return a.seat(s, parent) != ""
		},
	},
	{
		name: "child_name_alone", expect: expectEither, reasons: []string{rivals, oneClue},
		set: func(a *adversary, s *sandbox.Session) bool {
			_, child := a.sameName()
			says(s, name(child), "")
			s.Belongs = child.ID
			return a.seat(s, child) != ""
		},
	},
	{
		name: "junior_unregistered", expect: expectHeld, reasons: []string{contradiction, noCandidate},
		why: "a child of the parent's name, in the parent's slot, who is no patient",
		set: func(a *adversary, s *sandbox.Session) bool {
			parent := a.somebody()
			says(s, name(parent)+" Jr", a.born())
			return a.seat(s, parent) != ""
		},
	},
	{
		name: "sibling_unregistered", expect: expectHeld, reasons: []string{contradiction, noCandidate, oneClue},
		why: "a brother or sister in the slot, no birth date said",
		set: func(a *adversary, s *sandbox.Session) bool {
			first, second := a.siblings()
			p := a.person(first, a.surname(), a.born())
			says(s, second+" "+p.LastName, "")
			return a.seat(s, p) != ""
		},
	},
}

// namesakeLures are people of one name who are no family, and a day of birth
// that registers fill in.
var namesakeLures = []lure{
	{
		name: "namesake_told_apart", expect: expectProven,
		set: func(a *adversary, s *sandbox.Session) bool {
			p, _ := a.sameName()
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "namesake_name_alone", expect: expectHeld, reasons: []string{oneClue, rivals}, why: "a name that two have",
		set: func(a *adversary, s *sandbox.Session) bool {
			p, _ := a.sameName()
			says(s, name(p), "")
			return a.alone(s)
		},
	},
	{
		name: "namesake_unregistered", expect: expectHeld, reasons: []string{contradiction, noCandidate},
		why: "a patient's name and nobody's birth date",
		set: func(a *adversary, s *sandbox.Session) bool {
			says(s, name(a.somebody()), a.born())
			return a.alone(s)
		},
	},
	{
		name: "namesakes_turned", expect: expectHeld, reasons: []string{rivals},
		why: "two of one name, born on days that are each other's with day and month exchanged",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			a.person(p.FirstName, p.LastName, turnedDate(p.BirthDate))
			says(s, name(p), p.BirthDate)
			return a.alone(s)
		},
	},
	{
		name: "namesakes_one_digit", expect: expectHeld, reasons: []string{rivals, contradiction},
		why: "one namesake's birth date, one digit from the other's, in the other's slot",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			q := a.person(p.FirstName, p.LastName, slip(p.BirthDate))
			says(s, name(q), q.BirthDate)
			return a.seat(s, p) != ""
		},
	},
	{
		name: "double", expect: expectHeld, reasons: []string{rivals}, why: "two records of one name and one birth date",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			a.person(p.FirstName, p.LastName, p.BirthDate)
			says(s, name(p), p.BirthDate)
			return a.alone(s)
		},
	},
	{
		name: "double_with_id", expect: expectEither, reasons: []string{rivals},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			a.person(p.FirstName, p.LastName, p.BirthDate)
			says(s, name(p), p.BirthDate)
			tied(s, p.ID, "")
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "first_name_and_birth_of_two", expect: expectHeld, reasons: []string{rivals, oneClue},
		why: "two of that first name were born that day",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			a.person(p.FirstName, a.surname(), p.BirthDate)
			says(s, p.FirstName, p.BirthDate)
			return a.alone(s)
		},
	},
	{
		name: "new_year_whole", expect: expectEither, reasons: []string{rivals, oneClue},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.newYears()
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "new_year_last_name", expect: expectHeld, reasons: []string{rivals, oneClue},
		why: "a last name, and 1 January, which half the register has",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.newYears()
			says(s, p.LastName, p.BirthDate)
			return a.seat(s, p) != ""
		},
	},
	{
		name: "new_year_slip", expect: expectHeld, reasons: []string{oneClue, rivals, contradiction},
		why: "a name with a slip and 1 January are not two identifiers",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.newYears()
			says(s, p.FirstName+" "+misspelt(p.LastName), p.BirthDate)
			return a.alone(s)
		},
	},
}

// newYears registers one person born on 1 January among many who were not, but
// are said to be; one of them has the same last name.
func (a *adversary) newYears() sandbox.Patient {
	first, second := a.siblings()
	last, born := a.surname(), a.born()[:4]+"-01-01"
	p := a.person(first, last, born)
	a.person(second, last, born)
	for range 8 {
		other := a.registrar.invent()
		a.person(other.FirstName, other.LastName, born)
	}
	return p
}

// misspelt exchanges two letters in the middle of a name.
func misspelt(last string) string {
	r := []rune(last)
	for i := len(r) / 2; i+1 < len(r); i++ {
		if r[i] != r[i+1] {
			r[i], r[i+1] = r[i+1], r[i]
			return string(r)
		}
	}
	return last
}
