package cliniko

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

var since = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// noteJSON is a note of practitioner 456 as Cliniko writes it.
func noteJSON(id string, minute int) string {
	return fmt.Sprintf(`{"id":%q,"title":"T","draft":true,"created_at":%q,"archived_at":null,
		"patient":{"links":{"self":"https://api.au1.cliniko.com/v1/patients/123"}},
		"practitioner":{"links":{"self":"https://api.au1.cliniko.com/v1/practitioners/456"}},
		"content":{"sections":[{"questions":[{"name":"Q","type":"paragraph","answer":"<p>x</p>"}]}]}}`,
		id, since.Add(time.Duration(minute)*time.Minute).Format(time.RFC3339))
}

// noteIDs lists the ids for a comparison.
func noteIDs(notes []carryover.Note) []carryover.NoteID {
	var out []carryover.NoteID
	for _, n := range notes {
		out = append(out, n.ID)
	}
	return out
}

func TestNotesReadsEveryPage(t *testing.T) {
	var s *server
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		next := func(page string) string {
			q := r.URL.Query()
			q.Set("page", page)
			return s.URL + "/treatment_notes?" + q.Encode()
		}
		switch r.URL.Query().Get("page") {
		case "": // the second note comes again on the next page
			fmt.Fprintf(w, `{"treatment_notes":[%s,%s],"total_entries":4,"links":{"self":"x","next":%q}}`,
				noteJSON("2", 5), noteJSON("1", 1), next("2"))
		case "2":
			fmt.Fprintf(w, `{"treatment_notes":[%s,%s],"total_entries":"4","links":{"next":%q,"previous":"x"}}`,
				noteJSON("1", 1), noteJSON("3", 3), next("3"))
		default:
			fmt.Fprintf(w, `{"treatment_notes":[%s],"total_entries":4,"links":{"self":"x"}}`, noteJSON("4", 4))
		}
	})
	got, err := newClient(t, s.URL).Notes(t.Context(), "456", since.Add(300*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]carryover.NoteID{"1", "3", "4", "2"}, noteIDs(got)); diff != "" {
		t.Errorf("Notes (-want +got):\n%s", diff)
	}
	want := []string{"practitioner_id:=456", "archived_at:*", "created_at:>=2026-03-01T00:00:00Z"}
	for i, r := range s.requests() {
		if diff := cmp.Diff(want, r.Query["q[]"]); diff != "" {
			t.Errorf("filters of page %d (-want +got):\n%s", i+1, diff)
		}
		if r.Query.Get("sort") != "created_at:asc" || r.Query.Get("per_page") != "100" {
			t.Errorf("page %d asked with %v", i+1, r.Query)
		}
	}
}

