package main

import (
	"time"

	"carryover"
)

// partTraps are for the rules that make do with a part of a name: a first name
// with an initial in the slot, an id that the diary confirms, a garbled first
// name beside a birth date and a booking.
var partTraps = []trap{
	{"first name and another initial, in the slot", func(c *clinic) (carryover.Session, carryover.PatientID) {
		p, b := c.visit(c.pick(givenNames), "Quillfeather", c.day())
		return in(b, said(p.FirstName.Reveal()+" "+c.pick([]string{"B", "K.", "W", "T."}), none)), ""
	}},
	{"another first name and that initial, in the slot", func(c *clinic) (carryover.Session, carryover.PatientID) {
		p, b := c.someone()
		return in(b, said(c.otherFirst(p)+" "+p.LastName.Reveal()[:1], none)), ""
	}},
	{"a sister's initial is the patient's too, in the slot", func(c *clinic) (carryover.Session, carryover.PatientID) {
		p, b := c.someone()
		return in(b, said(string([]rune(p.FirstName.Reveal())[:1])+" "+p.LastName.Reveal(), none)), ""
	}},
	{"first name and initial, two such people side by side", func(c *clinic) (carryover.Session, carryover.PatientID) {
		p, b := c.visit(c.pick(givenNames), "Tealby", c.day())
		c.next(b, p.FirstName.Reveal(), "Tarpaulin")
		s := in(b, said(p.FirstName.Reveal()+" T", none))
		s.StartedAt = b.EndsAt.Add(-5 * time.Minute)
		return s, ""
	}},
	{"first name and initial beside another's birth date", func(c *clinic) (carryover.Session, carryover.PatientID) {
		p, b := c.someone()
		return in(b, said(p.FirstName.Reveal()+" "+p.LastName.Reveal()[:1], c.otherDay(p))), ""
	}},
	{"first name and initial, an id that nobody has", func(c *clinic) (carryover.Session, carryover.PatientID) {
		p, b := c.someone()
		s := in(b, said(p.FirstName.Reveal()+" "+p.LastName.Reveal()[:1], none))
		s.Claim.PatientID = "another-account"
		return s, ""
	}},
	{"first name and an id left over from the patient before", func(c *clinic) (carryover.Session, carryover.PatientID) {
		p, b := c.visit(c.pick(givenNames), c.pick(lastNames), c.day())
		c.next(b, p.FirstName.Reveal(), c.pick(lastNames)+"sen")
		s := in(b, said(p.FirstName.Reveal(), none))
		s.StartedAt = b.EndsAt.Add(3 * time.Minute)
		s.Claim.PatientID = p.ID
		return s, ""
	}},
	{"the same, the next one has begun early", func(c *clinic) (carryover.Session, carryover.PatientID) {
		p, b := c.visit(c.pick(givenNames), c.pick(lastNames), c.day())
		c.next(b, p.FirstName.Reveal(), c.pick(lastNames)+"sen")
		s := in(b, said(p.FirstName.Reveal(), none))
		s.StartedAt = b.EndsAt.Add(-5 * time.Minute)
		s.Claim.PatientID = p.ID
		return s, ""
	}},
	{"last name only and an id that the diary confirms", func(c *clinic) (carryover.Session, carryover.PatientID) {
		p, b := c.someone()
		s := in(b, said("Ms "+p.LastName.Reveal(), none))
		s.Claim.PatientID = p.ID
		return s, ""
	}},
	{"first name and a booking id of another day", func(c *clinic) (carryover.Session, carryover.PatientID) {
		p, b := c.someone()
		s := said(p.FirstName.Reveal(), none)
		s.Practitioner, s.StartedAt = b.Practitioner, b.StartsAt.Add(72*time.Hour)
		s.Claim.BookingID = b.ID
		return s, ""
	}},
	{"a name between two twins', in one's slot", func(c *clinic) (carryover.Session, carryover.PatientID) {
		pairs := [][3]string{{"Marlon", "Marlin", "Marlxn"}, {"Kelvyn", "Kelvan", "Kelvun"}, {"Tarryn", "Tarrun", "Tarrxn"}}
		k := pairs[c.rng.IntN(len(pairs))]
		p, b := c.visit(k[0], c.pick(lastNames), c.day())
		c.add(k[1], p.LastName.Reveal(), p.BirthDate)
		return in(b, said(k[2]+" "+p.LastName.Reveal(), p.BirthDate)), ""
	}},
	{"a sister's name differs in the ending, in the brother's slot", func(c *clinic) (carryover.Session, carryover.PatientID) {
		pairs := [][2]string{{"Zorrano", "Zorrania"}, {"Valdemiro", "Valdemira"}, {"Ostino", "Ostine"}, {"Zendrik", "Zendrika"}}
		k := pairs[c.rng.IntN(len(pairs))]
		p, b := c.visit(k[0], c.pick(lastNames), c.day())
		return in(b, said(k[1]+" "+p.LastName.Reveal(), p.BirthDate)), ""
	}},
	{"a garbled first name with the birth date, no booking", func(c *clinic) (carryover.Session, carryover.PatientID) {
		p := c.add("Jordan", c.pick(lastNames), c.day())
		return said("Jordhau "+p.LastName.Reveal(), p.BirthDate), ""
	}},
	{"a garbled first name in the slot, no birth date", func(c *clinic) (carryover.Session, carryover.PatientID) {
		p, b := c.visit("Jordan", c.pick(lastNames), c.day())
		return in(b, said("Jordhau "+p.LastName.Reveal(), none)), ""
	}},
	{"a short form that is a brother's name too", func(c *clinic) (carryover.Session, carryover.PatientID) {
		pairs := [][3]string{{"Judah", "Judith", "Jude"}, {"Silas", "Simon", "Si"}, {"Arabella", "Isabella", "Bella"}, {"Rosa", "Rosemary", "Rosie"}, {"Levi", "Leah", "Lee"}}
		k := pairs[c.rng.IntN(len(pairs))]
		p, b := c.visit(k[0], c.pick(lastNames), c.day())
		c.add(k[1], p.LastName.Reveal(), p.BirthDate)
		return in(b, said(k[2]+" "+p.LastName.Reveal(), p.BirthDate)), ""
	}},
}

// next adds a person whose booking follows b at once, with the same
// practitioner.
func (c *clinic) next(b carryover.Booking, first, last string) carryover.Patient {
	p := c.add(first, last, c.day())
	c.diary = append(c.diary, carryover.Booking{
		ID: carryover.BookingID("n" + string(p.ID)), Kind: b.Kind, Practitioner: b.Practitioner,
		Patients: []carryover.PatientID{p.ID}, StartsAt: b.EndsAt, EndsAt: b.EndsAt.Add(30 * time.Minute),
	})
	return p
}
