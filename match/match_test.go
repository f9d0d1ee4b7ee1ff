package match

import (
	"testing"
	"time"

	"carryover"
)

var at = time.Date(2026, 11, 3, 22, 0, 0, 0, time.UTC)

func date(s string) carryover.Date {
	d, err := carryover.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func patient(id, first, last, born string) carryover.Patient {
	return carryover.Patient{
		ID: carryover.PatientID(id), FirstName: carryover.NewText(first),
		LastName: carryover.NewText(last), BirthDate: date(born),
	}
}

func claim(name, born string) carryover.Session {
	return carryover.Session{
		StartedAt: at.Add(4 * time.Minute), Practitioner: "pr",
		Claim: carryover.PatientClaim{Name: carryover.NewText(name), BirthDate: date(born)},
	}
}

func booking(id, patient string, start time.Time) carryover.Booking {
	return carryover.Booking{
		ID: carryover.BookingID(id), Kind: carryover.IndividualAppointment, Practitioner: "pr",
		Patients: []carryover.PatientID{carryover.PatientID(patient)}, StartsAt: start, EndsAt: start.Add(30 * time.Minute),
	}
}

func with(p carryover.Patient, change func(*carryover.Patient)) carryover.Patient {
	change(&p)
	return p
}

func session(s carryover.Session, change func(*carryover.Session)) carryover.Session {
	change(&s)
	return s
}

func TestDecide(t *testing.T) {
	mira := patient("1", "Mira", "Quillfeather", "1979-02-14")
	archived := with(mira, func(p *carryover.Patient) { p.ArchivedAt = at })
	merged := with(patient("9", "Mira", "Oldname", "1979-02-14"), func(p *carryover.Patient) { p.ArchivedAt, p.MergedInto = at, "1" })
	twinA, twinB := patient("2", "Ada", "Twinfold", "2015-05-05"), patient("3", "Ida", "Twinfold", "2015-05-05")
	father, son := patient("4", "Tom", "Samename", "1950-01-01"), patient("5", "Tom", "Samename", "1985-07-07")
	duplicate := patient("6", "Mira", "Quillfeather", "1979-02-14")
	cancelled := booking("b1", "1", at)
	cancelled.CancelledAt = at
	group := booking("g1", "1", at)
	group.Kind, group.Patients = carryover.GroupAppointment, []carryover.PatientID{"1", "2"}
	tie := func(p, b string) func(*carryover.Session) {
		return func(s *carryover.Session) {
			s.Claim.PatientID, s.Claim.BookingID = carryover.PatientID(p), carryover.BookingID(b)
		}
	}
	pool := func(ps ...carryover.Patient) []carryover.Patient { return ps }
	diary := func(bs ...carryover.Booking) []carryover.Booking { return bs }

	tests := []struct {
		why    string
		in     Input
		want   carryover.PatientID
		reason carryover.Reason
	}{
		{"name and birth date", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: pool(mira)}, "1", ""},
		{"order, title, accent and case are no matter", Input{Session: claim("QUILLFEATHER, Ms Míra", "1979-02-14"), Candidates: pool(mira)}, "1", ""},
		{"middle names are no matter", Input{Session: claim("Mira Jane Quillfeather", "1979-02-14"), Candidates: pool(mira)}, "1", ""},
		{"name and booking at that time", Input{Session: claim("Mira Quillfeather", ""), Candidates: pool(mira), Bookings: diary(booking("b1", "1", at))}, "1", ""},
		{"birth date and trusted id", Input{Session: session(claim("", "1979-02-14"), tie("1", "")), TrustedTie: true, Candidates: pool(mira)}, "1", ""},
		{"a merged record's id leads to the survivor", Input{Session: session(claim("Mira Oldname", "1979-02-14"), tie("9", "")), TrustedTie: true, Candidates: pool(mira, merged)}, "1", ""},
		{"an id tells two of one name and birth date apart", Input{Session: session(claim("Mira Quillfeather", "1979-02-14"), tie("6", "")), TrustedTie: true, Candidates: pool(mira, duplicate)}, "6", ""},

		{"a name alone", Input{Session: claim("Mira Quillfeather", ""), Candidates: pool(mira)}, "", carryover.OneClue},
		{"a birth date alone", Input{Session: claim("", "1979-02-14"), Candidates: pool(mira)}, "", carryover.OneClue},
		{"an id alone", Input{Session: session(claim("", ""), tie("1", "")), TrustedTie: true, Candidates: pool(mira)}, "", carryover.OneClue},
		{"id and booking are one click", Input{Session: session(claim("", ""), tie("1", "b1")), TrustedTie: true, Candidates: pool(mira), Bookings: diary(booking("b1", "1", at))}, "", carryover.OneClue},
		{"ids of an untrusted provider count for nothing", Input{Session: session(claim("Mira Quillfeather", ""), tie("1", "")), Candidates: pool(mira)}, "", carryover.OneClue},
		{"a short first name and birth date", Input{Session: claim("Miri", "1979-02-14"), Candidates: pool(mira)}, "", carryover.OneClue},
		{"last name and birth date", Input{Session: claim("Ms Quillfeather", "1979-02-14"), Candidates: pool(mira)}, "", carryover.OneClue},
		{"a cancelled booking proves nothing", Input{Session: claim("Mira Quillfeather", ""), Candidates: pool(mira), Bookings: diary(cancelled)}, "", carryover.OneClue},
		{"a group names nobody", Input{Session: claim("Mira Quillfeather", ""), Candidates: pool(mira), Bookings: diary(group)}, "", carryover.OneClue},
		{"nothing said", Input{Session: claim("", ""), Candidates: pool(mira)}, "", carryover.NoEvidence},
		{"a stranger", Input{Session: claim("Nobody Atall", "2001-01-01"), Candidates: pool(mira)}, "", carryover.NoCandidate},
		{"another birth date", Input{Session: claim("Mira Quillfeather", "1980-02-14"), Candidates: pool(mira), Bookings: diary(booking("b1", "1", at))}, "", carryover.Contradiction},
		{"an id of somebody else", Input{Session: session(claim("Mira Quillfeather", "1979-02-14"), tie("2", "")), TrustedTie: true, Candidates: pool(mira, twinA)}, "", carryover.Contradiction},
		{"an id nobody knows says nothing beside name and birth date", Input{Session: session(claim("Mira Quillfeather", "1979-02-14"), tie("77", "")), TrustedTie: true, Candidates: pool(mira)}, "1", ""},
		{"an id nobody knows beside name and slot", Input{Session: session(claim("Mira Quillfeather", ""), tie("77", "")), TrustedTie: true, Candidates: pool(mira), Bookings: diary(booking("b1", "1", at))}, "", carryover.OneClue},
		{"a booking of somebody else", Input{Session: session(claim("Mira Quillfeather", "1979-02-14"), tie("", "b2")), TrustedTie: true, Candidates: pool(mira, twinA), Bookings: diary(booking("b2", "2", at))}, "", carryover.Contradiction},
		{"a twin's last name and birth date", Input{Session: claim("Twinfold", "2015-05-05"), Candidates: pool(twinA, twinB)}, "", carryover.OneClue},
		{"a twin by full name", Input{Session: claim("Ida Twinfold", "2015-05-05"), Candidates: pool(twinA, twinB)}, "3", ""},
		{"father and son by birth date", Input{Session: claim("Tom Samename", "1985-07-07"), Candidates: pool(father, son)}, "5", ""},
		{"father and son by name alone", Input{Session: claim("Tom Samename", ""), Candidates: pool(father, son)}, "", carryover.OneClue},
		{"a duplicate record", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: pool(mira, duplicate)}, "", carryover.Rivals},
		{"an archived record", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: pool(archived)}, "", carryover.PatientArchived},
		{"the next patient's slot", Input{Session: session(claim("Mira Quillfeather", "1979-02-14"), func(s *carryover.Session) { s.StartedAt = at.Add(33 * time.Minute) }), Candidates: pool(mira), Bookings: diary(booking("b1", "1", at), booking("b2", "2", at.Add(30*time.Minute)))}, "", carryover.NextPatient},
		{"the document names another person", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: pool(mira), Document: carryover.Document{Content: carryover.NewText("**Patient:** Otto Elsewhere\n\nWell.")}}, "", carryover.ContentClash},
		{"the document names another birth date", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: pool(mira), Document: carryover.Document{Content: carryover.NewText("Client: Mira Q  DOB: 15/02/1979")}}, "", carryover.ContentClash},
		{"the document names the patient", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: pool(mira), Document: carryover.Document{Content: carryover.NewText("Client: Mira Quillfeather  DOB: 14/02/1979")}}, "1", ""},
		{"a placeholder names nobody", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: pool(mira), Document: carryover.Document{Content: carryover.NewText("Name: <patient name>\nDOB: ")}}, "1", ""},
	}
	for _, tt := range tests {
		got := Decide(tt.in)
		if got.Patient != tt.want || got.Reason != tt.reason {
			t.Errorf("%s: Decide = patient %q, reason %q (%v); want %q, %q", tt.why, got.Patient, got.Reason, got.Grade, tt.want, tt.reason)
		}
		if (got.Grade == carryover.Certain) != (got.Patient != "") {
			t.Errorf("%s: grade %v with patient %q", tt.why, got.Grade, got.Patient)
		}
	}
}
