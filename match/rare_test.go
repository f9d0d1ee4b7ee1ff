package match

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"carryover"
)

// TestRareHazards has what seldom happens and happens: registers full of 1
// January, ids of other accounts, hands that type nonsense. want "" means held.
func TestRareHazards(t *testing.T) {
	mira := patient("1", "Mira", "Quillfeather", "1979-02-14")
	slot := []carryover.Booking{booking("b", "1", at)}
	one := []carryover.Patient{mira}
	tied := func(s carryover.Session, id, b string) carryover.Session {
		s.Claim.PatientID, s.Claim.BookingID = carryover.PatientID(id), carryover.BookingID(b)
		return s
	}
	var newYears []carryover.Patient // a register that fills in 1 January
	for i := range 300 {
		newYears = append(newYears, patient(fmt.Sprint(1000+i), []string{"Samira", "Otto", "Nadia"}[i%3], fmt.Sprintf("Wren%c%c", 'a'+i%26, 'a'+i/26), "1980-01-01"))
	}
	samira := patient("5", "Samira", "Haddad", "1980-01-01")
	flood := append(newYears, samira)
	missed, block := booking("b", "1", at), booking("b", "1", at)
	missed.DidNotArrive, block.Kind = true, carryover.UnavailableBlock
	group := booking("b", "1", at)
	group.Kind, group.Patients = carryover.GroupAppointment, []carryover.PatientID{"1", "2"}
	unread := claim("Mira Quillfeather", "")
	unread.Claim.Unread = true
	leap := patient("6", "Mira", "Quillfeather", "2000-02-29")
	midnight := []carryover.Patient{patient("7", "Ada", "Twinfold", "2015-05-05"), patient("8", "Ada-Lee", "Twinfold", "2015-05-06")}

	tests := []struct {
		why    string
		in     Input
		want   carryover.PatientID
		reason carryover.Reason
	}{
		{"1 January, the whole name", Input{Session: claim("Samira Haddad", "1980-01-01"), Candidates: flood}, "5", ""},
		{"1 January, a slip in the name", Input{Session: claim("Samira Hadda", "1980-01-01"), Candidates: flood}, "", carryover.OneClue},
		{"1 January, a first name", Input{Session: claim("Samira", "1980-01-01"), Candidates: flood, Bookings: []carryover.Booking{booking("b", "5", at)}}, "", carryover.OneClue},
		{"1 January, nothing else, in the slot", Input{Session: claim("", "1980-01-01"), Candidates: flood, Bookings: []carryover.Booking{booking("b", "5", at)}}, "", carryover.OneClue},
		{"1 January, first name and another last name, in the slot", Input{Session: claim("Samira Wattle", "1980-01-01"), Candidates: flood, Bookings: []carryover.Booking{booking("b", "5", at)}}, "", carryover.OneClue},
		{"1 January with two digits", Input{Session: claim("Samira Hadad 1/1/80", ""), Candidates: flood}, "", carryover.OneClue},

		{"an id of another account, name only", Input{Session: tied(claim("Mira Quillfeather", ""), "900", ""), TrustedTie: true, Candidates: one, Bookings: slot}, "", carryover.OneClue},
		{"an id of another account, name and birth date", Input{Session: tied(claim("Mira Quillfeather", "1979-02-14"), "900", ""), TrustedTie: true, Candidates: one}, "1", ""},
		{"an id of a deleted record, birth date and slot", Input{Session: tied(claim("Mira", "1979-02-14"), "900", ""), TrustedTie: true, Candidates: one, Bookings: slot}, "", carryover.OneClue},
		{"a booking id of a deleted booking, name and slot", Input{Session: tied(claim("Mira Quillfeather", ""), "", "zz"), TrustedTie: true, Candidates: one, Bookings: slot}, "", carryover.OneClue},
		{"an id that loops", Input{Session: tied(claim("Mira Quillfeather", "1979-02-14"), "9", ""), TrustedTie: true, Candidates: []carryover.Patient{
			with(mira, func(p *carryover.Patient) { p.ID, p.ArchivedAt, p.MergedInto = "9", at, "10" }),
			with(mira, func(p *carryover.Patient) { p.ID, p.ArchivedAt, p.MergedInto = "10", at, "9" }),
		}}, "", carryover.PatientArchived},

		{"a missed visit", Input{Session: claim("Mira Quillfeather", ""), Candidates: one, Bookings: []carryover.Booking{missed}}, "", carryover.OneClue},
		{"an unavailable block", Input{Session: tied(claim("Mira Quillfeather", ""), "", "b"), TrustedTie: true, Candidates: one, Bookings: []carryover.Booking{block}}, "", carryover.OneClue},
		{"a group that the session names", Input{Session: tied(claim("Mira Quillfeather", ""), "", "b"), TrustedTie: true, Candidates: one, Bookings: []carryover.Booking{group}}, "", carryover.OneClue},
		{"a group, name and birth date", Input{Session: tied(claim("Mira Quillfeather", "1979-02-14"), "", "b"), TrustedTie: true, Candidates: one, Bookings: []carryover.Booking{group}}, "1", ""},
		{"another's group", Input{Session: tied(claim("Mira Quillfeather", "1979-02-14"), "", "b"), TrustedTie: true, Candidates: one, Bookings: []carryover.Booking{booking("b", "2", at)}}, "", carryover.Contradiction},
		{"a birth date that nobody can read, name and slot", Input{Session: unread, Candidates: one, Bookings: slot}, "", carryover.UnreadBirthDate},

		{"a birth date in the future", Input{Session: claim("Mira Quillfeather", "2031-02-14"), Candidates: one, Bookings: slot}, "", carryover.Contradiction},
		{"29 February", Input{Session: claim("Mira Quillfeather 29/02/2000", ""), Candidates: []carryover.Patient{leap}}, "6", ""},
		{"29 February typed as the 28th", Input{Session: claim("Mira Quillfeather", "2000-02-28"), Candidates: []carryover.Patient{leap}}, "", carryover.OneClue},
		{"twins of either side of midnight, half of a name", Input{Session: claim("Ada Twinfold", "2015-05-06"), Candidates: midnight}, "", carryover.Rivals},

		{"only titles, birth date and slot", Input{Session: claim("Mrs Dr", "1979-02-14"), Candidates: one, Bookings: slot}, "1", ""},
		{"only emoji and the slot", Input{Session: claim("🙂🙂", ""), Candidates: one, Bookings: slot}, "", carryover.NoEvidence},
		{"emoji around a name", Input{Session: claim("🙂 Mira 🙂 Quillfeather 🙂", ""), Candidates: one, Bookings: slot}, "1", ""},
		{"control characters in a name", Input{Session: claim("Mira\x00\x1bQuillfeather", ""), Candidates: one, Bookings: slot}, "1", ""},
		{"a right-to-left mark", Input{Session: claim("\u202eMira Quillfeather\u202c", ""), Candidates: one, Bookings: slot}, "1", ""},
		{"a right-to-left name", Input{Session: claim("يسر منصور", "1979-02-14"), Candidates: []carryover.Patient{patient("1", "يسر", "منصور", "1979-02-14")}}, "1", ""},
		{"another right-to-left name", Input{Session: claim("يسر منصور", "1979-02-14"), Candidates: []carryover.Patient{patient("1", "سمر", "حداد", "1979-02-14")}, Bookings: slot}, "", carryover.Contradiction},
		{"10,000 characters", Input{Session: claim("Mira Quillfeather "+strings.Repeat("x", 10_000), "1979-02-14"), Candidates: one}, "", carryover.SeveralPeople},
		{"nothing and the slot", Input{Session: claim("", ""), Candidates: one, Bookings: slot}, "", carryover.NoEvidence},
	}
	for _, tt := range tests {
		if got := Decide(tt.in); got.Patient != tt.want || got.Reason != tt.reason {
			t.Errorf("%s: Decide = patient %q, reason %q (%v); want %q, %q", tt.why, got.Patient, got.Reason, got.Grade, tt.want, tt.reason)
		}
	}
	timeless := claim("Mira Quillfeather", "1979-02-14")
	timeless.StartedAt = time.Time{}
	if got := Decide(Input{Session: timeless, Candidates: one, Bookings: slot}); got.Patient != "1" {
		t.Errorf("a session without a start: Decide = %q, %q; want 1", got.Patient, got.Reason)
	}
}
