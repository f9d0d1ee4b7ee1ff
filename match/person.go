package match

import (
	"cmp"
	"slices"

	"carryover"
)

// A person is one human in the register: a surviving record with the records
// that were merged into it, whose names are still true of them.
type person struct {
	survivor carryover.Patient
	records  []carryover.Patient
	dangling bool // a merge chain that loops or ends outside the candidates
}

// group gathers merged records under their survivors, in order of id so that
// the order of the candidates never matters. A chain that loops, or leads to a
// record that was not found, is kept as a person of its own that nothing can
// be filed to.
func group(records []carryover.Patient) []person {
	byID := make(map[carryover.PatientID]carryover.Patient, len(records))
	for _, r := range records {
		byID[r.ID] = r
	}
	people := make(map[carryover.PatientID]*person, len(byID))
	for _, r := range byID {
		end, ok := Survivor(r, byID)
		p := people[end.ID]
		if p == nil {
			p = &person{survivor: end}
			people[end.ID] = p
		}
		p.records = append(p.records, r)
		p.dangling = p.dangling || !ok
	}
	out := make([]person, 0, len(people))
	for _, p := range people {
		slices.SortFunc(p.records, func(a, b carryover.Patient) int { return cmp.Compare(a.ID, b.ID) })
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b person) int { return cmp.Compare(a.survivor.ID, b.survivor.ID) })
	return out
}

// Survivor follows merges from r through the records known. ok is false when
// the chain loops or leads outside them; the record reached last is returned.
func Survivor(r carryover.Patient, known map[carryover.PatientID]carryover.Patient) (end carryover.Patient, ok bool) {
	for range len(known) + 1 {
		if r.MergedInto == "" {
			return r, true
		}
		next, found := known[r.MergedInto]
		if !found {
			return r, false
		}
		r = next
	}
	return r, false
}

// fileable says that something may be filed to the person.
func (p person) fileable() bool { return p.survivor.Live() && !p.dangling }

// oneName says that a person whose records were merged is still the one the
// session speaks of: the surviving record itself has the birth date that was
// said, or a name that what was said can mean. A merge into somebody else's
// record, a brother's for instance, is a slip that must not carry a note along.
func (p person) oneName(r reading) bool {
	s := p.survivor
	if len(p.records) < 2 || slices.Contains(r.born.born, s.BirthDate) && !s.BirthDate.IsZero() {
		return true
	}
	if len(r.name.words) == 0 {
		return true
	}
	return compareName(r.name, namings(person{records: []carryover.Patient{s}}), r.own).fit >= namePart
}

// born is the person's birth date; where the surviving record has none, one
// that was merged into it may speak.
func (p person) born() carryover.Date {
	d := p.survivor.BirthDate
	for _, r := range p.records {
		if d.IsZero() {
			d = r.BirthDate
		}
	}
	return d
}

// has says whether id is one of the person's records.
func (p person) has(id carryover.PatientID) bool {
	return slices.ContainsFunc(p.records, func(r carryover.Patient) bool { return r.ID == id })
}

// in says whether the booking is for this person.
func (p person) in(b carryover.Booking) bool { return slices.ContainsFunc(b.Patients, p.has) }
