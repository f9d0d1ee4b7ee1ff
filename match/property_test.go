package match

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carryover"
)

// drawn is a session of a small register in which everybody resembles
// somebody: twins, namesakes, a rhyme, a short form, a merged and an archived
// record.
func drawn(t *rapid.T) Input {
	people := []carryover.Patient{
		patient("1", "Mira", "Quillfeather", "1979-02-14"), patient("2", "Otto", "Quillfeather", "1979-02-14"),
		patient("3", "Mira", "Quillfeather", "1979-08-05"), patient("4", "Hayden", "Inkpen", "2001-05-03"),
		patient("5", "Jayden", "Inkpen", "2001-05-03"), patient("6", "Samantha", "O'Possum", "1990-01-01"),
		patient("7", "Sam", "O'Possum", "1990-01-01"), patient("8", "Hui Min", "Zhou", "1985-03-04"),
		with(patient("9", "Mira", "Larkspur", "1979-02-14"), func(p *carryover.Patient) { p.ArchivedAt, p.MergedInto = at, "1" }),
		with(patient("10", "Nadia", "Spinifex", "1966-06-06"), func(p *carryover.Patient) { p.ArchivedAt = at }),
		patient("11", "Anna-Lee", "Wren-Tealby", ""),
	}
	names := []string{
		"Mira Quillfeather", "Quillfeather, Mira", "Mira", "M Quillfeather", "Ms Quillfeather", "Mira Larkspur", "Jayden Inkpen", "Aiden Inkpen",
		"Sam O'Possum", "Sammy OPossum", "Zhou Hui Min", "Hui Zhou", "Anna Tealby", "Anna-Lee Wren", "Nadia Spinifex", "Otto and Mira Quillfeather",
		"Baby Quillfeather", "unnamed session", "", "Mira Q", "Hayden I.", "Haxden Inkpen", "Mirra", "Otto Quillfeather 14/2/79", "Anna-Lee Wren 3/4/21",
	}
	dates := []string{"1979-02-14", "1979-08-05", "1979-05-08", "2001-05-03", "2001-03-05", "1990-01-01", "1985-03-04", "1966-06-06", "1930-12-12", ""}
	ids := []carryover.PatientID{"", "", "", "1", "2", "3", "5", "9", "10", "77"}
	in := Input{TrustedTie: rapid.Bool().Draw(t, "trusted"), Candidates: people}
	in.Settings.FirstNameAndBooking = rapid.Bool().Draw(t, "first name counts")
	in.Session = claim(rapid.SampledFrom(names).Draw(t, "name"), rapid.SampledFrom(dates).Draw(t, "born"))
	in.Session.Claim.PatientID = rapid.SampledFrom(ids).Draw(t, "id")
	for i, id := range rapid.SliceOfN(rapid.SampledFrom(slices.Concat(ids[3:], ids[3:5], ids[3:5])), 0, 3).Draw(t, "booked") {
		b := booking(string(rune('a'+i)), string(id), at.Add(time.Duration(i-1)*30*time.Minute))
		if rapid.IntRange(0, 4).Draw(t, "cancelled") == 0 {
			b.CancelledAt = at
		}
		in.Bookings = append(in.Bookings, b)
	}
	if len(in.Bookings) > 0 && rapid.Bool().Draw(t, "names a booking") {
		in.Session.Claim.BookingID = in.Bookings[0].ID
	}
	return in
}

// TestLoneClueIsNeverCertain keeps all but one identifier of the evidence. Ids
// and bookings together are one.
func TestLoneClueIsNeverCertain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawn(t)
		c := &in.Session.Claim
		switch rapid.IntRange(0, 2).Draw(t, "kept") {
		case 0:
			rest, _ := takeDates(c.Name.Reveal(), at) // a date in the name is a second clue
			c.Name = carryover.NewText(rest)
			c.BirthDate, c.PatientID, c.BookingID, in.Bookings = carryover.Date{}, "", "", nil
		case 1:
			c.Name, c.PatientID, c.BookingID, in.Bookings = carryover.Text{}, "", "", nil
		case 2:
			c.Name, c.BirthDate = carryover.Text{}, carryover.Date{}
		}
		if got := Decide(in); got.Grade == carryover.Certain {
			t.Fatalf("one clue is certain of %s: %+v", got.Patient, got.Candidates[0].Findings)
		}
	})
}

// TestContradictionNeverRaisesAGrade adds one clue that speaks against the
// patient who was certain, or against everybody.
func TestContradictionNeverRaisesAGrade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawn(t)
		before := Decide(in)
		c := &in.Session.Claim
		switch rapid.IntRange(0, 3).Draw(t, "against") {
		case 0:
			in.TrustedTie, c.PatientID = true, "4"
		case 1:
			in.TrustedTie, c.BookingID = true, "zz"
			in.Bookings = append(slices.Clone(in.Bookings), booking("zz", "4", at))
		case 2:
			c.BirthDate = date("1911-11-11")
		case 3:
			in.Document = carryover.Document{Content: carryover.NewText("Patient: Zebedee Elsewhere\nDOB: 11/11/1911")}
		}
		after := Decide(in)
		if after.Grade == carryover.Certain && after.Patient != "4" {
			t.Fatalf("certain of %s in spite of a contradiction (before: %v %s)", after.Patient, before.Grade, before.Patient)
		}
		for _, now := range after.Candidates {
			i := slices.IndexFunc(before.Candidates, func(c carryover.Candidate) bool { return c.Patient == now.Patient })
			if now.Patient != "4" && i >= 0 && now.Grade > before.Candidates[i].Grade && !liftedAsRunnerUp(before, now) {
				t.Fatalf("%s rose from %v to %v", now.Patient, before.Candidates[i].Grade, now.Grade)
			}
		}
	})
}

