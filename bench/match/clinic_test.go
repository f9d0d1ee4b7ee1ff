package main

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"carryover"
)

// clinicStart is a Monday morning in Brisbane.
var clinicStart = time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)

// A clinic is a register and a diary that tests ask questions of. Its people
// are invented, or come from a set beside the repository.
type clinic struct {
	rng    *rand.Rand
	people []carryover.Patient
	diary  []carryover.Booking
	n      int
}

var givenNames = strings.Fields(`Oliver Noah Jack William Leo Luca Thomas Henry Charlie James Elijah Ethan Liam Lucas
	Hudson Harrison Levi Alexander Isaac Mason Harvey Archie Jayden Hayden Aiden Caden Jordan Joshua Samuel Daniel
	Benjamin Matthew Nathan Ryan Dylan Rylan Tyler Kyle Connor Cooper Hunter Max Oscar Patrick Michael Nicholas Anthony
	Charlotte Amelia Isla Olivia Mia Ava Matilda Ella Grace Willow Sophie Sophia Chloe Isabella Isabelle Emily Emma Gemma
	Zoe Lily Evie Sienna Harper Ruby Lucy Jessica Georgia Hannah Abigail Eva Kayla Tayla Molly Holly Polly Jade Jake Erin
	Eric Erica Alice Alicia Maddison Madeline Samantha Sarah Kate Katherine Kathleen Elizabeth Margaret Helen Susan
	Mohammed Hassan Ali Fatima Zainab Yusuf Minh Linh Thanh Anh Wei Jing Hao Priya Rohan Anika Arjun Sione Mele Aroha Tane`)

var lastNames = strings.Fields(`Quillfeather Wattlebrook Tarpaulin Inkpen Larkspur Castlemaine Blandthorn Plumridge Wetherby
	Umberlow Rookwood Fantail Ironbark Pennyfeather Saltbush Bandicoot Billycart Cockatoo Dingoford Emuford Ferngully
	Galahbrook Honeyeater Jabiruson Kookaburn Lyrebird Magpiesen Numbatley Ospreyworth Pademelon Quokkaman Rosellawood
	Spinifex Thornbillow Wallabyson Yabbyford Zebrafinch O'Possum McWombat MacBilby Van-Koel De-La-Curlew St-Heron Nguyễn
	Echidnason Bilbydale Cassowary Drongoville Frogmouth Goannaby Bowerbird Currawong Whipbird Wrenford Tealby Brolgasen`)

// invented makes a clinic of people who look invented, with a diary for half
// of them. Every twentieth has a twin, every twentieth a parent of one name.
func invented(seed uint64, size int) *clinic {
	c := &clinic{rng: rand.New(rand.NewPCG(seed, 7))}
	for range size {
		last := c.pick(lastNames)
		if c.rng.IntN(2) == 0 {
			last = c.pick(lastNames) + strings.ToLower(strings.Trim(c.pick(lastNames)[1:5], "'-"))
		}
		p := c.add(c.pick(givenNames), strings.ReplaceAll(last, "-", " "), c.day())
		switch c.rng.IntN(20) {
		case 0:
			c.add(c.otherFirst(p), p.LastName.Reveal(), p.BirthDate)
		case 1:
			c.add(p.FirstName.Reveal(), p.LastName.Reveal(), c.day())
		}
	}
	c.book()
	return c
}

// fromFiles makes a clinic of files in the benchmark's format.
func fromFiles(t *testing.T, dir string, seed uint64) *clinic {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		t.Skip("bench/matching: not here, tests with people from outside the repository are skipped")
	}
	c := &clinic{rng: rand.New(rand.NewPCG(seed, 11))}
	var err error
	if c.people, err = load(dir+"/patients.jsonl", patientRow.patient); err != nil {
		t.Fatal(err)
	}
	if c.diary, err = load(dir+"/appointments.jsonl", appointmentRow.booking); err != nil {
		t.Fatal(err)
	}
	return c
}

