package cliniko

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

func TestWho(t *testing.T) {
	mine := `{"id":"456","active":true,"user":` + link("users", "5") + `}`
	other := `{"id":"457","active":true,"user":` + link("users", "6") + `}`
	for _, tt := range []struct {
		name, active, inactive string
		want                   carryover.PractitionerID
		kind                   carryover.Kind
		hint                   string
	}{
		{"one", mine, "", "456", "", ""},
		{"filter ignored", other + "," + mine, "", "456", "", ""},
		{"none", "", "", "", unauthorized, hintNoPractitioner},
		{"none of mine", other, other, "", unauthorized, hintNoPractitioner},
		{"inactive", "", mine, "", unauthorized, hintInactive},
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/v1/user":
				_, _ = w.Write([]byte(`{"id":"5","role":"administrator"}`))
			case "/v1/practitioners":
				fmt.Fprintf(w, `{"practitioners":[%s]}`, tt.active)
			case "/v1/practitioners/inactive":
				fmt.Fprintf(w, `{"practitioners":[%s]}`, tt.inactive)
			}
		})
		user, got, err := newClient(t, s.URL).Who(t.Context())
		if user != "5" || got != tt.want || kindOf(err) != tt.kind || carryover.HintOf(err) != tt.hint {
			t.Errorf("%s: Who = %q, %q, %v (%s), want 5, %q, kind %q", tt.name, user, got, err, carryover.HintOf(err), tt.want, tt.kind)
		}
		if q := s.requests()[1].Query["q[]"]; !cmp.Equal(q, []string{"user_id:=5"}) {
			t.Errorf("%s: practitioners asked with %v", tt.name, q)
		}
	}
}

// patientList answers /patients by the ids asked for, except those above top.
func patientList(top int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var rows []string
		for i := range strings.SplitSeq(strings.TrimPrefix(r.URL.Query()["q[]"][0], "id:="), ",") {
			if n, err := strconv.Atoi(i); err == nil && n <= top {
				rows = append([]string{fmt.Sprintf(`{"id":%q}`, i)}, rows...)
			}
		}
		fmt.Fprintf(w, `{"patients":[%s],"total_entries":%d}`, strings.Join(rows, ","), len(rows))
	}
}

func TestPatientsByID(t *testing.T) {
	s := serve(t, patientList(250))
	c := newClient(t, s.URL)
	var ask []carryover.PatientID
	for i := 300; i > 0; i-- {
		ask = append(ask, carryover.PatientID(strconv.Itoa(i)))
	}
	ask = append(ask, "7", "", "x1", "../users", "0012")
	got, err := c.PatientsByID(t.Context(), ask)
	if err != nil || len(got) != 250 {
		t.Fatalf("PatientsByID = %d patients, %v, want 250", len(got), err)
	}
	for i, p := range got {
		if want := carryover.PatientID(strconv.Itoa(250 - i)); p.ID != want {
			t.Fatalf("patient %d = %s, want %s: the order asked", i, p.ID, want)
		}
	}
	if n := len(s.requests()); n != 3 {
		t.Errorf("PatientsByID of 300 ids sent %d requests, want 3", n)
	}
	for _, r := range s.requests() {
		if q := r.Query["q[]"]; len(q) != 2 || q[1] != "archived_at:*" || r.Path != "/v1/patients" {
			t.Errorf("PatientsByID asked %s with %v", r.Path, q)
		}
	}
	if got, err := c.PatientsByID(t.Context(), []carryover.PatientID{"", "zz"}); err != nil || got != nil || len(s.requests()) != 3 {
		t.Errorf("PatientsByID of no ids = %v, %v, want nothing and no request", got, err)
	}
}