// A list that is not whole is an error, never fewer notes: what is missing
// would be filed again.
func TestNotesFailsAsAWhole(t *testing.T) {
	good := noteJSON("1", 1)
	var s *server
	for _, tt := range []struct {
		name, first, second string
		want                carryover.Kind
	}{
		{"second page fails", `{"treatment_notes":[` + good + `],"links":{"next":"BASE/treatment_notes?page=2"}}`, "502", transient},
		{"second page cut", `{"treatment_notes":[` + good + `],"links":{"next":"BASE/treatment_notes?page=2"}}`, `{"treatment_notes":[`, transient},
		{"fewer than counted", `{"treatment_notes":[` + good + `],"total_entries":2,"links":{}}`, "", transient},
		{"no list", `{"total_entries":0,"links":{}}`, "", transient},
		{"null list", `{"treatment_notes":null,"links":{}}`, "", transient},
		{"another list", `{"patients":[],"links":{}}`, "", transient},
		{"a bare list", `[]`, "", transient},
		{"row without id", `{"treatment_notes":[` + strings.Replace(good, `"id":"1",`, "", 1) + `]}`, "", transient},
		{"row without author", `{"treatment_notes":[` + strings.Replace(good, `"practitioner"`, `"p"`, 1) + `]}`, "", transient},
		{"row without patient", `{"treatment_notes":[` + strings.Replace(good, `"patient"`, `"p"`, 1) + `]}`, "", transient},
		{"row without date", `{"treatment_notes":[` + strings.Replace(good, `"created_at"`, `"c"`, 1) + `]}`, "", transient},
		{"row with a nonsense date", `{"treatment_notes":[` + strings.Replace(good, `"archived_at":null`, `"archived_at":"yes"`, 1) + `]}`, "", transient},
		{"row with content of another shape", `{"treatment_notes":[` + strings.Replace(good, `"content":{`, `"content":["x"],"c":{`, 1) + `]}`, "", transient},
		{"row is null", `{"treatment_notes":[null]}`, "", transient},
		{"next on another host", `{"treatment_notes":[],"links":{"next":"https://elsewhere.example/v1/treatment_notes?page=2"}}`, "", notHere},
		{"next on another port", `{"treatment_notes":[],"links":{"next":"http://127.0.0.1:1/v1/treatment_notes?page=2"}}`, "", notHere},
		{"next with credentials", `{"treatment_notes":[],"links":{"next":"http://x@HOST/v1/treatment_notes?page=2"}}`, "", notHere},
		{"next in another scheme", `{"treatment_notes":[],"links":{"next":"https://HOST/v1/treatment_notes?page=2"}}`, "", notHere},
		{"next at another path", `{"treatment_notes":[],"links":{"next":"BASE/patients?page=2"}}`, "", notHere},
		{"next leaves by dots", `{"treatment_notes":[],"links":{"next":"BASE/treatment_notes/../patients?page=2"}}`, "", notHere},
		{"next is this page", `{"treatment_notes":[],"links":{"next":"BASE/treatment_notes?page=2"}}`, `{"treatment_notes":[],"links":{"next":"BASE/treatment_notes?page=2"}}`, transient},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s = serve(t, func(w http.ResponseWriter, r *http.Request) {
				body := tt.first
				if r.URL.Query().Get("page") == "2" {
					body = tt.second
				}
				if body == "502" {
					w.WriteHeader(http.StatusBadGateway)
					return
				}
				host := strings.TrimSuffix(strings.TrimPrefix(s.URL, "http://"), "/v1")
				_, _ = w.Write([]byte(strings.NewReplacer("BASE", s.URL, "HOST", host).Replace(body)))
			})
			got, err := newClient(t, s.URL).Notes(t.Context(), "456", since)
			if kindOf(err) != tt.want || len(got) != 0 {
				t.Errorf("Notes = %d notes, %v, want none and kind %q", len(got), err, tt.want)
			}
		})
	}
}

func TestEndlessList(t *testing.T) {
	var s *server
	n := 0
	s = serve(t, func(w http.ResponseWriter, _ *http.Request) {
		n++
		fmt.Fprintf(w, `{"treatment_notes":[],"links":{"next":"%s/treatment_notes?page=%d"}}`, s.URL, n+1)
	})
	_, err := newClient(t, s.URL, func(c *Config) { c.PerMinute = 1e6 }).Notes(t.Context(), "456", since)
	if kindOf(err) != transient || n != maxPages {
		t.Errorf("Notes of an endless list = %v after %d pages, want transient after %d", err, n, maxPages)
	}
}

// A filter that was ignored returns everybody's notes; they are dropped.
func TestNotesKeepsTheAuthorsOwn(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"treatment_notes":[%s,%s,%s],"total_entries":3}`, noteJSON("1", 1),
			strings.Replace(noteJSON("2", 2), "practitioners/456", "practitioners/457", 1), noteJSON("3", -1))
	})
	got, err := newClient(t, s.URL).Notes(t.Context(), "456", since)
	if diff := cmp.Diff([]carryover.NoteID{"1"}, noteIDs(got)); err != nil || diff != "" {
		t.Errorf("Notes, %v (-want +got):\n%s", err, diff)
	}
}

func TestNotesEver(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"treatment_notes":[%s]}`, noteJSON("1", -1e6))
	})
	got, err := newClient(t, s.URL).Notes(t.Context(), "456", time.Time{})
	if err != nil || len(got) != 1 || len(s.requests()[0].Query["q[]"]) != 2 {
		t.Errorf("Notes ever = %d notes, %v, asked with %v, want 1 and no date", len(got), err, s.requests()[0].Query)
	}
}

func TestNotesOfNobody(t *testing.T) {
	_, err := newClient(t, "http://127.0.0.1:1/v1").Notes(t.Context(), "456&q[]=x", since)
	if kindOf(err) != carryover.ErrInvalid {
		t.Errorf("Notes of no id = %v, want kind invalid", err)
	}
}
