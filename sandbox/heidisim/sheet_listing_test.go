package heidisim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/heidisim"
)

// busy is a linked clinician with n sessions, half an hour apart.
func busy(n int) *sandbox.Practice {
	p := team()
	p.Sessions = nil
	for i := range n {
		p.Sessions = append(p.Sessions, sandbox.Session{
			ID: fmt.Sprintf("27182818284590452353602874713526%07d", i), PractitionerID: "1", Name: fmt.Sprint("Session ", i),
			PatientName: "Mara Invented", EHRPatientID: "501",
			StartedAt: time.Date(2026, 11, 3, 1, 30*i, 0, 0, time.UTC),
		})
	}
	return p
}

func idsOf(items []map[string]any) []string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = fmt.Sprint(item["session_id"])
	}
	return out
}

// §5, §19: the three shapes of a page, with their keys and the truth in them.
func TestSheetListingShapes(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: busy(5)})
	token := c.token("wren@example.com", "user-1")
	page := func(n int) answer {
		return c.get(token, fmt.Sprintf("/sessions/linked-user?page_size=2&page=%d", n)).want(200)
	}

	seen := map[string]bool{}
	for n, size := range map[int]int{1: 2, 2: 2, 3: 1} {
		b := page(n).object()
		wantKeys(t, "profile B", b, "sessions", "count", "has_next_page")
		items := objects(t, b["sessions"])
		if len(items) != size || b["has_next_page"] != (n < 3) {
			t.Errorf("B page %d: %d items, has_next_page %v, want %d, %v", n, len(items), b["has_next_page"], size, n < 3)
		}
		for _, id := range idsOf(items) {
			seen[id] = true
		}
	}
	if len(seen) != 5 {
		t.Errorf("three pages hold %d sessions, want all 5", len(seen))
	}

	c.server.SetSwitches(heidisim.Switches{Listing: heidisim.ListingA})
	for n, size := range map[int]int{1: 2, 2: 2, 3: 1} {
		a := page(n).object()
		wantKeys(t, "profile A", a, "data", "count", "total_count", "has_next", "has_previous")
		if got := len(objects(t, a["data"])); got != size || a["has_next"] != (n < 3) || a["has_previous"] != (n > 1) || a["total_count"] != json.Number("5") {
			t.Errorf("A page %d = %d items, %v, %v, %v, want %d, %v, %v, 5", n, got, a["has_next"], a["has_previous"], a["total_count"], size, n < 3, n > 1)
		}
	}

	c.server.SetSwitches(heidisim.Switches{Listing: heidisim.ListingC})
	for n, size := range map[int]int{1: 2, 2: 2, 3: 1, 4: 0} {
		if got := len(objects(t, page(n).value())); got != size {
			t.Errorf("C page %d holds %d items, want %d", n, got, size)
		}
	}
}

// §5: an item is a full session in A, and at least an id with times in B.
func TestSheetListingItems(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: busy(1)})
	token := c.token("wren@example.com", "user-1")
	full := c.session(token, "271828182845904523536028747135260000000")
	first := func(w heidisim.Switches) map[string]any {
		c.server.SetSwitches(w)
		body := c.get(token, "/sessions/linked-user?page_size=5").want(200)
		if w.Listing == heidisim.ListingC {
			return objects(t, body.value())[0]
		}
		key := "sessions"
		if w.Listing == heidisim.ListingA {
			key = "data"
		}
		return objects(t, body.object()[key])[0]
	}
	if diff := cmp.Diff(full, first(heidisim.Switches{Listing: heidisim.ListingA})); diff != "" {
		t.Errorf("an item of A is not the full session (-session +item):\n%s", diff)
	}
	b := first(heidisim.Switches{})
	if b["session_id"] != full["session_id"] || b["created_at"] != full["created_at"] || b["updated_at"] != full["updated_at"] {
		t.Errorf("an item of B = %v, want the session's id and times", b)
	}
	summary := first(heidisim.Switches{SummariesOnly: true}) // §19: without patient fields
	for _, k := range []string{"patient", "ehr_patient_id", "ehr_appt_id", "consult_note"} {
		if _, ok := summary[k]; ok {
			t.Errorf("a summary has %s: %v", k, summary)
		}
	}
	inner, _ := first(heidisim.Switches{WrappedItems: true})["session"].(map[string]any)
	if inner["session_id"] != full["session_id"] {
		t.Errorf("a wrapped item holds %v, want the session", inner)
	}
	if item := first(heidisim.Switches{ItemIDAsID: true}); item["id"] != full["session_id"] || item["session_id"] != nil {
		t.Errorf("item = %v, want its id under id alone", item)
	}
	if item := first(heidisim.Switches{SessionIDAsNumber: true}); item["session_id"] != json.Number("271828182845904523536028747135260000000") {
		t.Errorf("session_id = %v, want every digit of the number", item["session_id"])
	}
}

