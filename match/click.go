package match

import (
	"slices"
	"time"

	"carryover"
)

// The patient id, the appointment id and the booking at that time come from one
// click in a diary or a chart. Whoever clicks the wrong line gets all three
// wrong, so together they are one identifier, and any of them that points to
// somebody else is a contradiction.

// slack is how far from a booking a recording may begin and still belong to
// it: clinicians start a few minutes early, or late within the slot.
const slack = 15 * time.Minute

// sameVisit is how far from its booking a recording that names the booking may
// begin. A note may be dictated the same evening; an id from last week is
// stale and proves nothing.
const sameVisit = 18 * time.Hour

// early is how long before its booking a recording that names it may begin: a
// visit is brought forward, but nobody dictates a note of one that is to come.
const early = 4 * time.Hour

// A click is what one person gets from it.
type click struct {
	patientID carryover.Finding
	booked    carryover.Finding
	booking   carryover.BookingID
	named     bool // an id of the session points here
	slot      bool // the diary has this person at that time, and no id says so
	earlier   bool // the diary had this person earlier that day, and nobody at that time
	now       bool // the practitioner's diary has this person at that time, whatever the ids say
	elsewhere bool // an id of the session points to somebody else
	unknown   bool // an id of the session is nobody's
}

// agrees says that the click counts for the person.
func (c click) agrees() bool { return !c.elsewhere && (c.named || c.slot) }

// compareClick compares the session's ids and start with a person.
func compareClick(in Input, p person) click {
	c := click{
		patientID: carryover.Finding{Field: "patient_id", Outcome: carryover.Absent},
		booked:    carryover.Finding{Field: "booking", Outcome: carryover.Absent},
	}
	claim := in.Session.Claim
	if in.TrustedTie && claim.PatientID != "" {
		c.comparePatientID(in, p, claim.PatientID)
	}
	if in.TrustedTie && claim.BookingID != "" {
		c.compareBookingID(in, p, claim.BookingID)
	}
	if c.booked.Outcome == carryover.Absent || c.booked.Note == noteNoBooking {
		c.compareSlot(in, p)
	}
	c.now = slices.ContainsFunc(in.Bookings, func(b carryover.Booking) bool {
		return b.Kind == carryover.IndividualAppointment && b.Stands() && p.in(b) && in.mine(b) &&
			during(in.Session.StartedAt, b) && in.Session.StartedAt.Before(b.EndsAt)
	})
	return c
}

// confirmed says that an id of the session points here and the diary has the
// person at that very time. An id left over from somebody else points to
// another time, and a stranger in the slot brings no id.
func (c click) confirmed() bool { return c.named && c.now && !c.elsewhere && !c.unknown }

// mine says that a booking is in the diary of a practitioner who recorded the
// session.
func (in Input) mine(b carryover.Booking) bool {
	return b.Practitioner == in.Session.Practitioner || slices.Contains(in.Practitioners, b.Practitioner)
}

// Notes that code asks for; they are what a reviewer reads as well.
const (
	noteNoBooking = "the booking is not in the diary"
	noteNobodysID = "nobody has this id"
)

// comparePatientID: an id that no record has (of another account, of a deleted
// record) says nothing, but see rules.go: beside it more must agree.
func (c *click) comparePatientID(in Input, p person, id carryover.PatientID) {
	switch {
	case p.has(id):
		c.patientID.Outcome, c.named = carryover.Agrees, true
	case slices.ContainsFunc(in.Candidates, func(r carryover.Patient) bool { return r.ID == id }):
		c.patientID.Outcome, c.patientID.Note, c.elsewhere = carryover.Differs, "another patient's id", true
	default:
		c.patientID.Outcome, c.patientID.Note, c.unknown = carryover.CannotTell, noteNobodysID, true
	}
}

// compareBookingID: a group names no patient by itself; a cancelled booking
// proves nothing, but one that is somebody else's still contradicts.
func (c *click) compareBookingID(in Input, p person, id carryover.BookingID) {
	i := slices.IndexFunc(in.Bookings, func(b carryover.Booking) bool { return b.ID == id })
	if i < 0 {
		c.booked.Outcome, c.booked.Note, c.unknown = carryover.CannotTell, noteNoBooking, true
		return
	}
	b := in.Bookings[i]
	c.booked.Outcome = carryover.CannotTell
	switch {
	case b.Kind == carryover.UnavailableBlock || len(b.Patients) == 0:
		c.booked.Note = "no patient's booking"
	case !p.in(b):
		c.booked.Outcome, c.booked.Note, c.elsewhere = carryover.Differs, "another patient's booking", true
	case b.Kind == carryover.GroupAppointment:
		c.booked.Note, c.booking = "in the group", b.ID
	case !b.Stands():
		c.booked.Note = "cancelled"
	case !in.Session.StartedAt.IsZero() && in.Session.StartedAt.Sub(b.StartsAt).Abs() > sameVisit:
		c.booked.Note = "a booking of another day"
	case in.Session.StartedAt.Before(b.StartsAt.Add(-early)):
		c.booked.Note = "a booking later that day"
	default:
		c.booked.Outcome, c.booked.Note, c.booking = carryover.Agrees, "named by the session", b.ID
		c.named = true
	}
}

// compareSlot looks for a standing booking of this person at the recording's
// start. The slot corroborates and never contradicts: people swap, and run
// late. Only the diary of a practitioner who recorded the session counts;
// another's is shown, and tells two swapped links.
func (c *click) compareSlot(in Input, p person) {
	found, own := carryover.Booking{}, false
	for _, b := range in.Bookings {
		if !b.Stands() || !p.in(b) || !during(in.Session.StartedAt, b) {
			continue
		}
		mine := in.mine(b)
		if found.ID == "" || mine && !own || mine == own && b.ID < found.ID {
			found, own = b, mine
		}
	}
	switch {
	case found.ID == "":
		c.compareEarlier(in, p)
		return
	case found.Kind == carryover.GroupAppointment:
		c.booked = carryover.Finding{Field: "booking", Outcome: carryover.CannotTell, Note: "in the group"}
	case !own:
		c.booked = carryover.Finding{Field: "booking", Outcome: carryover.CannotTell, Note: "another practitioner's booking"}
	default:
		c.booked = carryover.Finding{Field: "booking", Outcome: carryover.Agrees, Note: "at that time"}
		c.slot = true
	}
	c.booking = found.ID
}

// workday is how long after a visit its note may be dictated.
const workday = 8 * time.Hour

// compareEarlier looks for a visit earlier that day whose note is dictated
// now. With anybody booked at that time the recording may be theirs, under a
// name picked from the day's list: that name is the diary once more and no
// second witness, so then an earlier visit says nothing.
func (c *click) compareEarlier(in Input, p person) {
	start, found := in.Session.StartedAt, carryover.Booking{}
	for _, b := range in.Bookings {
		switch {
		case !b.Stands() || b.Practitioner != in.Session.Practitioner:
		case during(start, b):
			return
		case b.Kind == carryover.IndividualAppointment && p.in(b) && start.After(b.EndsAt) && start.Sub(b.EndsAt) <= workday && b.StartsAt.After(found.StartsAt):
			found = b
		}
	}
	if found.ID != "" {
		c.booked = carryover.Finding{Field: "booking", Outcome: carryover.CannotTell, Note: "earlier that day"}
		c.booking, c.earlier = found.ID, true
	}
}

// during says that a recording began at a booking's time, give or take slack.
func during(start time.Time, b carryover.Booking) bool {
	return !start.IsZero() && !start.Before(b.StartsAt.Add(-slack)) && !start.After(b.EndsAt.Add(slack))
}
