package clinic

import (
	"time"

	"carryover/sandbox"
)

// tieLures are ids that come with a session: another patient's, another
// account's, stale ones.
var tieLures = []lure{
	{
		name: "id_of_another", expect: expectHeld, reasons: []string{contradiction}, why: "the patient id is somebody else's",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), p.BirthDate)
			tied(s, a.somebody().ID, "")
			return a.alone(s)
		},
	},
	{
		name: "id_of_nobody", expect: expectProven, // another account's, or a deleted record's: it says nothing
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), p.BirthDate)
			tied(s, a.clinikoID(), "")
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "id_of_nobody_and_name", expect: expectHeld, reasons: []string{oneClue, contradiction},
		why: "beside an id that nobody has, a name and a slot are not enough",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), "")
			tied(s, a.clinikoID(), "")
			return a.seat(s, p) != ""
		},
	},
	{
		name: "id_of_archived_double", expect: expectHeld, reasons: []string{contradiction, patientArchived, rivals},
		why: "the id is an archived record's of the same name and birth date",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			old := a.person(p.FirstName, p.LastName, p.BirthDate)
			a.update(old, func(r *sandbox.Patient) { r.ArchivedAt = a.registrar.ago(30, 300) })
			says(s, name(p), p.BirthDate)
			tied(s, old.ID, "")
			return a.alone(s)
		},
	},
	{
		name: "id_merged_away", expect: expectProven, // Heidi remembers the id of the record that was merged
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			lost := a.merged(p, p.ID)
			says(s, name(p), p.BirthDate)
			tied(s, lost.ID, "")
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "id_of_another_system", expect: expectProven, // by chance somebody's here; the provider is not trusted
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), p.BirthDate)
			s.EHRProvider, s.EHRPatientID, s.Belongs = "SomeOtherEHR", a.somebody().ID, p.ID
			return a.alone(s)
		},
	},
	{
		name: "ids_disagree", expect: expectHeld, reasons: []string{contradiction}, why: "the patient id is one's, the booking another's",
		set: func(a *adversary, s *sandbox.Session) bool {
			p, q := a.somebody(), a.somebody()
			booking := a.seat(s, q)
			says(s, name(p), "")
			tied(s, p.ID, booking)
			return booking != ""
		},
	},
	{
		name: "booking_of_another", expect: expectHeld, reasons: []string{contradiction}, why: "the booking is somebody else's",
		set: func(a *adversary, s *sandbox.Session) bool {
			p, q := a.somebody(), a.somebody()
			booking := a.seat(s, q)
			says(s, name(p), p.BirthDate)
			tied(s, "", booking)
			return booking != ""
		},
	},
	{
		name: "booking_of_last_week", expect: expectHeld, reasons: []string{oneClue}, why: "the booking is of another day",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			a.alone(s)
			says(s, name(p), "")
			tied(s, "", a.lastWeek(s, p))
			return true
		},
	},
	{
		name: "booking_of_last_week_and_birth", expect: expectProven, // stale, and name and birth date agree without it
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			a.alone(s)
			says(s, name(p), p.BirthDate)
			tied(s, "", a.lastWeek(s, p))
			s.Belongs = p.ID
			return true
		},
	},
	{
		name: "booking_of_nobody", expect: expectProven, // another account's
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), p.BirthDate)
			tied(s, "", a.clinikoID())
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "booking_alone", expect: expectHeld, reasons: []string{oneClue, noEvidence}, why: "one click, and nothing was said",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			booking := a.seat(s, p)
			tied(s, p.ID, booking)
			return booking != ""
		},
	},
}

// lastWeek books p with the session's practitioner a week before it.
func (a *adversary) lastWeek(s *sandbox.Session, p sandbox.Patient) string {
	start := s.StartedAt.AddDate(0, 0, -7).Truncate(time.Hour)
	b := sandbox.Appointment{
		ID: a.clinikoID(), PractitionerID: s.PractitionerID, BusinessID: a.diary.business[0].ID, PatientID: p.ID,
		StartsAt: start, EndsAt: start.Add(30 * time.Minute),
	}
	a.diary.booked = append(a.diary.booked, b)
	return b.ID
}

// merged registers another record of p that was merged into the record with
// that id.
func (a *adversary) merged(p sandbox.Patient, into string) sandbox.Patient {
	lost := a.person(p.FirstName, p.LastName, p.BirthDate)
	at := a.registrar.ago(30, 300)
	a.update(lost, func(r *sandbox.Patient) { r.MergedInto, r.MergedAt, r.ArchivedAt = into, at, at })
	return lost
}
