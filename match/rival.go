package match

import (
	"slices"

	"carryover"
)

// A rival is somebody else whom the evidence fits as well. The dearest mistake
// of a matcher is to file to the first who fits; here everybody who was found
// is asked.

// A separation is one way in which evidence tells the best from another
// person. The first row that speaks decides; when none does, the two are
// rivals and a person looks.
type separation struct {
	why     string
	applies func(best, other evidence) bool
	rivals  bool
}

// separations, in the order in which they are asked.
var separations = []separation{
	{
		"what was typed is the other's whole name, and only near the best's",
		func(b, o evidence) bool {
			return o.name.fit == nameWhole && b.name.fit < nameSlip && b.name.fit != nameSilent
		},
		true,
	},
	{
		"the other is born on another day",
		func(_, o evidence) bool { return o.birth == birthFar },
		false,
	},
	{
		"the other is born that day and the best's record has no birth date",
		func(b, o evidence) bool {
			return b.birth == birthSilent && o.birth == birthSame && (o.name.fit >= nameCould || o.click.agrees())
		},
		true,
	},
	{
		"the other has another name",
		func(_, o evidence) bool { return o.name.fit == nameOther },
		false,
	},
	{
		"nothing can be filed to the other, and the other fits no better",
		func(b, o evidence) bool {
			return !o.person.fileable() && (!o.livedThen || samePerson(b.person, o.person)) && !better(o, b)
		},
		false,
	},
	{
		"the other fits better by name, and no worse by birth date",
		func(b, o evidence) bool {
			return o.name.fit > b.name.fit && o.birth >= b.birth && o.name.fit >= nameSlip
		},
		true,
	},
	{
		"most of a name was said and no birth date, and both are in the diary then",
		func(b, o evidence) bool {
			return b.name.fit == nameMost && b.birth == birthSilent && o.name.fit >= nameCould && o.name.fit != nameSilent && o.click.now
		},
		true,
	},
	{
		"an id points to the best, and the diary to the other, who fits as well",
		func(b, o evidence) bool {
			return b.click.named && !b.click.now && o.click.now && o.name.fit >= b.name.fit && o.birth >= b.birth &&
				(o.name.fit != nameSilent || o.birth == birthSame)
		},
		true,
	},
	{
		"an id of the session points to the best",
		func(b, o evidence) bool { return b.click.named && !o.click.named },
		false,
	},
	{
		"two records of one name and one birth date: no diary says which",
		func(b, o evidence) bool {
			return !b.person.born().IsZero() && b.person.born() == o.person.born() && o.name.fit >= b.name.fit && o.name.fit != nameSilent
		},
		true,
	},
	{
		"both are born that day, and only the best has that name in every letter",
		func(b, o evidence) bool {
			return b.birth == birthSame && o.birth == birthSame && b.name.fit == nameWhole && o.name.fit < nameWhole
		},
		false,
	},
	{
		"both are born that day: twins under a short name, or one person twice",
		func(b, o evidence) bool { return b.birth == birthSame && o.birth == birthSame && rivalName(b, o) },
		true,
	},
	{
		// Day and month exchanged is a habit, and search.go asks for that day too.
		// Another slip has to hit the namesake's very date, so it counts only where
		// the name is not whole: then Enough asks for the last name.
		"the birth dates are one slip apart, and the name fits both",
		func(b, o evidence) bool {
			return b.birth == birthSame && o.birth == birthSlip && o.name.fit >= b.name.fit &&
				(b.name.fit != nameWhole || exchanged(b.person.born(), o.person.born()))
		},
		true,
	},
	{
		"only the best was born that day",
		func(b, o evidence) bool { return b.birth == birthSame && o.birth < birthSame && !o.click.agrees() },
		false,
	},
	{
		"only the best is in the diary then",
		func(b, o evidence) bool { return b.click.agrees() && !o.click.agrees() && o.birth <= b.birth },
		false,
	},
	{
		"the name is the best's in every letter, and the other has the first name alone in common",
		func(b, o evidence) bool {
			return b.name.fit == nameWhole && o.name.fit == nameChanged && !o.click.agrees()
		},
		false,
	},
	{
		"the name fits the best, and the other only nearly",
		func(b, o evidence) bool { return b.name.fit == nameWhole && o.name.fit < namePart },
		false,
	},
}

// isRival says whether other fits as well as best does.
func isRival(best, other evidence) bool {
	for _, s := range separations {
		if s.applies(best, other) {
			return s.rivals
		}
	}
	return true
}

// rivalName says that a twin of the best may be meant: the name is near the
// other's, or nothing was said of it and they share a last name.
func rivalName(b, o evidence) bool {
	if o.name.fit != nameSilent {
		return o.name.fit >= nameCould
	}
	for _, x := range namings(b.person) {
		for _, y := range namings(o.person) {
			if lastRelation(x.last, y.last) >= lastCould {
				return true
			}
		}
	}
	return false
}

// better says that a fits better than b by name or birth date and worse by
// neither.
func better(a, b evidence) bool {
	return a.name.fit >= b.name.fit && a.birth >= b.birth && (a.name.fit > b.name.fit || a.birth > b.birth)
}

// siblingInSlot says that the diary has a twin of the best at that very time,
// and the best nowhere near: one of a family's names is easily typed for the
// other.
func siblingInSlot(best, o evidence) bool {
	a, b := best.person.survivor, o.person.survivor
	return o.click.slot && !best.click.slot && !best.click.named &&
		!best.person.born().IsZero() && best.person.born() == o.person.born() &&
		slices.ContainsFunc(Words(a.LastName), func(w string) bool { return slices.Contains(Words(b.LastName), w) })
}

// exchanged says that one date is the other with day and month exchanged.
func exchanged(a, b carryover.Date) bool {
	t, ok := turned(a)
	return ok && t == b
}

// samePerson says that two records say the same name and the same birth date:
// one of them that is archived was put away as the duplicate.
func samePerson(a, b person) bool {
	return !a.born().IsZero() && a.born() == b.born() &&
		slices.Equal(Words(a.survivor.FirstName), Words(b.survivor.FirstName)) && slices.Equal(Words(a.survivor.LastName), Words(b.survivor.LastName))
}
