package match

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

// TestTakeDates: what is a birth date in a name, and in which century. The
// tests' day is 3 November 2026.
func TestTakeDates(t *testing.T) {
	tests := []struct {
		text         string
		born, either []string
	}{
		{"Mira Quillfeather 14/02/1979", []string{"1979-02-14"}, nil},
		{"Mira Quillfeather 1979-02-14", []string{"1979-02-14"}, nil},
		{"Mira Quillfeather 14th Feb 1979", []string{"1979-02-14"}, nil},
		{"Mira Quillfeather 3/4/61", []string{"1961-04-03"}, nil},
		{"Mira Quillfeather 3.4.61", []string{"1961-04-03"}, nil},
		{"Mira Quillfeather 03-04-'61", []string{"1961-04-03"}, nil},
		{"Mira Quillfeather (DOB 3/4/61)", []string{"1961-04-03"}, nil},
		{"Mira Quillfeather born 3 Apr 61", []string{"1961-04-03"}, nil},
		{"Mira Quillfeather 3/4/20, nobody is 106", []string{"2020-04-03"}, nil},
		{"Mira Quillfeather 3/4/21, five or a hundred and five", nil, []string{"1921-04-03", "2021-04-03"}},
		{"Mira Quillfeather 3/12/27, not in the future", []string{"1927-12-03"}, nil},
		{"Mira Quillfeather 29/2/00", []string{"2000-02-29"}, nil},
		{"Mira Quillfeather 29/2/61 is no date", nil, nil},
		{"Mira Quillfeather 8/25/90", []string{"1990-08-25"}, nil},
		{"the visit's day 3/11/26", nil, nil},
		{"the next visit's day 10/11/26", nil, nil},
		{"DOB 1/10/26", nil, []string{"1926-10-01", "2026-10-01"}},
		{"DOB 1/12/26, not in the future", []string{"1926-12-01"}, nil},
		{"a time: 3 Nov 10:30", nil, nil},
		{"a fraction 3/4-61, a score 4/5/5", nil, nil},
		{"3/4/61 and 5/6/62", []string{"1961-04-03", "1962-06-05"}, nil},
		{"3/4/21 and 5/6/22", []string{"1922-06-05", "2022-06-05"}, []string{"1921-04-03", "2021-04-03"}},
		{"99/99/99", nil, nil},
	}
	plain := func(dates []carryover.Date) (out []string) {
		for _, d := range dates {
			out = append(out, d.Reveal())
		}
		return out
	}
	for _, tt := range tests {
		_, got := takeDates(tt.text, at)
		if diff := cmp.Diff([][]string{tt.born, tt.either}, [][]string{plain(got.born), plain(got.either)}); diff != "" {
			t.Errorf("takeDates(%q) (-want +got):\n%s", tt.text, diff)
		}
	}
	if _, got := takeDates("3/4/61", time.Time{}); len(got.either) != 2 {
		t.Errorf("takeDates at no time = %d readings, want both centuries", len(got.either))
	}
}

// TestShortYears: a date with one reading is a birth date like another; a date
// with two proves nothing alone.
func TestShortYears(t *testing.T) {
	slot := []carryover.Booking{booking("b", "1", at)}
	tests := []struct {
		why, name, field, born string
		bookings               []carryover.Booking
		want                   carryover.PatientID
		reason                 carryover.Reason
	}{
		{"the chart's", "Mira Quillfeather 3/4/61", "", "1961-04-03", nil, "1", ""},
		{"the initial of another last name before the date", "Mira B. 3/4/61", "", "1961-04-03", nil, "", carryover.OneClue},
		{"the chart's, and the field's", "Mira Quillfeather 3/4/61", "1961-04-03", "1961-04-03", nil, "1", ""},
		{"not the field's", "Mira Quillfeather 3/4/61", "1961-04-04", "1961-04-04", slot, "", carryover.Contradiction},
		{"another year", "Mira Quillfeather 3/4/61", "", "1972-04-03", slot, "", carryover.Contradiction},
		{"a slip", "Mira Quillfeather 3/4/61", "", "1961-04-04", nil, "", carryover.OneClue},
		{"two centuries, name only", "Mira Quillfeather 3/4/21", "", "2021-04-03", nil, "", carryover.OneClue},
		{"two centuries, in the slot", "Mira Quillfeather 3/4/21", "", "2021-04-03", slot, "1", ""},
		{"two centuries, an old patient in the slot", "Mira Quillfeather 3/4/21", "", "1921-04-03", slot, "1", ""},
		{"two centuries, and the field says which", "Mira Quillfeather 3/4/21", "2021-04-03", "2021-04-03", nil, "1", ""},
		{"two centuries, neither is the chart's", "Mira Quillfeather 3/4/21", "", "1961-04-03", slot, "", carryover.Contradiction},
		{"two centuries, no name", "3/4/21", "", "2021-04-03", slot, "", carryover.OneClue},
		{"the visit's day", "Mira Quillfeather 3/11/26", "", "1961-04-03", slot, "1", ""},
	}
	for _, tt := range tests {
		in := Input{Session: claim(tt.name, tt.field), Candidates: []carryover.Patient{patient("1", "Mira", "Quillfeather", tt.born)}, Bookings: tt.bookings}
		if got := Decide(in); got.Patient != tt.want || got.Reason != tt.reason {
			t.Errorf("%s: Decide = %q, %q; want %q, %q", tt.why, got.Patient, got.Reason, tt.want, tt.reason)
		}
	}
	if got := PlanSearches(claim("Mira Quillfeather 3/4/21", "")).BirthDates; len(got) != 4 {
		t.Errorf("PlanSearches of a date in two centuries asks for %d dates, want 4", len(got))
	}
}
