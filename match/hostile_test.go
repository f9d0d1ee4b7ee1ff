package match

import (
	"slices"
	"strings"
	"testing"
	"time"

	"carryover"
)

// TestBirthDatesInNames: a stranger of the same name, born on another day, in
// the patient's slot. Whatever form the date was typed in, it is read or it
// holds; and where it is read, it agrees with the chart it is of.
func TestBirthDatesInNames(t *testing.T) {
	slot := []carryover.Booking{booking("b", "1", at)}
	other, born := patient("1", "Mira", "Quillfeather", "1990-07-22"), patient("1", "Mira", "Quillfeather", "1953-04-18")
	read := strings.SplitSeq("18/04/1953|18-Apr-1953|18.Apr.1953|18Apr1953|18 Apr 53|18 April '53|18 04 1953|18041953|19530418|1953 04 18|DOB18/04/1953|"+
		"18/04/1953M|18–04–1953|18_04_1953|１８/０４/１９５３|18. April 1953|18th of April, 1953|Apr-18-1953|18/04 1953|18 / 04 / 1953|18/4/53|(18.4.'53)|[18/04/1953]|04/18/1953", "|")
	for form := range read {
		name := "Mira Quillfeather " + form
		if got := Decide(Input{Session: claim(name, ""), Candidates: []carryover.Patient{other}, Bookings: slot}); got.Reason != carryover.Contradiction {
			t.Errorf("%q in the slot of somebody born in 1990: %q, %q; want a contradiction", name, got.Patient, got.Reason)
		}
		if got := Decide(Input{Session: claim(name, ""), Candidates: []carryover.Patient{born}}); got.Patient != "1" {
			t.Errorf("%q and the chart of that day: %q, %q; want it", name, got.Patient, got.Reason)
		}
	}
	for form := range strings.SplitSeq("(1953)|born 1953|04/1953|18/IV/1953|31/04/1953|29/02/1993|180453|18 4 53|18/04|18.04|Apr 53|18/4/053|DOB 18|yob 53", "|") {
		name := "Mira Quillfeather " + form
		for _, p := range []carryover.Patient{other, born} {
			if got := Decide(Input{Session: claim(name, ""), Candidates: []carryover.Patient{p}, Bookings: slot}); got.Reason != carryover.UnreadBirthDate {
				t.Errorf("%q, chart %s: %q, %q; want held as unread", name, p.BirthDate.Reveal(), got.Patient, got.Reason)
			}
		}
	}
	for _, remark := range []string{"3pm", "10:30", "C5/6", "room 4", "2", "0412 345 678", "3/11/26"} {
		if got := Decide(Input{Session: claim("Mira Quillfeather "+remark, ""), Candidates: []carryover.Patient{other}, Bookings: slot}); got.Patient != "1" {
			t.Errorf("%q is no birth date: Decide = %q, %q", remark, got.Patient, got.Reason)
		}
	}
}

// TestAgesInNames: a year more or less is a birthday or a slip in counting,
// more is another person; agreement counts nothing. The tests' day is in 2026.
func TestAgesInNames(t *testing.T) {
	slot := []carryover.Booking{booking("b", "1", at)}
	mira := []carryover.Patient{patient("1", "Mira", "Quillfeather", "1979-02-14")}
	for _, tt := range []struct {
		name   string
		diary  []carryover.Booking
		want   carryover.PatientID
		reason carryover.Reason
	}{
		{"Mira Quillfeather 47yo", slot, "1", ""},
		{"Mira Quillfeather 46F", slot, "1", ""},
		{"Mira Quillfeather 48 F", slot, "1", ""},
		{"Mira Quillfeather (47 y/o)", slot, "1", ""},
		{"Mira Quillfeather 47yo", nil, "", carryover.OneClue},
		{"Mira Quillfeather 72yo", slot, "", carryover.Contradiction},
		{"Mira Quillfeather 72 yrs", slot, "", carryover.Contradiction},
		{"Mira Quillfeather 72M", slot, "", carryover.Contradiction},
		{"Mira Quillfeather, aged 19", slot, "", carryover.Contradiction},
		{"Mira Quillfeather 6 months old", slot, "", carryover.Contradiction},
	} {
		if got := Decide(Input{Session: claim(tt.name, ""), Candidates: mira, Bookings: tt.diary}); got.Patient != tt.want || got.Reason != tt.reason {
			t.Errorf("%q: Decide = %q, %q; want %q, %q", tt.name, got.Patient, got.Reason, tt.want, tt.reason)
		}
	}
}