// fromFEBRL makes a clinic of a FEBRL file's originals and gives the corrupted
// copies by the id of their original.
func fromFEBRL(t *testing.T, path string, seed uint64) (*clinic, map[carryover.PatientID][][2]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skip("bench/matching/febrl: not here, tests with people from outside the repository are skipped")
	}
	defer f.Close() //nolint:errcheck // only read
	rows := csv.NewReader(f)
	rows.TrimLeadingSpace = true
	all, err := rows.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	c := &clinic{rng: rand.New(rand.NewPCG(seed, 13))}
	copies := map[carryover.PatientID][][2]string{}
	for _, r := range all[1:] {
		parts := strings.Split(r[0], "-")
		id := carryover.PatientID("febrl" + parts[1])
		born := r[9]
		if len(born) == 8 {
			born = born[:4] + "-" + born[4:6] + "-" + born[6:]
		}
		if parts[2] == "org" {
			d, _ := carryover.ParseDate(born)
			if r[1] != "" && r[2] != "" {
				c.people = append(c.people, carryover.Patient{ID: id, FirstName: carryover.NewText(r[1]), LastName: carryover.NewText(r[2]), BirthDate: d})
			}
			continue
		}
		copies[id] = append(copies[id], [2]string{strings.TrimSpace(r[1] + " " + r[2]), born})
	}
	return c, copies
}

func (c *clinic) pick(from []string) string { return from[c.rng.IntN(len(from))] }

// day is a birth date, never 1 January.
func (c *clinic) day() carryover.Date {
	d, _ := carryover.ParseDate(fmt.Sprintf("%04d-%02d-%02d", 1930+c.rng.IntN(92), 1+c.rng.IntN(12), 2+c.rng.IntN(27)))
	return d
}

func (c *clinic) add(first, last string, born carryover.Date) carryover.Patient {
	c.n++
	p := carryover.Patient{
		ID: carryover.PatientID(fmt.Sprintf("p%d", c.n)), FirstName: carryover.NewText(first), LastName: carryover.NewText(last), BirthDate: born,
	}
	c.people = append(c.people, p)
	return p
}

// otherFirst is a given name with nothing in common with p's.
func (c *clinic) otherFirst(p carryover.Patient) string {
	for {
		if n := c.pick(givenNames); n[0] != p.FirstName.Reveal()[0] {
			return n
		}
	}
}

// book gives every second person a booking, eight practitioners side by side.
func (c *clinic) book() {
	slot := 0
	for i, p := range c.people {
		if i%2 == 0 {
			start := clinicStart.Add(time.Duration(slot/8/14)*24*time.Hour + time.Duration(slot/8%14)*30*time.Minute)
			c.diary = append(c.diary, carryover.Booking{
				ID: carryover.BookingID("b" + string(p.ID)), Kind: carryover.IndividualAppointment,
				Practitioner: carryover.PractitionerID(fmt.Sprintf("pr-%d", slot%8)), Patients: []carryover.PatientID{p.ID},
				StartsAt: start, EndsAt: start.Add(30 * time.Minute),
			})
			slot++
		}
	}
}

// someone is a live person with a birth date and a standing booking.
func (c *clinic) someone() (carryover.Patient, carryover.Booking) {
	byID := map[carryover.PatientID]carryover.Patient{}
	for _, p := range c.people {
		byID[p.ID] = p
	}
	for {
		b := c.diary[c.rng.IntN(len(c.diary))]
		if p := byID[b.Patients[0]]; b.Stands() && p.Live() && !p.BirthDate.IsZero() && len(p.FirstName.Reveal()) > 1 {
			return p, b
		}
	}
}

// anyone is a live person with a birth date.
func (c *clinic) anyone() carryover.Patient {
	for {
		if p := c.people[c.rng.IntN(len(c.people))]; p.Live() && !p.BirthDate.IsZero() && len(p.FirstName.Reveal()) > 1 {
			return p
		}
	}
}

// another is anyone but p, born on a day that no slip turns into p's.
func (c *clinic) another(p carryover.Patient) carryover.Patient {
	for {
		if q := c.anyone(); q.ID != p.ID && name(q) != name(p) && apart(p.BirthDate, q.BirthDate) {
			return q
		}
	}
}

// otherDay is a birth date that no slip turns into p's.
func (c *clinic) otherDay(p carryover.Patient) carryover.Date {
	for {
		if d := c.day(); apart(p.BirthDate, d) {
			return d
		}
	}
}

// apart says that two dates are in different years and differ in three digits
// or more.
func apart(p, q carryover.Date) bool {
	a, b, differ := p.Reveal(), q.Reveal(), 0
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			differ++
		}
	}
	return a[:4] != b[:4] && differ > 2
}
