package clinic

import (
	"time"

	"carryover/sandbox"
)

// diaryLures are bookings that prove less than they seem to.
var diaryLures = []lure{
	{
		name: "cancelled", expect: expectHeld, reasons: []string{oneClue}, why: "the booking was cancelled",
		set: func(a *adversary, s *sandbox.Session) bool {
			return a.booked(s, func(b *sandbox.Appointment, p sandbox.Patient) {
				b.PatientID, b.CancelledAt = p.ID, b.StartsAt.Add(-time.Hour)
				says(s, name(p), "")
			})
		},
	},
	{
		name: "no_show", expect: expectHeld, reasons: []string{oneClue}, why: "the patient did not come",
		set: func(a *adversary, s *sandbox.Session) bool {
			return a.booked(s, func(b *sandbox.Appointment, p sandbox.Patient) {
				b.PatientID, b.DidNotArrive = p.ID, true
				says(s, name(p), "")
			})
		},
	},
	{
		name: "no_show_and_birth", expect: expectEither, reasons: []string{oneClue, contradiction},
		set: func(a *adversary, s *sandbox.Session) bool {
			return a.booked(s, func(b *sandbox.Appointment, p sandbox.Patient) {
				b.PatientID, b.DidNotArrive, s.Belongs = p.ID, true, p.ID
				says(s, name(p), p.BirthDate)
			})
		},
	},
	{
		name: "first_name_in_slot", expect: expectHeld, reasons: []string{oneClue, rivals}, why: "a first name and a slot",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, p.FirstName, "")
			return a.seat(s, p) != ""
		},
	},
	{
		name: "group_name", expect: expectHeld, reasons: []string{oneClue, rivals}, why: "a group names no patient by itself",
		set: func(a *adversary, s *sandbox.Session) bool {
			return a.group(s, func(p sandbox.Patient) { says(s, name(p), "") })
		},
	},
	{
		name: "group_name_and_birth", expect: expectProven,
		set: func(a *adversary, s *sandbox.Session) bool {
			return a.group(s, func(p sandbox.Patient) { says(s, name(p), p.BirthDate); s.Belongs = p.ID })
		},
	},
	{
		name: "group_outsider", expect: expectHeld, reasons: []string{contradiction}, why: "the session names a group that the patient is not in",
		set: func(a *adversary, s *sandbox.Session) bool {
			return a.group(s, func(sandbox.Patient) { q := a.somebody(); says(s, name(q), q.BirthDate) })
		},
	},
	{
		name: "group_cancelled", expect: expectEither, reasons: []string{contradiction, oneClue},
		set: func(a *adversary, s *sandbox.Session) bool {
			return a.booked(s, func(b *sandbox.Appointment, p sandbox.Patient) {
				b.Attendees = []sandbox.Attendee{
					{ID: a.clinikoID(), PatientID: a.somebody().ID},
					{ID: a.clinikoID(), PatientID: p.ID, CancelledAt: b.StartsAt.Add(-time.Hour)},
				}
				says(s, name(p), p.BirthDate)
				s.Belongs = p.ID
			})
		},
	},
}

// booked takes a place in the diary, lets fill say who is in it and what the
// session says, and ties the session to it.
func (a *adversary) booked(s *sandbox.Session, fill func(*sandbox.Appointment, sandbox.Patient)) bool {
	at := a.diary.free()
	if at == nil {
		return false
	}
	b := sandbox.Appointment{StartsAt: at.start, EndsAt: at.end}
	fill(&b, a.somebody())
	tied(s, "", a.diary.book(at, b))
	a.record(s, at)
	return true
}

// group books three in one place and lets fill say what the session says of
// one of them.
func (a *adversary) group(s *sandbox.Session, fill func(sandbox.Patient)) bool {
	return a.booked(s, func(b *sandbox.Appointment, p sandbox.Patient) {
		for _, id := range []string{p.ID, a.somebody().ID, a.somebody().ID} {
			b.Attendees = append(b.Attendees, sandbox.Attendee{ID: a.clinikoID(), PatientID: id})
		}
		fill(p)
	})
}
