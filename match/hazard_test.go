package match

import (
	"strings"
	"testing"
	"time"

	"carryover"
)

// TestHazards has the hazards of matching that need a register and a diary,
// one row each. want "" means held, for the reason.
func TestHazards(t *testing.T) {
	pool := func(ps ...carryover.Patient) []carryover.Patient { return ps }
	tied := func(s carryover.Session, p, b string) carryover.Session {
		s.Claim.PatientID, s.Claim.BookingID = carryover.PatientID(p), carryover.BookingID(b)
		return s
	}
	later := func(s carryover.Session, d time.Duration) carryover.Session { s.StartedAt = at.Add(d); return s }
	mira := patient("1", "Mira", "Quillfeather", "1979-02-14")
	noBirth := patient("1", "Mira", "Quillfeather", "")
	hayden, jayden := patient("2", "Hayden", "Inkpen", "2001-05-03"), patient("3", "Jayden", "Inkpen", "2001-05-03")
	sam, samantha := patient("4", "Samuel", "Wren", "1990-04-04"), patient("5", "Samantha", "Wren", "1990-04-04")
	swapped := patient("6", "Mira", "Quillfeather", "1961-03-05")
	swappedToo := patient("7", "Mira", "Quillfeather", "1961-05-03")
	cancelled := booking("b1", "1", at)
	cancelled.CancelledAt = at
	lastWeek := booking("b9", "1", at.AddDate(0, 0, -7))
	others := booking("b1", "1", at)
	others.Practitioner = "elsewhere"
	archivedBooking := booking("b1", "1", at)
	archivedBooking.ArchivedAt = at

	tests := []struct {
		why    string
		in     Input
		want   carryover.PatientID
		reason carryover.Reason
	}{
		{"a birth date in the name", Input{Session: claim("Mira Quillfeather 14/02/1979", ""), Candidates: pool(mira)}, "1", ""},
		{"a birth date in the name, spoken", Input{Session: claim("Mira Quillfeather, 14 Feb 1979", ""), Candidates: pool(mira)}, "1", ""},
		{"two birth dates that differ", Input{Session: claim("Mira Quillfeather 14/02/1979", "1979-02-15"), Candidates: pool(mira)}, "", carryover.Contradiction},
		{"day and month swapped, nothing else", Input{Session: claim("Mira Quillfeather", "1961-05-03"), Candidates: pool(swapped)}, "", carryover.OneClue},
		{"day and month swapped, in the slot", Input{Session: claim("Mira Quillfeather", "1961-05-03"), Candidates: pool(swapped), Bookings: []carryover.Booking{booking("b", "6", at)}}, "6", ""},
		{"two namesakes born on swapped days", Input{Session: claim("Mira Quillfeather", "1961-05-03"), Candidates: pool(swapped, swappedToo)}, "", carryover.Rivals},
		{"a year two digits off", Input{Session: claim("Mira Quillfeather", "1988-02-14"), Candidates: pool(mira), Bookings: []carryover.Booking{booking("b", "1", at)}}, "", carryover.Contradiction},
		{"a record without a birth date, name only", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: pool(noBirth)}, "", carryover.OneClue},
		{"a record without a birth date, in the slot", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: pool(noBirth), Bookings: []carryover.Booking{booking("b", "1", at)}}, "1", ""},
		{"somebody else has that birth date and is booked then", Input{Session: claim("Mira Quillfeather", "2001-05-03"), Candidates: pool(noBirth, hayden), Bookings: []carryover.Booking{booking("b", "1", at), booking("c", "2", at.Add(15*time.Minute))}}, "", carryover.Rivals},

		{"a heard name that is a name of its own", Input{Session: claim("Jayden Inkpen", "2001-05-03"), Candidates: pool(hayden)}, "", carryover.OneClue},
		{"the same in the other's slot", Input{Session: claim("Jayden Inkpen", "2001-05-03"), Candidates: pool(hayden), Bookings: []carryover.Booking{booking("b", "2", at)}}, "", carryover.OneClue},
		{"the same with the other's id", Input{Session: tied(claim("Jayden Inkpen", "2001-05-03"), "2", ""), TrustedTie: true, Candidates: pool(hayden)}, "", carryover.OneClue},
		{"both twins are patients", Input{Session: claim("Jayden Inkpen", "2001-05-03"), Candidates: pool(hayden, jayden)}, "3", ""},
		{"both twins are patients, in the other's slot", Input{Session: claim("Jayden Inkpen", "2001-05-03"), Candidates: pool(hayden, jayden), Bookings: []carryover.Booking{booking("b", "2", at)}}, "", carryover.Rivals},
		{"a name between two twins'", Input{Session: claim("Ayden Inkpen", "2001-05-03"), Candidates: pool(hayden, jayden)}, "", carryover.OneClue},
		{"a short name of two twins", Input{Session: claim("Sam Wren", "1990-04-04"), Candidates: pool(sam, samantha)}, "", carryover.Rivals},
		{"a short name of two twins, in one's slot", Input{Session: claim("Sam Wren", "1990-04-04"), Candidates: pool(sam, samantha), Bookings: []carryover.Booking{booking("b", "4", at)}}, "", carryover.Rivals},
		{"a short name of two twins, with one's id", Input{Session: tied(claim("Sam Wren", "1990-04-04"), "4", ""), TrustedTie: true, Candidates: pool(sam, samantha)}, "4", ""},
		{"a married name with the birth date only", Input{Session: claim("Mira Spinifex", "1979-02-14"), Candidates: pool(mira)}, "", carryover.OneClue},
		{"a married name with birth date and booking", Input{Session: claim("Mira Spinifex", "1979-02-14"), Candidates: pool(mira), Bookings: []carryover.Booking{booking("b", "1", at)}}, "1", ""},
		{"the new name is another patient's", Input{Session: claim("Mira Spinifex", "1979-02-14"), Candidates: pool(mira, patient("9", "Mira", "Spinifex", "1988-08-08")), Bookings: []carryover.Booking{booking("b", "1", at)}}, "", carryover.Rivals},
		{"a parent and child of one name, both patients, in one's slot", Input{Session: claim("Mira Quillfeather", ""), Candidates: pool(mira, swapped), Bookings: []carryover.Booking{booking("b", "6", at)}}, "6", ""},
		{"the same, both booked", Input{Session: claim("Mira Quillfeather", ""), Candidates: pool(mira, swapped), Bookings: []carryover.Booking{booking("b", "6", at), booking("c", "1", at.Add(15*time.Minute))}}, "", carryover.Rivals},
		{"a sister in the slot", Input{Session: claim("Ada Quillfeather", ""), Candidates: pool(mira), Bookings: []carryover.Booking{booking("b", "1", at)}}, "", carryover.Contradiction},
		{"a couple", Input{Session: claim("Mira and Otto Quillfeather", "1979-02-14"), Candidates: pool(mira), Bookings: []carryover.Booking{booking("b", "1", at)}}, "", carryover.SeveralPeople},
		{"a baby", Input{Session: claim("Baby of Mira Quillfeather", ""), Candidates: pool(mira), Bookings: []carryover.Booking{booking("b", "1", at)}}, "", carryover.SeveralPeople},
		{"a placeholder with birth date and booking", Input{Session: claim("unnamed session", "1979-02-14"), Candidates: pool(mira), Bookings: []carryover.Booking{booking("b", "1", at)}}, "1", ""},
		{"1 January with a short name", Input{Session: claim("Sammy Wren", "1990-01-01"), Candidates: pool(patient("4", "Samuel", "Wren", "1990-01-01"))}, "", carryover.OneClue},
		{"1 January with the whole name", Input{Session: claim("Samuel Wren", "1990-01-01"), Candidates: pool(patient("4", "Samuel", "Wren", "1990-01-01"))}, "4", ""},

		{"a cancelled booking", Input{Session: tied(claim("Mira Quillfeather", ""), "", "b1"), TrustedTie: true, Candidates: pool(mira), Bookings: []carryover.Booking{cancelled}}, "", carryover.OneClue},
		{"an archived booking", Input{Session: claim("Mira Quillfeather", ""), Candidates: pool(mira), Bookings: []carryover.Booking{archivedBooking}}, "", carryover.OneClue},
		{"a booking of last week", Input{Session: tied(claim("Mira Quillfeather", ""), "", "b9"), TrustedTie: true, Candidates: pool(mira), Bookings: []carryover.Booking{lastWeek}}, "", carryover.OneClue},
		{"another practitioner's diary", Input{Session: claim("Mira Quillfeather", ""), Candidates: pool(mira), Bookings: []carryover.Booking{others}}, "", carryover.OneClue},
		{"the diary of another who recorded it too", Input{Session: claim("Mira Quillfeather", ""), Practitioners: []carryover.PractitionerID{"elsewhere"}, Candidates: pool(mira), Bookings: []carryover.Booking{others}}, "1", ""},
		{"the slot never overrules a name", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: pool(mira, hayden), Bookings: []carryover.Booking{booking("b", "2", at)}}, "1", ""},
		{"dictated in the evening", Input{Session: later(claim("Mira Quillfeather", ""), 5*time.Hour), Candidates: pool(mira), Bookings: []carryover.Booking{booking("b", "1", at)}}, "1", ""},
		{"dictated in the evening, a namesake in the register", Input{Session: later(claim("Mira Quillfeather", ""), 5*time.Hour), Candidates: pool(mira, swapped), Bookings: []carryover.Booking{booking("b", "1", at)}}, "", carryover.Rivals},
		{"dictated while somebody else is booked", Input{Session: later(claim("Mira Quillfeather", ""), 5*time.Hour), Candidates: pool(mira, hayden), Bookings: []carryover.Booking{booking("b", "1", at), booking("c", "2", at.Add(5*time.Hour))}}, "", carryover.OneClue},
		{"the next day", Input{Session: later(claim("Mira Quillfeather", ""), 24*time.Hour), Candidates: pool(mira), Bookings: []carryover.Booking{booking("b", "1", at)}}, "", carryover.OneClue},
		{"a patient booked twice in a row is no wrong recording", Input{Session: later(claim("Mira Quillfeather", "1979-02-14"), 33*time.Minute), Candidates: pool(mira), Bookings: []carryover.Booking{booking("b", "1", at), booking("c", "1", at.Add(30*time.Minute)), booking("d", "2", at.Add(30*time.Minute))}}, "1", ""},

		{"first name and booking, off by default", Input{Session: claim("Mira", ""), Candidates: pool(mira), Bookings: []carryover.Booking{booking("b", "1", at)}}, "", carryover.OneClue},
		{"first name and booking, asked for", Input{Session: claim("Mira", ""), Candidates: pool(mira), Bookings: []carryover.Booking{booking("b", "1", at)}, Settings: Settings{FirstNameAndBooking: true}}, "1", ""},
		{"the same with two of that first name booked", Input{Session: claim("Mira", ""), Candidates: pool(mira, patient("8", "Mira", "Wren", "1950-05-05")), Bookings: []carryover.Booking{booking("b", "1", at), booking("c", "8", at.Add(15*time.Minute))}, Settings: Settings{FirstNameAndBooking: true}}, "", carryover.Rivals},
		{"three identifiers, two agree", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: pool(mira), Settings: Settings{Identifiers: 3}}, "", carryover.OneClue},
		{"three identifiers, all agree", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: pool(mira), Bookings: []carryover.Booking{booking("b", "1", at)}, Settings: Settings{Identifiers: 3}}, "1", ""},
	}
	for _, tt := range tests {
		if got := Decide(tt.in); got.Patient != tt.want || got.Reason != tt.reason {
			t.Errorf("%s: Decide = patient %q, reason %q (%v); want %q, %q", tt.why, got.Patient, got.Reason, got.Grade, tt.want, tt.reason)
		}
	}
}

