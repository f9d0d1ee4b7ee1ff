package clinic

import (
	"time"

	"carryover/sandbox"
)

// awkward files the records that make matching hard. Each is there because
// real registers are full of them; none of their names or birth dates is used
// again for an ordinary patient.
func (b *registrar) awkward() {
	b.oddNames()
	b.sameNames()
	b.twinsAndDoubles()
	b.archivedAndMerged()
}

// oddNames files names that people type in more than one way.
func (b *registrar) oddNames() {
	r := b.register
	for _, n := range []struct{ first, known, last, sex string }{
		{"Katherine", "Kate", "Hollowbrook", "Female"},
		{"William", "Bill", "Brackenridge-Lamb", "Male"},
		{"Margaret", "Peggy", "Thornapple", "Female"},
		{"Robert", "Bob", "Dunnottle", "Male"},
		{"Elizabeth", "Libby", "Starchwell", "Female"},
		{"Christopher", "Kit", "Fernshaw", "Male"},
	} {
		r.nicknamed = append(r.nicknamed, b.add(b.adult(n.first, n.last, n.sex, n.known)))
	}
	for _, n := range []struct{ first, last, sex string }{
		{"Zoë", "Nguyễn-Testova", "Female"},
		{"Renée", "Šťastná-Bloom", "Female"},
		{"Søren", "Ørnwick", "Male"},
		{"Māia", "Te Wharebrook", "Female"},
		{"José", "Peñasco-Reed", "Male"},
	} {
		r.accented = append(r.accented, b.add(b.adult(n.first, n.last, n.sex, "")))
	}
	for _, n := range []struct{ first, last, sex string }{
		{"Aoife", "O'Gladebury", "Female"},
		{"Dougal", "McThimble", "Male"},
		{"Morag", "MacFernlea", "Female"},
		{"Anna-Lena", "Weir-Dabbleton", "Female"},
		{"Sean", "D'Arcymoor", "Male"},
	} {
		r.punctuated = append(r.punctuated, b.add(b.adult(n.first, n.last, n.sex, "")))
	}
	for _, n := range []struct{ first, last string }{{"J", "Pottlewhite"}, {"M", "Snickersby"}} {
		r.initialled = append(r.initialled, b.add(b.adult(n.first, n.last, "", "")))
	}
	for range 7 {
		p := b.invent()
		p.BirthDate = ""
		r.undated = append(r.undated, b.add(p))
	}
}

// sameNames files people who share a whole name with somebody else.
func (b *registrar) sameNames() {
	r := b.register
	pair := func(first, last, sex string, ages [2]int) [2]int {
		var two [2]int
		for i, age := range ages {
			two[i] = b.add(sandbox.Patient{FirstName: first, LastName: last, Sex: sex, BirthDate: b.birthDate(age)})
		}
		return two
	}
	r.homonyms = append(
		r.homonyms,
		pair("Archibald", "Wrenhollow", "Male", [2]int{61, 29}),
		pair("Josephine", "Mapplebeck", "Female", [2]int{48, 17}),
	)
	r.namesakes = append(
		r.namesakes,
		pair("Oliver", "Puddingstone", "Male", [2]int{34, 71}),
		pair("Grace", "Lumberlow", "Female", [2]int{26, 55}),
	)
}

// twinsAndDoubles files people who share a birth date with somebody of their
// name, down to one that is almost certainly the same person twice.
func (b *registrar) twinsAndDoubles() {
	r := b.register
	twins := func(last string, age int, first ...string) {
		born := b.birthDate(age)
		var two [2]int
		for i, name := range first {
			two[i] = b.add(sandbox.Patient{FirstName: name, LastName: last, Sex: "Female", BirthDate: born})
		}
		r.twins = append(r.twins, two)
	}
	twins("Saddleforth", 23, "Bridie", "Bella")
	twins("Cottonwhistle", 38, "Marnie", "Maude")

	for _, n := range []struct {
		first, last, known string
		age                int
	}{
		{"Eleanor", "Quartzfield", "", 44},         // two people
		{"Frederick", "Barnacle-Rowe", "Fred", 52}, // one person, entered twice
	} {
		born := b.birthDate(n.age)
		one := b.add(sandbox.Patient{FirstName: n.first, LastName: n.last, BirthDate: born})
		two := b.add(sandbox.Patient{FirstName: n.first, LastName: n.last, BirthDate: born, PreferredName: n.known})
		r.doubles = append(r.doubles, [2]int{one, two})
	}
}

// archivedAndMerged files records to which nothing may be filed: archived
// ones, one merged once, and a chain of two merges.
func (b *registrar) archivedAndMerged() {
	r := b.register
	for range 4 {
		p := b.invent()
		p.ArchivedAt = b.ago(30, 400)
		r.archived = append(r.archived, b.add(p))
	}
	survivor := b.invent()
	once := b.add(survivor)
	r.merged = append(r.merged, merge{lost: b.addMerged(survivor, once), survivor: once})

	last := b.invent()
	end := b.add(last)
	middle := b.addMerged(last, end)
	r.merged = append(r.merged, merge{lost: b.addMerged(last, middle), survivor: end}, merge{lost: middle, survivor: end})
}

// addMerged files a record of the same person as p that was merged into the
// record with index into.
func (b *registrar) addMerged(p sandbox.Patient, into int) int {
	at := b.ago(20, 300)
	p.ID, p.CreatedAt = "", time.Time{}
	p.MergedInto, p.MergedAt, p.ArchivedAt = b.register.all[into].ID, at, at
	return b.add(p)
}

// adult returns somebody of that name and a birth date nobody else has.
func (b *registrar) adult(first, last, sex, known string) sandbox.Patient {
	for {
		born := b.birthDate(b.between(20, 80))
		if !b.births[born] {
			return sandbox.Patient{FirstName: first, LastName: last, PreferredName: known, Sex: sex, BirthDate: born}
		}
	}
}

// ago returns a moment between so many days before the practice day.
func (b *registrar) ago(least, most int) time.Time {
	return b.day.AddDate(0, 0, -b.between(least, most)).UTC().Truncate(time.Second)
}
