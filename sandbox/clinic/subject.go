package clinic

import (
	"fmt"
	"strings"
	"time"

	"carryover/sandbox"
)

// A subject is whom and what the documents of one session are about.
type subject struct {
	name, first, last string // as registered
	born              string // 02/01/2006, empty when not known
	sex               string
	age               int // on the practice day, in years
	clinician         string
	date              string // the practice day, 02/01/2006
	labelled          bool   // the documents may name their patient
	complaint         *complaint
	side              string // L) or R)
	visit             int    // which visit of the course it is
}

// newSubject describes p on the practice day. Documents of sessions in which
// nobody can be sure who was in the room are unlabelled: a labelled line would
// give the answer away, or contradict it.
func newSubject(d *dice, p sandbox.Patient, by sandbox.Practitioner, day time.Time, labelled bool) *subject {
	s := &subject{
		name: p.FirstName + " " + p.LastName, first: p.FirstName, last: p.LastName, sex: p.Sex, age: 40,
		clinician: strings.TrimSpace(by.Title + " " + by.FirstName + " " + by.LastName),
		date:      day.Format("02/01/2006"), labelled: labelled,
		complaint: &complaints[d.IntN(len(complaints))], side: pick(d, []string{"L)", "R)"}), visit: d.between(2, 9),
	}
	if born, err := time.Parse(time.DateOnly, p.BirthDate); err == nil {
		s.born = born.Format("02/01/2006")
		s.age = ageOn(day, born)
	}
	return s
}

// ageOn returns the whole years between born and day.
func ageOn(day, born time.Time) int {
	years := day.Year() - born.Year()
	if day.Month() < born.Month() || day.Month() == born.Month() && day.Day() < born.Day() {
		years--
	}
	return years
}

// label returns a line that names the patient, with the birth date when there
// is one, or nothing when the documents are unlabelled.
func (s *subject) label(word string) string {
	switch {
	case !s.labelled:
		return ""
	case s.born == "":
		return fmt.Sprintf("**%s:** %s\n\n", word, s.name)
	}
	return fmt.Sprintf("**%s:** %s  **DOB:** %s\n\n", word, s.name, s.born)
}

// movementTable returns a Markdown table of ranges with changes since the
// first visit.
func (s *subject) movementTable(d *dice) string {
	var b strings.Builder
	b.WriteString("| Movement | Today | First visit | Change |\n| :--- | ---: | ---: | :---: |\n")
	for _, m := range s.complaint.movements {
		first := m.full * d.between(40, 75) / 100
		today := min(m.full, first+d.between(0, 25))
		change := "nil"
		if today > first {
			change = fmt.Sprintf("↑ %d°", today-first)
		}
		fmt.Fprintf(&b, "| %s | %d° | %d° | %s |\n", m.name, today, first, change)
	}
	return b.String()
}

// score returns a phrase such as "Oswestry (ODI) 42 % → 28 %".
func (s *subject) score(d *dice) string {
	m := s.complaint.measure
	before := m.worst * d.between(45, 70) / 100
	after := m.worst * d.between(15, 40) / 100
	if !m.higherBad {
		before, after = after, before
	}
	return fmt.Sprintf("%s %d %s → %d %s", m.name, before, m.unit, after, m.unit)
}

// doses returns exercises with their doses, one a line, each after mark.
func (s *subject) doses(d *dice, n int, mark string) string {
	var b strings.Builder
	for i, name := range some(d, n, s.complaint.exercises) {
		lead := mark
		if mark == "1." {
			lead = fmt.Sprintf("%d.", i+1)
		}
		fmt.Fprintf(&b, "%s %s – %d x %d, %s\n", lead, name, d.between(2, 4), d.between(6, 15),
			pick(d, []string{"daily", "every 2nd day", "BD", "3/week", "TDS, pain < 4/10"}))
	}
	return b.String()
}

// dateAfter returns a date so many days after the practice day.
func (s *subject) dateAfter(days int) string {
	day, err := time.Parse("02/01/2006", s.date)
	if err != nil {
		return s.date
	}
	return day.AddDate(0, 0, days).Format("02/01/2006")
}
