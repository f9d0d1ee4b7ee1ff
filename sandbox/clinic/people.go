package clinic

import (
	"fmt"
	"strings"
	"time"

	"carryover/sandbox"
)

// A register is the clinic's patients, and by name those whose records are
// awkward: they are cast for the awkward sessions, never for ordinary ones.
type register struct {
	all      []sandbox.Patient
	ordinary []int // no other record has the name, the birth date, or the last name with a near birth date

	nicknamed  []int // first name with an everyday short form, which stands as the preferred name
	accented   []int // diacritics
	punctuated []int // hyphen, apostrophe, Mc and Mac
	undated    []int // no birth date
	initialled []int // first name is a single letter
	archived   []int
	twins      [][2]int // same last name and birth date
	homonyms   [][2]int // parent and child of one name
	namesakes  [][2]int // unrelated, one name, different birth dates
	doubles    [][2]int // one name and one birth date: two people, or one person twice
	merged     []merge
}

// A merge is a record that was merged away and the record it ended in.
type merge struct{ lost, survivor int }

// registerSize is the number of records in a generated clinic.
const registerSize = 250

// newRegister invents the patients as of day. Whoever needs more of them files
// them with the same registrar.
func newRegister(d *dice, day time.Time) *registrar {
	r := &register{}
	b := &registrar{dice: d, day: day, register: r, names: map[string]bool{}, births: map[string]bool{}}
	b.awkward()
	for len(r.all) < registerSize {
		r.ordinary = append(r.ordinary, b.add(b.invent()))
	}
	return b
}

// A registrar writes patients into a register and keeps the ordinary ones
// apart from everybody else by name and by birth date.
type registrar struct {
	*dice
	day      time.Time
	register *register
	names    map[string]bool // folded full names that are taken
	births   map[string]bool // birth dates that are taken
}

// invent returns a patient whose name and birth date nobody else has.
func (b *registrar) invent() sandbox.Patient {
	for {
		sex, first := "Female", pick(b.dice, womensNames)
		if b.chance(0.47) {
			sex, first = "Male", pick(b.dice, mensNames)
		}
		p := sandbox.Patient{FirstName: first, LastName: pick(b.dice, lastNames), Sex: sex, BirthDate: b.birthDate(b.age())}
		if !b.names[foldName(p.FirstName+p.LastName)] && !b.births[p.BirthDate] {
			return p
		}
	}
}

// age draws an age in years as a physiotherapy practice knows them.
func (b *registrar) age() int {
	switch b.between(1, 10) {
	case 1:
		return b.between(4, 11)
	case 2:
		return b.between(12, 19)
	case 3, 4, 5:
		return b.between(20, 45)
	case 6, 7, 8:
		return b.between(46, 66)
	}
	return b.between(67, 91)
}

// birthDate returns a day on which somebody of that age may have been born. It
// keeps clear of the first of January, which real registers use for "not known".
func (b *registrar) birthDate(age int) string {
	return b.day.AddDate(-age, 0, -b.between(2, 360)).Format(time.DateOnly)
}

// add gives p what every record has, files it, and returns its index.
func (b *registrar) add(p sandbox.Patient) int {
	p.ID = b.clinikoID()
	if b.chance(0.04) {
		p.ID = b.oldID()
	}
	if p.CreatedAt.IsZero() {
		p.CreatedAt = b.day.AddDate(0, 0, -b.between(20, 2000)).UTC().Truncate(time.Second)
	}
	if b.chance(0.7) {
		p.Email = fmt.Sprintf("%s.%s%d@example.com", foldName(p.FirstName), foldName(p.LastName), b.between(10, 99))
	}
	if b.chance(0.8) {
		p.Phone = fmt.Sprintf("0491 570 %03d", b.between(0, 999)) // a range kept for fiction
	}
	b.names[foldName(p.FirstName+p.LastName)] = true
	b.births[p.BirthDate] = true
	b.register.all = append(b.register.all, p)
	return len(b.register.all) - 1
}

// oldID returns an id as Cliniko's oldest records have: eight digits.
func (b *registrar) oldID() string {
	return b.fresh(func() string { return fmt.Sprintf("%08d", b.between(10_000_000, 99_999_999)) })
}

// foldName reduces a name to what a careless typist keeps of it.
func foldName(name string) string { return strings.ToLower(asciiName(name)) }

// asciiName keeps the plain letters of a name, with accents taken off.
func asciiName(name string) string {
	return strings.Map(func(r rune) rune {
		if plain, ok := unaccented[r]; ok {
			return plain
		}
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, name)
}

// unaccented covers the letters that the invented names use.
var unaccented = map[rune]rune{
	'á': 'a', 'à': 'a', 'â': 'a', 'ä': 'a', 'å': 'a', 'ā': 'a', 'ç': 'c', 'č': 'c', 'é': 'e', 'è': 'e', 'ê': 'e', 'ë': 'e',
	'ē': 'e', 'í': 'i', 'ï': 'i', 'ī': 'i', 'ñ': 'n', 'ň': 'n', 'ó': 'o', 'ô': 'o', 'ö': 'o', 'ø': 'o', 'ō': 'o', 'ř': 'r',
	'š': 's', 'ú': 'u', 'ü': 'u', 'ū': 'u', 'ý': 'y', 'ž': 'z', 'Á': 'A', 'É': 'E', 'Ö': 'O', 'Ø': 'O', 'Š': 'S', 'Ž': 'Z',
	'ễ': 'e', 'ầ': 'a', 'ỹ': 'y', 'ạ': 'a', 'ệ': 'e', 'Đ': 'D', 'đ': 'd', 'ł': 'l', 'Ł': 'L',
}
