package match

import (
	"testing"

	"carryover"
)

// TestRemarks: ages and sex words are shown at the session's day, 3 November
// 2026, and belong to the patient or to nobody.
func TestRemarks(t *testing.T) {
	tests := []struct {
		text, born string
		sex        carryover.Sex
		age, words carryover.Agreement // "" when there is no such line
	}{
		{"S: better. O: ROM full.", "1984-02-14", carryover.Female, "", ""},
		{"42-year-old presenting with knee pain.", "1984-02-14", carryover.Female, carryover.Agrees, ""},
		{"The 42 year old reports pain.", "1984-02-14", carryover.Female, carryover.Agrees, ""},
		{"Aged 42, works nights.", "1984-02-14", carryover.Female, carryover.Agrees, ""},
		{"42 yo. Better.", "1984-02-14", carryover.Female, carryover.Agrees, ""},
		{"42 y/o", "1984-02-14", carryover.Female, carryover.Agrees, ""},
		{"42 y.o. truck driver", "1984-02-14", carryover.Female, carryover.Agrees, ""},
		{"**Age:** 42", "1984-02-14", carryover.Female, carryover.Agrees, ""},
		{"| Age | 42 |\n|---|---|", "1984-02-14", carryover.Female, carryover.Agrees, ""},
		{"42 years of age", "1984-02-14", carryover.Female, carryover.Agrees, ""},
		{"42 years old, lives with a husband", "1984-02-14", carryover.Female, carryover.Agrees, ""},
		{"42-year-old", "1984-11-03", carryover.Female, carryover.Agrees, ""},
		{"41-year-old", "1984-11-03", carryover.Female, carryover.Agrees, ""}, // the day may differ by zone
		{"41-year-old", "1984-02-14", carryover.Female, carryover.Differs, ""},
		{"62-year-old", "1984-02-14", carryover.Female, carryover.Differs, ""},
		{"42-year-old", "", carryover.Female, carryover.Absent, ""},
		{"6-month-old with torticollis", "2026-05-01", carryover.Female, carryover.Agrees, ""},
		{"6 weeks old", "2026-09-20", carryover.Female, carryover.Agrees, ""},
		{"6-month-old", "2024-05-01", carryover.Female, carryover.Differs, ""},
		{"42-year-old. Age: 43", "1984-02-14", carryover.Female, carryover.CannotTell, ""},

		{"Cares for a 72-year-old mother.", "1984-02-14", carryover.Female, carryover.CannotTell, ""},
		{"The mother is 72 years old.", "1984-02-14", carryover.Female, carryover.CannotTell, ""},
		{"Runs since age 12.", "1984-02-14", carryover.Female, carryover.CannotTell, ""},
		{"Fracture at the age 12.", "1984-02-14", carryover.Female, carryover.CannotTell, ""},
		{"Supports his 42-year-old wife.", "1984-02-14", carryover.Male, carryover.CannotTell, carryover.CannotTell},
		{"Pain for 42 years. 3 x 12, 42 reps.", "1984-02-14", carryover.Female, "", ""},

		{"She walks 2 km.", "1984-02-14", carryover.Female, "", carryover.Agrees},
		{"He walks 2 km. His knee is stiff.", "1984-02-14", carryover.Female, "", carryover.Differs},
		{"42-year-old woman", "1984-02-14", carryover.Female, carryover.Agrees, carryover.Agrees},
		{"He/she walks.", "1984-02-14", carryover.Female, "", carryover.CannotTell},
		{"He walks. The wife drives; she waits.", "1984-02-14", carryover.Male, "", carryover.CannotTell},
		{"He walks. His wife drives her car.", "1984-02-14", carryover.Male, "", carryover.Agrees},
		{"They walk.", "1984-02-14", carryover.Male, "", ""},
		{"She walks.", "1984-02-14", carryover.OtherSex, "", carryover.Absent},
		{"The history of the mandible, sheet and hers.", "1984-02-14", carryover.Female, "", carryover.Agrees},
	}
	for _, tt := range tests {
		p := patient("1", "Mira", "Quillfeather", tt.born)
		p.Sex = tt.sex
		in := Input{
			Session: claim("Mira Quillfeather", tt.born), Candidates: []carryover.Patient{p}, Bookings: []carryover.Booking{booking("b", "1", at)},
			Document: carryover.Document{Content: carryover.NewText(tt.text)},
		}
		got := Decide(in)
		lines := map[string]carryover.Agreement{}
		for _, f := range got.Candidates[0].Findings {
			lines[f.Field] = f.Outcome
		}
		if lines["age"] != tt.age || lines["sex_words"] != tt.words {
			t.Errorf("%q, born %s, %s: age %q, sex words %q; want %q, %q", tt.text, tt.born, tt.sex, lines["age"], lines["sex_words"], tt.age, tt.words)
		}
		if got.Patient != "1" {
			t.Errorf("%q: held as %q; remarks are shown and never held on", tt.text, got.Reason)
		}
	}
}