// TestOthersInTheName: whoever stands beside the patient's name holds, though
// the slot is the patient's; remarks do not.
func TestOthersInTheName(t *testing.T) {
	slot := []carryover.Booking{booking("b", "1", at)}
	mia := []carryover.Patient{patient("1", "Mia", "Quill", "1990-07-22")}
	for name := range strings.SplitSeq("Mia Quill mum|Mia Quill NOK|Mia Quill family|Mia Quill & family|Mia Quill + 1|Mia Quill x2|Mia Quill Jayden|Mia Quill ?Jayden|"+
		"Mia Quill n Jayden|Mia Quill per daughter|per daughter Mia Quill|Quill, Mia, Jayden|Mia Quill's|Mia Quill's dtr|Mia Quill no show|Mia Quill cancelled|"+
		"not Mia Quill|Jayden (Mia Quill)|Mia Quill - Jayden|d/o Mia Quill|Mum (Mia Quill)|Mia Quill Jr|Mia Quill III|Jr Mia Quill|Mia Quill the younger", "|") {
		if got := Decide(Input{Session: claim(name, ""), Candidates: mia, Bookings: slot}); got.Patient != "" {
			t.Errorf("%q: filed to %s", name, got.Patient)
		}
	}
	for _, name := range []string{"Mia Quill", "Mia Jayden Quill", "Mia Quill review", "Mia Quill - tele", "Mia Quill (new)", "New patient - Mia Quill", "Review: Mia Quill", "Mia Quill + physio", "Mia Quill interpreter", "Mia Quill-Wren"} {
		if got := Decide(Input{Session: claim(name, ""), Candidates: mia, Bookings: slot}); got.Patient != "1" {
			t.Errorf("%q: held, %q; want filed", name, got.Reason)
		}
	}
	for name := range strings.SplitSeq("New patient - Jayden Wren|Review (Otto Wren)|Room 3 - Jayden Quill|J B|J.T.|K|M B|王|李 伟|Physio – Otto Wren", "|") {
		if got := Decide(Input{Session: claim(name, "1990-07-22"), Candidates: mia, Bookings: slot}); got.Patient != "" {
			t.Errorf("%q with the birth date, in the slot: filed", name)
		}
	}
}

// TestJuniorAndSenior: who says which of two it is means that one.
func TestJuniorAndSenior(t *testing.T) {
	for _, tt := range []struct {
		said, born, first, last string
		want                    bool
	}{
		{"Otto Wren Jr", "", "Otto", "Wren", false},
		{"Otto Wren Jr", "", "Otto", "Wren Sr", false},
		{"Otto Wren II", "", "Otto", "Wren III", false},
		{"Otto Wren", "", "Otto Jr", "Wren", false},
		{"Otto Wren Snr", "", "Otto Jr", "Wren", false},
		{"Otto Wren", "", "Otto", "Wren Jr", false},
		{"Otto Wren Jnr", "", "Otto", "Wren Jr", true},
		{"Otto Wren junior", "", "Otto Jr", "Wren", true},
		{"Otto Wren Jr", "1990-07-22", "Otto", "Wren", true},
		{"Otto Wren", "1990-07-22", "Otto", "Wren Jr", true},
		{"Junior Wren", "", "Junior", "Wren", true},
	} {
		in := Input{Session: claim(tt.said, tt.born), Candidates: []carryover.Patient{patient("1", tt.first, tt.last, "1990-07-22")}, Bookings: []carryover.Booking{booking("b", "1", at)}}
		if got := Decide(in); (got.Patient == "1") != tt.want {
			t.Errorf("%q %s for %s %s: %q, %q; want filed: %v", tt.said, tt.born, tt.first, tt.last, got.Patient, got.Reason, tt.want)
		}
	}
}

