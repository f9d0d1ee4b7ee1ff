package match

import (
	"slices"
	"time"

	"carryover"
)

// nextPatient is the rule against a recording left running under the previous
// patient: the person's booking was over, and the same practitioner's next
// booking, at once after it, is somebody else's and covers the start of the
// recording. Whatever the session says was then entered for the wrong visit.
func nextPatient(in Input, p person) bool {
	start := in.Session.StartedAt
	if start.IsZero() {
		return false
	}
	for _, b := range in.Bookings {
		if b.Stands() && p.in(b) && recorded(in, b.Practitioner) && !start.Before(b.StartsAt) && start.Before(b.EndsAt) {
			return false // the person has a booking of their own at that time, with whoever recorded
		}
	}
	for _, own := range in.Bookings {
		// A visit that was cancelled or not kept is over as well.
		if own.ArchivedAt.IsZero() && p.in(own) && !start.Before(own.EndsAt) && followedByOther(in, own, p) {
			return true
		}
	}
	return false
}

// recorded says that a practitioner's link showed the session.
func recorded(in Input, who carryover.PractitionerID) bool {
	return who == in.Session.Practitioner || slices.Contains(in.Practitioners, who)
}

// stoodThen says that a booking was still in the diary when a recording began.
// What was cancelled afterwards does not say who was in the room.
func stoodThen(b carryover.Booking, start time.Time) bool {
	if b.CancelledAt.After(start) {
		b.CancelledAt = time.Time{}
	}
	return b.Stands()
}

// followedByOther says that somebody else's booking with the same practitioner
// follows own within slack and covers the start of the recording.
func followedByOther(in Input, own carryover.Booking, p person) bool {
	start := in.Session.StartedAt
	for _, next := range in.Bookings {
		gap := next.StartsAt.Sub(own.EndsAt)
		if stoodThen(next, start) && next.Practitioner == own.Practitioner && len(next.Patients) > 0 && !p.in(next) &&
			gap >= 0 && gap <= slack && !start.Before(next.StartsAt) && start.Before(next.EndsAt) {
			return true
		}
	}
	return false
}
