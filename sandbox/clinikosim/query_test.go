package clinikosim_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox/clinikosim"
)

// names of the ids in the invented practice, for readable failures.
var named = map[string]string{
	fionaID: "fiona", twinID: "twin", lostID: "lost", mergedID: "merged", archivedID: "archived",
	visitID: "visit", cancelledID: "cancelled", teamID: "team", blockID: "block", annaID: "anna", benID: "ben", goneID: "gone",
}

func nicknames(ids []string) []string {
	found := []string{}
	for _, id := range ids {
		found = append(found, named[id])
	}
	slices.Sort(found)
	return found
}

func TestFilters(t *testing.T) {
	_, anna := start(t)
	for _, tt := range []struct {
		path string
		want string // nicknames, sorted
	}{
		// Strings: ignoring case, % only where it is a wildcard.
		{filter("/patients", "last_name:=o'testy-müller"), "fiona twin"},
		{filter("/patients", "last_name:!=Daterson"), "fiona twin"},
		{filter("/patients", "last_name:~TESTY"), "fiona twin"},
		{filter("/patients", "last_name:~o'%mül"), "fiona twin"},
		{filter("/patients", "last_name:~~%terson"), "lost"},
		{filter("/patients", "last_name:~~aters"), ""},
		{filter("/patients", "last_name:~~D%s%n"), "lost"},
		{filter("/patients", "preferred_first_name:?"), "fiona"},
		{filter("/patients", "preferred_first_name:!?"), "lost twin"},
		{filter("/patients", "preferred_first_name:!=Fi"), ""}, // nothing is unequal to null
		{filter("/patients", "first_name:=Fiona", "last_name:~testy"), "fiona"},
		// Dates, with a wildcard for each digit.
		{filter("/patients", "date_of_birth:=1980-05-17"), "fiona twin"},
		{filter("/patients", "date_of_birth:=****-05-**"), "fiona twin"},
		{filter("/patients", "date_of_birth:=19*1-05-17"), ""},
		{filter("/patients", "date_of_birth:>=1980-05-17"), "fiona twin"},
		{filter("/patients", "date_of_birth:<1980-05-17"), ""},
		{filter("/patients", "date_of_birth:!?"), "lost"},
		// Numbers.
		{filter("/patients", "id:="+fionaID+","+lostID), "fiona lost"},
		{filter("/patients", "id:!="+fionaID), "lost twin"},
		{filter("/patients", "id:>"+fionaID, "id:<="+lostID), "lost twin"},
		{filter("/patients", "id:=1"), ""},
		{filter("/individual_appointments", "practitioner_id:="+annaID), "visit"},
		{filter("/bookings", "repeated_from_id:!?"), "block team visit"},
		// Times, and what they bring back.
		{filter("/patients", "created_at:>=2025-03-02T00:00:00Z"), "lost twin"},
		{filter("/patients", "created_at:>=2025-03-02T00:00:00.000Z"), "lost twin"},
		{filter("/patients", "archived_at:*"), "archived fiona lost merged twin"},
		{filter("/patients", "archived_at:?"), "archived merged"},
		{filter("/patients", "archived_at:>=2026-01-15T00:00:00Z"), "merged"},
		{filter("/patients", "archived_at:!?"), "fiona lost twin"},
		{filter("/patients", "id:="+mergedID), ""},
		{filter("/patients", "id:="+mergedID, "archived_at:*"), "merged"},
		{filter("/individual_appointments", "cancelled_at:*"), "cancelled visit"},
		{filter("/individual_appointments", "cancelled_at:?"), "cancelled"},
		{filter("/individual_appointments", "archived_at:*"), "visit"}, // lifts its own exclusion only
		{filter("/bookings", "cancelled_at:*", "starts_at:<2026-03-01T23:30:00Z"), "cancelled visit"},
		// Booleans and arrays.
		{filter("/individual_appointments", "did_not_arrive:=false"), "visit"},
		{filter("/individual_appointments", "did_not_arrive:!=false"), ""},
		{filter("/bookings", "did_not_arrive:=false"), "visit"}, // others have no such state
		{filter("/bookings", "patient_ids:~"+lostID), "team"},
		{filter("/bookings", "patient_ids:~"+fionaID), "visit"},
		{filter("/group_appointments", "patient_ids:~"+twinID), "team"},
		{filter("/practitioners", "user_id:="+benUser), "ben"},
		{filter("/practitioners/inactive", "active:=false"), "gone"},
		// What is not a filter is ignored without a word.
		{"/patients?last_name=Daterson&search=x&q[0]=x", "fiona lost twin"},
		{"/patients?q=last_name:~daters", "lost"}, // the bare form of 2022
	} {
		plural := strings.Split(strings.Trim(tt.path, "/"), "?")[0]
		plural = strings.TrimSuffix(plural, "/inactive")
		got := strings.Join(nicknames(anna.want(200, "GET", tt.path, "").ids(plural)), " ")
		if got != tt.want {
			unescaped, _ := url.QueryUnescape(tt.path)
			t.Errorf("GET %s = %q, want %q", unescaped, got, tt.want)
		}
	}
}

