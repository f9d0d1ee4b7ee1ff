package clinic

import (
	"strconv"

	"carryover/sandbox"
)

// typedLures are what hands and microphones make of names and birth dates.
var typedLures = []lure{
	{
		name: "birth_turned", expect: expectHeld, reasons: []string{oneClue, contradiction},
		why: "day and month are exchanged, and nothing but the name besides",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), turnedDate(p.BirthDate))
			return a.alone(s)
		},
	},
	{
		name: "birth_turned_in_slot", expect: expectEither, reasons: []string{oneClue, contradiction},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), turnedDate(p.BirthDate))
			s.Belongs = p.ID
			return a.seat(s, p) != ""
		},
	},
	{
		name: "birth_one_digit", expect: expectHeld, reasons: []string{oneClue, contradiction}, why: "one digit differs, and nothing but the name besides",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), slip(p.BirthDate))
			return a.alone(s)
		},
	},
	{
		name: "birth_far_in_slot", expect: expectHeld, reasons: []string{contradiction}, why: "another birth date, in the patient's slot",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), a.born())
			return a.seat(s, p) != ""
		},
	},
	{
		name: "married", expect: expectHeld, reasons: []string{oneClue, contradiction, noCandidate, rivals}, why: "another last name, and no booking",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, p.FirstName+" "+a.surname(), p.BirthDate)
			return a.alone(s)
		},
	},
	{
		name: "married_in_slot", expect: expectEither, reasons: []string{oneClue, contradiction, rivals},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, p.FirstName+" "+a.surname(), p.BirthDate)
			s.Belongs = p.ID
			return a.seat(s, p) != ""
		},
	},
	{
		name: "name_of_its_own", expect: expectHeld, reasons: []string{oneClue, contradiction, noCandidate, rivals},
		why: "the first name is heard for another, and is a name of its own",
		set: func(a *adversary, s *sandbox.Session) bool {
			first, second := a.either(pick(a.dice, rhyming))
			p := a.person(first, a.surname(), a.born())
			says(s, second+" "+p.LastName, p.BirthDate)
			return a.alone(s)
		},
	},
	{
		name: "heard_for_another_patient", expect: expectHeld, reasons: []string{contradiction, rivals, oneClue},
		why: "one's name, the other's birth date, and the names rhyme",
		set: func(a *adversary, s *sandbox.Session) bool {
			first, second := a.either(pick(a.dice, rhyming))
			last := a.surname()
			p, q := a.person(first, last, a.born()), a.person(second, last, a.born())
			says(s, name(p), q.BirthDate)
			return a.alone(s)
		},
	},
	{
		name: "short_form", expect: expectEither, reasons: []string{oneClue},
		set: func(a *adversary, s *sandbox.Session) bool {
			short := pick(a.dice, [][2]string{{"Lachlan", "Lachie"}, {"Rebekah", "Bec"}, {"Margaret", "Peggy"}, {"William", "Bill"}})
			p := a.person(short[0], a.surname(), a.born())
			says(s, short[1]+" "+p.LastName, p.BirthDate)
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "heard_last_name", expect: expectEither, reasons: []string{oneClue, contradiction},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, p.FirstName+" "+misspelt(p.LastName), p.BirthDate)
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "couple", expect: expectHeld, reasons: []string{severalPeople}, why: "two people in the name field",
		set: func(a *adversary, s *sandbox.Session) bool {
			first, second := a.siblings()
			p := a.person(first, a.surname(), a.born())
			says(s, first+pick(a.dice, []string{" and ", " & ", " + ", "/"})+second+" "+p.LastName, p.BirthDate)
			return a.seat(s, p) != ""
		},
	},
	{
		name: "relative", expect: expectHeld, reasons: []string{severalPeople, contradiction, noCandidate}, why: "somebody's relative, not the patient",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, pick(a.dice, []string{"Baby of ", "Mum of ", "Wife of "})+name(p), "")
			return a.seat(s, p) != ""
		},
	},
	{
		name: "placeholder", expect: expectHeld, reasons: []string{oneClue, noEvidence, noCandidate}, why: "no name was said",
		set: func(a *adversary, s *sandbox.Session) bool {
			says(s, pick(a.dice, []string{"New patient", "Walk-in", "TBC", "Tues 3pm", "Room 2", "Unknown", "Untitled session", "-"}), "")
			return a.seat(s, a.somebody()) != ""
		},
	},
	{
		name: "birth_date_in_name", expect: expectProven,
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p)+" "+dayFirst(p.BirthDate), "")
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "birth_date_in_name_differs", expect: expectHeld, reasons: []string{contradiction}, why: "the name field and the birth date field say two dates",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p)+" "+dayFirst(a.born()), p.BirthDate)
			return a.alone(s)
		},
	},
	{
		name: "year_of_two_digits", expect: expectEither, reasons: []string{oneClue, unreadBirthDate}, // only one century can be meant
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p)+" "+shortYear(p.BirthDate), "")
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "year_of_two_centuries", expect: expectHeld, reasons: []string{oneClue, unreadBirthDate, contradiction},
		why: "a child of four, or somebody of a hundred and four",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.person(a.first(), a.surname(), strconv.Itoa(a.day.Year()-4)+a.born()[4:])
			says(s, name(p)+" "+shortYear(p.BirthDate), "")
			return a.alone(s)
		},
	},
	{
		name: "birth_date_unread", expect: expectHeld, reasons: []string{unreadBirthDate, oneClue}, why: "a birth date that nobody can read for sure",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), pick(a.dice, []string{"6/6/60", "2001-02-29", "1985-13-40", "about fifty"}))
			return a.seat(s, p) != ""
		},
	},
	{
		name: "leap_day", expect: expectProven,
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.person(a.first(), a.surname(), pick(a.dice, []string{"1948-02-29", "1976-02-29", "2000-02-29"}))
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "future_birth_date", expect: expectEither, reasons: []string{oneClue, contradiction, unreadBirthDate},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.person(a.first(), a.surname(), "2091-05-06")
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "future_century", expect: expectHeld, reasons: []string{oneClue, contradiction, unreadBirthDate, noCandidate}, why: "the birth date is a hundred years off",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.person(a.first(), a.surname(), "1962-05-06")
			says(s, name(p), "2062-05-06")
			return a.alone(s)
		},
	},
	{
		name: "stranger", expect: expectHeld, reasons: []string{noCandidate, contradiction, oneClue}, why: "nobody of that name is in the register",
		set: func(a *adversary, s *sandbox.Session) bool {
			says(s, a.first()+" "+a.surname(), a.born())
			return a.alone(s)
		},
	},
}

// shortYear writes a date with two digits for the year.
func shortYear(born string) string { return dayFirst(born)[:6] + born[2:4] }

// dayFirst writes a date as Australians do.
func dayFirst(born string) string { return born[8:] + "/" + born[5:7] + "/" + born[:4] }
