package clinic

import (
	"slices"
	"time"

	"carryover/sandbox"
)

// Generate invents a whole clinic and the sessions of one day. The same seed
// and day give the same clinic, byte for byte. Day may be any moment of the
// practice day; its date in the zone of the clinic, Australia/Hobart, counts.
//
// The day has about 45 sessions by 4 practitioners with at least 75 documents,
// of which 3 to 8 must be held for one reason or another, and at least 65 in
// 100 must end proven.
func Generate(seed uint64, day time.Time) *sandbox.Practice {
	b, registrar := newBuilder(seed, day)
	b.castDay()
	b.groupVisit()
	b.casting.diary.fill(func() string { return registrar.register.all[b.casting.ordinary()].ID })
	b.sessions()
	b.oldNotes()
	b.finish()
	return b.practice
}

// newBuilder makes a clinic with its staff, its register and an empty diary
// for the practice day.
func newBuilder(seed uint64, day time.Time) (*builder, *registrar) {
	zone, err := time.LoadLocation(timeZone)
	if err != nil {
		zone = time.FixedZone(timeZone, 10*60*60) // a machine without zone files; an hour out in summer, still a day
	}
	y, m, dd := day.In(zone).Date()
	midnight := time.Date(y, m, dd, 0, 0, 0, 0, zone)

	d := newDice(seed)
	p := &sandbox.Practice{
		Name: "SANDBOX Physiotherapy", TimeZone: timeZone, Shard: shard, Region: "AU",
		Businesses: newBusinesses(d), Practitioners: newStaff(d),
		NoteTemplates: newNoteTemplates(d, midnight), Templates: newTemplates(d),
	}
	registrar := newRegister(d.roll(seed, 1), midnight)
	return &builder{
		practice: p, day: midnight,
		casting: &casting{
			dice: d.roll(seed, 2), register: registrar.register, used: map[int]bool{},
			diary: newDiary(d.roll(seed, 3), midnight, p.Practitioners, p.Businesses),
		},
		texts: d.roll(seed, 4),
	}, registrar
}

// finish puts the register and the diary, by time, into the practice.
func (b *builder) finish() {
	p := b.practice
	p.Patients, p.Appointments = b.casting.register.all, b.casting.diary.booked
	slices.SortStableFunc(p.Appointments, func(a, b sandbox.Appointment) int { return a.StartsAt.Compare(b.StartsAt) })
}

// LastPracticeDay returns noon of the last weekday that is over at now, on the
// clock of Hobart: the day to generate when sessions should look like
// yesterday's work.
func LastPracticeDay(now time.Time) time.Time {
	zone, err := time.LoadLocation(timeZone)
	if err != nil {
		zone = time.FixedZone(timeZone, 10*60*60)
	}
	y, m, d := now.In(zone).Date()
	day := time.Date(y, m, d-1, 12, 0, 0, 0, zone)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, -1)
	}
	return day
}

// How the day is made up.
const (
	ordinaryVisits = 27
	eitherVisits   = 5
	mostHeld       = 5 // besides the three documents that are held for what happens to them
)

// A builder puts the day together.
type builder struct {
	practice *sandbox.Practice
	day      time.Time
	casting  *casting
	texts    *dice
	visits   []*visit
	planned  map[*visit][]plannedDocument // documents chosen before the texts are written
}

// castDay chooses the scenes of the day and gives each its patient and place.
func (b *builder) castDay() {
	c := b.casting
	b.planned = map[*visit][]plannedDocument{}
	b.castCorpus()
	for len(b.visits) < ordinaryVisits {
		b.cast(&ordinaryScenes[len(b.visits)%len(ordinaryScenes)])
	}
	for i := range provenScenes {
		b.cast(&provenScenes[i])
	}
	for _, i := range c.Perm(len(eitherScenes))[:eitherVisits] {
		b.cast(&eitherScenes[i])
	}
	for _, i := range c.Perm(len(heldScenes))[:c.between(mostHeld-1, mostHeld)] {
		b.cast(&heldScenes[i])
	}
}

// cast adds a visit of that scene, if a patient and a place are left for it.
func (b *builder) cast(sc *scene) *visit {
	v := &visit{scene: sc, patient: sc.who(b.casting)}
	if v.patient < 0 && sc.name != "stranger" {
		return nil
	}
	if !b.casting.place(v) {
		return nil
	}
	b.visits = append(b.visits, v)
	return v
}

// castCorpus books ordinary patients whom the documents of the corpus suit,
// one document each, so that every day has most of the 25.
func (b *builder) castCorpus() {
	c := b.casting
	for _, i := range c.Perm(len(corpus)) {
		if len(b.visits) == ordinaryVisits {
			return
		}
		doc := &corpus[i]
		for _, j := range c.Perm(len(c.register.ordinary)) {
			p := c.register.ordinary[j]
			s := newSubject(c.dice, c.register.all[p], sandbox.Practitioner{}, b.day, true)
			if c.used[p] || !doc.suits(s) {
				continue
			}
			c.used[p] = true
			sc := ordinaryScenes[len(b.visits)%len(ordinaryScenes)]
			sc.who = func(*casting) int { return p }
			if v := b.cast(&sc); v != nil {
				b.planned[v] = append(b.planned[v], plannedDocument{corpus: doc})
			}
			break
		}
	}
}

// groupVisit books a group of four, of whom two are recorded one after the
// other; the group's booking names neither of them by itself.
func (b *builder) groupVisit() {
	c := b.casting
	s := c.diary.free()
	if s == nil {
		return
	}
	var group sandbox.Appointment
	var members []int
	for i := range 4 {
		p := c.ordinary()
		members = append(members, p)
		a := sandbox.Attendee{ID: c.clinikoID(), PatientID: c.patient(p).ID}
		if i == 3 {
			a.CancelledAt = s.start.Add(-24 * time.Hour)
		}
		group.Attendees = append(group.Attendees, a)
	}
	booking := c.diary.book(s, group)
	scenes := []*scene{
		{name: "group", typed: nameAndBirth},
		{name: "group_booking", expect: expectEither, typed: func(c *casting, s *sandbox.Session, v *visit) {
			nameAndBooking(c, s, v)
			s.PatientDOB = c.patient(v.patient).BirthDate
		}},
	}
	for i, sc := range scenes {
		b.visits = append(b.visits, &visit{
			scene: sc, patient: members[i], practitioner: s.practitioner, booking: booking,
			start: s.start.Add(time.Duration(1+10*i) * time.Minute), length: 8 * time.Minute,
		})
	}
}