// TestLastNamesOfTheirOwn: a common last name, or one that somebody else in the
// register has, is no slip for another; a spelling and a real slip are, and the
// birth date brings all back.
func TestLastNamesOfTheirOwn(t *testing.T) {
	slot := []carryover.Booking{booking("b", "1", at)}
	for _, pair := range []string{
		"Patil Patel", "Cheng Chen", "Chang Chan", "Trang Tran", "Zheng Zhang", "Dong Duong", "Parry Perry", "Welsh Walsh", "Owens Owen",
		"Robert Roberts", "Woods Wood", "Prince Price", "Papadopoulou Papadopoulos", "Rehman Rahman",
	} {
		said, known, _ := strings.Cut(pair, " ")
		p := []carryover.Patient{patient("1", "Corinne", known, "1979-02-14")}
		if got := Decide(Input{Session: claim("Corinne "+said, ""), Candidates: p, Bookings: slot}); got.Patient != "" {
			t.Errorf("Corinne %s in the slot of Corinne %s is filed", said, known)
		}
		if got := Decide(Input{Session: claim("Corinne "+said, "1979-02-14"), Candidates: p}); got.Patient != "1" {
			t.Errorf("Corinne %s with the birth date of Corinne %s: %q, want filed", said, known, got.Reason)
		}
	}
	for _, pair := range []string{"Stuart Stewart", "Clarke Clark", "Quilfeather Quillfeather", "Hughs Hughes", "Gunta Gupta"} {
		said, known, _ := strings.Cut(pair, " ")
		p := []carryover.Patient{patient("1", "Corinne", known, "1979-02-14")}
		if got := Decide(Input{Session: claim("Corinne "+said, ""), Candidates: p, Bookings: slot}); got.Patient != "1" {
			t.Errorf("Corinne %s in the slot of Corinne %s: %q, want filed", said, known, got.Reason)
		}
		p = append(p, patient("2", "Otto", said, "1950-02-14"))
		if got := Decide(Input{Session: claim("Corinne "+said, ""), Candidates: p, Bookings: slot}); got.Patient != "" {
			t.Errorf("Corinne %s in the slot of Corinne %s, and another patient is called %s: filed", said, known, said)
		}
	}
}