// TestBadInput: names and dates that nobody should type are held or decided,
// never a crash, never a guess.
func TestBadInput(t *testing.T) {
	mira := patient("1", "Mira", "Quillfeather", "1979-02-14")
	names := []string{
		"", " ", "Mrs", "Dr. Prof.", "🙂🙂", "Mira 🙂 Quillfeather", "\x00\x01Mira\x7f Quillfeather", "\u202eMira Quillfeather\u202c", "يسر منصور",
		"王小明", strings.Repeat("Mira ", 2000), strings.Repeat("x", 10000), "Mira Quillfeather" + strings.Repeat("\u0301", 500), ",,,", "()", "- -",
		"Quillfeather,", ", Mira", "Mira/", "'; DROP TABLE patients", "%_%", "Mira\nQuillfeather", "\xff\xfe",
	}
	for _, n := range names {
		got := Decide(Input{Session: claim(n, ""), Candidates: []carryover.Patient{mira}})
		if got.Grade == carryover.Certain {
			t.Errorf("Decide(%q) is certain on a name alone", n)
		}
		PlanSearches(claim(n, ""))
	}
	for _, n := range []string{"Mira 🙂 Quillfeather", "\u202eMira Quillfeather\u202c", "Mira\tQuillfeather"} {
		if got := Decide(Input{Session: claim(n, "1979-02-14"), Candidates: []carryover.Patient{mira}}); got.Patient != "1" {
			t.Errorf("Decide(%q, right birth date) = %q (%s), want 1", n, got.Patient, got.Reason)
		}
	}
	for _, d := range []string{"2030-01-02", "1800-05-05", "1900-01-01"} {
		p := patient("1", "Mira", "Quillfeather", d)
		if got := Decide(Input{Session: claim("Mira Quillfeather", d), Candidates: []carryover.Patient{p}}); got.Grade == carryover.Certain {
			t.Errorf("Decide with birth date %s is certain", d)
		}
	}
	leap := patient("1", "Mira", "Quillfeather", "2000-02-29")
	if got := Decide(Input{Session: claim("Mira Quillfeather", "2000-02-29"), Candidates: []carryover.Patient{leap}}); got.Patient != "1" {
		t.Errorf("Decide with 29 February = %q (%s), want 1", got.Patient, got.Reason)
	}
}

