package clinic

import "carryover/sandbox"

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
