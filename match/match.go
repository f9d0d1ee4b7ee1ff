// Package match decides who a session's patient is: certain, or a reason to
// ask a person. It is pure: evidence and candidates in, grade and findings
// out.
//
// The rule is short. Two identifiers must agree, one of them the name or the
// birth date; an id and a booking come from one click and count as one;
// nothing may contradict; and nobody else in the register may fit as well. No
// lone clue is ever certain, and no clue outvotes a contradiction.
package match

import (
	"cmp"
	"slices"
	"time"

	"carryover"
)

// Input is all the matcher may look at.
type Input struct {
	Session carryover.Session
	// Documents are the session's documents; a patient line in one that names
	// somebody else is a contradiction.
	Document carryover.Document
	// TrustedTie says that the session's ids come from an integration whose
	// ids are Cliniko's.
	TrustedTie bool
	// Candidates are the records found by id, booking, birth date and name,
	// archived and merged ones included, with the survivors of merges.
	Candidates []carryover.Patient
	// Bookings are the practitioners' diaries around the session, cancelled ones
	// included, and the booking the session names, if it exists.
	Bookings []carryover.Booking
}

// slack is how far from a booking a recording may begin and still belong to
// it: clinicians start a few minutes early, or late within the slot.
const slack = 15 * time.Minute

// A person is one human in the register: a surviving record with the records
// that were merged into it, whose names are still true of them.
type person struct {
	survivor carryover.Patient
	records  []carryover.Patient
	dangling bool // a merge chain that loops or ends outside the candidates
}

// Decide grades every candidate and answers with the patient, if one is
// certain, or with the reason to hold.
func Decide(in Input) carryover.Match {
	persons := group(in.Candidates)
	m := carryover.Match{Reason: carryover.NoCandidate}
	if !saysAnything(in) {
		m.Reason = carryover.NoEvidence
	}
	ranked := make([]ranking, 0, len(persons))
	for _, p := range persons {
		ranked = append(ranked, rank(in, p))
	}
	slices.SortFunc(ranked, func(a, b ranking) int {
		return cmp.Or(
			cmp.Compare(b.grade(), a.grade()),
			cmp.Compare(b.agreeing, a.agreeing),
			cmp.Compare(a.person.survivor.ID, b.person.survivor.ID),
		)
	})
	for _, r := range ranked {
		m.Candidates = append(m.Candidates, carryover.Candidate{
			Patient: r.person.survivor.ID, Grade: r.grade(), Findings: r.findings,
		})
	}
	if len(ranked) == 0 || m.Reason == carryover.NoEvidence {
		return m
	}
	return settle(in, m, ranked)
}

// settle turns the best-ranked person into an answer.
func settle(in Input, m carryover.Match, ranked []ranking) carryover.Match {
	best := ranked[0]
	m.Grade, m.Reason = best.grade(), best.reason()
	if m.Grade == carryover.Certain {
		m.Booking = best.booking
		switch {
		case in.Session.Claim.Unread:
			m.Grade, m.Reason = carryover.Probable, carryover.UnreadBirthDate
		case elsewhere(ranked):
			m.Grade, m.Reason = carryover.Probable, carryover.Contradiction
		case rival(best, ranked[1:]):
			m.Grade, m.Reason = carryover.Probable, carryover.Rivals
		case !best.person.survivor.Live() || best.person.dangling:
			m.Grade, m.Reason = carryover.Probable, carryover.PatientArchived
		case nextPatient(in, best.person):
			m.Grade, m.Reason = carryover.Probable, carryover.NextPatient
		case Clashes(in.Document, best.person.survivor):
			m.Grade, m.Reason = carryover.Probable, carryover.ContentClash
		}
	}
	if m.Grade == carryover.Certain {
		m.Patient = best.person.survivor.ID
		return m
	}
	m.Candidates[0].Grade = m.Grade
	m.Booking = ""
	return m
}

func saysAnything(in Input) bool {
	c := in.Session.Claim
	return !c.Name.IsBlank() || !c.BirthDate.IsZero() || (in.TrustedTie && (c.PatientID != "" || c.BookingID != ""))
}

// elsewhere says that an id of the session points to a person other than the
// best: then two clues name two people, and a person must look.
func elsewhere(ranked []ranking) bool {
	for _, r := range ranked[1:] {
		if r.byID {
			return true
		}
	}
	return false
}

// rival says that somebody else fits as well as the best does.
func rival(best ranking, others []ranking) bool {
	for _, o := range others {
		if !o.contradicted && o.agreeing >= best.agreeing && (o.person.survivor.Live() || o.byID) {
			return true
		}
	}
	return false
}

// group gathers merged records under their survivors. A chain that loops, or
// leads to a record that was not found, is kept as a person of its own that
// nothing can be filed to.
func group(records []carryover.Patient) []person {
	byID := map[carryover.PatientID]carryover.Patient{}
	for _, r := range records {
		byID[r.ID] = r
	}
	people := map[carryover.PatientID]*person{}
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
