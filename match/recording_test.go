package match

import (
	"testing"
	"time"

	"carryover"
)

// TestWrongRecording: the recording began in the next patient's time, under
// the patient before; only what the diary said then lifts the suspicion.
func TestWrongRecording(t *testing.T) {
	at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	start := at.Add(33 * time.Minute) // Mira's half hour is over, the next one's has begun
	next := func(change func(*carryover.Booking)) carryover.Booking {
		b := booking("b2", "2", at.Add(30*time.Minute))
		if change != nil {
			change(&b)
		}
		return b
	}
	with := func(id string, who carryover.PractitionerID) carryover.Booking {
		b := booking(id, "1", at.Add(25*time.Minute))
		b.Practitioner = who
		return b
	}
	for _, tt := range []struct {
		why   string
		diary []carryover.Booking
		links []carryover.PractitionerID
		want  carryover.Reason
	}{
		{"the next one's time", []carryover.Booking{next(nil)}, nil, carryover.NextPatient},
		{"cancelled before the recording", []carryover.Booking{next(func(b *carryover.Booking) { b.CancelledAt = at })}, nil, ""},
		{"cancelled afterwards", []carryover.Booking{next(func(b *carryover.Booking) { b.CancelledAt = start.Add(time.Hour) })}, nil, carryover.NextPatient},
		{"the next one did not come", []carryover.Booking{next(func(b *carryover.Booking) { b.DidNotArrive = true })}, nil, ""},
		{"the next one is more than a quarter of an hour later", []carryover.Booking{next(func(b *carryover.Booking) { b.StartsAt = b.StartsAt.Add(16 * time.Minute) })}, nil, ""},
		{"booked again with whoever recorded", []carryover.Booking{next(nil), with("b3", "pr")}, nil, ""},
		{"booked with a colleague who did not record", []carryover.Booking{next(nil), with("b3", "other")}, nil, carryover.NextPatient},
		{"booked with a colleague whose link shows the session", []carryover.Booking{next(nil), with("b3", "other")}, []carryover.PractitionerID{"pr", "other"}, ""},
	} {
		got := Decide(Input{
			Session: carryover.Session{
				Practitioner: "pr", StartedAt: start,
				Claim: carryover.PatientClaim{Name: carryover.NewText("Mira Quillfeather"), BirthDate: date("1979-02-14")},
			},
			Practitioners: tt.links,
			Candidates:    []carryover.Patient{{ID: "1", FirstName: carryover.NewText("Mira"), LastName: carryover.NewText("Quillfeather"), BirthDate: date("1979-02-14")}},
			Bookings:      append([]carryover.Booking{booking("b1", "1", at)}, tt.diary...),
		})
		if got.Reason != tt.want {
			t.Errorf("%s: Decide = %q, want %q", tt.why, got.Reason, tt.want)
		}
	}
}

// TestTwoPointApart: an id names one twin, the name in every letter the other.
func TestTwoPointApart(t *testing.T) {
	twin := func(id, first string) carryover.Patient {
		return carryover.Patient{ID: carryover.PatientID(id), FirstName: carryover.NewText(first), LastName: carryover.NewText("Twinfold"), BirthDate: date("2015-05-05")}
	}
	got := Decide(Input{
		Session:    carryover.Session{Practitioner: "pr", Claim: carryover.PatientClaim{Name: carryover.NewText("Mila Twinfold"), PatientID: "1"}},
		TrustedTie: true,
		Candidates: []carryover.Patient{twin("1", "Lila"), twin("2", "Mila")},
	})
	if got.Reason != carryover.Contradiction {
		t.Errorf("Decide = %q, want %q: a reviewer must see that two people are named", got.Reason, carryover.Contradiction)
	}
}
