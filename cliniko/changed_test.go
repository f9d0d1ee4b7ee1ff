package cliniko

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

var lately = time.Date(2026, 3, 2, 1, 0, 0, 500, time.UTC)

func TestPatientsChanged(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"patients":[
			{"id":"3","updated_at":"2026-03-02T01:00:07Z","archived_at":"2026-03-02T01:00:07Z","merged_with_patient":`+link("patients", "1")+`},
			{"id":"2","updated_at":"2026-03-02T01:00:00Z","last_name":"Sand"},
			{"id":"1","updated_at":"2026-03-02T00:59:59Z"},
			{"id":"4"}],"total_entries":9}`)
	})
	got, err := newClient(t, s.URL).PatientsChanged(t.Context(), lately)
	if err != nil || len(got) != 2 || got[0].ID != "3" || got[0].MergedInto != "1" || got[0].Live() || got[1].ID != "2" {
		t.Fatalf("PatientsChanged = %+v, %v, want 3 (merged into 1) and 2; the others are older", got, err)
	}
	q := s.requests()[0].Query
	if d := cmp.Diff([]string{"updated_at:>=2026-03-02T01:00:00Z", "archived_at:*"}, q["q[]"]); d != "" || q.Get("sort") != "updated_at:desc" {
		t.Errorf("asked with sort %q and filters (-want +got):\n%s", q.Get("sort"), d)
	}
}

func TestBookingsChanged(t *testing.T) {
	row := func(id, who, rest string) string {
		return fmt.Sprintf(`{"id":%q,"starts_at":"2026-03-02T03:00:00Z","patient":%s,"practitioner":%s%s}`, id, link("patients", "7"), link("practitioners", who), rest)
	}
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"bookings":[%s]}`, strings.Join([]string{
			row("21", "5", `,"updated_at":"2026-03-02T01:10:00Z","cancelled_at":"2026-03-02T01:10:00Z"`),
			row("22", "8", `,"updated_at":"2026-03-02T01:09:00Z"`), // nobody asked for this diary
			row("23", "6", `,"updated_at":"2026-03-02T01:00:00Z"`),
			row("24", "6", `,"updated_at":"2026-03-02T00:00:00Z"`),
		}, ","))
	})
	c := newClient(t, s.URL)
	got, err := c.BookingsChanged(t.Context(), []carryover.PractitionerID{"5", "6"}, lately)
	if err != nil || len(got) != 2 || got[0].ID != "21" || got[0].Stands() || got[1].ID != "23" {
		t.Fatalf("BookingsChanged = %+v, %v, want 21 (cancelled) and 23", got, err)
	}
	want := []string{"practitioner_id:=5,6", "updated_at:>=2026-03-02T01:00:00Z", "cancelled_at:*", "archived_at:*"}
	if d := cmp.Diff(want, s.requests()[0].Query["q[]"]); d != "" {
		t.Errorf("filters (-want +got):\n%s", d)
	}
	if got, err := c.BookingsChanged(t.Context(), nil, lately); got != nil || err != nil || len(s.requests()) != 1 {
		t.Errorf("of nobody = %v, %v after %d requests, want nothing and no request", got, err, len(s.requests()))
	}
	if _, err := c.BookingsChanged(t.Context(), []carryover.PractitionerID{"5", "../x"}, lately); kindOf(err) != carryover.ErrInvalid {
		t.Errorf("of what is no id = %v, want %v", err, carryover.ErrInvalid)
	}
}

// TestChangedReadsNoFurther: the answer is a hint, so its cost is bounded even
// where Cliniko ignores the filter and has no last page.
func TestChangedReadsNoFurther(t *testing.T) {
	var s *server
	s = serve(t, func(w http.ResponseWriter, _ *http.Request) {
		n := len(s.requests())
		fmt.Fprintf(w, `{"patients":[{"id":"%d","updated_at":"2026-03-02T02:00:00Z"}],"links":{"next":"%s/patients?page=%d"}}`, n, s.URL, n+1)
	})
	got, err := newClient(t, s.URL).PatientsChanged(t.Context(), lately)
	if err != nil || len(got) != changedPages || len(s.requests()) != changedPages {
		t.Errorf("%d patients, %v after %d requests, want %d of each", len(got), err, len(s.requests()), changedPages)
	}
}

func TestChangedFails(t *testing.T) {
	for name, body := range map[string]string{
		"no list":         `{"links":{}}`,
		"half a row":      `{"patients":[{"updated_at":"2026-03-02T02:00:00Z"}]}`,
		"leaves the host": `{"patients":[{"id":"1","updated_at":"2026-03-02T02:00:00Z"}],"links":{"next":"https://elsewhere.example/v1/patients?page=2"}}`,
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		if got, err := newClient(t, s.URL).PatientsChanged(t.Context(), lately); err == nil {
			t.Errorf("%s: PatientsChanged = %v, want an error", name, got)
		} else if name == "leaves the host" && !errors.Is(err, carryover.ErrNotHere) {
			t.Errorf("%s: %v, want %v", name, err, carryover.ErrNotHere)
		}
	}
}
