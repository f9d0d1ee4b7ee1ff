package main

import (
	"slices"
	"testing"
	"time"

	"carryover"
	"carryover/match"
)

// BenchmarkDecide measures one session against 100,000 patients: finding the
// candidates and deciding. The median is what the clinic feels; the slowest
// are whole names without a birth date in a common family.
func BenchmarkDecide(b *testing.B) {
	c := invented(1, 91_000)
	reg := newRegister(c.people, c.diary)
	forms := []func(p carryover.Patient, at carryover.Booking) carryover.Session{
		func(p carryover.Patient, at carryover.Booking) carryover.Session {
			return in(at, said(name(p), p.BirthDate))
		},
		func(p carryover.Patient, _ carryover.Booking) carryover.Session { return said(name(p), p.BirthDate) },
		func(p carryover.Patient, at carryover.Booking) carryover.Session { return in(at, said(name(p), none)) },
		func(p carryover.Patient, _ carryover.Booking) carryover.Session {
			return said(c.typo(name(p)), p.BirthDate)
		},
		func(p carryover.Patient, _ carryover.Booking) carryover.Session {
			return said(p.FirstName.Reveal(), p.BirthDate)
		},
	}
	byID := map[carryover.PatientID]carryover.Patient{}
	for _, p := range c.people {
		byID[p.ID] = p
	}
	var sessions []carryover.Session
	for i := range 2000 {
		at := c.diary[c.rng.IntN(len(c.diary))]
		sessions = append(sessions, forms[i%len(forms)](byID[at.Patients[0]], at))
	}
	var took []time.Duration
	matched := 0
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		if m := reg.decide(sessions[i%len(sessions)], match.Settings{}); m.Grade == carryover.Certain {
			matched++
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	median := took[len(took)/2]
	b.ReportMetric(float64(median.Microseconds()), "µs/median")
	b.ReportMetric(float64(len(c.people)), "patients")
	b.ReportMetric(float64(matched)/float64(len(took)), "matched")
	if len(took) > 1000 && median > 5*time.Millisecond { // five times the promise: not the machine's fault
		b.Errorf("median %v for one session among %d patients, want under 1ms", median, len(c.people))
	}
}
