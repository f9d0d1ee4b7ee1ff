package clinic

import (
	"strings"

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
		name: "year_of_two_digits", expect: expectHeld, reasons: []string{oneClue, unreadBirthDate}, why: "nobody can say which century is meant",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p)+" "+dayFirst(p.BirthDate)[:6]+p.BirthDate[2:4], "")
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

// dayFirst writes a date as Australians do.
func dayFirst(born string) string { return born[8:] + "/" + born[5:7] + "/" + born[:4] }

// unsure are the reasons for holding what nobody can read.
var unsure = []string{oneClue, contradiction, noCandidate, severalPeople, noEvidence}

// strangeLures are signs that no name is made of.
var strangeLures = []lure{
	{name: "emoji", expect: expectEither, reasons: unsure, set: written(func(p sandbox.Patient) string { return "😀 " + p.FirstName + " 🦘 " + p.LastName + " 🎉" })},
	{name: "right_to_left", expect: expectEither, reasons: unsure, set: written(func(p sandbox.Patient) string { return "\u202e" + p.FirstName + "\u202c \u200f" + p.LastName })},
	{name: "invisible_signs", expect: expectEither, reasons: unsure, set: written(func(p sandbox.Patient) string {
		return p.FirstName[:2] + "\u200b\u00ad" + p.FirstName[2:] + "\u2060 \ufeff" + p.LastName
	})},
	{name: "control_signs", expect: expectEither, reasons: unsure, set: written(func(p sandbox.Patient) string {
		return "\x1b[2J" + p.FirstName + "\x00\x07 \x08" + p.LastName + "\x7f"
	})},
	{name: "mark_up", expect: expectEither, reasons: unsure, set: written(func(p sandbox.Patient) string {
		return "<b>" + p.FirstName + "</b> " + p.LastName + "<script>alert(1)</script>"
	})},
	{
		name: "two_lines", expect: expectHeld, reasons: unsure, why: "the name field holds two people, one a line",
		set: func(a *adversary, s *sandbox.Session) bool {
			p, q := a.somebody(), a.somebody()
			says(s, name(p)+"\n"+name(q), p.BirthDate)
			return a.alone(s)
		},
	},
	{
		name: "prose_in_name", expect: expectHeld, reasons: unsure, why: "ten thousand signs of prose are no name, whoever stands in it",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p)+strings.Repeat(" came in about the shoulder", 380), p.BirthDate)
			return a.alone(s)
		},
	},
	{
		name: "long_name_registered", expect: expectEither, reasons: []string{rivals},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			a.person(strings.Repeat("Wolfgang", 1250), p.LastName, p.BirthDate)
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "other_script", expect: expectEither, reasons: unsure,
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.person("\u0644\u064a\u0644\u0649", "\u062a\u062c\u0631\u064a\u0628\u064a", a.born())
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
}

// written makes a lure's set of somebody whose name was written that way, with
// the right birth date.
func written(how func(sandbox.Patient) string) func(*adversary, *sandbox.Session) bool {
	return func(a *adversary, s *sandbox.Session) bool {
		p := a.person("Marguerite", a.surname(), a.born())
		says(s, how(p), p.BirthDate)
		s.Belongs = p.ID
		return a.alone(s)
	}
}