// TestMerges: chains are followed, loops and loose ends hold.
func TestMerges(t *testing.T) {
	merged := func(id, into string) carryover.Patient {
		return with(patient(id, "Mira", "Oldname", "1979-02-14"), func(p *carryover.Patient) { p.ArchivedAt, p.MergedInto = at, carryover.PatientID(into) })
	}
	end := patient("1", "Mira", "Quillfeather", "1979-02-14")
	tests := []struct {
		why    string
		pool   []carryover.Patient
		want   carryover.PatientID
		reason carryover.Reason
	}{
		{"a former name", []carryover.Patient{end, merged("2", "1")}, "1", ""},
		{"a chain", []carryover.Patient{end, merged("2", "3"), merged("3", "1")}, "1", ""},
		{"a loop", []carryover.Patient{merged("2", "3"), merged("3", "2")}, "", carryover.PatientArchived},
		{"a loop of one", []carryover.Patient{merged("2", "2")}, "", carryover.PatientArchived},
		{"an end that was not found", []carryover.Patient{merged("2", "8")}, "", carryover.PatientArchived},
		{"an end that is archived", []carryover.Patient{with(end, func(p *carryover.Patient) { p.ArchivedAt = at }), merged("2", "1")}, "", carryover.PatientArchived},
	}
	for _, tt := range tests {
		got := Decide(Input{Session: claim("Mira Oldname", "1979-02-14"), Candidates: tt.pool})
		if got.Patient != tt.want || got.Reason != tt.reason {
			t.Errorf("%s: Decide = %q, %q; want %q, %q", tt.why, got.Patient, got.Reason, tt.want, tt.reason)
		}
	}
}
