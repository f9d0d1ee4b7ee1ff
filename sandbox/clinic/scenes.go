package clinic

import (
	"strings"
	"time"

	"carryover/sandbox"
)

// ordinaryScenes are how most sessions come: two identifiers that agree, one
// of them the full name or the birth date, and nobody else whom they fit.
var ordinaryScenes = []scene{
	{name: "name_dob", booked: true, who: (*casting).ordinary, typed: nameAndBirth},
	{name: "name_dob", booked: true, who: (*casting).ordinary, typed: nameAndBirth},
	{name: "name_booking", booked: true, who: (*casting).ordinary, typed: nameAndBooking},
	{name: "name_patient_id", booked: true, who: (*casting).ordinary, typed: nameAndPatient},
	{name: "everything", booked: true, who: (*casting).ordinary, typed: everything},
}

// provenScenes look awkward and are not: each still has two identifiers.
var provenScenes = []scene{
	{
		name: "merged_id", booked: true, // the id that Heidi remembers was merged away; the survivor is right
		who: func(c *casting) int { return c.surviving(0) },
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			nameAndBirth(c, s, v)
			s.EHRProvider, s.EHRPatientID = trustedProvider, c.lostTo(v.patient)
		},
	},
	{
		name: "merged_chain", booked: true, // the same through two merges
		who: func(c *casting) int { return c.surviving(1) },
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			nameAndBirth(c, s, v)
			s.EHRProvider, s.EHRPatientID = trustedProvider, c.lostTo(v.patient)
		},
	},
	{
		name: "untrusted_provider", booked: true, // another system's ids mean nothing here, and do no harm
		who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			nameAndBirth(c, s, v)
			s.EHRProvider, s.EHRPatientID, s.EHRApptID = "SomeOtherEHR", "P-"+c.secret(6), "A-"+c.secret(6)
		},
	},
	{
		name: "shared", booked: true, // listed by two clinicians; the booking says whose it is
		who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			everything(c, s, v)
			s.EHRPatientID = ""
			s.SharedWith = []string{c.colleague(v)}
		},
	},
	{
		name: "corrected", booked: true, // begun without a patient, corrected before the document is finished
		who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			p := c.patient(v.patient)
			s.Corrections = []sandbox.Correction{{PatientName: fullName(p), PatientDOB: p.BirthDate, PatientGender: s.PatientGender}}
		},
	},
	{
		name: "no_birth_date", booked: true, // the register has none; name and booking agree
		who:   func(c *casting) int { return c.one(c.register.undated) },
		typed: nameAndBooking,
	},
	{
		name: "diacritics", booked: true,
		who:   func(c *casting) int { return c.one(c.register.accented) },
		typed: everything,
	},
	{
		name: "punctuation", booked: true, // hyphen, apostrophe, Mc: typed as registered
		who:   func(c *casting) int { return c.one(c.register.punctuated) },
		typed: everything,
	},
	{name: "late_dictation", who: (*casting).ordinary, typed: nameAndBirth},
	{name: "late_dictation", who: (*casting).ordinary, typed: nameAndBirth},
}

// eitherScenes can be filed or held, and nobody is wronged.
var eitherScenes = []scene{
	{
		name: "nickname", expect: expectEither, booked: true,
		who: func(c *casting) int { return c.one(c.register.nicknamed) },
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			p := c.patient(v.patient)
			s.PatientName, s.PatientDOB = p.PreferredName+" "+p.LastName, p.BirthDate
		},
	},
	{
		name: "swapped", expect: expectEither, booked: true, who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			p := c.patient(v.patient)
			s.PatientName, s.PatientDOB = p.LastName+", "+p.FirstName, p.BirthDate
		},
	},
	{
		name: "no_accents", expect: expectEither, booked: true,
		who: func(c *casting) int { return c.one(c.register.accented) },
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			p := c.patient(v.patient)
			s.PatientName, s.PatientDOB = asciiName(p.FirstName)+" "+asciiName(p.LastName), p.BirthDate
		},
	},
	{
		name: "no_apostrophe", expect: expectEither, booked: true,
		who: func(c *casting) int { return c.one(c.register.punctuated) },
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			p := c.patient(v.patient)
			s.PatientName, s.PatientDOB = strings.ToLower(strings.NewReplacer("'", "", "-", " ").Replace(fullName(p))), p.BirthDate
		},
	},
	{
		name: "initial", expect: expectEither, booked: true,
		who: func(c *casting) int { return c.one(c.register.initialled) },
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			p := c.patient(v.patient)
			s.PatientName, s.PatientDOB = p.FirstName+". "+p.LastName, p.BirthDate
		},
	},
	{
		name: "twin_named", expect: expectEither, booked: true,
		who:   func(c *casting) int { return c.oneOf(c.register.twins) },
		typed: everything,
	},
	{
		name: "parent_or_child", expect: expectEither, booked: true,
		who:   func(c *casting) int { return c.oneOf(c.register.homonyms) },
		typed: nameAndBirth,
	},
	{
		name: "birth_date_only", expect: expectEither, booked: true, who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) { s.PatientDOB = c.patient(v.patient).BirthDate },
	},
	{
		name: "birth_date_slip", expect: expectEither, booked: true, who: (*casting).ordinary,
		typed: func(c *casting, s *sandbox.Session, v *visit) {
			nameAndBooking(c, s, v)
			s.PatientDOB = slip(c.patient(v.patient).BirthDate)
		},
	},
}

func nameAndBirth(c *casting, s *sandbox.Session, v *visit) {
	p := c.patient(v.patient)
	s.PatientName, s.PatientDOB = fullName(p), p.BirthDate
}

func nameAndBooking(c *casting, s *sandbox.Session, v *visit) {
	s.PatientName = fullName(c.patient(v.patient))
	s.EHRProvider, s.EHRApptID = trustedProvider, v.booking
}

func nameAndPatient(c *casting, s *sandbox.Session, v *visit) {
	p := c.patient(v.patient)
	s.PatientName = fullName(p)
	s.EHRProvider, s.EHRPatientID = trustedProvider, p.ID
}

func everything(c *casting, s *sandbox.Session, v *visit) {
	nameAndBirth(c, s, v)
	s.EHRProvider, s.EHRApptID, s.EHRPatientID = trustedProvider, v.booking, c.patient(v.patient).ID
}

// surviving returns the patient in whom a merge ended: 0 the plain one, 1 the
// chain of two.
func (c *casting) surviving(which int) int {
	p := c.register.merged[which].survivor
	c.used[p] = true
	return p
}

// lostTo returns the id of the record that was merged, first of all, into p.
func (c *casting) lostTo(p int) string {
	for _, m := range c.register.merged {
		if m.survivor == p {
			return c.patient(m.lost).ID
		}
	}
	return ""
}

// colleague returns the id of another practitioner than the visit's.
func (c *casting) colleague(v *visit) string {
	return c.diary.staff[(v.practitioner+c.between(1, clinicians-1))%clinicians].ID
}

// slip returns a birth date with one digit typed wrong. It stays a real date.
func slip(born string) string {
	day, err := time.Parse(time.DateOnly, born)
	if err != nil {
		return born
	}
	for _, other := range []time.Time{day.AddDate(0, 0, 1), day.AddDate(0, 0, -1)} {
		if typed := other.Format(time.DateOnly); typed[:9] == born[:9] {
			return typed
		}
	}
	return born
}
