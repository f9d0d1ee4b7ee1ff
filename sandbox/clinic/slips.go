package clinic

import (
	"time"

	"carryover/sandbox"
)

// The days of slips are full: hardly a place in the diary is free, so that a
// recording begun for one patient easily runs on into the next one's time. One
// session in about twelve is a slip; the others are how practices really work.
const (
	slipShare   = 0.08 // of the recordings in the diary: begun under the patient before
	linkShare   = 0.04 // recorded in a colleague's account
	lateShare   = 0.35 // begun 5 to 20 minutes late
	afterShare  = 0.15 // dictated after hours
	twoShare    = 0.05 // listed by two clinicians, the booking with one of them
	doubleShare = 0.06 // of the places: two patients at once
	bothShare   = 0.05 // of the places: the patient comes from, or goes on to, a colleague
)

// Slips invents a day of back-to-back appointments on which some sessions are
// recorded under the patient before (Case slip) or in a colleague's account
// (Case colleague). Each of those must be held, for that reason. Everything
// else (on_time, late, after_hours, double_booked, two_links, two_visits) is
// ordinary work, two identifiers agree in it, and it expects no hold.
func Slips(seed uint64, day time.Time) *Plot {
	b, registrar := newBuilder(seed^0x511B5, day)
	a := &adversary{
		builder: b, registrar: registrar, casting: b.casting,
		plot: &Plot{Practice: b.practice, Reasons: map[string][]string{}},
	}
	a.fullDiary()
	for i := range a.diary.slots {
		a.slipVisit(i)
	}
	b.finish()
	a.hours()
	return a.plot
}

// fullDiary books one patient in nearly every place.
func (a *adversary) fullDiary() {
	for i := range a.diary.slots {
		if at := &a.diary.slots[i]; !a.chance(0.06) {
			at.taken = true
			a.diary.book(at, sandbox.Appointment{PatientID: a.plain().ID})
		}
	}
}

// plain returns an ordinary patient who has not been in the day yet, or a new
// one when all have.
func (a *adversary) plain() sandbox.Patient {
	if i := a.ordinary(); i >= 0 {
		return *a.patient(i)
	}
	return a.registrar.register.all[a.registrar.add(a.registrar.invent())]
}

// slipVisit records what happened in one place of the diary.
func (a *adversary) slipVisit(i int) {
	at := &a.diary.slots[i]
	if at.booking == "" {
		return
	}
	p := a.patientOf(at)
	before := a.slotBefore(i)
	s := sandbox.Session{ID: a.sessionID(), Name: "SANDBOX session", Belongs: p.ID, Case: "on_time"}
	a.record(&s, at)
	a.knows(&s, p, at.booking)
	expect := &lure{expect: expectProven}
	switch {
	case before != nil && a.chance(slipShare):
		s.Case = "slip"
		s.EHRProvider, s.EHRPatientID, s.EHRApptID = "", "", ""
		a.knows(&s, a.patientOf(before), before.booking)
		expect = &lure{expect: expectHeld, why: "recorded under the patient before", reasons: []string{nextPatient}}
	case a.chance(linkShare):
		s.Case = "colleague"
		s.PractitionerID = a.colleagueOf(&s)
		expect = &lure{expect: expectHeld, why: "recorded in a colleague's account", reasons: []string{whoseSession}}
	case a.chance(afterShare):
		s.Case, s.StartedAt = "after_hours", a.diary.after(at.practitioner)
	case a.chance(twoShare):
		s.Case, s.SharedWith = "two_links", []string{a.colleagueOf(&s)}
	case a.chance(lateShare):
		s.Case, s.StartedAt = "late", at.start.Add(time.Duration(a.between(5*60, 20*60))*time.Second)
	case a.chance(doubleShare):
		s.Case = "double_booked"
		a.doubleBook(at)
	case a.chance(bothShare):
		s.Case = "two_visits"
		a.colleaguesVisit(at, p)
	}
	a.expecting(&s, expect)
}

// expecting files a session with its document and what is expected of it.
func (a *adversary) expecting(s *sandbox.Session, l *lure) {
	a.document(s, l)
	if len(l.reasons) > 0 {
		a.plot.Reasons[s.ID] = l.reasons
	}
	a.practice.Sessions = append(a.practice.Sessions, *s)
}

// knows lets a session say two things or more of p.
func (a *adversary) knows(s *sandbox.Session, p sandbox.Patient, booking string) {
	says(s, name(p), p.BirthDate)
	switch a.IntN(4) {
	case 0:
		tied(s, p.ID, "")
	case 1:
		tied(s, p.ID, booking)
	case 2:
		tied(s, "", booking)
		s.PatientDOB = ""
	}
}

// patientOf returns who is booked in a place.
func (a *adversary) patientOf(at *slot) sandbox.Patient {
	for _, b := range a.diary.booked {
		if b.ID == at.booking {
			return a.patientByID(b.PatientID)
		}
	}
	return sandbox.Patient{}
}

// slotBefore returns the taken place that ends as place i begins, with the
// same practitioner; nil when there is none.
func (a *adversary) slotBefore(i int) *slot {
	if i == 0 {
		return nil
	}
	at, before := &a.diary.slots[i], &a.diary.slots[i-1]
	if before.booking == "" || before.practitioner != at.practitioner || !before.end.Equal(at.start) {
		return nil
	}
	return before
}

// doubleBook puts a second patient in a place, recorded after the first.
func (a *adversary) doubleBook(at *slot) {
	q := a.plain()
	first := at.booking
	second := a.diary.book(at, sandbox.Appointment{PatientID: q.ID})
	at.booking = first
	s := sandbox.Session{ID: a.sessionID(), Name: "SANDBOX session", Belongs: q.ID, Case: "double_booked"}
	a.record(&s, at)
	s.StartedAt = at.end.Add(-time.Duration(a.between(60, 9*60)) * time.Second)
	a.knows(&s, q, second)
	a.expecting(&s, &lure{expect: expectProven})
}

// colleaguesVisit books p with a colleague too, at once before or after.
func (a *adversary) colleaguesVisit(at *slot, p sandbox.Patient) {
	who := (at.practitioner + 1) % clinicians
	start := at.end
	if a.chance(0.5) {
		start = at.start.Add(-30 * time.Minute)
	}
	a.diary.booked = append(a.diary.booked, sandbox.Appointment{
		ID: a.clinikoID(), PractitionerID: a.diary.staff[who].ID, BusinessID: a.diary.business[0].ID,
		PatientID: p.ID, StartsAt: start, EndsAt: start.Add(30 * time.Minute),
	})
}