func TestPatientsBornOn(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"patients":[{"id":"1","date_of_birth":"1980-02-29"},{"id":"2","date_of_birth":"1980-02-28"},
			{"id":"3","date_of_birth":"1980-02-29","archived_at":"2026-01-01T00:00:00Z"}]}`))
	})
	c := newClient(t, s.URL)
	got, err := c.PatientsBornOn(t.Context(), date(t, "1980-02-29"))
	if err != nil || len(got) != 2 || got[1].Live() {
		t.Errorf("PatientsBornOn = %d patients, %v, want 1 and the archived 3", len(got), err)
	}
	if q := s.requests()[0].Query["q[]"]; !cmp.Equal(q, []string{"date_of_birth:=1980-02-29", "archived_at:*"}) {
		t.Errorf("PatientsBornOn asked with %v", q)
	}
	if got, err := c.PatientsBornOn(t.Context(), carryover.Date{}); err != nil || got != nil || len(s.requests()) != 1 {
		t.Errorf("PatientsBornOn of no date = %v, %v, want nothing and no request", got, err)
	}
}

func TestSearchable(t *testing.T) {
	for in, want := range map[string]string{
		"Quux": "Quux", "O'Quux": "Quux", "O’Quux": "Quux", "Quux-Frobnitz": "Frobnitz", "van der Quux": "Quux",
		"Müller": "ller", "Nguyễn": "Nguy", "Lê": "Lê", "李明": "李明", "李": "", "X": "", "": "", " % : ": "",
		"%%": "", "O": "", "Ng": "Ng", "Li:archived_at": "archived", "ÅÅ%\n": "ÅÅ",
	} {
		if got := searchable(in); got != want {
			t.Errorf("searchable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPatientsNamed(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"patients":[{"id":"1","last_name":"O’Quux"}]}`))
	})
	c := newClient(t, s.URL)
	got, err := c.PatientsNamed(t.Context(), carryover.NewText("O'Quux"))
	if err != nil || len(got) != 1 {
		t.Errorf("PatientsNamed = %d patients, %v, want 1", len(got), err)
	}
	if q := s.requests()[0].Query["q[]"]; !cmp.Equal(q, []string{"last_name:~Quux", "archived_at:*"}) {
		t.Errorf("PatientsNamed asked with %v", q)
	}
	if got, err := c.PatientsNamed(t.Context(), carryover.NewText("Q")); err != nil || got != nil || len(s.requests()) != 1 {
		t.Errorf("PatientsNamed of one letter = %v, %v, want nothing and no request", got, err)
	}
}

func bookingJSON(id, practitioner, start string) string {
	return fmt.Sprintf(`{"id":%q,"starts_at":%q,"patient":%s,"practitioner":%s}`,
		id, start, link("patients", "123"), link("practitioners", practitioner))
}

