package clinikosim_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// queueOf adds n patients to a practice, a minute apart, after all others.
func queueOf(n int) func(*clinikosim.Options) {
	return func(o *clinikosim.Options) {
		for i := range n {
			o.Practice.Patients = append(o.Practice.Patients, sandbox.Patient{
				ID: fmt.Sprint(3000000000000000000 + (i*7919)%n), FirstName: fmt.Sprintf("Number%03d", i), LastName: "Crowd",
				CreatedAt: sheetYear.AddDate(0, 1, 0).Add(time.Duration(i) * time.Minute),
			})
		}
	}
}

// follow reads an address of a page as it stands.
func (d desk) follow(address string) heard {
	d.t.Helper()
	r, err := http.NewRequest("GET", address, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	r.SetBasicAuth(d.key, "")
	r.Header.Set("User-Agent", d.agent)
	r.Header.Set("Accept", d.accept)
	return d.send(r)
}

// link is one of a list's links and whether it is there.
func (h heard) link(name string) (string, bool) {
	links, _ := h.obj["links"].(map[string]any)
	value, ok := links[name]
	address, _ := value.(string)
	return address, ok
}

// Section 7: 50 a page by default, up to 100; total_entries is a number; next
// and previous are left out where there is none; links carry the encoded query.
func TestSheetPages(t *testing.T) {
	d := openDesk(t, queueOf(116)) // with the four others 120
	first := d.get("/patients").is(200)
	if n := len(first.rows("patients")); n != 50 || fmt.Sprint(first.obj["total_entries"]) != "120" {
		t.Errorf("GET /patients: %d rows of %v, want 50 of 120", n, first.obj["total_entries"])
	}
	if n := len(d.say("GET", "/patients?per_page=100", nil).is(200).rows("patients")); n != 100 {
		t.Errorf("per_page=100 gave %d", n)
	}
	if n := len(d.say("GET", "/patients?per_page=1", nil).is(200).rows("patients")); n != 1 {
		t.Errorf("per_page=1 gave %d", n)
	}
	for page, want := range map[string][2]bool{"1": {false, true}, "2": {true, true}, "3": {true, false}} {
		got := d.say("GET", "/patients?per_page=40&page="+page, nil).is(200)
		_, previous := got.link("previous")
		_, next := got.link("next")
		if previous != want[0] || next != want[1] {
			t.Errorf("page %s has previous %v, next %v, want %v", page, previous, next, want)
		}
		if _, ok := got.link("self"); !ok {
			t.Errorf("page %s has no self", page)
		}
	}
	last := d.say("GET", "/patients?per_page=50&page=3", nil).is(200)
	if n := len(last.rows("patients")); n != 20 {
		t.Errorf("page 3 of 50 has %d rows, want 20", n)
	}
	whole := d.get("/businesses").is(200)
	for _, name := range []string{"next", "previous"} {
		if v, ok := whole.link(name); ok {
			t.Errorf("a list of one page has %s = %q", name, v)
		}
	}
}

// Section 7: following next reads every record once, with the filters kept and
// encoded.
func TestSheetFollowNext(t *testing.T) {
	d := openDesk(t, queueOf(30))
	page := d.say("GET", "/patients?per_page=7&sort=created_at:desc&"+url.Values{"q[]": {"last_name:=Crowd", "created_at:>=2025-01-01T00:00:00Z"}}.Encode(), nil).is(200)
	var names []string
	for range 20 {
		for _, row := range page.rows("patients") {
			names = append(names, fmt.Sprint(row["first_name"]))
		}
		next, ok := page.link("next")
		if !ok {
			break
		}
		if !strings.HasPrefix(next, d.root+"/v1/patients?") || !strings.Contains(next, "q%5B%5D=last_name%3A%3DCrowd") {
			t.Fatalf("next = %s, want the same host and the filter encoded", next)
		}
		page = d.follow(next).is(200)
	}
	if len(names) != 30 || !slices.IsSortedFunc(names, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("following next read %d: %v", len(names), names)
	}
	previous, _ := page.link("previous")
	if got := d.follow(previous).is(200).rows("patients"); len(got) != 7 {
		t.Errorf("previous has %d rows, want 7", len(got))
	}
}

// Section 7: what is undocumented sits behind switches: a page past the end,
// too many a page, total_entries as a string.
func TestSheetPageSwitches(t *testing.T) {
	d := openDesk(t, queueOf(116))
	past := d.say("GET", "/patients?page=9999", nil).is(200)
	if n := len(past.rows("patients")); n != 0 {
		t.Errorf("page 9999 has %d rows, want none", n)
	}
	if v, ok := past.link("next"); ok {
		t.Errorf("page 9999 has next %s", v)
	}
	if n := len(d.say("GET", "/patients?per_page=101", nil).is(200).rows("patients")); n != 100 {
		t.Errorf("per_page=101 gave %d, want 100", n)
	}
	d.server.SetSwitches(clinikosim.Switches{RefuseLongPages: true, RefusePastEnd: true, TotalAsString: true})
	d.say("GET", "/patients?per_page=101", nil).is(400)
	d.say("GET", "/patients?per_page=100", nil).is(200)
	d.say("GET", "/patients?page=9999", nil).is(404)
	if total := d.get("/patients").is(200).obj["total_entries"]; total != "120" {
		t.Errorf("total_entries with TotalAsString = %v, want a string", total)
	}
}

// Section 7: the order is created_at ascending unless sort says otherwise; sort
// is one comma list with directions; order is for fields without their own.
func TestSheetOrder(t *testing.T) {
	d := openDesk(t, queueOf(3))
	names := func(query string) string {
		t.Helper()
		var found []string
		for _, row := range d.say("GET", "/patients?"+query, nil).is(200).rows("patients") {
			found = append(found, fmt.Sprint(row["first_name"]))
		}
		return strings.Join(found, " ")
	}
	up, down := "Zoë Zac Nora Nora Number000 Number001 Number002", "Number002 Number001 Number000 Nora Nora Zac Zoë"
	for query, want := range map[string]string{
		"": up, "sort=created_at": up, "sort=created_at:asc": up, "sort=created_at:desc": down,
		"sort=created_at&order=desc": down, "sort=created_at:asc&order=desc": up, "order=asc": up,
	} {
		if got := names(query); got != want {
			t.Errorf("GET /patients?%s = %s, want %s", query, got, want)
		}
	}
	var starts []string
	for _, row := range d.say("GET", "/bookings?sort=starts_at:desc", nil).is(200).rows("bookings") {
		starts = append(starts, fmt.Sprint(row["starts_at"]))
	}
	if len(starts) != 4 || !slices.IsSortedFunc(starts, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("bookings by starts_at:desc = %v", starts)
	}
	if got := d.say("GET", "/patients?sort=updated_at:desc,created_at:asc", nil); got.code != 200 {
		t.Errorf("sort by two columns = %d, want 200", got.code)
	}
	for _, bad := range []string{"-created_at", "nonsense", "created_at:down", "created_at:"} {
		if got := d.say("GET", "/patients?sort="+bad, nil); got.code < 400 || got.code > 499 {
			t.Errorf("sort=%s = %d, want an error", bad, got.code)
		}
	}
	d.server.SetSwitches(clinikosim.Switches{IgnoreBadSort: true})
	if got := names("sort=-created_at"); got != up {
		t.Errorf("bad sort with IgnoreBadSort = %s, want the default order", got)
	}
}

// Section 18: poll by updated_at; what was changed comes last, what was
// archived only when asked for.
func TestSheetPolling(t *testing.T) {
	clock := sheetClock()
	d := openDesk(t, func(o *clinikosim.Options) { o.Clock = clock })
	first := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201)
	clock.Advance(10 * time.Second)
	second := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201)
	clock.Advance(10 * time.Second)
	since := clock.Now().Truncate(time.Second).Format(time.RFC3339)
	changed := d.say("PATCH", "/treatment_notes/"+first.id(), map[string]any{"title": "Later"}).is(200)
	if changed.str("updated_at") <= first.str("updated_at") || changed.str("created_at") != first.str("created_at") {
		t.Errorf("PATCH moved updated_at %s to %s, created_at %s to %s", first.str("updated_at"), changed.str("updated_at"), first.str("created_at"), changed.str("created_at"))
	}
	if got := d.say("GET", "/treatment_notes?sort=updated_at:asc", nil).list("treatment_notes"); !slices.Equal(got, []string{second.id(), first.id()}) {
		t.Errorf("by updated_at = %v", got)
	}
	if got := d.get("/treatment_notes", "updated_at:>="+since).list("treatment_notes"); !slices.Equal(got, []string{first.id()}) {
		t.Errorf("updated since = %v, want %s", got, first.id())
	}
	clock.Advance(10 * time.Second)
	since = clock.Now().Truncate(time.Second).Format(time.RFC3339)
	d.say("POST", "/treatment_notes/"+second.id()+"/archive", nil).is(204)
	if got := d.get("/treatment_notes", "updated_at:>="+since, "archived_at:*").list("treatment_notes"); !slices.Equal(got, []string{second.id()}) {
		t.Errorf("updated since, with archived = %v, want %s", got, second.id())
	}
}

// Section 18, 21: by switch a new note is listed only after a while; by id it
// is there at once.
func TestSheetListLag(t *testing.T) {
	clock := sheetClock()
	d := openDesk(t, func(o *clinikosim.Options) {
		o.Clock, o.Switches.ListLag = clock, sandbox.Duration(30*time.Second)
	})
	id := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	d.get("/treatment_notes/" + id).is(200)
	if got := d.get("/treatment_notes", "patient_id:="+zoeID).list("treatment_notes"); len(got) != 0 {
		t.Errorf("listed at once with ListLag: %v", got)
	}
	clock.Advance(31 * time.Second)
	if got := d.get("/treatment_notes", "patient_id:="+zoeID).list("treatment_notes"); !slices.Equal(got, []string{id}) {
		t.Errorf("after the lag = %v, want %s", got, id)
	}
}
