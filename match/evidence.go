package match

import (
	"cmp"
	"slices"
	"time"

	"carryover"
)

// evidence is one person measured against the session.
type evidence struct {
	person    person
	name      fitted
	birth     birthFit
	birthSaid bool // the session says a birth date
	newYear   bool // and it is 1 January
	click     click
	findings  []carryover.Finding
	agreeing  int // identifiers that agree: name, birth date, click
}

// reading is what a session says, read once for all candidates.
type reading struct {
	in    Input
	name  claimed
	born  saidDates
	start time.Time
	aside remarks
	own   func(string) bool
}

// read takes a session's claim apart.
func read(in Input) reading {
	r := reading{in: in, name: readClaim(in.Session.Claim.Name, in.Session.StartedAt), start: in.Session.StartedAt}
	r.aside = readRemarks(in.Document)
	r.born = r.name.born
	if d := in.Session.Claim.BirthDate; !d.IsZero() {
		r.born.born = append(r.born.born, d)
	}
	r.own = func(w string) bool { return isGiven(w) || isFirstName(in.Candidates, w) }
	return r
}

// isFirstName says that somebody in the register bears the name, so that it is
// a name and no slip, however rare.
func isFirstName(records []carryover.Patient, w string) bool {
	for _, r := range records {
		for _, t := range []carryover.Text{r.FirstName, r.PreferredName} {
			if slices.Contains(fold(t.Reveal()), w) {
				return true
			}
		}
	}
	return false
}

// weigh compares every field of the claim with one person.
func (r reading) weigh(p person) evidence {
	e := evidence{person: p, birthSaid: !r.born.none(), newYear: newYear(r.born.all())}
	e.name = compareName(r.name, namings(p), r.own)
	var note string
	e.birth, note = compareBirth(r.born, p.born(), r.start)
	e.click = compareClick(r.in, p)
	e.demote()
	for _, agrees := range []bool{e.name.fit >= nameSlip, e.birth == birthSame, e.click.agrees()} {
		if agrees {
			e.agreeing++
		}
	}
	e.findings = []carryover.Finding{
		{Field: "name", Outcome: e.nameOutcome(), Note: e.name.note},
		{Field: "birth_date", Outcome: birthOutcome(e.birth), Note: note},
		{Field: "sex", Outcome: compareSex(r.in.Session.Claim.Sex, p.survivor.Sex)},
		e.click.patientID, e.click.booked,
	}
	e.findings = append(e.findings, r.aside.findings(p, r.start)...)
	return e
}

// demote takes back a whole name that was read last name first, without a
// comma, where both words are given names and no birth date agrees: James
// Thomas and Thomas James are two people.
func (e *evidence) demote() {
	if !e.name.reversed || e.name.fit < nameSlip || e.birth == birthSame || e.click.named {
		return
	}
	for _, w := range fold(e.person.survivor.LastName.Reveal()) {
		if isGiven(w) && !particles[w] {
			e.name.fit, e.name.note = namePart, "first and last name may be exchanged"
		}
	}
}

// contradicted says that something speaks against the person.
func (e evidence) contradicted() bool {
	return e.name.fit == nameOther || e.birth == birthFar || e.click.elsewhere
}

func (e evidence) nameOutcome() carryover.Agreement {
	switch e.name.fit {
	case nameOther:
		return carryover.Differs
	case nameSilent:
		return carryover.Absent
	case nameCould, namePart, nameMost, nameChanged:
		return carryover.CannotTell
	}
	return carryover.Agrees
}

func birthOutcome(b birthFit) carryover.Agreement {
	return map[birthFit]carryover.Agreement{
		birthFar: carryover.Differs, birthSilent: carryover.Absent, birthSlip: carryover.CannotTell, birthSame: carryover.Agrees,
	}[b]
}

// compareSex is shown and never counted: records hold it wrongly too often,
// and sessions guess it from a voice.
func compareSex(claim, known carryover.Sex) carryover.Agreement {
	switch {
	case claim == carryover.SexUnknown || known == carryover.SexUnknown:
		return carryover.Absent
	case claim == known:
		return carryover.Agrees
	}
	return carryover.CannotTell
}

// compare orders evidence, the best first; ids decide between equals so that
// the order of the candidates never does.
func compare(a, b evidence, s Settings) int {
	return cmp.Or(
		cmp.Compare(b.grade(s), a.grade(s)),
		cmp.Compare(b.agreeing, a.agreeing),
		cmp.Compare(b.name.fit, a.name.fit),
		cmp.Compare(b.birth, a.birth),
		cmp.Compare(a.person.survivor.ID, b.person.survivor.ID),
	)
}
