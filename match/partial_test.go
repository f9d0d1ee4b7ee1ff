package match

import (
	"testing"
	"time"

	"carryover"
)

// TestPartOfAName has the rules that make do with a part of a name, and what
// looks like them and is not.
func TestPartOfAName(t *testing.T) {
	keeley, keenan := patient("1", "Keeley", "Quillfeather", "1979-02-14"), patient("2", "Keenan", "Quillfeather", "1979-02-14")
	jordan := patient("3", "Jordan", "Wren", "1990-12-11")
	pool := []carryover.Patient{keeley, patient("4", "Keeley", "Quokka", "1950-05-05"), jordan}
	slot, next := booking("b", "1", at), booking("c", "4", at.Add(30*time.Minute))
	tied := func(name, born, id, bookingID string) carryover.Session {
		s := claim(name, born)
		s.Claim.PatientID, s.Claim.BookingID = carryover.PatientID(id), carryover.BookingID(bookingID)
		return s
	}
	late := func(s carryover.Session, d time.Duration) carryover.Session { s.StartedAt = at.Add(d); return s }

	tests := []struct {
		why      string
		session  carryover.Session
		bookings []carryover.Booking
		want     carryover.PatientID
		reason   carryover.Reason
	}{
		{"first name and initial in the slot", claim("Keeley Q", ""), []carryover.Booking{slot}, "1", ""},
		{"with a full stop and a remark", claim("Keeley Q. - review", ""), []carryover.Booking{slot}, "1", ""},
		{"first name and initial, no booking", claim("Keeley Q", ""), nil, "", carryover.OneClue},
		{"first name and another initial", claim("Keeley B", ""), []carryover.Booking{slot}, "", carryover.OneClue},
		{"two such people side by side", late(claim("Keeley Q", ""), 25*time.Minute), []carryover.Booking{slot, next}, "", carryover.Rivals},
		{"the initial of a first name", claim("K Quillfeather", ""), []carryover.Booking{slot}, "", carryover.OneClue},
		{"a short name and an initial", claim("Keels Q", ""), []carryover.Booking{slot}, "", carryover.OneClue},
		{"first name and initial, a birth date one slip away", claim("Keeley Q", "1979-02-15"), []carryover.Booking{slot}, "", carryover.OneClue},
		{"first name and initial, an id that nobody has", tied("Keeley Q", "", "77", ""), []carryover.Booking{slot}, "", carryover.OneClue},

		{"first name, and an id that the diary confirms", tied("Keeley", "", "1", ""), []carryover.Booking{slot}, "1", ""},
		{"first name, and a booking id that the clock confirms", tied("Keeley", "", "", "b"), []carryover.Booking{slot}, "1", ""},
		{"an initial, and an id that the diary confirms", tied("K. Quillfeather", "", "1", ""), []carryover.Booking{slot}, "1", ""},
		{"first name and an id, nobody booked", tied("Keeley", "", "1", ""), nil, "", carryover.OneClue},
		{"first name and an id left over, the next of that name in the slot", late(tied("Keeley", "", "1", ""), 33*time.Minute), []carryover.Booking{slot, next}, "", carryover.OneClue},
		{"the same, the next one has begun early", late(tied("Keeley", "", "1", ""), 25*time.Minute), []carryover.Booking{slot, next}, "", carryover.Rivals},
		{"first name, and a booking id of earlier that day", late(tied("Keeley", "", "", "b"), 5*time.Hour), []carryover.Booking{slot}, "", carryover.OneClue},
		{"last name, and an id that the diary confirms", tied("Ms Quillfeather", "", "1", ""), []carryover.Booking{slot}, "", carryover.OneClue},
		{"nothing, and an id that the diary confirms", tied("", "", "1", ""), []carryover.Booking{slot}, "", carryover.OneClue},

		{"a garbled first name, birth date and booking", claim("Jordhau Wren", "1990-12-11"), []carryover.Booking{booking("b", "3", at)}, "3", ""},
		{"a garbled first name alone, birth date and booking", claim("Jxrdan", "1990-12-11"), []carryover.Booking{booking("b", "3", at)}, "3", ""},
		{"a garbled first name and the birth date", claim("Jordhau Wren", "1990-12-11"), nil, "", carryover.OneClue},
		{"a garbled first name and the booking", claim("Jordhau Wren", ""), []carryover.Booking{booking("b", "3", at)}, "", carryover.OneClue},
		{"a near first name that is somebody's", claim("Jorja Wren", "1990-12-11"), []carryover.Booking{booking("b", "3", at)}, "", carryover.OneClue},
	}
	for _, tt := range tests {
		got := Decide(Input{Session: tt.session, TrustedTie: true, Candidates: pool, Bookings: tt.bookings})
		if got.Patient != tt.want || got.Reason != tt.reason {
			t.Errorf("%s: Decide = %q, %q; want %q, %q", tt.why, got.Patient, got.Reason, tt.want, tt.reason)
		}
	}

	george := Input{Session: claim("G Georgison", ""), Candidates: []carryover.Patient{patient("1", "Georgison", "Georgison", "")}, Bookings: []carryover.Booking{slot}}
	if got := Decide(george); got.Grade == carryover.Certain {
		t.Errorf("an initial said first is the first name's, not the last name's: Decide = %q", got.Patient)
	}
	twins := Input{Session: claim("Keexan Quillfeather", "1979-02-14"), Candidates: []carryover.Patient{keeley, keenan}, Bookings: []carryover.Booking{booking("b", "2", at)}}
	if got := Decide(twins); got.Reason != carryover.Rivals {
		t.Errorf("a name between two twins', in one's slot: Decide = %q, %q; want %q", got.Patient, got.Reason, carryover.Rivals)
	}
}

// TestPetName: an o lengthens a name, and makes no man of a woman.
func TestPetName(t *testing.T) {
	for _, tt := range []struct {
		pet, name string
		want      bool
	}{{"bretto", "brett", true}, {"bridgie", "bridget", true}, {"zorrano", "zorrania", false}, {"carly", "carl", false}} {
		if got := petName(tt.pet, tt.name); got != tt.want {
			t.Errorf("petName(%q, %q) = %v, want %v", tt.pet, tt.name, got, tt.want)
		}
	}
}

// TestGarbled: near, no name that differs in the ending alone.
func TestGarbled(t *testing.T) {
	tests := []struct {
		said, known string
		want        bool
	}{
		{"jordhau", "jordan", true},
		{"talro", "taylor", true},
		{"zafa", "zara", true},
		{"stefano", "stefania", false},
		{"paul", "paula", false},
		{"daniel", "danielle", false},
		{"lee", "leo", false},
		{"cody", "brody", false},
		{"kate", "karl", false},
	}
	for _, tt := range tests {
		if got := garbled(tt.said, tt.known); got != tt.want {
			t.Errorf("garbled(%q, %q) = %v, want %v", tt.said, tt.known, got, tt.want)
		}
	}
}
