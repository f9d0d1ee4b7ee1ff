package clinic

import (
	"fmt"
	"time"

	"carryover/sandbox"
)

// What a document of the day should end as. They are the values of
// sandbox.Document.Expect, and two of our own: expectEither where filing and
// holding are both right, so that the truth does not take sides on how much
// evidence is enough; and expectUnknown where nobody said.
const (
	expectProven  = "proven"
	expectHeld    = "held"
	expectSkipped = "skipped"
	expectWaiting = "waiting"
	expectEither  = "either"
	expectUnknown = ""
)

// expectations are all values that people may give for one; the first is for
// not known.
var expectations = []string{expectUnknown, expectProven, expectHeld, expectSkipped, expectWaiting, expectEither, "superseded"}

// trustedProvider is what the practice's sessions carry as ehr_provider when
// their ids are Cliniko's.
const trustedProvider = "Cliniko"

// A scene is one sort of session: who is in the room, what the clinician
// typed, and what a careful system does with it.
type scene struct {
	name   string
	expect string // empty: proven
	why    string // why it is held
	booked bool   // the patient has a booking and the recording is made in it
	next   bool   // that booking directly follows another patient's
	who    func(c *casting) int
	typed  func(c *casting, s *sandbox.Session, v *visit)
}

// A casting chooses patients for scenes, each of them once a day.
type casting struct {
	*dice
	register *register
	diary    *diary
	used     map[int]bool
}

// A visit is one session's place in the day: who, where, when.
type visit struct {
	scene        *scene
	patient      int // index in the register of the person in the room; -1: nobody in the register
	practitioner int
	start        time.Time
	length       time.Duration
	booking      string
}

// ordinary returns somebody with nothing special about them.
func (c *casting) ordinary() int { return c.one(c.register.ordinary) }

// one returns a patient of the group who has not been in the day yet.
func (c *casting) one(group []int) int {
	for _, i := range c.Perm(len(group)) {
		if p := group[i]; !c.used[p] {
			c.used[p] = true
			return p
		}
	}
	return -1
}

// oneOf returns one half of a pair of which nobody has been in the day yet,
// and keeps the other half out of it.
func (c *casting) oneOf(pairs [][2]int) int {
	for _, i := range c.Perm(len(pairs)) {
		pair := pairs[i]
		if !c.used[pair[0]] && !c.used[pair[1]] {
			c.used[pair[0]], c.used[pair[1]] = true, true
			return pair[c.IntN(2)]
		}
	}
	return -1
}

// patient returns the record with that index.
func (c *casting) patient(i int) *sandbox.Patient { return &c.register.all[i] }

// fullName is first and last name as the register has them.
func fullName(p *sandbox.Patient) string { return p.FirstName + " " + p.LastName }

// session makes the session of a visit, without documents.
func (c *casting) session(v *visit) sandbox.Session {
	s := sandbox.Session{
		ID: c.sessionID(), PractitionerID: c.diary.staff[v.practitioner].ID, Case: v.scene.name,
		Name:      fmt.Sprintf("SANDBOX %s", pick(c.dice, []string{"follow-up", "initial", "review", "session", "phone review"})),
		StartedAt: v.start, Duration: v.length,
	}
	if v.patient >= 0 {
		s.Belongs = c.patient(v.patient).ID
		if c.chance(0.4) {
			s.PatientGender = genders[c.patient(v.patient).Sex]
		}
	}
	v.scene.typed(c, &s, v)
	return s
}

// genders turns Cliniko's free text into Heidi's closed list.
var genders = map[string]string{"Female": "FEMALE", "Male": "MALE", "Other": "OTHER"}

// place finds the visit's time: its patient's booking, or a moment after hours.
func (c *casting) place(v *visit) bool {
	if !v.scene.booked {
		v.practitioner = c.IntN(clinicians)
		v.start = c.diary.after(v.practitioner).Add(time.Duration(c.IntN(60)) * time.Second)
		v.length = time.Duration(c.between(180, 400)) * time.Second
		return true
	}
	find := c.diary.free
	if v.scene.next {
		find = c.diary.freeAfterPatient
	}
	s := find()
	if s == nil {
		return false
	}
	a := sandbox.Appointment{}
	if v.patient >= 0 {
		a.PatientID = c.patient(v.patient).ID
	}
	v.practitioner, v.booking = s.practitioner, c.diary.book(s, a)
	v.start = s.start.Add(time.Duration(c.between(20, 300)) * time.Second)
	v.length = s.end.Sub(s.start) * time.Duration(c.between(55, 80)) / 100
	return true
}
