package match

import (
	"strings"
	"testing"

	"carryover"
)

// TestCompareName is how Australians' names are recorded and typed.
func TestCompareName(t *testing.T) {
	tests := []struct {
		said                   string
		first, last, preferred string
		want                   nameFit
	}{
		// order, form and dress
		{"Mira Quillfeather", "Mira", "Quillfeather", "", nameWhole},
		{"QUILLFEATHER Mira", "Mira", "Quillfeather", "", nameWhole},
		{"Quillfeather, Mira", "Mira", "Quillfeather", "", nameWhole},
		{"Ms. mira  quillfeather", "Mira", "Quillfeather", "", nameWhole},
		{"Quillfeather, Miss Mira Jane", "Mira", "Quillfeather", "", nameWhole},
		{"Mira J. Quillfeather", "Mira", "Quillfeather", "", nameWhole},
		{"Mira Quillfeather - DVA", "Mira", "Quillfeather", "", nameWhole},
		{"Mira Quillfeather (review)", "Mira", "Quillfeather", "", nameWhole},
		{"Mira Quillfeather Jr", "Mira", "Quillfeather", "", nameWhole},
		{"New pt Mira Quillfeather", "Mira", "Quillfeather", "", nameWhole},
		{"Theo Hand", "Theo", "Hand", "", nameWhole},
		{"Theo Hand", "Theo", "Foot", "", namePart}, // what reads as a remark may be a name
		{"R. Inkpen", "Anna", "Inkpen", "", nameOther},
		// preferred and short names
		{"Jack Inkpen", "John", "Inkpen", "Jack", nameWhole},
		{"Lachie Inkpen", "Lachlan", "Inkpen", "", nameAkin},
		{"Bec Inkpen", "Rebekah", "Inkpen", "", nameAkin},
		{"Vickie Inkpen", "Victoria", "Inkpen", "", nameAkin},
		{"Sammy Inkpen", "Sam", "Inkpen", "", nameAkin},
		{"Nat Inkpen", "Nathan", "Inkpen", "", nameAkin},
		{"Cait Inkpen", "Caitlyn", "Inkpen", "", nameAkin},
		{"Catherine (Kate) Inkpen", "Catherine", "Inkpen", "", nameWhole},
		{"Catherine \"Kate\" Inkpen", "Kate", "Inkpen", "", nameAkin},
		// another spelling is the same name
		{"Kathryn Inkpen", "Catherine", "Inkpen", "", nameAkin},
		{"Mohammad Inkpen", "Muhammed", "Inkpen", "", nameAkin},
		{"Aiden Inkpen", "Aidan", "Inkpen", "", nameAkin},
		{"Mira Stuart", "Mira", "Stewart", "", nameSlip},
		// a name of its own is another person
		{"Jayden Inkpen", "Hayden", "Inkpen", "", nameCould},
		{"Kelly Inkpen", "Keely", "Inkpen", "", nameCould},
		{"Paula Inkpen", "Paul", "Inkpen", "", nameCould},
		{"Carly Inkpen", "Carl", "Inkpen", "", nameCould},
		{"Erin Inkpen", "Eric", "Inkpen", "", nameCould},
		{"Liz Inkpen", "Beth", "Inkpen", "", nameCould},
		{"Hui Min Zhou", "Hui Ling", "Zhou", "", nameCould},
		{"Mary Jane Inkpen", "Mary Anne", "Inkpen", "", nameCould},
		{"Otto Inkpen", "Mira", "Inkpen", "", nameOther},
		// slips
		{"Matthbew Inkpen", "Matthew", "Inkpen", "", nameSlip},
		{"Mira Quilfeather", "Mira", "Quillfeather", "", nameSlip},
		{"Matthbew Inkpenn", "Matthew", "Inkpen", "", namePart},
		// Mc, O', particles, hyphens, Saint
		{"Mira Mc Bilby", "Mira", "McBilby", "", nameWhole},
		{"Mira MacBilby", "Mira", "McBilby", "", nameWhole},
		{"Mira OPossum", "Mira", "O'Possum", "", nameWhole},
		{"Mira O Possum", "Mira", "O’Possum", "", nameWhole},
		{"Mira Saint Heron", "Mira", "St. Heron", "", nameWhole},
		{"Mira Dijk", "Mira", "van Dijk", "", nameSlip},
		{"Mira VanDijk", "Mira", "van Dijk", "", nameWhole},
		{"Mira Tealby", "Mira", "Wren-Tealby", "", nameSlip},
		{"Mira Wren Tealby", "Mira", "Wren-Tealby", "", nameWhole},
		{"Mira Inkpen-Wren", "Mira", "Inkpen", "", nameSlip},
		{"Anna Inkpen", "Anna-Lee", "Inkpen", "", nameSlip},
		{"Annalee Inkpen", "Anna-Lee", "Inkpen", "", nameWhole},
		// diacritics
		{"Zoe Mueller", "Zoë", "Müller", "", nameWhole},
		{"Zoe Muller", "Zoë", "Müller", "", nameWhole},
		{"Thao Dang", "Thảo", "Đặng", "", nameWhole},
		{"Soren Ostergaard", "Søren", "Østergaard", "", nameWhole},
		// other orders
		{"Nguyễn Thị Mai", "Mai", "Nguyen", "", nameWhole},
		{"ZHANG Hao", "Hao", "Zhang", "", nameWhole},
		{"Zhou Huimin", "Hui Min", "Zhou", "", nameWhole},
		{"Abdul Al Rashid", "Abdel", "Al-Rashid", "", nameAkin},
		{"Priya Kaur Singh", "Priya", "Singh", "", nameWhole},
		{"Sione Taufa Vainikolo", "Sione", "Taufa", "", nameSlip},
		{"Sione Taufa 'Ofa", "Sione", "Taufa", "", nameChanged}, // 'Ofa is a first name: somebody who came along
		// parts
		{"Mira", "Mira", "Quillfeather", "", nameMost},
		{"Mira Q.", "Mira", "Quillfeather", "", nameMost},
		{"M. Quillfeather", "Mira", "Quillfeather", "", nameMost},
		{"Mrs Quillfeather", "Mira", "Quillfeather", "", namePart},
		{"Miri Q", "Miriam", "Quillfeather", "", namePart},
		{"Mira Elsewhere", "Mira", "Quillfeather", "", nameChanged},
		{"Elsewhere, Mira", "Mira", "Quillfeather", "", nameChanged},
		{"Budi", "Budi", ".", "", nameWhole},
		// more than one, or none
		{"Mira and Otto Quillfeather", "Mira", "Quillfeather", "", nameCould},
		{"Mira Quillfeather / Otto Quillfeather", "Mira", "Quillfeather", "", nameCould},
		{"Mira Quillfeather, Otto Quillfeather", "Mira", "Quillfeather", "", nameCould},
		{"Mira Quillfeather Otto Quillfeather", "Mira", "Quillfeather", "", nameCould},
		{"Hassan Al Hassan", "Hassan", "Al-Hassan", "", nameWhole},
		{"Baby of Mira Quillfeather", "Mira", "Quillfeather", "", nameCould},
		{"Mira Quillfeather's mum", "Mira", "Quillfeather", "", nameCould},
		{"Mira Quillfeather (with dad)", "Mira", "Quillfeather", "", nameCould},
		{"Baby Quillfeather", "Mira", "Quillfeather", "", nameCould},
		{"unnamed session", "Mira", "Quillfeather", "", nameSilent},
		{"Tues 3pm", "Mira", "Quillfeather", "", nameSilent},
		{"Room 2", "Mira", "Quillfeather", "", nameSilent},
		{"Mrs", "Mira", "Quillfeather", "", nameSilent},
		{"🙂", "Mira", "Quillfeather", "", nameSilent},
		{"", "Mira", "Quillfeather", "", nameSilent},
	}
	for _, tt := range tests {
		p := carryover.Patient{
			FirstName: carryover.NewText(tt.first), LastName: carryover.NewText(tt.last), PreferredName: carryover.NewText(tt.preferred),
		}
		names := namings(person{survivor: p, records: []carryover.Patient{p}})
		if got := compareName(readClaim(carryover.NewText(tt.said), at), names, isGiven); got.fit != tt.want {
			t.Errorf("compareName(%q, %s %s (%s)) = %d (%s), want %d", tt.said, tt.first, tt.last, tt.preferred, got.fit, got.note, tt.want)
		}
	}
}