// §5, §19: unsorted by default, yet stable, so that pages cover everything;
// differing by seed; sorted by switch.
func TestSheetListingOrder(t *testing.T) {
	order := func(seed uint64, w heidisim.Switches) []string {
		c := opened(t, heidisim.Options{Practice: busy(12), Seed: seed, Switches: w})
		token := c.token("wren@example.com", "user-1")
		var ids []string
		for n := 1; n <= 4; n++ {
			ids = append(ids, idsOf(objects(t, c.get(token, fmt.Sprintf("/sessions/linked-user?page_size=3&page=%d", n)).want(200).object()["sessions"]))...)
		}
		return ids
	}
	oldest := order(1, heidisim.Switches{Order: heidisim.OrderOldestFirst})
	if !slices.IsSorted(oldest) || len(oldest) != 12 {
		t.Errorf("oldest first = %v", oldest)
	}
	newest := order(1, heidisim.Switches{Order: heidisim.OrderNewestFirst})
	slices.Reverse(newest)
	if diff := cmp.Diff(oldest, newest); diff != "" {
		t.Errorf("newest first is not the reverse of oldest first:\n%s", diff)
	}
	one, two := order(1, heidisim.Switches{}), order(2, heidisim.Switches{})
	if slices.Equal(one, two) || slices.IsSorted(one) {
		t.Errorf("unsorted: seed 1 %v, seed 2 %v, want two different disorders", one, two)
	}
	slices.Sort(one)
	if diff := cmp.Diff(oldest, one); diff != "" {
		t.Errorf("unsorted pages do not cover the sessions:\n%s", diff)
	}
}

// §5, §19: an ignored page parameter, a cap the server keeps to itself, a page
// that repeats an id of the one before, a cursor.
func TestSheetListingQuirks(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: busy(7)})
	token := c.token("wren@example.com", "user-1")
	read := func(w heidisim.Switches, query string) map[string]any {
		c.server.SetSwitches(w)
		return c.get(token, "/sessions/linked-user?"+query).want(200).object()
	}
	ids := func(body map[string]any) []string { return idsOf(objects(t, body["sessions"])) }

	ignored := heidisim.Switches{Paging: heidisim.PagingIgnored}
	if diff := cmp.Diff(ids(read(ignored, "page_size=3&page=1")), ids(read(ignored, "page_size=3&page=2"))); diff != "" {
		t.Errorf("an ignored page parameter does something:\n%s", diff)
	}

	capped := heidisim.Switches{PageSizeCap: 2}
	union := map[string]bool{}
	for n := 1; n <= 4; n++ {
		body := read(capped, fmt.Sprintf("page_size=100&page=%d", n))
		if got := len(ids(body)); got > 2 || body["has_next_page"] != (n < 4) {
			t.Errorf("page %d under a cap of 2 holds %d, has_next_page %v", n, got, body["has_next_page"])
		}
		for _, id := range ids(body) {
			union[id] = true
		}
	}
	if len(union) != 7 {
		t.Errorf("capped pages hold %d sessions, want 7", len(union))
	}

	twice := heidisim.Switches{DuplicateItems: true}
	count := map[string]int{}
	for n, more := 1, true; more && n < 20; n++ {
		body := read(twice, fmt.Sprintf("page_size=3&page=%d", n))
		for _, id := range ids(body) {
			count[id]++
		}
		more = body["has_next_page"] == true
	}
	if len(count) != 7 || slices.Max(slices.Collect(maps.Values(count))) < 2 {
		t.Errorf("with duplicates across pages: %v, want all 7 sessions and one of them twice", count)
	}

	cursor := heidisim.Switches{Paging: heidisim.PagingCursor}
	union, query := map[string]bool{}, "page_size=3"
	for range 10 {
		body := read(cursor, query)
		for _, id := range ids(body) {
			union[id] = true
		}
		next, _ := body["next_cursor"].(string)
		if next == "" {
			break
		}
		query = "page_size=3&cursor=" + next
	}
	if len(union) != 7 {
		t.Errorf("following the cursor finds %d sessions, want 7", len(union))
	}
}

// §5, §15, §20: no filter exists, nor does a page beyond the last hold
// anything; the whole path may be missing.
func TestSheetListingEdges(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: busy(3)})
	token := c.token("wren@example.com", "user-1")
	filtered := c.get(token, "/sessions/linked-user?page_size=20&updated_after=2030-01-01T00:00:00&status=COMPLETED").want(200).object()
	if got := len(objects(t, filtered["sessions"])); got != 3 {
		t.Errorf("with filters that do not exist: %d sessions, want all 3", got)
	}
	beyond := c.get(token, "/sessions/linked-user?page_size=20&page=9").want(200).object()
	if got := len(objects(t, beyond["sessions"])); got != 0 || beyond["has_next_page"] != false {
		t.Errorf("page 9 = %d items, has_next_page %v, want none, false", got, beyond["has_next_page"])
	}
	if got := len(objects(t, c.get(token, "/sessions/linked-user").want(200).object()["sessions"])); got != 3 {
		t.Errorf("without page_size: %d sessions, want all 3", got)
	}
	c.get(token, "/sessions/linked-user?page_size=many").want(422)
	c.server.SetSwitches(heidisim.Switches{NoListing: true})
	c.get(token, "/sessions/linked-user?page_size=20").want(404)
	c.get(token, "/sessions/271828182845904523536028747135260000001").want(200)
}
