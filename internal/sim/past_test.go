package sim

import (
	"fmt"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinic"
)

// A past is a practice of one practitioner with a register, a diary and sessions
// of weeks ago, all in good order, but for some that staff have filed by hand and
// some that name nobody.
type past struct {
	*sandbox.Practice
	who      sandbox.Practitioner
	pasted   map[string]bool   // by session: staff filed its text by hand
	nameless map[string]bool   // by session: it names nobody
	marks    map[string]string // first part of a reference → session
}

// perPastDay is how many sessions a past day has.
const perPastDay = 10

// newPast makes so many sessions, the last of them on a day, ten a day.
func newPast(d Dice, last time.Time, sessions int) *past {
	staff := clinic.Generate(d.Seed, last)
	p := &past{pasted: map[string]bool{}, nameless: map[string]bool{}, marks: map[string]string{}, Practice: &sandbox.Practice{
		Name: staff.Name, TimeZone: staff.TimeZone, Shard: staff.Shard, Region: staff.Region, Businesses: staff.Businesses,
		NoteTemplates: staff.NoteTemplates, Templates: staff.Templates,
	}}
	for _, one := range staff.Practitioners {
		if one.ID != "" && one.Linked {
			p.who = one
			break
		}
	}
	p.Practitioners = []sandbox.Practitioner{p.who}
	days := (sessions + perPastDay - 1) / perPastDay
	for n := range sessions {
		day := last.AddDate(0, 0, n/perPastDay-days+1)
		p.Sessions = append(p.Sessions, p.session(n, day.Add(time.Duration(n%perPastDay)*45*time.Minute)))
	}
	for i := range p.Sessions {
		s := &p.Sessions[i]
		switch {
		case i%20 == 7:
			p.pasted[s.ID] = true
			p.Notes = append(p.Notes, sandbox.ExistingNote{
				ID: fmt.Sprint(9_000_000_000 + i), PatientID: s.Belongs, PractitionerID: p.who.ID, Title: "Letter",
				Paragraphs: []string{s.Documents[0].Stages[0].Text}, CreatedAt: s.StartedAt.Add(3 * time.Hour),
			})
		case i%50 == 11:
			p.nameless[s.ID] = true
			s.PatientName, s.PatientDOB, s.EHRPatientID, s.EHRApptID, s.EHRProvider = "", "", "", "", ""
		}
	}
	return p
}

// session makes the nth session with its patient and appointment.
func (p *past) session(n int, at time.Time) sandbox.Session {
	patient := sandbox.Patient{
		ID: fmt.Sprint(2_000_000_000 + n), FirstName: nth(n, "Alba", "Bruno", "Celia", "Dorian", "Elsa", "Fabian", "Greta"),
		LastName:  nth(n/7, "Ash", "Birch", "Cedar", "Drift", "Ember", "Fern", "Gale", "Heath") + nth(n/56, "wood", "field", "ton", "more", "ley"),
		BirthDate: time.Date(1940, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 23*(n%1200)+n/1200).Format(time.DateOnly), Sex: "Female",
		CreatedAt: at.AddDate(-1, 0, 0),
	}
	booking := sandbox.Appointment{
		ID: fmt.Sprint(3_000_000_000 + n), PractitionerID: p.who.ID, BusinessID: p.Businesses[0].ID, PatientID: patient.ID,
		StartsAt: at, EndsAt: at.Add(30 * time.Minute),
	}
	p.Patients, p.Appointments = append(p.Patients, patient), append(p.Appointments, booking)
	id, doc := fmt.Sprintf("2720000000000000000000000%08d", n), fmt.Sprintf("%024x", 0xabc000+n)
	p.marks[markOf(id, doc)] = id
	return sandbox.Session{
		ID: id, PractitionerID: p.who.ID, Name: "Session", PatientName: patient.FirstName + " " + patient.LastName, PatientDOB: patient.BirthDate,
		EHRProvider: "Cliniko", EHRPatientID: patient.ID, EHRApptID: booking.ID, StartedAt: at.Add(2 * time.Minute), Duration: 20 * time.Minute,
		Belongs: patient.ID, Case: "ordinary",
		Documents: []sandbox.Document{{ID: doc, Name: "Letter to GP", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{
			Text: fmt.Sprintf("Seen on day %d about the left knee. Number %d walks %d metres without a stick and sleeps through.", n/perPastDay, n, 10+n),
		}}}},
	}
}

// nth returns one of some words.
func nth(n int, words ...string) string { return words[n%len(words)] }
