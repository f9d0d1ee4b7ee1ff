package main

import (
	"slices"
	"strings"
	"time"

	"carryover"
	"carryover/match"
)

// The diary that is looked at: enough before a recording for a note that is
// dictated in the evening, and the bookings that follow.
const (
	before = 10 * time.Hour
	after  = 3 * time.Hour
)

// A register finds candidates in memory by the keys that Cliniko's API
// offers: an id, a booking's id, a practitioner's diary in a span of time, a
// birth date, and words that a last name contains.
type register struct {
	byID     map[carryover.PatientID]carryover.Patient
	born     map[carryover.Date][]carryover.PatientID
	merged   map[carryover.PatientID][]carryover.PatientID // survivor to what was merged into it
	named    map[string][]carryover.PatientID              // last name as written, lower case
	grams    map[string][]string                           // three letters to the last names that have them
	bookings map[carryover.BookingID]carryover.Booking
	diary    map[carryover.PractitionerID][]carryover.Booking // by start
}

// newRegister indexes people and bookings.
func newRegister(people []carryover.Patient, diary []carryover.Booking) *register {
	r := &register{
		byID:     make(map[carryover.PatientID]carryover.Patient, len(people)),
		born:     map[carryover.Date][]carryover.PatientID{},
		merged:   map[carryover.PatientID][]carryover.PatientID{},
		named:    map[string][]carryover.PatientID{},
		grams:    map[string][]string{},
		bookings: make(map[carryover.BookingID]carryover.Booking, len(diary)),
		diary:    map[carryover.PractitionerID][]carryover.Booking{},
	}
	for _, p := range people {
		r.byID[p.ID] = p
		if !p.BirthDate.IsZero() {
			r.born[p.BirthDate] = append(r.born[p.BirthDate], p.ID)
		}
		if p.MergedInto != "" {
			r.merged[p.MergedInto] = append(r.merged[p.MergedInto], p.ID)
		}
		r.addName(strings.ToLower(p.LastName.Reveal()), p.ID)
	}
	for _, b := range diary {
		r.bookings[b.ID] = b
		r.diary[b.Practitioner] = append(r.diary[b.Practitioner], b)
	}
	for _, day := range r.diary {
		slices.SortFunc(day, func(a, b carryover.Booking) int { return a.StartsAt.Compare(b.StartsAt) })
	}
	return r
}

// addName indexes a last name; its grams are indexed once for each name.
func (r *register) addName(last string, id carryover.PatientID) {
	if _, known := r.named[last]; !known {
		for g := range gramsOf(last) {
			r.grams[g] = append(r.grams[g], last)
		}
	}
	r.named[last] = append(r.named[last], id)
}

// gramsOf are all runs of one, two and three bytes of a word.
func gramsOf(w string) map[string]bool {
	out := map[string]bool{}
	for n := 1; n <= 3; n++ {
		for i := 0; i+n <= len(w); i++ {
			out[w[i:i+n]] = true
		}
	}
	return out
}

// lastNameContains is `q[]=last_name:~word`.
func (r *register) lastNameContains(word string) []carryover.PatientID {
	word = strings.ToLower(word)
	names := r.grams[word]
	for i := 0; i+3 <= len(word); i++ {
		if some := r.grams[word[i:i+3]]; i == 0 || len(some) < len(names) {
			names = some
		}
	}
	var out []carryover.PatientID
	for _, n := range names {
		if strings.Contains(n, word) {
			out = append(out, r.named[n]...)
		}
	}
	return out
}

// near is a practitioner's diary around a time, and the booking a session
// names.
func (r *register) near(s carryover.Session) []carryover.Booking {
	day := r.diary[s.Practitioner]
	from, _ := slices.BinarySearchFunc(day, s.StartedAt.Add(-before), func(b carryover.Booking, t time.Time) int { return b.StartsAt.Compare(t) })
	var out []carryover.Booking
	for ; from < len(day) && !day[from].StartsAt.After(s.StartedAt.Add(after)); from++ {
		out = append(out, day[from])
	}
	named, ok := r.bookings[s.Claim.BookingID]
	if ok && !slices.ContainsFunc(out, func(b carryover.Booking) bool { return b.ID == named.ID }) {
		out = append(out, named)
	}
	return out
}

// decide finds candidates in the order of the pipeline and asks the matcher:
// ids, bookings and birth dates first, names only where they can change the
// answer.
func (r *register) decide(s carryover.Session, settings match.Settings) carryover.Match {
	in := match.Input{Session: s, TrustedTie: true, Bookings: r.near(s), Settings: settings}
	ids := []carryover.PatientID{s.Claim.PatientID}
	for _, b := range in.Bookings {
		ids = append(ids, b.Patients...)
	}
	plan := match.PlanSearches(s)
	for _, d := range plan.BirthDates {
		ids = append(ids, r.born[d]...)
	}
	in.Candidates = r.records(ids)
	m := match.Decide(in)
	if match.Enough(m) {
		return m
	}
	for _, w := range plan.LastNames {
		ids = append(ids, r.lastNameContains(w.Reveal())...)
	}
	in.Candidates = r.records(ids)
	return match.Decide(in)
}

// records returns the records of some ids with all that they were merged into
// and all that was merged into those.
func (r *register) records(ids []carryover.PatientID) []carryover.Patient {
	seen := make(map[carryover.PatientID]bool, len(ids))
	var out []carryover.Patient
	for i := 0; i < len(ids); i++ {
		p, ok := r.byID[ids[i]]
		if !ok || seen[p.ID] {
			continue
		}
		seen[p.ID] = true
		out = append(out, p)
		ids = append(ids, r.merged[p.ID]...)
		if p.MergedInto != "" {
			ids = append(ids, p.MergedInto)
		}
	}
	return out
}
