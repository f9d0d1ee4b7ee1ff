package clinic

import "carryover/sandbox"

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