// liftedAsRunnerUp: the best alone is marked down for its rivals, so a grade
// that was held back as the best's may show in full once it is second.
func liftedAsRunnerUp(before carryover.Match, now carryover.Candidate) bool {
	return before.Candidates[0].Patient == now.Patient && before.Grade == carryover.Probable
}

// TestOrderNeverMatters shuffles candidates and bookings, and every other time
// gives the first booking's patient a second one beside it.
func TestOrderNeverMatters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawn(t)
		if rapid.Bool().Draw(t, "booked twice") {
			in.Session = claim("Nadine Wattle", "")
			in.Candidates = append(in.Candidates, patient("20", "Nadine", "Wattle", ""))
			in.Bookings = append(in.Bookings, booking("x", "20", at), booking("w", "20", at.Add(-20*time.Minute)))
		}
		want := Decide(in)
		in.Candidates, in.Bookings = slices.Clone(in.Candidates), slices.Clone(in.Bookings)
		for range 5 {
			rand.Shuffle(len(in.Candidates), func(i, j int) { in.Candidates[i], in.Candidates[j] = in.Candidates[j], in.Candidates[i] })
			rand.Shuffle(len(in.Bookings), func(i, j int) { in.Bookings[i], in.Bookings[j] = in.Bookings[j], in.Bookings[i] })
			if diff := cmp.Diff(want, Decide(in)); diff != "" {
				t.Fatalf("in another order (-want +got):\n%s", diff)
			}
		}
	})
}

// TestRivalsAlwaysHold adds a copy of the patient who was certain: with no id
// to tell the two apart nobody is certain.
func TestRivalsAlwaysHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawn(t)
		in.TrustedTie = false
		got := Decide(in)
		if got.Grade != carryover.Certain {
			t.Skip("nobody to copy")
		}
		for _, p := range slices.Clone(in.Candidates) {
			switch got.Patient {
			case p.ID:
				p.ID = "99"
			case p.MergedInto:
				p.ID, p.MergedInto = "98", "99"
			default:
				continue
			}
			in.Candidates = append(in.Candidates, p)
		}
		if again := Decide(in); again.Grade == carryover.Certain && (again.Patient != got.Patient || !isSilentOnBirth(in, got)) {
			t.Fatalf("certain of %s beside a copy of %s", again.Patient, got.Patient)
		}
	})
}

// isSilentOnBirth: a copy without a birth date can still be told apart by the
// diary, since it may be a namesake.
func isSilentOnBirth(in Input, m carryover.Match) bool {
	for _, p := range in.Candidates {
		if p.ID == m.Patient {
			return p.BirthDate.IsZero()
		}
	}
	return false
}

// TestThreeIdentifiers: the stricter setting is never certain where the
// default is not, and never without all three.
func TestThreeIdentifiers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawn(t)
		loose := Decide(in)
		in.Settings.Identifiers = 3
		strict := Decide(in)
		_, said := takeDates(in.Session.Claim.Name.Reveal(), at)
		if strict.Grade == carryover.Certain && (loose.Patient != strict.Patient || in.Session.Claim.BirthDate.IsZero() && said.none() || in.Session.Claim.Name.IsBlank()) {
			t.Fatalf("three identifiers: certain of %q, by default %q", strict.Patient, loose.Patient)
		}
	})
}

func FuzzDecide(f *testing.F) {
	f.Add("Mira Quillfeather", "Client: Mira Quillfeather DOB: 14/02/1979")
	f.Add("\u202eيسر\x00🙂", "Name:\nDOB: 99/99/9999")
	f.Add("Quillfeather, Miss Mira (review) 14/02/1979", "| Participant | Otto Elsewhere |\n|---|---|")
	f.Add("Mira & Otto Quillfeather", "<p><b>Name:</b>&nbsp;Mira</p>")
	f.Add(strings.Repeat("a ", 5000), "Patient: "+strings.Repeat("x ", 500))
	f.Add("Mira \"Miri\" Quillfeather-", "# Mira Quillfeather\n---")
	f.Fuzz(func(t *testing.T, name, text string) {
		p := patient("1", "Mira", "Quillfeather", "1979-02-14")
		in := Input{
			Session: claim(name, ""), Candidates: []carryover.Patient{p},
			Document: carryover.Document{Content: carryover.NewText(text)},
		}
		got := Decide(in)
		_, said := takeDates(name, at)
		if got.Grade == carryover.Certain && said.none() {
			t.Errorf("Decide(%q) is certain on a name alone", name)
		}
		if again := Decide(in); again.Grade != got.Grade || again.Reason != got.Reason {
			t.Errorf("Decide(%q) twice = %v %q, then %v %q", name, got.Grade, got.Reason, again.Grade, again.Reason)
		}
		if plan := PlanSearches(in.Session); len(plan.LastNames) > maxSearches {
			t.Errorf("PlanSearches(%q) asks %d times", name, len(plan.LastNames))
		}
		Clashes(in.Document, p)
	})
}
