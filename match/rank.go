package match

import (
	"slices"

	"carryover"
)

// A ranking is one person measured against the session.
type ranking struct {
	person       person
	findings     []carryover.Finding
	agreeing     int  // independent identifiers that agree
	nameOrBirth  bool // one of them is the name or the birth date
	contradicted bool
	byID         bool // an id of the session points here
	partial      bool // the name fits in part only
	booking      carryover.BookingID
}

// rank compares every field of the claim with one person.
func rank(in Input, p person) ranking {
	r := ranking{person: p}
	claim := in.Session.Claim
	r.note("name", compareName(claim.Name, p))
	r.note("birth_date", compareBirth(claim.BirthDate, p))
	r.note("sex", compareSex(claim.Sex, p.survivor.Sex))
	r.click(in)
	return r
}

// note records how an identifier compared and what it counts for. Sex is shown
// and never counted: records hold it wrongly too often.
func (r *ranking) note(field string, f carryover.Finding) {
	f.Field = field
	r.findings = append(r.findings, f)
	switch {
	case field == "sex":
	case f.Outcome == carryover.Agrees:
		r.agreeing++
		r.nameOrBirth = true
	case f.Outcome == carryover.Differs:
		r.contradicted = true
	case field == "name" && f.Outcome == carryover.CannotTell:
		r.partial = true
	}
}

// click weighs what comes from one click in the diary or the chart: the
// patient id, the appointment id and the booking at that time. Together they
// are one identifier; any of them pointing elsewhere is a contradiction.
func (r *ranking) click(in Input) {
	ids := carryover.Finding{Field: "patient_id", Outcome: carryover.Absent}
	booked := carryover.Finding{Field: "booking", Outcome: carryover.Absent}
	claim := in.Session.Claim
	if in.TrustedTie && claim.PatientID != "" {
		ids.Outcome = carryover.Differs
		if r.person.has(claim.PatientID) {
			ids.Outcome = carryover.Agrees
		}
	}
	if in.TrustedTie && claim.BookingID != "" {
		booked = r.namedBooking(in)
	}
	if booked.Outcome == carryover.Absent {
		booked = r.slot(in)
	}
	r.findings = append(r.findings, ids, booked)
	r.byID = ids.Outcome == carryover.Agrees || booked.Note == "named by the session"
	if ids.Outcome == carryover.Differs || booked.Outcome == carryover.Differs {
		r.contradicted = true
		return
	}
	if ids.Outcome == carryover.Agrees || booked.Outcome == carryover.Agrees {
		r.agreeing++
	}
}

// namedBooking compares the booking that the session names. A group names no
// patient by itself; a cancelled booking proves nothing, but one that belongs
// to somebody else still contradicts.
func (r *ranking) namedBooking(in Input) carryover.Finding {
	i := slices.IndexFunc(in.Bookings, func(b carryover.Booking) bool { return b.ID == in.Session.Claim.BookingID })
	if i < 0 {
		return carryover.Finding{Field: "booking", Outcome: carryover.CannotTell, Note: "the booking is not in the diary"}
	}
	b := in.Bookings[i]
	switch {
	case b.Kind == carryover.UnavailableBlock:
		return carryover.Finding{Field: "booking", Outcome: carryover.CannotTell, Note: "no patient's booking"}
	case !r.person.in(b):
		return carryover.Finding{Field: "booking", Outcome: carryover.Differs, Note: "another patient's booking"}
	case b.Kind == carryover.GroupAppointment:
		r.booking = b.ID
		return carryover.Finding{Field: "booking", Outcome: carryover.CannotTell, Note: "in the group"}
	case !b.Stands():
		return carryover.Finding{Field: "booking", Outcome: carryover.CannotTell, Note: "cancelled"}
	}
	r.booking = b.ID
	return carryover.Finding{Field: "booking", Outcome: carryover.Agrees, Note: "named by the session"}
}

// slot looks for a standing booking of this person at the recording's start,
// the recording practitioner's own before any other's. The slot corroborates
// and never contradicts: people swap and run late.
func (r *ranking) slot(in Input) carryover.Finding {
	found := carryover.Booking{}
	start := in.Session.StartedAt
	for _, b := range in.Bookings {
		if start.IsZero() || !b.Stands() || !r.person.in(b) ||
			start.Before(b.StartsAt.Add(-slack)) || start.After(b.EndsAt.Add(slack)) {
			continue
		}
		if found.ID == "" || (found.Practitioner != in.Session.Practitioner && b.Practitioner == in.Session.Practitioner) {
			found = b
		}
	}
	r.booking = found.ID
	switch {
	case found.ID == "":
		return carryover.Finding{Field: "booking", Outcome: carryover.Absent}
	case found.Kind == carryover.GroupAppointment:
		return carryover.Finding{Field: "booking", Outcome: carryover.CannotTell, Note: "in the group"}
	}
	return carryover.Finding{Field: "booking", Outcome: carryover.Agrees, Note: "at that time"}
}

// grade applies the rule of the package comment to one person alone; rivals
// are looked at afterwards.
func (r ranking) grade() carryover.Grade {
	switch {
	case r.contradicted && r.agreeing == 0:
		return carryover.CertainlyNot
	case r.contradicted:
		return carryover.Possible
	case r.agreeing >= 2 && r.nameOrBirth && !r.partial:
		return carryover.Certain
	case r.agreeing >= 2, r.agreeing == 1 && r.partial:
		return carryover.Probable
	case r.agreeing == 1, r.partial:
		return carryover.Possible
	}
	return carryover.CertainlyNot
}

// reason says why a person of this ranking is not certain.
func (r ranking) reason() carryover.Reason {
	switch {
	case r.grade() == carryover.Certain:
		return carryover.NoReason
	case r.contradicted && r.agreeing > 0:
		return carryover.Contradiction
	case r.agreeing > 0 || r.partial:
		return carryover.OneClue
	}
	return carryover.NoCandidate
}

// has says whether id is one of the person's records.
func (p person) has(id carryover.PatientID) bool {
	return slices.ContainsFunc(p.records, func(r carryover.Patient) bool { return r.ID == id })
}

// in says whether the booking is for this person.
func (p person) in(b carryover.Booking) bool { return slices.ContainsFunc(b.Patients, p.has) }

// nextPatient is the rule against a recording left running: the person's
// booking was over, and the practitioner's next booking, at once after it, is
// somebody else's and covers the start of the recording.
func nextPatient(in Input, p person) bool {
	start := in.Session.StartedAt
	if start.IsZero() {
		return false
	}
	for _, own := range in.Bookings {
		if !own.Stands() || !p.in(own) || start.Before(own.EndsAt) {
			continue
		}
		for _, next := range in.Bookings {
			gap := next.StartsAt.Sub(own.EndsAt)
			if next.Stands() && next.Practitioner == own.Practitioner && len(next.Patients) > 0 && !p.in(next) &&
				gap >= 0 && gap <= slack && !start.Before(next.StartsAt) && start.Before(next.EndsAt) {
				return true
			}
		}
	}
	return false
}
