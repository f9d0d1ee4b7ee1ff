package match

import "carryover"

// A rule is one way of being certain. The rules are alternatives; each needs
// two identifiers that do not come from one click, one of them the name or the
// birth date. What contradicts, who else fits, and where nothing can be filed
// is looked at apart (decide.go, rival.go).
type rule struct {
	name string
	why  string
	met  func(e evidence, s Settings) bool
}

// rules is the whole table: nothing is weighed, nothing is added up.
var rules = []rule{
	{
		"name and birth date",
		"Two things a person knows of themselves. The name may be a short form, another spelling, or one slip away: " +
			"nobody else was born that day with that name, or rival.go finds them.",
		func(e evidence, _ Settings) bool {
			return e.birth == birthSame && e.name.fit >= nameSlip && !e.newYear
		},
	},
	{
		"name and 1 January",
		"1 January is what registers fill in when the day is unknown. It counts with every letter of the name, or with a booking.",
		func(e evidence, _ Settings) bool {
			return e.birth == birthSame && e.newYear && (e.name.fit == nameWhole || e.name.fit >= nameSlip && e.click.agrees())
		},
	},
	{
		"name and click",
		"The name was typed or said, the booking was clicked: two acts. No birth date speaks, on one side or both; " +
			"where the session says one that the record lacks, the name must have no slip.",
		func(e evidence, _ Settings) bool {
			return e.birth == birthSilent && e.click.agrees() && !e.click.unknown &&
				(e.name.fit >= nameAkin || e.name.fit == nameSlip && !e.birthSaid)
		},
	},
	{
		"name and click, birth date one slip away",
		"Name and click are two, and the birth date all but agrees: a slip of the finger is likelier than a namesake with nearly that " +
			"birthday in that slot. Without the click it is not: held.",
		func(e evidence, _ Settings) bool {
			return e.birth == birthSlip && e.click.agrees() && !e.click.unknown && e.name.fit == nameWhole && !e.newYear &&
				!newYear([]carryover.Date{e.person.born()}) // filled in: near it is near nothing
		},
	},
	{
		"birth date and click, name in part",
		"The birth date was typed, the booking was clicked. What was said of the name (a first name, Mr Jessup, an initial, " +
			"nothing) fits; a twin fits too, so rival.go looks for one.",
		func(e evidence, _ Settings) bool {
			return e.birth == birthSame && e.click.agrees() && !e.click.unknown && !e.newYear &&
				(e.name.fit == namePart || e.name.fit == nameMost || e.name.fit == nameSilent)
		},
	},
	{
		"first name, initial and click",
		"Keeley F, and Keeley Felmingham has that booking: with the initial it is a name as people give it, and the click is the second. " +
			"A sister in the slot has another first name, and a stranger of that first name seldom that initial. An initial " +
			"of the first name is not enough: brothers share a last name and often a letter.",
		func(e evidence, _ Settings) bool {
			return e.birth == birthSilent && !e.birthSaid && e.name.initialed && e.click.agrees() && !e.click.unknown
		},
	},
	{
		"most of a name, and an id that the diary confirms",
		"A first name in every letter, or a last name and an initial, beside an id whose owner is booked at that very time. An id left " +
			"over points to another time and a stranger in the slot brings no id, so only a wrong line clicked for somebody " +
			"of that same name in part could mislead; two such people in the diary hold.",
		func(e evidence, _ Settings) bool {
			return e.birth == birthSilent && !e.birthSaid && e.name.fit == nameMost && e.click.confirmed()
		},
	},
	{
		"birth date and most of a name",
		"A first name in every letter, or a last name with the first name's initial, on that very day: few registers hold two, and " +
			"rival.go finds them. A last name without an initial is not enough: twins have it in common.",
		func(e evidence, _ Settings) bool {
			return e.birth == birthSame && e.name.fit == nameMost && !e.newYear && !e.click.unknown
		},
	},
	{
		"first name, birth date and click, another last name",
		"Three agree; the last name changed, as after a wedding. Two of the three are not enough.",
		func(e evidence, _ Settings) bool {
			return e.birth == birthSame && e.click.agrees() && !e.click.unknown && !e.newYear && e.name.fit == nameChanged
		},
	},
	{
		"whole name and a visit earlier that day",
		"A note dictated after hours: the practitioner saw somebody of that very name, and nobody is booked now. It counts only " +
			"when the register has no namesake at all (rival.go), and not beside a birth date or an id, which would say more.",
		func(e evidence, _ Settings) bool {
			return e.name.fit == nameWhole && !e.name.reversed && !e.birthSaid && e.click.earlier && !e.click.unknown
		},
	},
	{
		"first name and booking",
		"Off unless the practice asks for it: a sister in the slot has another first name, a stranger may not.",
		func(e evidence, s Settings) bool {
			return s.FirstNameAndBooking && e.name.firstOnly && e.birth == birthSilent && !e.birthSaid && e.click.agrees() && !e.click.unknown
		},
	},
}

// allThree is the setting that asks for the name, the birth date and a click
// every time, whatever rule is met.
const allThree = 3

// Rules returns the names of the rules and their reasons, for documents and
// tests.
func Rules() (names, reasons []string) {
	for _, r := range rules {
		names, reasons = append(names, r.name), append(reasons, r.why)
	}
	return names, reasons
}

// grade says how sure one person is, taken alone.
func (e evidence) grade(s Settings) carryover.Grade {
	partly := e.name.fit == namePart || e.name.fit == nameMost || e.name.fit == nameChanged || e.birth == birthSlip
	switch {
	case e.contradicted() && e.agreeing == 0:
		return carryover.CertainlyNot
	case e.contradicted():
		return carryover.Possible
	case e.meetsRule(s) && (s.Identifiers < allThree || e.agreeing == allThree):
		return carryover.Certain
	case e.agreeing >= 2:
		return carryover.Probable
	case e.agreeing == 1 && partly:
		return carryover.Probable
	case e.agreeing > 0, partly, e.name.fit == nameCould && !e.click.elsewhere:
		return carryover.Possible
	}
	return carryover.CertainlyNot
}

func (e evidence) meetsRule(s Settings) bool {
	for _, r := range rules {
		if r.met(e, s) {
			return true
		}
	}
	return false
}
