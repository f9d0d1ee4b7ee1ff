package match

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

func TestPlanSearches(t *testing.T) {
	tests := []struct {
		name, born string
		dates      []string
		names      []string
	}{
		{"Mira Quillfeather", "1979-02-14", []string{"1979-02-14"}, []string{"Quillfeather", "Mira"}},
		{"Quillfeather, Ms Mira", "1961-05-03", []string{"1961-05-03", "1961-03-05"}, []string{"Mira", "Quillfeather"}},
		{"Mira O'Possum 14/02/1979", "", []string{"1979-02-14"}, []string{"Possum", "Mira"}},
		{"Nguyễn Thị Mai", "", nil, []string{"Mai", "Nguy", "Thị"}},
		{"Aimee Du", "", nil, []string{"Du", "Aimee"}},
		{"Le Mira", "", nil, []string{"Mira", "Le"}},
		{"Mira van Dijk", "", nil, []string{"Dijk", "Mira"}},
		{"Mira Jane Hand", "", nil, []string{"Hand", "Mira", "Jane"}},
		{"Mira Quillfeather - DVA", "", nil, []string{"DVA", "Mira", "Quillfeather"}},
		{"M", "", nil, nil},
		{"", "", nil, nil},
	}
	for _, tt := range tests {
		got := PlanSearches(claim(tt.name, tt.born))
		var dates, names []string
		for _, d := range got.BirthDates {
			dates = append(dates, d.Reveal())
		}
		for _, n := range got.LastNames {
			names = append(names, n.Reveal())
		}
		if diff := cmp.Diff(tt.dates, dates); diff != "" {
			t.Errorf("PlanSearches(%q, %s) dates (-want +got):\n%s", tt.name, tt.born, diff)
		}
		if diff := cmp.Diff(tt.names, names); diff != "" {
			t.Errorf("PlanSearches(%q, %s) names (-want +got):\n%s", tt.name, tt.born, diff)
		}
	}
	if got := LastNames(carryover.NewText(strings.Repeat("Ab Cd Ef ", 900))); len(got) > maxSearches {
		t.Errorf("LastNames of prose asks %d times, want at most %d", len(got), maxSearches)
	}
}

// TestEnough: the search by name may be spared only where it cannot change
// anything.
func TestEnough(t *testing.T) {
	mira := []carryover.Patient{patient("1", "Mira", "Quillfeather", "1979-02-14")}
	tests := []struct {
		why  string
		in   Input
		want bool
	}{
		{"whole name and birth date", Input{Session: claim("Mira Quillfeather", "1979-02-14"), Candidates: mira}, true},
		{"a slip in the name", Input{Session: claim("Mira Quilfeather", "1979-02-14"), Candidates: mira}, false},
		{"name and slot", Input{Session: claim("Mira Quillfeather", ""), Candidates: mira, Bookings: []carryover.Booking{booking("b", "1", at)}}, false},
		{"held", Input{Session: claim("Mira Quillfeather", "1980-02-14"), Candidates: mira}, false},
		{"nobody", Input{Session: claim("Mira Quillfeather", "1979-02-14")}, false},
	}
	for _, tt := range tests {
		if got := Enough(Decide(tt.in)); got != tt.want {
			t.Errorf("%s: Enough = %v, want %v", tt.why, got, tt.want)
		}
	}
}