// TestMisledByTheRegister: what the register and the diary can do to a name that
// fits.
func TestMisledByTheRegister(t *testing.T) {
	start := at.Add(4 * time.Minute)
	slotOf := func(id string) []carryover.Booking { return []carryover.Booking{booking("b", id, at)} }
	tied := func(name, born, id string) carryover.Session {
		s := claim(name, born)
		s.Claim.PatientID = carryover.PatientID(id)
		return s
	}
	archived := func(p carryover.Patient, when time.Time) carryover.Patient { p.ArchivedAt = when; return p }
	samantha, samuel := patient("1", "Samantha", "Wren", "1990-04-04"), patient("2", "Samuel", "Wren", "1990-04-04")
	liam, father := patient("1", "Liam", "Wren", "1990-07-22"), patient("2", "Liam", "Wren", "1953-04-18")
	merged := archived(patient("3", "Mia", "Inkpen", "1990-02-02"), at.AddDate(-1, 0, 0))
	merged.MergedInto = "4"
	wide := claim("Mira Wren", "")
	wide.Claim.BookingID, wide.StartedAt = "b", at.Add(-14*time.Hour)

	for _, tt := range []struct {
		why  string
		in   Input
		want carryover.PatientID
	}{
		{"a twin who was archived after the visit", Input{Session: claim("Sam Wren", "1990-04-04"), Candidates: []carryover.Patient{samantha, archived(samuel, start.Add(time.Hour))}}, ""},
		{"a twin who had left long before", Input{Session: claim("Sam Wren", "1990-04-04"), Candidates: []carryover.Patient{samantha, archived(samuel, start.AddDate(-1, 0, 0))}}, "1"},
		{"a second record, archived after the visit", Input{Session: claim("Liam Wren", "1990-07-22"), Candidates: []carryover.Patient{liam, archived(patient("9", "Liam", "Wren", "1990-07-22"), start.Add(time.Hour))}}, "1"},
		{"id of one, diary of the other of that name", Input{Session: tied("Liam Wren", "", "1"), TrustedTie: true, Candidates: []carryover.Patient{liam, father}, Bookings: slotOf("2")}, ""},
		{"id of one, diary of a twin, nothing but the birth date said", Input{Session: tied("", "1990-04-04", "1"), TrustedTie: true, Candidates: []carryover.Patient{samantha, samuel}, Bookings: slotOf("2")}, ""},
		{"id and diary of one", Input{Session: tied("Liam Wren", "", "1"), TrustedTie: true, Candidates: []carryover.Patient{liam, father}, Bookings: slotOf("1")}, "1"},
		{"a slip in the name and one in the birth date", Input{Session: claim("Liamm Wren", "1990-07-21"), Candidates: []carryover.Patient{liam}, Bookings: slotOf("1")}, ""},
		{"a short name and a slip in the birth date", Input{Session: claim("Sam Wren", "1990-04-05"), Candidates: []carryover.Patient{samantha}, Bookings: slotOf("1")}, ""},
		{"a slip in the birth date alone", Input{Session: claim("Liam Wren", "1990-07-21"), Candidates: []carryover.Patient{liam}, Bookings: slotOf("1")}, "1"},
		{"near 1 January in the record", Input{Session: claim("Liam Wren", "1980-01-11"), Candidates: []carryover.Patient{patient("1", "Liam", "Wren", "1980-01-01")}, Bookings: slotOf("1")}, ""},
		{"the second word of a double first name", Input{Session: claim("Ling Wren", "1990-07-22"), Candidates: []carryover.Patient{patient("1", "Hui Ling", "Wren", "1990-07-22")}}, ""},
		{"the first word of a double first name", Input{Session: claim("Anna Wren", "1990-07-22"), Candidates: []carryover.Patient{patient("1", "Anna Lee", "Wren", "1990-07-22")}}, "1"},
		{"a brother whose name begins with the same word", Input{Session: claim("Abdul Aziz Wren", ""), Candidates: []carryover.Patient{patient("1", "Abdul", "Wren", "1990-07-22")}, Bookings: slotOf("1")}, ""},
		{"the last of that name in the register", Input{Session: claim("Abdul Wren", ""), Candidates: []carryover.Patient{patient("1", "Abdul", "Wren", "1990-07-22")}, Bookings: slotOf("1")}, "1"},
		{"a record that is not to be used", Input{Session: claim("Liam Wren", "1990-07-22"), Candidates: []carryover.Patient{patient("1", "Liam", "Wren DO NOT USE", "1990-07-22")}}, ""},
		{"a merge into a brother's record", Input{Session: claim("Mia Inkpen", ""), Candidates: []carryover.Patient{merged, patient("4", "Otto", "Inkpen", "1970-02-02")}, Bookings: slotOf("4")}, ""},
		{"a booking that is to come", Input{Session: wide, TrustedTie: true, Candidates: []carryover.Patient{patient("1", "Mira", "Wren", "1979-02-14")}, Bookings: slotOf("1")}, ""},
		{"a namesake one digit away, whole name and birth date", Input{Session: claim("Liam Wren", "1990-07-22"), Candidates: []carryover.Patient{liam, patient("9", "Liam", "Wren", "1990-07-21")}}, "1"},
		{"a namesake one digit away whose name was said", Input{Session: claim("Sam Wren", "1990-04-04"), Candidates: []carryover.Patient{samantha, patient("9", "Sam", "Wren", "1990-04-05")}}, ""},
	} {
		if got := Decide(tt.in); got.Patient != tt.want {
			t.Errorf("%s: Decide = %q, %q; want %q", tt.why, got.Patient, got.Reason, tt.want)
		}
	}
}

// TestLastNamesFindOtherSpellings: what is asked for is in the last name of
// those who write it otherwise. The other way round nothing can be done for
// Nguyen: any vowel may bear a mark.
func TestLastNamesFindOtherSpellings(t *testing.T) {
	for said, known := range map[string][]string{
		"Nguyễn": {"Nguyen"}, "O'Brien": {"OBrien", "O’Brien", "Obrien"}, "OBrien": {"O'Brien"}, "McDonald": {"MacDonald"}, "Macdonald": {"McDonald"},
		"Müller": {"Mueller"}, "Mueller": {"Müller"}, "Schröder": {"Schroeder"}, "Fa'asavalu": {"Faasavalu"},
	} {
		asked := LastNames(carryover.NewText("Mira " + said))[0].Reveal()
		for _, k := range append(known, said) {
			if !strings.Contains(strings.ToLower(k), strings.ToLower(asked)) {
				t.Errorf("%s is searched as %q, which %s does not contain", said, asked, k)
			}
		}
	}
	if got := LastNames(carryover.NewText("Mira Lê")); !slices.Contains(got, carryover.NewText("Lê")) {
		t.Errorf("a short name is searched as %d other words, want the word itself", len(got))
	}
}
