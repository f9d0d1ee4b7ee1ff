package clinic

import (
	"strings"
	"time"

	"carryover/sandbox"
)

// heldScenes must be held: filing would be a guess, or wrong. A day shows a
// handful of them, another seed another handful.
var heldScenes = []scene{
	{
		name: "namesake", expect: expectHeld, why: "two patients have this name and no birth date tells them apart",
		who: func(c *casting) int { return c.oneOf(c.register.namesakes) },
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			s.PatientName = fullName(c.patient(v.patient))
		},
	},
	{
		name: "twin_unclear", expect: expectHeld, why: "the initial and the birth date fit two twins",
		who: func(c *casting) int { return c.oneOf(c.register.twins) },
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			p := c.patient(v.patient)
			s.PatientName, s.PatientDOB = p.FirstName[:1]+". "+p.LastName, p.BirthDate
		},
	},
	{
		name: "wrong_patient_id", expect: expectHeld, why: "the patient id is somebody else's than the name and birth date", booked: true,
		who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			nameAndBirth(c, s, v)
			s.EHRProvider, s.EHRPatientID = trustedProvider, c.patient(c.ordinary()).ID
		},
	},
	{
		name: "wrong_booking", expect: expectHeld, why: "the booking is somebody else's than the name and birth date", booked: true,
		who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			nameAndBirth(c, s, v)
			s.EHRProvider, s.EHRApptID = trustedProvider, c.otherBooking(v)
		},
	},
	{
		name: "archived", expect: expectHeld, why: "the patient's record is archived",
		who:   func(c *casting) int { return c.one(c.register.archived) },
		typed: func(c *casting, s *sandbox.Session, v *visit) { nameAndBirth(c, s, v); s.Belongs = "" },
	},
	{
		name: "stranger", expect: expectHeld, why: "nobody of this name and birth date is in the register",
		who: func(*casting) int { return -1 },
		typed: func(c *casting, s *sandbox.Session, _ *visit) {
			p := c.stranger()
			s.PatientName, s.PatientDOB = fullName(&p), p.BirthDate
		},
	},
	{
		name: "contradiction", expect: expectHeld, why: "the name is one patient's and the birth date another's",
		who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			nameAndBirth(c, s, v)
			s.PatientDOB = c.patient(c.ordinary()).BirthDate
			s.Belongs = ""
		},
	},
	{
		name: "first_name_only", expect: expectHeld, why: "a first name alone names nobody", booked: true,
		who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			s.PatientName = c.patient(v.patient).FirstName
		},
	},
	{
		name: "no_patient", expect: expectHeld, why: "the session names no patient", booked: true,
		who:   (*casting).ordinary,
		typed: func(_ *casting, s *sandbox.Session, _ *visit) { s.PatientGender = "" },
	},
	{
		name: "wrong_recording", expect: expectHeld, why: "the recording began in the next patient's booking", booked: true, next: true,
		who: (*casting).ordinary, typed: recordedUnder,
	},
	{
		name: "double", expect: expectHeld, why: "two records have this name and birth date",
		who: func(c *casting) int { return c.oneOf(c.register.doubles) }, typed: nameAndBirth,
	},
	{
		name: "cancelled_booking", expect: expectHeld, why: "the booking was cancelled and proves nothing; a name alone is not enough",
		who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			s.PatientName = fullName(c.patient(v.patient))
			s.EHRProvider, s.EHRApptID = trustedProvider, c.cancelledBooking(v)
		},
	},
	{
		name: "untrusted_only", expect: expectHeld, why: "the ids are another system's and a name alone is not enough",
		who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			s.PatientName = fullName(c.patient(v.patient))
			s.EHRProvider, s.EHRPatientID = "SomeOtherEHR", c.secret(8)
		},
	},
	{
		name: "shared_unclear", expect: expectHeld, why: "two clinicians list the session and no booking says whose it is",
		who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			nameAndBirth(c, s, v)
			s.SharedWith = []string{c.colleague(v)}
		},
	},
}

// recordedUnder makes the session name the patient of the booking that ended
// as the visit's began: the clinician recorded before opening the next patient.
// Where nobody was there before, the session names nobody, and is held for that.
func recordedUnder(c *casting, s *sandbox.Session, v *visit) {
	s.PatientGender = ""
	var own sandbox.Appointment
	for _, a := range c.diary.booked {
		if a.ID == v.booking {
			own = a
		}
	}
	for _, a := range c.diary.booked {
		came := a.PatientID != "" && a.CancelledAt.IsZero() && !a.DidNotArrive
		if !came || a.PractitionerID != own.PractitionerID || !a.EndsAt.Equal(own.StartsAt) {
			continue
		}
		for i := range c.register.all {
			if p := &c.register.all[i]; p.ID == a.PatientID {
				s.PatientName, s.PatientDOB = fullName(p), p.BirthDate
				s.EHRProvider, s.EHRApptID = trustedProvider, a.ID
				return
			}
		}
	}
}

// otherBooking returns the booking of another patient with the visit's
// practitioner.
func (c *casting) otherBooking(v *visit) string {
	who := c.diary.staff[v.practitioner].ID
	for _, a := range c.diary.booked {
		if a.PractitionerID == who && a.ID != v.booking && a.PatientID != "" && a.CancelledAt.IsZero() {
			return a.ID
		}
	}
	return ""
}

// cancelledBooking books the visit's patient earlier that day, cancels it, and
// returns the id.
func (c *casting) cancelledBooking(v *visit) string {
	s := c.diary.free()
	if s == nil {
		return ""
	}
	return c.diary.book(s, sandbox.Appointment{PatientID: c.patient(v.patient).ID, CancelledAt: s.start.Add(-50 * time.Minute)})
}

// stranger invents somebody who is in no register.
func (c *casting) stranger() sandbox.Patient {
	taken := map[string]bool{}
	for i := range c.register.all {
		taken[strings.ToLower(c.register.all[i].LastName)] = true
	}
	last := "Outlander"
	for taken[strings.ToLower(last)] {
		last += "-" + pick(c.dice, lastNames)
	}
	born := c.diary.day.AddDate(-c.between(20, 80), 0, -c.between(1, 300)).Format(time.DateOnly)
	return sandbox.Patient{FirstName: pick(c.dice, womensNames), LastName: last, BirthDate: born}
}