func TestBookings(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"bookings":[%s,%s,%s,%s]}`, bookingJSON("1", "456", "2026-03-02T01:00:00Z"),
			bookingJSON("2", "458", "2026-03-02T01:00:00Z"), bookingJSON("3", "456", "2026-03-02T07:00:00Z"),
			bookingJSON("4", "457", "2026-03-02T02:00:00Z"))
	})
	c := newClient(t, s.URL)
	from := time.Date(2026, 3, 2, 12, 0, 0, 0, time.FixedZone("AEDT", 11*3600))
	got, err := c.Bookings(t.Context(), []carryover.PractitionerID{"456", "457"}, from, from.Add(6*time.Hour))
	if err != nil || len(got) != 2 || got[0].ID != "1" || got[1].ID != "4" {
		t.Errorf("Bookings = %v, %v, want 1 and 4: of those asked for, before the end", got, err)
	}
	want := []string{"practitioner_id:=456,457", "starts_at:>=2026-03-02T01:00:00Z", "starts_at:<=2026-03-02T07:00:00Z", "cancelled_at:*"}
	if diff := cmp.Diff(want, s.requests()[0].Query["q[]"]); diff != "" {
		t.Errorf("Bookings asked with (-want +got):\n%s", diff)
	}
}

func TestBookingsOfNobody(t *testing.T) {
	c := newClient(t, "http://127.0.0.1:1/v1")
	if got, err := c.Bookings(t.Context(), nil, since, since); err != nil || got != nil {
		t.Errorf("Bookings of nobody = %v, %v, want nothing and no request", got, err)
	}
	if _, err := c.Bookings(t.Context(), []carryover.PractitionerID{"456", "1,2"}, since, since); kindOf(err) != carryover.ErrInvalid {
		t.Errorf("Bookings of no id = %v, want kind invalid", err)
	}
}

// Whether q[] lifts the exclusion on a single record is not known; the list
// does, so a record is found either way.
func TestSingleRecords(t *testing.T) {
	for _, honoured := range []bool{true, false} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/v1/bookings/987" && honoured:
				_, _ = w.Write([]byte(bookingJSON("987", "456", "2026-03-02T01:00:00Z")))
			case r.URL.Path == "/v1/treatment_notes/901" && honoured:
				_, _ = w.Write([]byte(noteJSON("901", 1)))
			case r.URL.Path == "/v1/bookings" && r.URL.Query()["q[]"][0] == "id:=987":
				fmt.Fprintf(w, `{"bookings":[%s]}`, bookingJSON("987", "456", "2026-03-02T01:00:00Z"))
			case r.URL.Path == "/v1/treatment_notes" && r.URL.Query()["q[]"][0] == "id:=901":
				fmt.Fprintf(w, `{"treatment_notes":[%s]}`, noteJSON("901", 1))
			case r.URL.Path == "/v1/bookings" || r.URL.Path == "/v1/treatment_notes":
				fmt.Fprintf(w, `{%q:[]}`, strings.TrimPrefix(r.URL.Path, "/v1/"))
			default:
				w.WriteHeader(http.StatusNotFound)
				_, _ = w.Write([]byte(`{"message":"not found"}`))
			}
		})
		c := newClient(t, s.URL)
		if b, err := c.Booking(t.Context(), "987"); err != nil || b.ID != "987" {
			t.Errorf("honoured %v: Booking = %v, %v, want 987", honoured, b.ID, err)
		}
		if n, err := c.Note(t.Context(), "901"); err != nil || n.ID != "901" {
			t.Errorf("honoured %v: Note = %v, %v, want 901", honoured, n.ID, err)
		}
		if _, err := c.Booking(t.Context(), "1"); kindOf(err) != carryover.ErrGone {
			t.Errorf("honoured %v: Booking of an unknown id = %v, want kind gone", honoured, err)
		}
		if _, err := c.Note(t.Context(), "1"); kindOf(err) != carryover.ErrGone {
			t.Errorf("honoured %v: Note of an unknown id = %v, want kind gone", honoured, err)
		}
		sent := len(s.requests())
		if _, err := c.Booking(t.Context(), "1/../../users"); kindOf(err) != carryover.ErrGone || len(s.requests()) != sent {
			t.Errorf("Booking of no id = %v, want kind gone and no request", err)
		}
		if q := s.requests()[0].Query["q[]"]; !cmp.Equal(q, []string{"archived_at:*", "cancelled_at:*"}) {
			t.Errorf("Booking asked with %v", q)
		}
	}
}

// A server that answers with another record is not believed.
func TestAnotherRecord(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(noteJSON("902", 1))) })
	if _, err := newClient(t, s.URL).Note(t.Context(), "901"); kindOf(err) != transient {
		t.Errorf("Note 901 answered with 902 = %v, want kind transient", err)
	}
}

func TestAttendee(t *testing.T) {
	at := func(id, booking, patient, more string) string {
		return fmt.Sprintf(`{"id":%q,"booking":%s,"patient":%s%s}`, id, link("bookings", booking), link("patients", patient), more)
	}
	for _, tt := range []struct {
		name, rows string
		want       carryover.AttendeeID
	}{
		{"one", at("77", "987", "123", ""), "77"},
		{"filter ignored", at("76", "987", "124", "") + "," + at("75", "986", "123", "") + "," + at("77", "987", "123", ""), "77"},
		{"cancelled", at("77", "987", "123", `,"cancelled_at":"2026-03-01T00:00:00Z"`), ""},
		{"archived", at("77", "987", "123", `,"archived_at":"2026-03-01T00:00:00Z"`), ""},
		{"none", "", ""},
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"attendees":[%s]}`, tt.rows) })
		got, err := newClient(t, s.URL).Attendee(t.Context(), "987", "123")
		if got != tt.want || (tt.want == "" && kindOf(err) != carryover.ErrGone) {
			t.Errorf("%s: Attendee = %q, %v, want %q", tt.name, got, err, tt.want)
		}
		if q := s.requests()[0].Query["q[]"]; !cmp.Equal(q, []string{"booking_id:=987", "patient_id:=123"}) {
			t.Errorf("%s: Attendee asked with %v", tt.name, q)
		}
	}
}
