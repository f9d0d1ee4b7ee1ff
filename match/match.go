// Package match decides who a session's patient is: certain, or a reason to
// ask a person. It is pure: evidence and candidates in, grade and findings
// out.
//
// The rule is short. Two identifiers must agree, one of them the name or the
// birth date; an id and a booking come from one click and count as one;
// nothing may contradict; and nobody else in the register may fit as well. No
// lone clue is ever certain, and no clue outvotes a contradiction. Nothing is
// weighed: what makes certain is the table in rules.go, what tells two people
// apart the table in rival.go, and what a name comes to the table in part.go.
//
// Whoever calls it finds the candidates; Searches says what to ask a register
// for, and Enough when to stop asking.
package match

import (
	"slices"

	"carryover"
)

// Input is all the matcher may look at.
type Input struct {
	Session carryover.Session
	// Practitioners are all whose links showed the session; only their diaries
	// corroborate. The session's own Practitioner need not be repeated.
	Practitioners []carryover.PractitionerID
	// Document is what is to be filed; a labelled patient line in it that names
	// somebody else is a contradiction.
	Document carryover.Document
	// TrustedTie says that the session's ids come from an integration whose
	// ids are Cliniko's.
	TrustedTie bool
	// Candidates are the records found by id, booking, birth date and name,
	// archived and merged ones included, with the survivors of merges. The
	// record of the session's patient id must be among them if it exists: an id
	// that is not there counts as nobody's.
	Candidates []carryover.Patient
	// Bookings are the practitioners' diaries around the session, cancelled ones
	// included, and the booking the session names, if it exists.
	Bookings []carryover.Booking
	Settings Settings
}

// Settings are the practice's choices; the zero value is the default.
type Settings struct {
	// Identifiers is how many must agree: 0 means 2; 3 asks for the name, the
	// birth date and a booking or id every time, as the RACGP's standard words
	// it.
	Identifiers int
	// FirstNameAndBooking lets a first name alone count with a booking at that
	// time. Off by default: the name of the person in the room was never said.
	FirstNameAndBooking bool
}

// Decide grades every candidate and answers with the patient, if one is
// certain, or with the reason to hold.
func Decide(in Input) carryover.Match {
	r := read(in)
	var all []evidence
	for _, p := range group(in.Candidates) {
		all = append(all, r.weigh(p))
	}
	slices.SortFunc(all, func(a, b evidence) int { return compare(a, b, in.Settings) })
	m := carryover.Match{Reason: r.silence()}
	for _, e := range all {
		m.Candidates = append(m.Candidates, carryover.Candidate{
			Patient: e.person.survivor.ID, Grade: e.grade(in.Settings), Findings: e.findings,
		})
	}
	if len(all) > 0 && m.Reason != carryover.NoEvidence {
		r.settle(&m, all)
	}
	return m
}

// silence is the reason when nobody was found.
func (r reading) silence() carryover.Reason {
	c := r.in.Session.Claim
	tied := r.in.TrustedTie && (c.PatientID != "" || c.BookingID != "")
	if r.name.nobody && r.born.none() && !tied {
		return carryover.NoEvidence
	}
	return carryover.NoCandidate
}

// settle turns the best candidate into an answer.
func (r reading) settle(m *carryover.Match, all []evidence) {
	best := all[0]
	m.Grade, m.Reason = best.grade(r.in.Settings), best.reason(r)
	if m.Grade == carryover.Certain {
		if why := r.objection(best, all[1:]); why != carryover.NoReason {
			m.Grade, m.Reason = carryover.Probable, why
		}
	}
	if m.Reason == carryover.OneClue && slices.ContainsFunc(all[1:], func(o evidence) bool { return pointsAway(best, o) }) {
		m.Reason = carryover.Contradiction
	}
	m.Candidates[0].Grade = m.Grade
	if m.Grade == carryover.Certain {
		m.Patient, m.Booking = best.person.survivor.ID, best.click.booking
	}
}

// pointsAway says that an id names one of two people and the name in every
// letter the other: a reviewer is told of both.
func pointsAway(best, o evidence) bool {
	return o.click.named && !best.click.named ||
		best.click.named && best.name.fit < nameWhole && o.name.fit == nameWhole
}

// objection is what stands against a person who meets a rule.
func (r reading) objection(best evidence, others []evidence) carryover.Reason {
	switch {
	case r.name.others:
		return carryover.SeveralPeople
	case r.in.Session.Claim.Unread, r.born.unread:
		return carryover.UnreadBirthDate
	}
	for _, o := range others {
		if o.click.named {
			return carryover.Contradiction // an id of the session is somebody else's
		}
	}
	for _, o := range others {
		if isRival(best, o) || siblingInSlot(best, o) {
			return carryover.Rivals
		}
	}
	if !best.person.oneName(r) {
		return carryover.Contradiction
	}
	said := readDocument(r.in.Document)
	switch {
	case !best.person.fileable():
		return carryover.PatientArchived
	case said.clashes(best.person):
		return carryover.ContentClash
	case nextPatient(r.in, best.person) && !said.names(best.person):
		return carryover.NextPatient
	}
	return carryover.NoReason
}

// reason says why a person is not certain.
func (e evidence) reason(r reading) carryover.Reason {
	switch {
	case e.grade(r.in.Settings) == carryover.Certain:
		return carryover.NoReason
	case r.name.others:
		return carryover.SeveralPeople
	case e.contradicted() && e.agreeing > 0:
		return carryover.Contradiction
	case e.grade(r.in.Settings) > carryover.CertainlyNot:
		return carryover.OneClue
	}
	return carryover.NoCandidate
}
