package clinic

import (
	"time"

	"carryover/sandbox"
)

// A slot is one place in a practitioner's diary on the practice day.
type slot struct {
	practitioner int // index in the staff
	start, end   time.Time
	taken        bool
	booking      string // appointment id, once somebody is booked into it
}

// The practice day, local time. Nobody is booked over lunch.
const (
	opens      = 8 * time.Hour
	lunchFrom  = 12*time.Hour + 30*time.Minute
	lunchUntil = 13*time.Hour + 10*time.Minute
	closes     = 17*time.Hour + 30*time.Minute
)

// clinicians is how many of the staff see patients; they come first.
const clinicians = 4

// A diary is what is booked, on the practice day and around it.
type diary struct {
	*dice
	day      time.Time // midnight of the practice day, in the practice's zone
	staff    []sandbox.Practitioner
	business []sandbox.Business
	slots    []slot
	booked   []sandbox.Appointment
	evening  [clinicians]time.Duration // when each practitioner's next entry outside the diary begins
}

// newDiary lays out empty slots of 20 to 40 minutes for each practitioner.
func newDiary(d *dice, day time.Time, staff []sandbox.Practitioner, business []sandbox.Business) *diary {
	dy := &diary{dice: d, day: day, staff: staff, business: business}
	for p := range clinicians {
		for at := opens; ; {
			length := pick(d, []time.Duration{20, 25, 30, 30, 30, 40}) * time.Minute
			if at < lunchUntil && at+length > lunchFrom {
				at = lunchUntil
				continue
			}
			if at+length > closes {
				break
			}
			dy.slots = append(dy.slots, slot{practitioner: p, start: dy.at(at), end: dy.at(at + length)})
			at += length
		}
		dy.evening[p] = closes + time.Duration(d.between(6, 12))*time.Minute
	}
	return dy
}

// at returns the moment so long after midnight as the clock on the wall shows
// it, whatever daylight saving does that day.
func (dy *diary) at(sinceMidnight time.Duration) time.Time {
	y, m, d := dy.day.Date()
	h, rest := sinceMidnight/time.Hour, sinceMidnight%time.Hour
	return time.Date(y, m, d, int(h), int(rest/time.Minute), 0, 0, dy.day.Location()).UTC()
}

// free returns a free slot, of the practitioner with the fewest taken ones so
// that the day is shared out evenly, and takes it. It returns nil when the
// whole day is full.
func (dy *diary) free() *slot {
	var taken, open [clinicians]int
	for i := range dy.slots {
		if dy.slots[i].taken {
			taken[dy.slots[i].practitioner]++
		} else {
			open[dy.slots[i].practitioner]++
		}
	}
	who := -1
	for p := range clinicians {
		if open[p] > 0 && (who < 0 || taken[p] < taken[who]) {
			who = p
		}
	}
	if who < 0 {
		return nil
	}
	nth := dy.IntN(open[who])
	for i := range dy.slots {
		if s := &dy.slots[i]; s.practitioner == who && !s.taken {
			if nth == 0 {
				s.taken = true
				return s
			}
			nth--
		}
	}
	return nil
}

// freeAfterPatient returns a free slot that begins as another of the same
// practitioner ends in which a patient is booked, and takes it; any free slot
// when there is none.
func (dy *diary) freeAfterPatient() *slot {
	for _, i := range dy.Perm(len(dy.slots)) {
		if i == 0 {
			continue
		}
		s, before := &dy.slots[i], &dy.slots[i-1]
		if !s.taken && before.booking != "" && before.practitioner == s.practitioner && before.end.Equal(s.start) {
			s.taken = true
			return s
		}
	}
	return dy.free()
}

// book enters a into the slot's place in the diary and returns its id.
func (dy *diary) book(s *slot, a sandbox.Appointment) string {
	a.ID = dy.clinikoID()
	a.PractitionerID = dy.staff[s.practitioner].ID
	a.BusinessID = dy.business[s.practitioner%len(dy.business)].ID
	a.StartsAt, a.EndsAt = s.start, s.end
	dy.booked = append(dy.booked, a)
	s.booking = a.ID
	return a.ID
}

// after returns a moment after the last booking at which the practitioner
// dictates something, and moves on.
func (dy *diary) after(practitioner int) time.Time {
	at := dy.at(dy.evening[practitioner])
	dy.evening[practitioner] += time.Duration(dy.between(9, 14)) * time.Minute
	return at
}

// fill books the rest of the day: people who cancelled, did not come, or came
// without being recorded, and a block in which nobody can be booked. It leaves
// some slots empty, as days do.
func (dy *diary) fill(patient func() string) {
	for i := range 8 {
		s := dy.free()
		if s == nil {
			return
		}
		a := sandbox.Appointment{PatientID: patient()}
		switch i {
		case 0:
			a.PatientID = "" // neither patient nor attendees: unavailable
		case 1, 2:
			a.CancelledAt = s.start.Add(-time.Duration(dy.between(2, 40)) * time.Hour)
		case 3, 4:
			a.DidNotArrive = true
		}
		dy.book(s, a)
	}
}

// around books visits in the weeks before and after the practice day, for as
// many patients as it is given, and returns the past ones.
func (dy *diary) around(patients []string) []sandbox.Appointment {
	var past []sandbox.Appointment
	for i, id := range patients {
		days := -(3 + i) // a day of their own, so that nothing overlaps
		if i%5 == 4 {
			days = 2 + i
		}
		who := i % clinicians
		y, m, d := dy.day.Date()
		start := time.Date(y, m, d+days, 8+i/clinicians%9, 30*dy.IntN(2), 0, 0, dy.day.Location()).UTC()
		a := sandbox.Appointment{
			ID: dy.clinikoID(), PractitionerID: dy.staff[who].ID, BusinessID: dy.business[who%len(dy.business)].ID,
			PatientID: id, StartsAt: start, EndsAt: start.Add(30 * time.Minute),
		}
		dy.booked = append(dy.booked, a)
		if days < 0 {
			past = append(past, a)
		}
	}
	return past
}
