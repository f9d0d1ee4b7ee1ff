package main

import (
	"testing"
	"time"

	"carryover"
	"carryover/match"
)

// TestFEBRL decides sessions made of FEBRL's corrupted copies, with fresh
// seeds: one original in five is left out of the register, so that their
// copies are strangers, some of them in somebody else's slot. The copies'
// errors are worse than a clinic's (names exchanged for others, dates far off);
// what counts is that nothing goes to the wrong person.
func TestFEBRL(t *testing.T) {
	for _, file := range []string{"febrl1.csv", "febrl2.csv", "febrl3.csv"} {
		for seed := range uint64(3) {
			c, copies := fromFEBRL(t, "../../../shared/bench/matching/febrl/"+file, seed)
			var here, gone []carryover.Patient
			for _, p := range c.people {
				if c.rng.IntN(5) == 0 {
					gone = append(gone, p)
				} else {
					here = append(here, p)
				}
			}
			c.people = here
			c.book()
			reg := newRegister(c.people, c.diary)
			slots := map[carryover.PatientID]carryover.Booking{}
			for _, b := range c.diary {
				slots[b.Patients[0]] = b
			}
			count := map[string]int{}
			ask := func(s carryover.Session, want carryover.PatientID) {
				m := reg.decide(s, match.Settings{})
				switch {
				case m.Grade != carryover.Certain:
					count["held"]++
				case m.Patient == want:
					count["right"]++
				default:
					count["WRONG"]++
					t.Errorf("%s seed %d: %q born %s matched %s (%s), want %q", file, seed, s.Claim.Name.Reveal(), s.Claim.BirthDate.Reveal(), m.Patient, name(reg.byID[m.Patient]), want)
				}
			}
			for _, p := range here {
				for _, typed := range copies[p.ID] {
					born, _ := carryover.ParseDate(typed[1])
					if c.rng.IntN(3) == 0 {
						born = none
					}
					s := said(typed[0], born)
					if b, ok := slots[p.ID]; ok && c.rng.IntN(3) > 0 {
						s = in(b, s)
						s.StartedAt = b.StartsAt.Add(time.Duration(c.rng.IntN(30)-8) * time.Minute)
					}
					ask(s, p.ID)
				}
			}
			for _, p := range gone {
				born := p.BirthDate
				if c.rng.IntN(2) == 0 {
					born = none
				}
				s := said(name(p), born)
				if c.rng.IntN(2) == 0 {
					s = in(c.diary[c.rng.IntN(len(c.diary))], s)
				}
				ask(s, "")
			}
			t.Logf("%s seed %d: %5d patients: %5d right %5d held %d wrong", file, seed, len(here), count["right"], count["held"], count["WRONG"])
		}
	}
}