// TestKnownGivenNames: a slip is only what is no name; these were once taken
// for slips of one another.
func TestKnownGivenNames(t *testing.T) {
	for n := range strings.FieldsSeq(`manjot manjit harjot harjit sukhjit sukhjot ranjot ranjit navjeet navneet parminder parvinder rashad rashid
		nadira nadia truong trung hoan hoang advika anvika anushka anoushka kenji haruko haruto seoyeon seoyun xinyi xinyu chidera
		oluwaseun oluwaseyi sumaya sumayra despina despoina`) {
		if !isGiven(n) {
			t.Errorf("isGiven(%s) = false", n)
		}
	}
}

// TestNamesOfTheirOwn guards what a longer table of short forms could break:
// none of these pairs may ever count as one name.
func TestNamesOfTheirOwn(t *testing.T) {
	for _, pair := range [][2]string{
		{"Jayden", "Hayden"},
		{"Kayla", "Tayla"},
		{"Holly", "Molly"},
		{"Jade", "Jake"},
		{"Dylan", "Rylan"},
		{"Brody", "Cody"},
		{"Gemma", "Emma"},
		{"Ava", "Eva"},
		{"Luca", "Lucas"},
		{"Marta", "Marty"},
		{"Joan", "Jean"},
		{"Daniel", "Danielle"},
		{"Gabriel", "Gabriella"},
		{"Christian", "Christina"},
		{"Emily", "Emma"},
		{"Isabella", "Isabelle"},
		{"Sophie", "Sophia"},
		{"Sione", "Sioni"},
		{"Minh", "Linh"},
		{"Hallie", "Haley"},
		{"Hassan", "Hussein"},
		{"Alice", "Alicia"},
		{"Eli", "Eliza"},
		{"Mary", "Marie"},
		{"Mariah", "Maria"},
		{"Michal", "Michael"},
		{"Alex", "Alexis"},
		{"Jon", "Jonah"},
		{"Jon", "Jonas"},
		{"Ken", "Kendra"},
		{"Dean", "Deanna"},
		{"Don", "Donna"},
		{"Ben", "Bennett"},
		{"Will", "Willow"},
		{"Jan", "Janelle"},
		{"Toni", "Tony"},
		{"Zara", "Zahra"},
	} {
		for _, p := range [][2]string{pair, {pair[1], pair[0]}} {
			a, b := fold(p[0]), fold(p[1])
			if got := firstRelation(a, nil, b, func(string) bool { return true }); got > firstCould {
				t.Errorf("firstRelation(%s, %s) = %d, want at most %d", p[0], p[1], got, firstCould)
			}
		}
	}
}
