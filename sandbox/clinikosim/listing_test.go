package clinikosim_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// crowd is a practice with n patients, ten of them made in each second.
func crowd(n int) *sandbox.Practice {
	p := inventedPractice()
	p.Patients = nil
	for i := range n {
		p.Patients = append(p.Patients, sandbox.Patient{
			ID: fmt.Sprint(5_000_000_000_000_000_000 + i), FirstName: "Crowd", LastName: fmt.Sprintf("Member%05d", i),
			CreatedAt: nine.Add(time.Duration(i/10) * time.Second),
		})
	}
	return p
}

// follow reads a list by its next links and returns all ids and the number of
// pages.
func follow(c caller, path, plural string) (ids []string, pages int) {
	c.t.Helper()
	for path != "" {
		a := c.want(200, "GET", path, "")
		ids = append(ids, a.ids(plural)...)
		pages++
		links := a.body["links"].(map[string]any)
		next, _ := links["next"].(string)
		if next == "" {
			break
		}
		_, path, _ = strings.Cut(next, "/v1")
	}
	return ids, pages
}

func TestPagesByLinks(t *testing.T) {
	_, anna := start(t, func(o *clinikosim.Options) { o.Practice = crowd(230) })
	ids, pages := follow(anna, filter("/patients", "last_name:~Member0", "created_at:>=2020-01-01T00:00:00Z")+"&per_page=100", "patients")
	slices.Sort(ids)
	if distinct := slices.Compact(slices.Clone(ids)); len(distinct) != 230 || pages != 3 {
		t.Errorf("read %d distinct patients on %d pages, want 230 on 3", len(distinct), pages)
	}
	if _, pages := follow(anna, "/patients", "patients"); pages != 5 {
		t.Errorf("pages of the default size = %d, want 5", pages)
	}
}

func TestPageLinks(t *testing.T) {
	_, anna := start(t, func(o *clinikosim.Options) {
		o.Practice = crowd(230)
		o.BaseURL = "https://api.au3.cliniko.com/v1/"
	})
	const base = "https://api.au3.cliniko.com/v1/patients?"
	for _, tt := range []struct {
		query string
		want  map[string]any
		rows  int
	}{
		{"", map[string]any{"self": base + "page=1&per_page=50", "next": base + "page=2&per_page=50"}, 50},
		{"page=3&per_page=100", map[string]any{"self": base + "page=3&per_page=100", "previous": base + "page=2&per_page=100"}, 30},
		{"page=9", map[string]any{"self": base + "page=9&per_page=50", "previous": base + "page=8&per_page=50"}, 0},
		{"per_page=500&page=0", map[string]any{"self": base + "page=1&per_page=100", "next": base + "page=2&per_page=100"}, 100},
		{"page=9223372036854775807&per_page=100", map[string]any{"self": base + "page=9223372036854775807&per_page=100", "previous": base + "page=9223372036854775806&per_page=100"}, 0},
		{
			"q[]=last_name:~member00001&per_page=x", map[string]any{"self": base + "page=1&per_page=50&q%5B%5D=last_name%3A~member00001"}, 1,
		},
	} {
		a := anna.want(200, "GET", "/patients?"+tt.query, "")
		if diff := cmp.Diff(tt.want, a.body["links"]); diff != "" {
			t.Errorf("links for %q (-want +got):\n%s", tt.query, diff)
		}
		if got := len(a.ids("patients")); got != tt.rows {
			t.Errorf("rows for %q = %d, want %d", tt.query, got, tt.rows)
		}
	}
}

func TestOrder(t *testing.T) {
	_, anna := start(t)
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{"", []string{fionaID, twinID, lostID}},
		{"sort=created_at:desc", []string{lostID, twinID, fionaID}},
		{"sort=last_name", []string{lostID, fionaID, twinID}},
		{"sort=last_name:desc,first_name", []string{twinID, fionaID, lostID}},
		{"sort=last_name,first_name:desc&order=desc", []string{fionaID, twinID, lostID}},
		{"sort=date_of_birth", []string{lostID, fionaID, twinID}}, // nothing comes first
		{"order=desc", []string{lostID, twinID, fionaID}},         // the direction of the default
	} {
		if diff := cmp.Diff(tt.want, anna.want(200, "GET", "/patients?"+tt.query, "").ids("patients")); diff != "" {
			t.Errorf("order of %q (-want +got):\n%s", tt.query, diff)
		}
	}
	for _, bad := range []string{"-created_at", "nonsense", "created_at:up", "created_at:", "patient_ids"} {
		anna.want(400, "GET", "/group_appointments?sort="+url.QueryEscape(bad), "")
	}
}

// The order within one second is nobody's promise and varies by seed.
func TestTiesVaryBySeed(t *testing.T) {
	read := func(seed uint64) []string {
		_, anna := start(t, func(o *clinikosim.Options) { o.Practice, o.Seed = crowd(10), seed })
		return anna.want(200, "GET", "/patients", "").ids("patients")
	}
	if diff := cmp.Diff(read(1), read(1)); diff != "" {
		t.Errorf("one seed gave two orders:\n%s", diff)
	}
	if cmp.Equal(read(1), read(2)) {
		t.Error("two seeds gave one order, want ties to vary")
	}
}

// A clinic's register must not make tests slow.
func TestLargeRegisterStaysFast(t *testing.T) {
	if testing.Short() {
		t.Skip("loads 100,000 patients")
	}
	practice := crowd(100_000)
	for i := range 10_000 {
		practice.Notes = append(practice.Notes, sandbox.ExistingNote{
			PatientID: practice.Patients[i].ID, PractitionerID: annaID, Title: "Old", Paragraphs: []string{"Words."}, CreatedAt: nine.Add(time.Duration(i) * time.Second),
		})
	}
	began := time.Now()
	_, anna := start(t, func(o *clinikosim.Options) { o.Practice = practice })
	loaded := time.Since(began)
	for _, path := range []string{
		filter("/patients", "last_name:~Member04", "date_of_birth:!?"),
		filter("/patients", "id:="+practice.Patients[5].ID+","+practice.Patients[99_000].ID, "archived_at:*"),
		filter("/treatment_notes", "practitioner_id:="+annaID, "created_at:>=2026-03-01T23:00:00Z") + "&per_page=100&page=40",
		"/patients?page=900&per_page=100",
	} {
		begin := time.Now()
		anna.want(200, "GET", path, "")
		t.Logf("%v GET %s", time.Since(begin).Round(time.Microsecond), path)
		if took := time.Since(begin); took > 5*time.Second { // some 30 ms on a quiet machine
			t.Errorf("GET %s took %v, want well under a second", path, took)
		}
	}
	if loaded > 20*time.Second {
		t.Errorf("loading took %v", loaded)
	}
	t.Logf("loaded in %v", loaded)
}
