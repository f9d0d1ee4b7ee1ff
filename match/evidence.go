package match

import (
	"cmp"
	"slices"
	"strings"
	"sync"
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
	livedThen bool // could be filed to when the recording began; archived since
	agreeing  int  // identifiers that agree: name, birth date, click
}

// reading is what a session says, read once for all candidates.
type reading struct {
	in    Input
	name  claimed
	born  saidDates
	start time.Time
	aside remarks
	own   func(string) bool // a word is a first name of its own
	lasts func() map[string][]carryover.PatientID
}

// read takes a session's claim apart.
func read(in Input) reading {
	r := reading{in: in, name: readClaim(in.Session.Claim.Name, in.Session.StartedAt), start: in.Session.StartedAt}
	r.aside = readRemarks(in.Document)
	r.born = r.name.born
	if d := in.Session.Claim.BirthDate; !d.IsZero() {
		r.born.born = append(r.born.born, d)
	}
	firsts := sync.OnceValue(func() map[string]bool { return firstNames(in.Candidates) })
	r.own = func(w string) bool { return isGiven(w) || firsts()[w] }
	r.lasts = sync.OnceValue(func() map[string][]carryover.PatientID { return lastNames(in.Candidates) })
	return r
}

// firstNames are the words that somebody in the register bears as a first
// name: names and no slips, however rare.
func firstNames(records []carryover.Patient) map[string]bool {
	words := map[string]bool{}
	for _, r := range records {
		for _, t := range []carryover.Text{r.FirstName, r.PreferredName} {
			for _, w := range fold(t.Reveal()) {
				words[w] = true
			}
		}
	}
	return words
}

// lastNames are the last names of the register, each written together, and who
// bears them.
func lastNames(records []carryover.Patient) map[string][]carryover.PatientID {
	names := map[string][]carryover.PatientID{}
	for _, r := range records {
		name := strings.Join(fold(r.LastName.Reveal()), "")
		names[name] = append(names[name], r.ID)
	}
	return names
}

// ownLast says that a last name that was said is a name of its own and no slip
// for p's: many people have it, or somebody else in the register has. Two ways
// of writing one sound (Stuart, Stewart) are one name unless the register has
// both.
func (r reading) ownLast(said string, p person) bool {
	sounds := slices.ContainsFunc(p.records, func(k carryover.Patient) bool {
		return lastRespelt(said, strings.Join(fold(k.LastName.Reveal()), ""))
	})
	return isCommonLast(said) && !sounds ||
		slices.ContainsFunc(r.lasts()[said], func(o carryover.PatientID) bool { return !p.has(o) })
}

// weigh compares every field of the claim with one person.
func (r reading) weigh(p person) evidence {
	e := evidence{person: p, birthSaid: !r.born.none(), newYear: newYear(r.born.all())}
	var note string
	e.birth, note = compareBirth(r.born, p.born(), r.start)
	if slices.ContainsFunc(r.name.ages, func(a aged) bool { return a.contradicts(p.born(), r.start) }) {
		e.birth, note = birthFar, "another age"
	}
	e.name = compareName(r.name, namings(p), r.own)
	if e.name.lastSlip != "" && e.birth != birthSame && r.ownLast(e.name.lastSlip, p) {
		e.name.fit, e.name.note = nameCould, "a last name of its own"
	}
	e.click = compareClick(r.in, p)
	e.livedThen = p.survivor.MergedInto == "" && !p.dangling && !r.start.IsZero() && p.survivor.ArchivedAt.After(r.start)
	e.demote()
	e.demoteSuffix(r.name.suffix)
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

// demoteSuffix takes back a whole name where one side says junior or senior and
// the other does not say the same, and no birth date agrees: the other of the
// two has the very same name.
func (e *evidence) demoteSuffix(said string) {
	if e.name.fit < nameSlip || e.birth == birthSame {
		return
	}
	for _, r := range e.person.records {
		if suffixOf(append(Words(r.FirstName), Words(r.LastName)...)) == said {
			return
		}
	}
	e.name.fit, e.name.note = namePart, "junior or senior on one side only"
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