func TestRefusedFilters(t *testing.T) {
	_, anna := start(t)
	for _, tt := range []struct {
		path, expression string
		status           int
		want             string
	}{
		{"/patients", "phone:=1", 400, "phone is not filterable"},
		{"/patients", "merged_at:?", 400, "merged_at is not filterable"},
		{"/treatment_notes", "title:~x", 400, "title is not filterable"},
		{"/treatment_notes", "finalized_at:?", 400, "finalized_at is not filterable"},
		{"/users", "email:=x", 400, "email is not filterable"},
		{"/practitioners", "archived_at:*", 400, "archived_at is not filterable"},
		{"/group_appointments", "cancelled_at:*", 400, "cancelled_at is not filterable"},
		{"/patients/" + fionaID + "/treatment_notes", "patient_id:=1", 400, "patient_id is not filterable"},
		{"/patients/" + fionaID, "created_at:?", 400, "created_at is not filterable"},
		{"/patients", "archived_at:=2026-01-01T00:00:00Z", 400, "must be one of: !?, ?, *, >=, <=, >, <"},
		{"/patients", "archived_at:>=2026-01-01", 400, "Filter value for archived_at must be a time"},
		{"/patients", "archived_at:>=2026-01-01T00:00:00+10:00", 400, "Filter value for archived_at"},
		{"/patients", "archived_at:*x", 400, "must be one of"},
		{"/patients", "id:~1", 400, "Filter operator for id"},
		{"/patients", "id:=1,x", 400, "Filter value for id must be a number"},
		{"/patients", "id:>=1,2", 400, "Filter value for id must be a number"},
		{"/patients", "date_of_birth:=17/05/1980", 400, "Filter value for date_of_birth"},
		{"/patients", "date_of_birth:=1980-02-30", 400, "Filter value for date_of_birth"},
		{"/patients", "date_of_birth:>=****-05-17", 400, "Filter value for date_of_birth"},
		{"/patients", "date_of_birth:*", 400, "Filter operator for date_of_birth"},
		{"/patients", "last_name:>=x", 400, "Filter operator for last_name"},
		{"/patients", "last_name:*", 400, "Filter operator for last_name"},
		{"/patients", "last_name:like:x", 400, "Filter operator for last_name"},
		{"/bookings", "did_not_arrive:=yes", 400, "must be true or false"},
		{"/bookings", "did_not_arrive:?", 400, "Filter operator for did_not_arrive"},
		{"/bookings", "patient_ids:~~1", 400, "Filter value for patient_ids"},
		{"/bookings", "patient_ids:=1", 400, "must be one of: ~"},
		{"/bookings", "patient_ids:?", 400, "must be one of: ~"},
		{"/patients", "word", 500, "500"},
	} {
		who := anna
		if tt.path == "/users" {
			who = anna.as(bossKey)
		}
		a := who.do("GET", filter(tt.path, tt.expression), "")
		if a.code != tt.status || !strings.Contains(a.text, tt.want) {
			t.Errorf("GET %s q[]=%s = %d %s, want %d with %q", tt.path, tt.expression, a.code, a.text, tt.status, tt.want)
		}
	}
}

func TestStringComparison(t *testing.T) {
	for _, tt := range []struct {
		by   clinikosim.Comparing
		want map[string]int // by the value searched for
	}{
		{clinikosim.CompareFoldCase, map[string]int{"O'TESTY-MÜLLER": 2, "o'testy-muller": 0}},
		{clinikosim.CompareExact, map[string]int{"O'Testy-Müller": 2, "o'testy-müller": 0}},
		{clinikosim.CompareFoldAccents, map[string]int{"O'TESTY-MULLER": 2, "o'testy-müller": 2}},
	} {
		_, anna := start(t, func(o *clinikosim.Options) { o.Switches.Comparison = tt.by })
		got := map[string]int{}
		for value := range tt.want {
			got[value] = len(anna.want(200, "GET", filter("/patients", "last_name:="+value), "").ids("patients"))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("comparison %q (-want +got):\n%s", tt.by, diff)
		}
	}
}
